// The recorded calls of a line, followed with arrays that remember what their numbers are made of.

import { broadcast, constants, filled, gathered, indexOf, Lazy, Moved, pointwise, Shape, sizeOf, strides } from "./arrays";
import { also, constant, Element, largest, mean, multiply, POINTWISE, smallest, total } from "./element";
import type { Call, Operand, Plain, Program, Recorded, Source } from "../trace";

const GATHER: Record<string, (parts: Element[]) => Element> = { sum: total, mean, max: largest, min: smallest };

/** The numbers of what a line gives, each with what it is made of. */
export function follow(trace: Source, program: Program, gives: string[]): Lazy[] {
  const known = gives.map((key) => trace.array(key));
  if ("drawn" in program) {
    const because = program.drawn.map((key) => trace.plain(key));
    return known.map((each) => new Lazy(each.shape, (at) => constant(each.at(at).value, because)));
  }
  const values = new Following(trace, program).results(program.gives);
  // One number can only be made of another where there are several results, or several parts of one.
  if (gives.length > 1 || program.calls.some((call) => call.f === "concat")) {
    values.forEach((value, of) => value.standsIn(known[of], Int32Array.from({ length: value.size }, (_, at) => at)));
  }
  return values;
}

class Following {
  private numbers: Element[] = [];
  private made: Lazy[] = [];

  constructor(private trace: Source, program: Recorded) {
    for (const { f, of } of program.numbers) this.numbers.push(POINTWISE[f](...of.map((each) => this.number(each))));
    for (const call of program.calls) this.made.push(this.call(call));
  }

  results(operands: Operand[]): Lazy[] {
    return operands.map((each) => this.array(each));
  }

  private array(operand: Operand): Lazy {
    if (typeof operand === "number") return this.made[operand];
    if ("t" in operand && !this.trace.isPlain(operand.t)) return this.trace.array(operand.t);
    return filled([], this.number(operand));
  }

  /** A plain number, such as 1 − β₁. */
  private number(operand: Plain): Element {
    if ("v" in operand) return constant(Number(operand.v));
    return "t" in operand ? this.trace.plain(operand.t) : this.numbers[operand.n];
  }

  private call(call: Call): Lazy {
    const given = call.of.map((each) => this.array(each));
    const [x] = given;
    if (call.f in POINTWISE) return pointwise(POINTWISE[call.f], given, call.shape);
    if (call.f in GATHER) return gathered(GATHER[call.f], x, call.axis as number[], call.shape);
    switch (call.f) {
      case "astype": return new Lazy(call.shape, (at) => x.at(at));
      case "full": return broadcast(x, call.shape);
      case "constant": return constants(call.shape, (at) => flat(call.value)[at]);
      case "arange": return constants(call.shape, (at) => at);
      case "reshape": return new Moved(call.shape, [x], (at) => at);
      case "broadcast_to": return broadcast(x, call.shape);
      case "transpose": return transposed(x, call.axes as number[], call.shape);
      case "slice": return sliced(x, call.places as (number[] | null)[], call.shape);
      case "concat": return joined(given, call.axis as number, call.shape);
      case "matmul": return product(x, given[1], call.shape);
      case "take": return taken(x, given[1], call.shape);
    }
    throw new Error(`${call.f} is not among the functions that this page knows`);
  }
}

function flat(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap(flat) : [Number(value)];
}

function transposed(x: Lazy, axes: number[], shape: Shape): Lazy {
  const steps = strides(x.shape);
  return new Moved(shape, [x], (at) => indexOf(at, shape).reduce((sum, each, axis) => sum + each * steps[axes[axis]], 0));
}

/** Along each axis the places [start, step, length], or all of them. */
function sliced(x: Lazy, places: (number[] | null)[], shape: Shape): Lazy {
  const steps = strides(x.shape);
  return new Moved(shape, [x], (at) =>
    indexOf(at, shape).reduce((sum, each, axis) => {
      const [start, step] = places[axis] ?? [0, 1];
      return sum + (start + each * step) * steps[axis];
    }, 0));
}

function joined(arrays: Lazy[], axis: number, shape: Shape): Lazy {
  const inner = sizeOf(shape.slice(axis + 1));
  const starts: number[] = [0];
  for (const each of arrays) starts.push(starts[starts.length - 1] + each.size);
  return new Moved(shape, arrays, (at) => {
    const outer = Math.floor(at / (inner * shape[axis]));
    let along = Math.floor(at / inner) % shape[axis], which = 0;
    while (along >= arrays[which].shape[axis]) along -= arrays[which++].shape[axis];
    return starts[which] + (outer * arrays[which].shape[axis] + along) * inner + (at % inner);
  });
}

/** Rows of a times columns of b, which is one matrix, or one for each matrix of a. */
function product(a: Lazy, b: Lazy, shape: Shape): Lazy {
  const [inner, width] = b.shape.slice(-2), rows = a.shape.length > 1 ? a.shape[a.shape.length - 2] : 1;
  const apart = b.shape.length > 2 ? inner * width : 0;
  return new Lazy(shape, (position) => {
    const row = Math.floor(position / width), column = position % width, start = Math.floor(row / rows) * apart;
    return total(Array.from({ length: inner }, (_, at) => multiply(a.at(row * inner + at), b.at(start + at * width + column))));
  });
}

/** Rows of a matrix by number. */
function taken(x: Lazy, which: Lazy, shape: Shape): Lazy {
  const width = sizeOf(x.shape.slice(1));
  return new Lazy(shape, (position) => {
    const name = which.at(Math.floor(position / width));
    return also(x.at(name.value * width + (position % width)), [name]);
  });
}
