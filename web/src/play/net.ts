// Where units of a network stand on the screen, and the lines between them.

import { Palette } from "../ui/colour";

/** The side of a unit's picture, and from one unit to the next. */
export const SIDE = 32, STEP = 44, CLOSE = 41, HEAD = 64;
/** Units of a column that are shown at once. */
const MOST = 16;

export interface Spot { unit: number; x: number; y: number }
export interface Placed { spots: Spot[]; gap: number; x: number }

/** The units of a column that are shown. */
export function shown(units: number, all: boolean): { units: number[]; gap: number } {
  const every = Array.from({ length: units }, (_, at) => at);
  return all || units <= MOST ? { units: every, gap: 0 } : { units: every.slice(0, MOST - 1), gap: units - MOST + 1 };
}

/** Columns side by side, each in the middle of the height. */
export function placed(columns: { units: number; all: boolean }[], width: number): { columns: Placed[]; height: number } {
  const found = columns.map((each) => shown(each.units, each.all));
  const rows = found.map(({ units, gap }) => units.length + (gap ? 1 : 0));
  const tallest = Math.max(...rows, 4), step = tallest > 8 ? CLOSE : STEP, height = HEAD + tallest * step + 8;
  const between = columns.length > 1 ? (width - 2 * 44) / (columns.length - 1) : 0;
  return {
    height,
    columns: found.map(({ units, gap }, column) => {
      const x = 44 + column * between, top = HEAD + ((tallest - rows[column]) * step) / 2 + step / 2;
      const spots = units.map((unit, at) => ({ unit, x, y: top + at * step }));
      return { spots, gap, x };
    }),
  };
}

export interface Link { column: number; from: number; to: number; x1: number; y1: number; x2: number; y2: number; at: number }

/** All lines between columns that are shown; `at` is the place in the weights of the right column. */
export function links(columns: Placed[], widths: number[], connected: boolean[]): Link[] {
  const found: Link[] = [];
  for (let column = 1; column < columns.length; column++) {
    if (!connected[column]) continue;
    for (const right of columns[column].spots) {
      for (const left of columns[column - 1].spots) {
        found.push({
          column, from: left.unit, to: right.unit, at: left.unit * widths[column] + right.unit,
          x1: left.x + SIDE / 2, y1: left.y, x2: right.x - SIDE / 2 - 6, y2: right.y,
        });
      }
    }
  }
  return found;
}

export interface Seen { weight: (link: Link) => number; lit: Link | null; most: number[] }

/** Lines as wide as their weights are large; those below 0 are dashed and of the other colour. */
export function drawLinks(context: CanvasRenderingContext2D, all: Link[], { weight, lit, most }: Seen, colours: Palette): void {
  const css = (of: number[]) => `rgb(${of.join(",")})`;
  const plus = css(colours.plus), minus = css(colours.minus);
  for (const link of all) {
    const value = weight(link), size = most[link.column] ? Math.abs(value) / most[link.column] : 0;
    if (!(size > 0.004) && link !== lit) continue;
    context.globalAlpha = link === lit ? 1 : 0.25 + 0.65 * Math.min(1, size);
    context.lineWidth = Math.max(0.6, Math.min(7, 6 * size)) + (link === lit ? 2 : 0);
    context.strokeStyle = value < 0 ? minus : plus;
    context.setLineDash(value < 0 ? [5, 4] : []);
    context.beginPath();
    curve(context, link);
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function curve(context: CanvasRenderingContext2D, { x1, y1, x2, y2 }: Link): void {
  const bend = (x2 - x1) * 0.45;
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
}

/** The line that is nearest to a point, if one is within reach. */
export function nearest(all: Link[], x: number, y: number, reach: number, weighs: (link: Link) => number): Link | null {
  let best: Link | null = null, least = Infinity;
  for (const link of all) {
    if (x < link.x1 || x > link.x2) continue;
    const away = Math.abs(height(link, x) - y);
    // of lines that lie upon each other, the heavier one is meant
    const score = away - Math.min(3, 2 * Math.abs(weighs(link)));
    if (away <= reach && score < least) (least = score), (best = link);
  }
  return best;
}

/** How high a line is above a place: its curve, where it stands at x. */
function height({ x1, y1, x2, y2 }: Link, x: number): number {
  let low = 0, high = 1;
  const along = (t: number) => 3 * 0.45 * (1 - t) ** 2 * t + 3 * 0.55 * (1 - t) * t * t + t ** 3;
  const sought = (x - x1) / (x2 - x1 || 1);
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (along(middle) < sought) low = middle;
    else high = middle;
  }
  const t = (low + high) / 2, share = 3 * (1 - t) * t * t + t ** 3;
  return y1 + (y2 - y1) * share;
}
