// Arrays whose numbers are made when they are asked for: pellucid/elements/arrays.py, in TypeScript.
// A number stands at a position: its place in the array laid out flat.

import { constant, element, Element } from "./element";

export type Shape = number[];

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** How far apart the neighbours along each axis are. */
export function strides(shape: Shape): number[] {
  const found: number[] = new Array(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis], axis--) found[axis] = step;
  return found;
}

export function indexOf(position: number, shape: Shape): number[] {
  return strides(shape).map((step, axis) => Math.floor(position / step) % shape[axis]);
}

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

export function filled(shape: Shape, value: Element): Lazy {
  return new Lazy(shape, () => value);
}

export function constants(shape: Shape, number: (at: number) => number): Lazy {
  return new Lazy(shape, (at) => constant(number(at)));
}

export function broadcast(array: Lazy, shape: Shape): Lazy {
  if (array.shape.length === shape.length && array.shape.every((each, at) => each === shape[at])) return array;
  const steps = strides(array.shape), before = shape.length - array.shape.length;
  return new Moved(shape, [array], (at) => {
    const index = indexOf(at, shape);
    return steps.reduce((sum, step, axis) => sum + (array.shape[axis] === 1 ? 0 : index[axis + before] * step), 0);
  });
}

/** A function of the numbers that stand at the same place. */
export function pointwise(make: (...parts: Element[]) => Element, operands: Lazy[], shape: Shape): Lazy {
  const spread = operands.map((each) => broadcast(each, shape));
  return new Lazy(shape, (at) => make(...spread.map((each) => each.at(at))));
}

/** One number for all those along some axes. */
export function gathered(gather: (parts: Element[]) => Element, x: Lazy, gone: number[], shape: Shape): Lazy {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !gone.includes(axis));
  const steps = strides(x.shape);
  const along = gone.map((axis) => x.shape[axis]), over = kept.map((axis) => x.shape[axis]);
  const place = (axes: number[], index: number[]) => index.reduce((sum, each, at) => sum + each * steps[axes[at]], 0);
  const offsets = Array.from({ length: sizeOf(along) }, (_, at) => place(gone, indexOf(at, along)));
  return new Lazy(shape, (at) => {
    const start = place(kept, indexOf(at, over));
    return gather(offsets.map((offset) => x.at(start + offset)));
  });
}
