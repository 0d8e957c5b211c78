// Arrays whose numbers are made when they are asked for: pellucid/elements/arrays.py, in TypeScript.
// A number stands at a position: its place in the array laid out flat.

import { also, constant, element, Element, largest, mean, multiply, POINTWISE, smallest, total } from "./element";
import { results, Sizes, Way } from "./calls";
import { along, Shape, sizeOf } from "./shapes";
import type { Program } from "./program";

export class Lazy {
  private found = new Map<number, Element>();
  /** Where its numbers also stand in values of the equation, and those values. */
  private standing: [Int32Array, Lazy][] = [];

  constructor(readonly shape: Shape, protected make: (position: number) => Element) {}

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The number at a position, read from a value of the equation if it stands there. */
  at(position: number): Element {
    for (const [positions, value] of this.standing) {
      if (positions[position] >= 0) return value.at(positions[position]);
    }
    let found = this.found.get(position);
    if (!found) this.found.set(position, (found = this.make(position)));
    return found;
  }

  /** The number at a position, made, even if it stands in a value of the equation. */
  opened(position: number): Element {
    return this.make(position);
  }

  /** Its numbers are also those of a value, at these positions (−1 where they are not). */
  standsIn(value: Lazy, positions: Int32Array): void {
    this.standing.push([positions, value]);
  }
}

/** An array of numbers that are known: what an equation reads, or the value that it gave. */
export class Known extends Lazy {
  constructor(readonly source: string, shape: Shape, number: (position: number) => number) {
    super(shape, (at) => element(number(at), null, [], { source, at }));
  }

  override standsIn(): void {}
}

/** The numbers of other arrays, at other places: `positions` count through all of them. */
export class Moved extends Lazy {
  private starts: number[] = [0];

  constructor(shape: Shape, private arrays: Lazy[], private position: (at: number) => number) {
    super(shape, (at) => {
      const [array, where] = this.source(at);
      return array.at(where);
    });
    for (const each of arrays) this.starts.push(this.starts[this.starts.length - 1] + each.size);
  }

  private source(at: number): [Lazy, number] {
    const where = this.position(at);
    let which = 0;
    while (where >= this.starts[which + 1]) which++;
    return [this.arrays[which], where - this.starts[which]];
  }

  override opened(at: number): Element {
    const [array, where] = this.source(at);
    return array.opened(where);
  }

  override standsIn(value: Lazy, positions: Int32Array): void {
    super.standsIn(value, positions);
    const open = this.arrays.map((each) => (each instanceof Known ? null : new Int32Array(each.size).fill(-1)));
    if (!open.some(Boolean)) return;
    for (let at = 0; at < this.size; at++) {
      const where = this.position(at);
      let which = 0;
      while (where >= this.starts[which + 1]) which++;
      const found = open[which];
      if (found) found[where - this.starts[which]] = positions[at];
    }
    this.arrays.forEach((each, which) => open[which] && each.standsIn(value, open[which]!));
  }
}

const GATHER: Record<string, (parts: Element[]) => Element> = { sum: total, mean, max: largest, min: smallest };

/** Where the calls of a line find what they read. */
export interface Source {
  plain(key: string): Element;
  isPlain(key: string): boolean;
  array(key: string): Known;
}

/** Calls made of arrays whose numbers remember what they were made of. */
class Remembering implements Way<Lazy> {
  constructor(private source: Source) {}

  given(key: string): Lazy {
    return this.source.array(key);
  }

  plain(key: string): Element | null {
    return this.source.isPlain(key) ? this.source.plain(key) : null;
  }

  filled(shape: Shape, value: Element): Lazy {
    return new Lazy(shape, () => value);
  }

  constants(shape: Shape, number: (at: number) => number): Lazy {
    return new Lazy(shape, (at) => constant(number(at)));
  }

  pointwise(name: string, operands: Lazy[], shape: Shape): Lazy {
    const make = POINTWISE[name];
    return new Lazy(shape, (at) => make(...operands.map((each) => each.at(at))));
  }

  gathered(name: string, x: Lazy, gone: number[], shape: Shape): Lazy {
    const { offsets, start } = along(x.shape, gone), gather = GATHER[name];
    return new Lazy(shape, (at) => {
      const first = start(at);
      return gather(offsets.map((offset) => x.at(first + offset)));
    });
  }

  moved(shape: Shape, arrays: Lazy[], position: (at: number) => number): Lazy {
    return new Moved(shape, arrays, position);
  }

  product(a: Lazy, b: Lazy, { inner, width, rows, apart }: Sizes, shape: Shape): Lazy {
    return new Lazy(shape, (position) => {
      const row = Math.floor(position / width), first = Math.floor(row / rows) * apart + (position % width);
      return total(Array.from({ length: inner }, (_, at) => multiply(a.at(row * inner + at), b.at(first + at * width))));
    });
  }

  taken(x: Lazy, which: Lazy, shape: Shape): Lazy {
    const width = sizeOf(x.shape.slice(1));
    return new Lazy(shape, (position) => {
      const name = which.at(Math.floor(position / width));
      return also(x.at(name.value * width + (position % width)), [name]);
    });
  }
}

/** The numbers of what a line gives, each with what it is made of. */
export function follow(source: Source, program: Program, gives: string[]): Lazy[] {
  const known = gives.map((key) => source.array(key));
  if ("drawn" in program) {
    const because = program.drawn.map((key) => source.plain(key));
    return known.map((each) => new Lazy(each.shape, (at) => constant(each.at(at).value, because)));
  }
  const values = results(new Remembering(source), program);
  // One number can only be made of another where there are several results, or several parts of one.
  if (gives.length > 1 || program.calls.some((call) => call.f === "concat")) {
    values.forEach((value, of) => value.standsIn(known[of], Int32Array.from({ length: value.size }, (_, at) => at)));
  }
  return values;
}
