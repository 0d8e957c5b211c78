// Functions of the plane as pictures: of one unit, of the probability of classes, and where one becomes another.

import type { Palette } from "../ui/colour";
import { colourOf, rgb } from "./classes";
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
export function shares(canvas: HTMLCanvasElement, numbers: ArrayLike<number>, count: number, side: number, colours: Palette, discrete: boolean): void {
  const classes = Math.max(2, count), own = Array.from({ length: classes }, (_, of) => rgb(colourOf(of))), [red, green, blue] = colours.paper;
  const share = (at: number, of: number) => (count > 1 ? numbers[at * count + of] : of ? numbers[at] : 1 - numbers[at]);
  image(canvas, side, side, true, (at) => {
    let best = 0, [r, g, b] = [red, green, blue];
    for (let of = 1; of < classes; of++) if (share(at, of) > share(at, best)) best = of;
    for (let of = 0; of < classes; of++) {
      const part = FULL * (discrete ? +(of === best) : Math.max(0, (share(at, of) - 1 / classes) / (1 - 1 / classes)));
      (r += part * (own[of][0] - red)), (g += part * (own[of][1] - green)), (b += part * (own[of][2] - blue));
    }
    return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
  });
}

/** Where a function of a grid is 0, as lines between its places: marching squares. */
export function zeros(value: (at: number) => number, side: number, across: (column: number) => number, down: (row: number) => number): Path2D {
  const path = new Path2D();
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column;
      const corners = [value(at), value(at + 1), value(at + side + 1), value(at + side)];
      const crossings: [number, number][] = [];
      for (let edge = 0; edge < 4; edge++) {
        const from = corners[edge], to = corners[(edge + 1) % 4];
        if (from > 0 === to > 0) continue;
        const share = from / (from - to), x = [share, 1, 1 - share, 0][edge], y = [0, share, 1, 1 - share][edge];
        crossings.push([across(column + x), down(row + y)]);
      }
      for (let each = 0; each + 1 < crossings.length; each += 2) {
        path.moveTo(...crossings[each]);
        path.lineTo(...crossings[each + 1]);
      }
    }
  }
  return path;
}
