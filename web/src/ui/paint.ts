// Painting a value: its cells in their colours, and lines around those that matter now.

import type { Place } from "../engine/element";
import { brief, inkOn, Palette, shade } from "./colour";
import { opened, reads, row, scale, trace } from "./state";
import { boxOf, cellOf, Layout, seen, Tile, View } from "./tiles";

/** The largest size in the range that colours are of. */
function mostOf(name: string): number {
  const found = trace.value;
  const own = found.lineOf(name)?.section ?? "forward";
  const names = scale.value === "value" ? [name] : found.lines.filter((each) => scale.value === "step" || each.section === own).map((each) => each.value);
  let most = 0;
  for (const each of new Set([...names, name])) most = Math.max(most, largestOf(each));
  return most;
}

const known = new WeakMap<object, Map<string, number>>();
function largestOf(name: string): number {
  const sizes = known.get(trace.value) ?? new Map<string, number>();
  known.set(trace.value, sizes);
  let found = sizes.get(name);
  if (found === undefined) {
    found = 0;
    for (const number of trace.value.numbers(name)) {
      if (Number.isFinite(number)) found = Math.max(found, Math.abs(number));
    }
    sizes.set(name, found);
  }
  return found;
}

/** A canvas of the size of a view, on which things stand where they do in the layout. */
function sized(canvas: HTMLCanvasElement, { left, top, width, height }: View): CanvasRenderingContext2D {
  const ratio = ratioOf();
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  context.translate(-left, -top);
  return context;
}

const ratioOf = () => Math.min(3, window.devicePixelRatio || 1);

/** A part of a tile: its rows and columns from and to. */
interface Part { tile: Tile; rows: [number, number]; columns: [number, number] }

export function paint(canvas: HTMLCanvasElement, laid: Layout, view: View, name: string, colours: Palette): void {
  const context = sized(canvas, view), most = mostOf(name), [wide, high] = laid.cell;
  for (const each of laid.tiles) {
    const { x, y, tile } = each, { rows, columns } = seen(each, laid.cell, view);
    if (rows[0] >= rows[1] || columns[0] >= columns[1]) continue;
    context.imageSmoothingEnabled = false;
    context.drawImage(pixels({ tile, rows, columns }, laid.cell, name, most, colours),
      x + columns[0] * wide, y + rows[0] * high, (columns[1] - columns[0]) * wide, (rows[1] - rows[0]) * high);
    if (high >= 8) details(context, laid, x, y, { tile, rows, columns }, name, most, colours);
    context.strokeStyle = colours.edge;
    context.strokeRect(x + 0.5, y + 0.5, tile.columns * wide - 1, tile.rows * high - 1);
  }
}

/** A picture with a pixel for each number; of numbers that share a pixel of the screen, the largest is seen. */
function pixels({ tile, rows, columns }: Part, cell: [number, number], name: string, most: number, colours: Palette): HTMLCanvasElement {
  const [across, down] = cell.map((size) => Math.max(1, Math.floor(1 / (size * ratioOf()))));
  const width = Math.ceil((columns[1] - columns[0]) / across), height = Math.ceil((rows[1] - rows[0]) / down);
  const small = document.createElement("canvas");
  (small.width = width), (small.height = height);
  const context = small.getContext("2d")!, image = context.createImageData(width, height);
  const numbers = trace.value.isSparse(name) ? null : trace.value.numbers(name);
  for (let r = rows[0]; r < rows[1]; r++) {
    const line = Math.floor((r - rows[0]) / down) * width;
    for (let c = columns[0]; c < columns[1]; c++) {
      const at = tile.at(r, c), number = at < 0 ? undefined : numbers ? numbers[at] : trace.value.maybe(name, at);
      if (number === undefined) continue;
      const to = 4 * (line + Math.floor((c - columns[0]) / across));
      const share = Number.isFinite(number) && most ? 1 + Math.round(254 * Math.min(1, Math.abs(number) / most)) : Number.isFinite(number) ? 1 : 255;
      if (image.data[to + 3] > share) continue;
      const [red, green, blue] = Number.isFinite(number) ? shade(number, most, colours) : [200, 0, 120];
      image.data.set([red, green, blue, share], to);
    }
  }
  for (let to = 3; to < image.data.length; to += 4) if (image.data[to]) image.data[to] = 255;
  context.putImageData(image, 0, 0);
  return small;
}

