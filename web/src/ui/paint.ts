// Painting a value: its cells in their colours, and lines around those that matter now.

import type { Place } from "../engine/element";
import { brief, inkOn, Palette, shade } from "./colour";
import { opened, reads, row, scale, trace } from "./state";
import { cellOf, Layout, Tile } from "./tiles";

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

function sized(canvas: HTMLCanvasElement, { width, height }: Layout): CanvasRenderingContext2D {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  return context;
}

export function paint(canvas: HTMLCanvasElement, laid: Layout, name: string, colours: Palette): void {
  const context = sized(canvas, laid), most = mostOf(name);
  for (const { x, y, tile } of laid.tiles) {
    context.imageSmoothingEnabled = laid.cell[1] < 1;
    context.drawImage(pixels(tile, name, most, colours), x, y, tile.columns * laid.cell[0], tile.rows * laid.cell[1]);
    if (laid.cell[1] >= 8) details(context, laid, x, y, tile, name, most, colours);
    context.strokeStyle = colours.none;
    context.strokeRect(x + 0.5, y + 0.5, tile.columns * laid.cell[0] - 1, tile.rows * laid.cell[1] - 1);
  }
}

/** A picture with a pixel for each number. */
function pixels(tile: Tile, name: string, most: number, colours: Palette): HTMLCanvasElement {
  const small = document.createElement("canvas");
  (small.width = tile.columns), (small.height = tile.rows);
  const context = small.getContext("2d")!, image = context.createImageData(tile.columns, tile.rows);
  const numbers = trace.value.isSparse(name) ? null : trace.value.numbers(name);
  for (let r = 0, to = 0; r < tile.rows; r++) {
    for (let c = 0; c < tile.columns; c++, to += 4) {
      const at = tile.at(r, c), number = at < 0 ? undefined : numbers ? numbers[at] : trace.value.maybe(name, at);
      if (number === undefined) continue;
      const [red, green, blue] = Number.isFinite(number) ? shade(number, most, colours) : [200, 0, 120];
      image.data.set([red, green, blue, 255], to);
    }
  }
  context.putImageData(image, 0, 0);
  return small;
}

/** Borders, the mark of negative numbers, and digits where there is room. */
function details(context: CanvasRenderingContext2D, laid: Layout, x: number, y: number, tile: Tile, name: string, most: number, colours: Palette): void {
  const [wide, high] = laid.cell;
  context.font = "12px ui-monospace, 'DejaVu Sans Mono', monospace";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let r = 0; r < tile.rows; r++) {
    for (let c = 0; c < tile.columns; c++) {
      const at = tile.at(r, c), number = at < 0 ? undefined : trace.value.maybe(name, at);
      if (number === undefined) continue;
      const left = x + c * wide, top = y + r * high;
      context.strokeStyle = colours.none;
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

export function mark(canvas: HTMLCanvasElement, laid: Layout, outlines: Outline[]): void {
  const context = sized(canvas, laid), style = getComputedStyle(canvas);
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
  const enter = (holds: (at: number) => boolean, colour: string, width: number) =>
    found.push({ path: outline(laid, holds), colour, width });
  if (batch && shape.length === 2 && shape[0] > 1 && laid.tiles[0].tile.rows === shape[0]) {
    enter((at) => Math.floor(at / inner) === row.value, "--soft", 1);
  }
  // Small cells would be nothing but borders.
  const moved = trace.value.countOfMoved(name), most = laid.cell[1] < 6 ? 64 : Infinity;
  if (moved > 0 && moved < most) enter((at) => trace.value.hasMoved(name, at), "--changed", 1);
  const read = reads.value.get(name);
  if (read) enter((at) => read.has(at), "--mark", 2);
  return [...found, ...single(laid, name, opened.value, 3)];
}

export function single(laid: Layout, name: string, place: Place | null, width: number): Outline[] {
  const cell = place?.source === name ? cellOf(laid.tiles.map((each) => each.tile), place.at) : null;
  if (!cell) return [];
  const { x, y } = laid.tiles[cell[0]], [wide, high] = laid.cell, path = new Path2D();
  path.rect(x + cell[2] * wide, y + cell[1] * high, Math.max(wide, 3), Math.max(high, 3));
  return [{ path, colour: "--ink", width }];
}

/** A line around cells that stand together. */
function outline(laid: Layout, holds: (at: number) => boolean): Path2D {
  const [wide, high] = laid.cell, path = new Path2D();
  for (const { x, y, tile } of laid.tiles) {
    const inside = (r: number, c: number) => r >= 0 && c >= 0 && r < tile.rows && c < tile.columns && tile.at(r, c) >= 0 && holds(tile.at(r, c));
    for (let r = 0; r < tile.rows; r++) {
      for (let c = 0; c < tile.columns; c++) {
        if (!inside(r, c)) continue;
        const left = x + c * wide, top = y + r * high, right = left + Math.max(wide, 2), bottom = top + Math.max(high, 2);
        if (!inside(r - 1, c)) side(path, left, top, right, top);
        if (!inside(r + 1, c)) side(path, left, bottom, right, bottom);
        if (!inside(r, c - 1)) side(path, left, top, left, bottom);
        if (!inside(r, c + 1)) side(path, right, top, right, bottom);
      }
    }
  }
  return path;
}

function side(path: Path2D, x1: number, y1: number, x2: number, y2: number): void {
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
}
