// A step as data: what stands in the page, and the numbers in it. docs/page.md says what it holds.

import { follow } from "./engine/calls";
import { indexOf, Known, Lazy, Shape, strides } from "./engine/arrays";
import { Element, element, Place } from "./engine/element";
import { Why } from "./engine/why";

export type Plain = { t: string } | { v: number | string } | { n: number };
export type Operand = number | Plain;
export interface Call { f: string; of: Operand[]; shape: Shape; [option: string]: unknown }
export interface Recorded { numbers: { f: string; of: Plain[] }[]; calls: Call[]; gives: Operand[] }
export type Program = Recorded | { drawn: string[] };

export interface Line {
  section: "forward" | "backward" | "update";
  value: string;
  gives: string[];
  text: string;
  mathml: string;
  reads: string[];
  note: string;
  layer: string;
  program: Program | null;
}

export interface Packed { kept: string; at: number; count: number }
interface Value extends Partial<Packed> {
  label: string;
  shape: Shape;
  role: string;
  batch: boolean;
  value?: number | string;
  part?: string;
  start?: number;
  places?: Packed;
}

export interface Verdict { said: string; sure?: number; truth?: string; right?: boolean }

export interface Data {
  pellucid: number;
  title: string;
  rows: number;
  change: string;
  notes: string[];
  verdicts: Verdict[];
  picture: { name: string; shape: Shape } | null;
  lines: Line[];
  values: Record<string, Value>;
  moved: Record<string, string>;
  before?: Record<string, Packed>;
  arrays: string;
}

/** Where a program finds what it reads. */
export interface Source {
  plain(key: string): Element;
  isPlain(key: string): boolean;
  array(key: string): Known;
}

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A number that stands in no array of this page. */
export class Absent extends Error {}

export class Trace {
  readonly lines: Line[];
  private writers = new Map<string, [Line, number]>();
  private opened = new Map<Line, Lazy[]>();
  private arrays = new Map<string, Known>();
  private kept = new Map<string, [Numbers, Map<number, number> | null]>();
  private values: Map<string, Value>;
  private moved: Map<string, string>;