/** Borders, the mark of negative numbers, and digits where there is room. */
function details(context: CanvasRenderingContext2D, laid: Layout, x: number, y: number, { tile, rows, columns }: Part, name: string, most: number, colours: Palette): void {
  const [wide, high] = laid.cell;
  context.font = "12px ui-monospace, 'DejaVu Sans Mono', monospace";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let r = rows[0]; r < rows[1]; r++) {
    for (let c = columns[0]; c < columns[1]; c++) {
      const at = tile.at(r, c), number = at < 0 ? undefined : trace.value.maybe(name, at);
      if (number === undefined) continue;
      const left = x + c * wide, top = y + r * high;
      context.strokeStyle = laid.digits ? colours.edge : colours.line;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, wide, high);
      const ink = inkOn(shade(number, most, colours));
      if (number < 0) corner(context, left, top, Math.min(5, high / 3), ink);
      if (!laid.digits) continue;
      context.fillStyle = ink;
      context.fillText(brief(number), left + wide / 2, top + high / 2 + 0.5, wide - 4);
    }
  }
}

function corner(context: CanvasRenderingContext2D, left: number, top: number, size: number, ink: string): void {
  context.fillStyle = ink;
  context.globalAlpha = 0.75;
  context.beginPath();
  context.moveTo(left + 1, top + 1);
  context.lineTo(left + 1 + size, top + 1);
  context.lineTo(left + 1, top + 1 + size);
  context.fill();
  context.globalAlpha = 1;
}

export interface Outline { path: Path2D; colour: string; width: number }

export function mark(canvas: HTMLCanvasElement, view: View, outlines: Outline[]): void {
  const context = sized(canvas, view), style = getComputedStyle(canvas);
  for (const { path, colour, width } of outlines) {
    context.strokeStyle = style.getPropertyValue("--card");
    context.lineWidth = width + 2;
    context.stroke(path);
    context.strokeStyle = style.getPropertyValue(colour);
    context.lineWidth = width;
    context.stroke(path);
  }
}

/** The chosen row, what has changed, what the opened number reads, and the number itself. */
export function outlines(laid: Layout, name: string): Outline[] {
  const { batch, shape } = trace.value.about(name), found: Outline[] = [];
  const inner = shape.slice(1).reduce((a, b) => a * b, 1);
  const enter = (places: Iterable<number>, holds: (at: number) => boolean, colour: string, width: number) =>
    found.push({ path: outline(laid, places, holds), colour, width });
  if (batch && shape.length === 2 && shape[0] > 1 && laid.tiles[0].tile.rows === shape[0]) {
    const own = Array.from({ length: inner }, (_, at) => row.value * inner + at);
    enter(own, (at) => Math.floor(at / inner) === row.value, "--soft", 1);
  }
  // Small cells would be nothing but borders.
  const count = trace.value.countOfMoved(name), most = laid.cell[1] < 6 ? 64 : 4096;
  if (count > 0 && count < most) {
    const moved = new Set(trace.value.placesThatMoved(name));
    enter(moved, (at) => moved.has(at), "--changed", 1);
  }
  const read = reads.value.get(name);
  if (read) enter(read, (at) => read.has(at), "--mark", 2);
  return [...found, ...single(laid, name, opened.value, 3)];
}

export function single(laid: Layout, name: string, place: Place | null, width: number): Outline[] {
  const cell = place?.source === name ? cellOf(laid.tiles.map((each) => each.tile), place.at) : null;
  if (!cell) return [];
  const { x, y, wide, high } = boxOf(laid, cell), path = new Path2D();
  path.rect(x, y, Math.max(wide, 3), Math.max(high, 3));
  return [{ path, colour: "--ink", width }];
}

/** A line around the cells of places that stand together. */
function outline(laid: Layout, places: Iterable<number>, holds: (at: number) => boolean): Path2D {
  const path = new Path2D(), tiles = laid.tiles.map((each) => each.tile);
  for (const place of places) {
    const cell = cellOf(tiles, place);
    if (!cell) continue;
    const [which, r, c] = cell, tile = tiles[which];
    const isOut = (r: number, c: number) => !(r >= 0 && c >= 0 && r < tile.rows && c < tile.columns && holds(tile.at(r, c)));
    const { x: left, y: top, wide, high } = boxOf(laid, cell), right = left + Math.max(wide, 2), bottom = top + Math.max(high, 2);
    if (isOut(r - 1, c)) side(path, left, top, right, top);
    if (isOut(r + 1, c)) side(path, left, bottom, right, bottom);
    if (isOut(r, c - 1)) side(path, left, top, left, bottom);
    if (isOut(r, c + 1)) side(path, right, top, right, bottom);
  }
  return path;
}

function side(path: Path2D, x1: number, y1: number, x2: number, y2: number): void {
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
}
