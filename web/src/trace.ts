// A step: its lines and values, each number with what it is made of, and what if a number were another.

import { follow, Known, Lazy, Source } from "./engine/arrays";
import { Numbers } from "./engine/dense";
import { Element, element, Place } from "./engine/element";
import { indexOf, Shape, sizeOf, strides } from "./engine/shapes";
import { Why } from "./engine/why";
import { Data, Kept, Line, Store, Value } from "./store";

export type { Line } from "./store";

/** A number that stands in no array of this page. */
export class Absent extends Error {}

/** Values that are other than in the data; null for one that the page cannot compute. */
export type Others = Map<string, Numbers | null>;

const NOTHING: Kept = { numbers: new Float64Array(0), places: new Map() };

export class Trace {
  readonly lines: Line[];
  private writers = new Map<string, [Line, number]>();
  private opened = new Map<Line, Lazy[]>();
  private arrays = new Map<string, Known>();
  private values: Map<string, Value>;
  private moved: Map<string, string>;
  private counts = new Map<string, number>();

  constructor(readonly data: Data, private store: Store, private others: Others = new Map(), readonly base: Trace | null = null) {
    this.lines = data.lines;
    this.values = new Map(Object.entries(data.values));
    this.moved = new Map(Object.entries(data.moved));
    for (const line of data.lines) {
      line.gives.forEach((key, of) => this.writers.has(key) || this.writers.set(key, [line, of]));
    }
  }

  /** The same step with other values, and with numbers that are held at what they were changed to. */
  with(others: Others, change: string, held: Place[]): Trace {
    const all = [...this.data.held, ...held.map(({ source, at }): [string, number] => [source, at])];
    return new Trace({ ...this.data, change, held: all }, this.store, new Map([...this.others, ...others]), this);
  }

  /** A step of its own on the same rows: nothing in it is held, and nothing has moved. */
  after(others: Others): Trace {
    const data = { ...this.data, change: "", held: [], before: undefined };
    return new Trace(data, this.store, new Map([...this.others, ...others]));
  }

  /** Whether all of it was computed by Python. */
  get isRecorded(): boolean {
    return this.others.size === 0;
  }

  /** Whether a number was changed, so that its line would give another. */
  isHeld({ source, at }: Place): boolean {
    return this.data.held.some(([key, position]) => key === source && position === at);
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

  /** Whether numbers are of single precision: all of a value, or those of the network. */
  isSingle(key?: string): boolean {
    if (key === undefined) return [...this.values.values()].some((each) => each.kept === "<f4");
    return this.about(this.about(key).part ?? key).kept === "<f4";
  }

  /** Whether only some of its numbers are in this page. */
  isSparse(key: string): boolean {
    return this.kept(key).places !== null;
  }

  plain(key: string): Element {
    return element(this.number({ source: key, at: 0 }), null, [], { source: key, at: 0 });
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
    const { numbers, places, start } = this.kept(key);
    const where = places ? places.get(at + start) : at + start;
    return where === undefined ? undefined : numbers[where];
  }

  /** The numbers of a value in a row; of one of which the page has only some, those. */
  numbers(key: string): Numbers {
    const { numbers, places, start } = this.kept(key);
    if (!places) return numbers.subarray(start, start + sizeOf(this.shape(key)));
    const found = this.places(key);
    const same = numbers instanceof Float32Array ? new Float32Array(found.length) : new Float64Array(found.length);
    found.forEach((at, to) => (same[to] = numbers[places.get(at + start)!]));
    return same;
  }

  /** The positions of which the page has the numbers, where it has only some. */
  places(key: string): number[] {
    const { places, start } = this.kept(key), size = sizeOf(this.shape(key));
    return [...(places?.keys() ?? [])].map((at) => at - start).filter((at) => at >= 0 && at < size);
  }

  /** The number as it was before the change, where there was one. */
  before(key: string, at: number): number | undefined {
    return this.base ? this.base.maybe(key, at) : this.unchanged(key)?.[at];
  }

  /** Whether the change has moved the number. */
  hasMoved(key: string, at: number): boolean {
    const was = this.before(key, at), now = this.maybe(key, at);
    return was !== undefined && now !== undefined && isOther(was, now);
  }

  /** How many numbers of a value the change has moved, as far as they are known. */
  countOfMoved(key: string): number {
    let found = this.counts.get(key);
    if (found === undefined) {
      const was = this.unchanged(key), now = this.numbers(key);
      found = 0;
      for (let at = 0; was && at < now.length; at++) if (isOther(was[at], now[at])) found++;
      this.counts.set(key, found);
    }
    return found;
  }

  /** The positions at which the change has moved a value. */
  placesThatMoved(key: string): number[] {
    const all = this.isSparse(key) ? this.places(key) : Array.from({ length: sizeOf(this.shape(key)) }, (_, at) => at);
    return all.filter((at) => this.hasMoved(key, at));
  }

  /** The numbers of a value before the change, if it may have moved. */
  private unchanged(key: string): Numbers | undefined {
    const { part, start } = this.about(key);
    if (this.base) return this.isOther(key) ? this.base.numbers(key) : undefined;
    const packed = this.data.before?.[part ?? key];
    return packed && this.store.unpacked(packed).subarray(start ?? 0, (start ?? 0) + sizeOf(this.shape(key)));
  }

  /** Whether the page cannot say what a value is after a change. */
  isUnknown(key: string): boolean {
    return this.kept(key).numbers === NOTHING.numbers;
  }

  private isOther(key: string): boolean {
    const { part } = this.about(key);
    return this.others.has(key) || (part !== undefined && this.isOther(part));
  }

  /** Where the numbers of a value are, and where it begins there. */
  private kept(key: string): Kept & { start: number } {
    const about = this.about(key), other = this.others.get(key);
    if (other === null) return { ...NOTHING, start: 0 };
    if (other) return { numbers: other, places: this.base?.kept(key).places ?? null, start: 0 };
    if (about.value !== undefined) return { numbers: Float64Array.of(Number(about.value)), places: null, start: 0 };
    if (about.part === undefined) return { ...this.store.of(about), start: 0 };
    const { numbers, places, start } = this.kept(about.part);
    return { numbers, places, start: start + (about.start ?? 0) };
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

const isOther = (was: number, now: number): boolean => was !== now && !(Number.isNaN(was) && Number.isNaN(now));

/** The trace that stands in a page, its arrays unpacked. */
export const read = (text: string): Promise<Trace> => unpacked(JSON.parse(text) as Data);

export async function unpacked(data: Data): Promise<Trace> {
  const letters = atob(data.arrays), packed = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) packed[at] = letters.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Trace(data, new Store(await new Response(stream).arrayBuffer()));
}