  constructor(readonly data: Data, private bytes: ArrayBuffer) {
    this.lines = data.lines;
    this.values = new Map(Object.entries(data.values));
    this.moved = new Map(Object.entries(data.moved));
    for (const line of data.lines) {
      line.gives.forEach((key, of) => this.writers.has(key) || this.writers.set(key, [line, of]));
    }
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  about(key: string): Value {
    const found = this.values.get(key);
    if (!found) throw new Absent(`no value is called ${key}`);
    return found;
  }

  shape(key: string): Shape {
    return this.about(key).shape;
  }

  isPlain(key: string): boolean {
    return this.about(key).value !== undefined;
  }

  isSingle(key: string): boolean {
    return this.source(key)[0].kept === "<f4";
  }

  /** Whether only some of its numbers are in this page. */
  isSparse(key: string): boolean {
    return this.source(key)[0].places !== undefined;
  }

  plain(key: string): Element {
    return element(Number(this.about(key).value), null, [], { source: key, at: 0 });
  }

  array(key: string): Known {
    let found = this.arrays.get(key);
    if (!found) this.arrays.set(key, (found = new Known(key, this.shape(key), (at) => this.number({ source: key, at }))));
    return found;
  }

  /** The number at a place, as it was computed. */
  number({ source, at }: Place): number {
    const found = this.maybe(source, at);
    if (found === undefined) throw new Absent(`${this.named({ source, at })} is not in this page`);
    return found;
  }

  /** The number at a position of a value; undefined if the page is without it. */
  maybe(key: string, at: number): number | undefined {
    const about = this.about(key);
    if (about.value !== undefined) return Number(about.value);
    const [value, start] = this.source(key);
    const [numbers, places] = this.numbersOf(value);
    const where = places ? places.get(at + start) : at + start;
    return where === undefined ? undefined : numbers[where];
  }

  /** The numbers of a value in a row; of one of which the page has only some, those. */
  numbers(key: string): Numbers {
    const about = this.about(key);
    if (about.value !== undefined) return Float64Array.of(Number(about.value));
    const [value, start] = this.source(key), [numbers, places] = this.numbersOf(value);
    const size = about.shape.reduce((a, b) => a * b, 1);
    return places ? Float64Array.from(this.places(key), (at) => numbers[places.get(at + start)!]) : numbers.subarray(start, start + size);
  }

  /** The positions of which the page has the numbers, where it has only some. */
  places(key: string): number[] {
    const [value, start] = this.source(key), [, places] = this.numbersOf(value);
    const size = this.shape(key).reduce((a, b) => a * b, 1);
    return [...(places?.keys() ?? [])].map((at) => at - start).filter((at) => at >= 0 && at < size);
  }

  /** The number as it was before the change, where the change has moved the value. */
  before(key: string, at: number): number | undefined {
    const { part, start } = this.about(key);
    const packed = this.data.before?.[part ?? key];
    return packed && this.unpacked(packed)[at + (start ?? 0)];
  }

  /** The value that is packed, and where another that is a part of it begins. */
  private source(key: string): [Value, number] {
    const about = this.about(key);
    return about.part === undefined ? [about, 0] : [this.about(about.part), about.start ?? 0];
  }

  private numbersOf(value: Value): [Numbers, Map<number, number> | null] {
    const key = String(value.at);
    let found = this.kept.get(key);
    if (!found) {
      const numbers = this.unpacked(value as Packed);
      const places = value.places ? new Map(Array.from(this.unpacked(value.places), (place, at) => [place, at])) : null;
      this.kept.set(key, (found = [numbers, places]));
    }
    return found;
  }

  private unpacked({ kept, at, count }: Packed): Numbers {
    if (kept === "<f4") return new Float32Array(this.bytes, at, count);
    if (kept === "<f8") return new Float64Array(this.bytes, at, count);
    if (kept === "<i4") return new Int32Array(this.bytes, at, count);
    return new Uint8Array(this.bytes, at, count);
  }

  /** A place as the plan prints it: Z1[0, 5]. */
  named({ source, at }: Place): string {
    const { label, shape } = this.about(source);
    return shape.length ? `${label}[${indexOf(at, shape).join(", ")}]` : label;
  }

  lineOf(key: string): Line | undefined {
    return this.writers.get(key)?.[0];
  }

  /** Where a number was computed: "new W1" is a part of "new θ", m moves to "new m". */
  written({ source, at }: Place): Place | null {
    if (this.writers.has(source)) return { source, at };
    const { part, start } = this.about(source);
    if (source.startsWith("new ") && part !== undefined) return this.written({ source: part, at: at + (start ?? 0) });
    const moved = this.moved.get(source);
    return moved === undefined ? null : this.written({ source: moved, at });
  }

  /** What a number is made of; null where it was given. */
  why(place: Place): Why | null {
    const written = this.written(place);
    if (!written) return null;
    const [line, of] = this.writers.get(written.source)!;
    if (!line.program) throw new Absent(`how ${this.named(written)} is made is not in this page`);
    const isNew = place.source.startsWith("new ");
    const number = this.elements(line)[of].opened(written.at);
    return new Why(this, written, number, isNew ? `new ${this.named(place)}` : undefined);
  }

  /** What a number would be if one that its line reads were another, by the line's formula. */
  otherwise(place: Place, changed: Place, value: number): number {
    const [line, of] = this.writers.get(place.source)!;
    const source: Source = {
      plain: (key) => this.plain(key),
      isPlain: (key) => this.isPlain(key),
      array: (key) => key !== changed.source || line.gives.includes(key) ? this.array(key)
        : new Known(key, this.shape(key), (at) => (at === changed.at ? value : this.number({ source: key, at }))),
    };
    return follow(source, line.program!, line.gives)[of].opened(place.at).value;
  }

  private elements(line: Line): Lazy[] {
    let found = this.opened.get(line);
    if (!found) this.opened.set(line, (found = follow(this, line.program!, line.gives)));
    return found;
  }

  place(key: string, index: number[]): Place {
    const steps = strides(this.shape(key));
    return { source: key, at: index.reduce((sum, each, axis) => sum + each * steps[axis], 0) };
  }
}

/** The trace that stands in a page, its arrays unpacked. */
export async function read(text: string): Promise<Trace> {
  const data = JSON.parse(text) as Data;
  const letters = atob(data.arrays), packed = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) packed[at] = letters.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Trace(data, await new Response(stream).arrayBuffer());
}
