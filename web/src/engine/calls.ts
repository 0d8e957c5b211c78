// The recorded calls of a line, followed by arrays of one kind or another.

import { constant, Element, POINTWISE } from "./element";
import { affine, Shape, sizeOf, strides } from "./shapes";
import type { Call, Operand, Plain, Recorded } from "./program";

/** Arrays of a kind, and what calls make of them. A number stands at a position of the array laid out flat. */
export interface Way<A extends { shape: Shape }> {
  /** An array of the step, by its name. */
  given(key: string): A;
  /** A number of the step that stands in no array; null for an array. */
  plain(key: string): Element | null;
  filled(shape: Shape, value: Element): A;
  constants(shape: Shape, number: (at: number) => number): A;
  /** Numbers that stand at the same place. */
  pointwise(name: string, operands: A[], shape: Shape): A;
  /** One number for all those along some axes. */
  gathered(name: string, x: A, gone: number[], shape: Shape): A;
  /** The numbers of other arrays, at other places: `position` counts through all of them. */
  moved(shape: Shape, arrays: A[], position: (at: number) => number): A;
  /** Rows of a times columns of b. */
  product(a: A, b: A, sizes: Sizes, shape: Shape): A;
  /** Rows of a matrix by number. */
  taken(x: A, which: A, shape: Shape): A;
}

/** b has `inner` rows of `width` numbers; of many matrices, so many `rows` of a go with the first, the next is `apart`. */
export interface Sizes { inner: number; width: number; rows: number; apart: number }

/** What a line gives, by the calls that it makes. */
export function results<A extends { shape: Shape }>(way: Way<A>, program: Recorded): A[] {
  const following = new Following(way, program);
  return program.gives.map((each) => following.array(each));
}

class Following<A extends { shape: Shape }> {
  private numbers: Element[] = [];
  private made: A[] = [];

  constructor(private way: Way<A>, program: Recorded) {
    for (const { f, of } of program.numbers) this.numbers.push(POINTWISE[f](...of.map((each) => this.number(each))));
    for (const call of program.calls) this.made.push(this.call(call));
  }

  array(operand: Operand): A {
    if (typeof operand === "number") return this.made[operand];
    if ("t" in operand && !this.way.plain(operand.t)) return this.way.given(operand.t);
    return this.way.filled([], this.number(operand));
  }

  /** A plain number, such as 1 − β₁. */
  private number(operand: Plain): Element {
    if ("v" in operand) return constant(Number(operand.v));
    return "t" in operand ? this.way.plain(operand.t)! : this.numbers[operand.n];
  }

  private call({ f, of, shape, ...options }: Call): A {
    const { way } = this, given = of.map((each) => this.array(each)), [x] = given;
    if (f in POINTWISE) return way.pointwise(f, given.map((each) => this.broadcast(each, shape)), shape);
    switch (f) {
      case "sum": case "mean": case "max": case "min": return way.gathered(f, x, options.axis as number[], shape);
      case "astype": return way.moved(shape, [x], (at) => at);
      case "full": case "broadcast_to": return this.broadcast(x, shape);
      case "constant": { const found = flat(options.value); return way.constants(shape, (at) => found[at]); }
      case "arange": return way.constants(shape, (at) => at);
      case "reshape": return way.moved(shape, [x], (at) => at);
      case "transpose": return way.moved(shape, [x], transposed(x.shape, options.axes as number[], shape));
      case "slice": return way.moved(shape, [x], sliced(x.shape, options.places as (number[] | null)[], shape));
      case "concat": return way.moved(shape, given, joined(given.map((each) => each.shape), options.axis as number, shape));
      case "matmul": return this.product(x, given[1], shape);
      case "take": return way.taken(x, given[1], shape);
    }
    throw new Error(`${f} is not among the functions that this page knows`);
  }

  private broadcast(array: A, shape: Shape): A {
    const own = array.shape;
    if (own.length === shape.length && own.every((each, at) => each === shape[at])) return array;
    const steps = strides(own), before = shape.length - own.length;
    const apart = shape.map((_, axis) => (axis < before || own[axis - before] === 1 ? 0 : steps[axis - before]));
    return this.way.moved(shape, [array], affine(shape, apart));
  }

  private product(a: A, b: A, shape: Shape): A {
    const [inner, width] = b.shape.slice(-2), rows = a.shape.length > 1 ? a.shape[a.shape.length - 2] : 1;
    return this.way.product(a, b, { inner, width, rows, apart: b.shape.length > 2 ? inner * width : 0 }, shape);
  }
}

function flat(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap(flat) : [Number(value)];
}

function transposed(from: Shape, axes: number[], shape: Shape) {
  const steps = strides(from);
  return affine(shape, axes.map((axis) => steps[axis]));
}

/** Along each axis the places [start, step, length], or all of them. */
function sliced(from: Shape, places: (number[] | null)[], shape: Shape) {
  const known = from.map((_, axis) => places[axis] ?? [0, 1]), steps = strides(from);
  const first = steps.reduce((sum, each, axis) => sum + known[axis][0] * each, 0);
  return affine(shape, steps.map((each, axis) => known[axis][1] * each), first);
}

function joined(shapes: Shape[], axis: number, shape: Shape) {
  const inner = sizeOf(shape.slice(axis + 1));
  const starts: number[] = [0];
  for (const each of shapes) starts.push(starts[starts.length - 1] + sizeOf(each));
  return (at: number) => {
    const outer = Math.floor(at / (inner * shape[axis]));
    let along = Math.floor(at / inner) % shape[axis], which = 0;
    while (along >= shapes[which][axis]) along -= shapes[which++][axis];
    return starts[which] + (outer * shapes[which][axis] + along) * inner + (at % inner);
  };
}
