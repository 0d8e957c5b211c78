// Functions of the plane as pictures: of one unit, of the probability of classes, and where one becomes another.

import type { Palette } from "../ui/colour";
import { rgbOf } from "./classes";
import { HALF, Ramp } from "./hues";

/** How much of its colour a class has where it is sure. */
const FULL = 0.7;

export function most(numbers: ArrayLike<number>, start = 0, end = numbers.length): number {
  let found = 0;
  for (let at = start; at < end; at++) {
    const size = Math.abs(numbers[at]);
    if (size > found && size < Infinity) found = size;
  }
  return found;
}

/** Numbers in colours, the first row of them at the bottom where `up`. */
export function field(canvas: HTMLCanvasElement, numbers: ArrayLike<number>, start: number, height: number, width: number, colours: Ramp, largest: number, up = true): void {
  const per = largest > 0 ? HALF / largest : 0;
  image(canvas, height, width, up, (at) => {
    const value = numbers[start + at] * per;
    return colours[HALF + Math.max(-HALF, Math.min(HALF, value === value ? Math.round(value) : 0))];
  });
}

function image(canvas: HTMLCanvasElement, height: number, width: number, up: boolean, colour: (at: number) => number): void {
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) (canvas.width = width), (canvas.height = height);
  const context = canvas.getContext("2d")!, drawn = context.createImageData(width, height);
  const pixels = new Uint32Array(drawn.data.buffer);
  for (let row = 0, at = 0; row < height; row++) {
    let to = (up ? height - 1 - row : row) * width;
    for (let column = 0; column < width; column++) pixels[to++] = colour(at++);
  }
  context.putImageData(drawn, 0, 0);
}

/** Shares of classes at each place, `count` beside each other (one: that of the second class), as colours mixed with the page's. */
export function shares(canvas: HTMLCanvasElement, numbers: ArrayLike<number>, start: number, count: number, side: number, colours: Palette, discrete: boolean): void {
  if (count === 1) {
    const table = Uint32Array.from({ length: 256 }, (_, share) => mixed([1 - share / 255, share / 255], colours, discrete));
    return image(canvas, side, side, true, (at) => table[Math.round(255 * numbers[start + at])]);
  }
  const own = new Array<number>(count);
  image(canvas, side, side, true, (at) => {
    for (let of = 0; of < count; of++) own[of] = numbers[start + at * count + of];
    return mixed(own, colours, discrete);
  });
}

/** The colours of classes, by how much their shares are above those of a guess. */
function mixed(shares: number[], { paper: [red, green, blue] }: Palette, discrete: boolean): number {
  const best = shares.indexOf(Math.max(...shares)), guess = 1 / shares.length;
  let r = red, g = green, b = blue;
  for (let of = 0; of < shares.length; of++) {
    const part = FULL * (discrete ? +(of === best) : Math.max(0, (shares[of] - guess) / (1 - guess)));
    if (!part) continue;
    const own = rgbOf(of);
    (r += part * (own[0] - red)), (g += part * (own[1] - green)), (b += part * (own[2] - blue));
  }
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** Where a function of a grid is 0, as lines between its places: marching squares. */
export function zeros(values: ArrayLike<number>, side: number, across: (column: number) => number, down: (row: number) => number): Path2D {
  const path = new Path2D();
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column, above = values[at] > 0;
      if (values[at + 1] > 0 === above && values[at + side] > 0 === above && values[at + side + 1] > 0 === above) continue;
      const ends = crossings([values[at], values[at + 1], values[at + side + 1], values[at + side]]);
      for (let each = 0; each + 1 < ends.length; each += 2) {
        path.moveTo(across(column + ends[each][0]), down(row + ends[each][1]));
        path.lineTo(across(column + ends[each + 1][0]), down(row + ends[each + 1][1]));
      }
    }
  }
  return path;
}

/** Where the edges of a square are crossed, from the numbers at its corners, one after the other around it. */
function crossings(corners: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let edge = 0; edge < 4; edge++) {
    const from = corners[edge], to = corners[(edge + 1) % 4], share = from / (from - to);
    if (from > 0 !== to > 0) found.push([[share, 1, 1 - share, 0][edge], [0, share, 1, 1 - share][edge]]);
  }
  return found;
}
