// Arrays of plain numbers: the calls of a line, computed again as NumPy computes them.

import { results, Sizes, Way } from "./calls";
import { Element } from "./element";
import { NUMBERS } from "./numbers";
import { along, Shape, sizeOf } from "./shapes";
import type { Program } from "./program";

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** All numbers of a value, or one for all of them; or those that are known, at `places`. */
export interface Dense { shape: Shape; numbers: Numbers; places: number[] | null }

/** What these numbers do not suffice to compute. */
export class Unknown extends Error {}

export interface Reading {
  given(key: string): Dense;
  plain(key: string): Element | null;
}

type Fold = (found: number, next: number) => number;
const FOLDS: Record<string, [Fold, number]> = {
  sum: [NUMBERS.add, 0], mean: [NUMBERS.add, 0], max: [NUMBERS.maximum, -Infinity], min: [NUMBERS.minimum, Infinity],
};

/** What a line gives, in single or double precision: each call is rounded to it. */
export function computed(reading: Reading, program: Program, single: boolean): Dense[] {
  if ("drawn" in program) throw new Unknown("random numbers are drawn by Python alone");
  return results(new Computing(reading, single), program);
}

class Computing implements Way<Dense> {
  constructor(private reading: Reading, private single: boolean) {}

  given(key: string): Dense {
    return this.reading.given(key);
  }

  plain(key: string): Element | null {
    return this.reading.plain(key);
  }

  filled(shape: Shape, { value }: Element): Dense {
    return this.constants(shape, () => value);
  }

  constants(shape: Shape, number: (at: number) => number): Dense {
    return this.array(shape, number);
  }

  pointwise(name: string, operands: Dense[], shape: Shape): Dense {
    const of = NUMBERS[name], places = operands.find((each) => each.places)?.places ?? null;
    const [a, b, c] = operands.map((each) => at(each, places));
    if (!b) return this.array(shape, (to) => of(a(to)), places);
    if (!c) return this.array(shape, (to) => of(a(to), b(to)), places);
    return this.array(shape, (to) => of(a(to), b(to), c(to)), places);
  }

  gathered(name: string, x: Dense, gone: number[], shape: Shape): Dense {
    const { offsets, start } = along(x.shape, gone), [fold, neutral] = FOLDS[name], { numbers } = whole(x);
    const count = name === "mean" ? offsets.length : 1;
    return this.array(shape, (to) => {
      const first = start(to);
      let found = neutral;
      for (const offset of offsets) found = fold(found, numbers[first + offset]);
      return found / count;
    });
  }

  moved(shape: Shape, arrays: Dense[], position: (at: number) => number): Dense {
    const [x] = arrays, last = sizeOf(shape) - 1;
    if (arrays.length === 1 && x.numbers.length === 1) return { ...x, shape };
    if (x.places && arrays.length === 1 && last === sizeOf(x.shape) - 1 && !position(0) && position(last) === last) return x;
    const parts = arrays.map((each) => whole(each).numbers);
    const numbers = parts.length === 1 ? parts[0] : joined(parts);
    return this.array(shape, (to) => numbers[position(to)]);
  }

  product(a: Dense, b: Dense, { inner, width, rows, apart }: Sizes, shape: Shape): Dense {
    const left = whole(a).numbers, right = whole(b).numbers, sums = new Float64Array(width), numbers = this.room(sizeOf(shape));
    for (let row = 0; row * width < numbers.length; row++) {
      sums.fill(0);
      for (let k = 0, from = Math.floor(row / rows) * apart; k < inner; k++, from += width) {
        const factor = left[row * inner + k];
        for (let column = 0; column < width; column++) sums[column] += factor * right[from + column];
      }
      numbers.set(sums, row * width);
    }
    return { shape, numbers, places: null };
  }

  taken(x: Dense, which: Dense, shape: Shape): Dense {
    const width = sizeOf(x.shape.slice(1)), numbers = whole(x).numbers, rows = whole(which).numbers;
    return this.array(shape, (to) => {
      const row = rows[Math.floor(to / width)];
      if (!(row >= 0 && row < x.shape[0])) throw new Unknown(`there is no row ${row}`);
      return numbers[row * width + (to % width)];
    });
  }

  /** An array of the precision, made number by number; where only some are known, of those. */
  private array(shape: Shape, number: (at: number) => number, places: number[] | null = null): Dense {
    const numbers = this.room(places ? places.length : sizeOf(shape));
    for (let to = 0; to < numbers.length; to++) numbers[to] = number(to);
    return { shape, numbers, places };
  }

  private room(size: number): Float32Array | Float64Array {
    return this.single ? new Float32Array(size) : new Float64Array(size);
  }
}

/** The numbers of an operand, in the order of those places, where only they are asked for. */
function at({ numbers, places: own }: Dense, places: number[] | null): (to: number) => number {
  if (numbers.length === 1) return () => numbers[0];
  if (!places || own) return (to) => numbers[to];
  return (to) => numbers[places[to]];
}

function joined(parts: Numbers[]): Numbers {
  const all = new Float64Array(parts.reduce((sum, each) => sum + each.length, 0));
  parts.reduce((start, each) => (all.set(each, start), start + each.length), 0);
  return all;
}

/** All numbers of an array. */
export function whole(array: Dense): Dense {
  const { numbers, places, shape } = array, size = sizeOf(shape);
  if (places) throw new Unknown("only some of its numbers are in this page");
  return numbers.length === size ? array : { ...array, numbers: new Float64Array(size).fill(numbers[0]) };
}
