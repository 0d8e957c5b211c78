// A value as a picture that can be pointed at, clicked, and walked over with the keyboard.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { Place } from "../engine/element";
import { brief, inkOn, Palette, palette, shade } from "./colour";
import { looks, open, opened, pointed, reads, row, scale, trace, value } from "./state";
import { cellOf, Tile } from "./tiles";

const GAP = 6, DIGITS = { width: 54, height: 24 }, LARGEST = 22;

interface Laid { x: number; y: number; tile: Tile }
interface Layout { cell: [number, number]; digits: boolean; width: number; height: number; tiles: Laid[] }

/** Where tiles stand, and how large a cell is, in a width and a height that are there. */
export function layout(tiles: Tile[], width: number, height: number): Layout {
  const { rows, columns } = tiles[0], count = tiles.length;
  const digits = count === 1 && columns * DIGITS.width <= width && rows * DIGITS.height <= height * 1.2;
  let across = 1, fit = 0;
  for (let tried = 1; tried <= count; tried++) {
    const down = Math.ceil(count / tried);
    const size = Math.min((width - GAP * (tried - 1)) / tried / columns, (height - GAP * (down - 1)) / down / rows, LARGEST);
    if (size > fit) (fit = size), (across = tried);
  }
  const size = fit >= 1 ? Math.floor(fit) : fit;
  const wide = count > 1 || size >= 1 ? size : Math.min(1, width / columns);
  const cell: [number, number] = digits ? [DIGITS.width, DIGITS.height] : [wide, size];
  const down = Math.ceil(count / across);
  const placed = tiles.map((tile, at) => ({
    tile, x: (at % across) * (columns * cell[0] + GAP), y: Math.floor(at / across) * (rows * cell[1] + GAP),
  }));
  return { cell, digits, tiles: placed, width: across * (columns * cell[0] + GAP) - GAP, height: down * (rows * cell[1] + GAP) - GAP };
}

interface Shown { name: string; tiles: Tile[]; title: string; height: number }

export function Grid({ name, tiles, title, height }: Shown): VNode {
  const box = useRef<HTMLDivElement>(null), base = useRef<HTMLCanvasElement>(null), over = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [cursor, setCursor] = useState<[number, number, number]>([0, 0, 0]);
  const laid = width ? layout(tiles, width, height) : null;

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const found = Math.floor(entry.contentRect.width);
      requestAnimationFrame(() => setWidth(found));
    });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (laid) paint(base.current!, laid, name, palette(base.current!));
  }, [width, name, tiles, scale.value, looks.value]);
  const still = useMemo(() => (laid ? outlines(laid, name) : []), [width, name, tiles, opened.value, reads.value, row.value]);
  useEffect(() => {
    if (laid) mark(over.current!, laid, [...still, ...single(laid, name, pointed.value, 2)]);
  }, [still, looks.value, pointed.value]);
  useEffect(() => {
    const place = opened.value;
    if (place?.source === name) setCursor(cellOf(tiles, place.at) ?? [0, 0, 0]);
  }, [opened.value, tiles]);

  const [which, r, c] = cursor[0] < tiles.length ? cursor : [0, 0, 0];
  const tile = tiles[which], here = tile.at(Math.min(r, tile.rows - 1), Math.min(c, tile.columns - 1));
  const point = (at: number) => (pointed.value = at < 0 ? null : { source: name, at });
  const move = (event: KeyboardEvent) => {
    const to = stepped(event, [which, r, c], tiles);
    if (event.key === "Enter" || event.key === " ") open({ source: name, at: here });
    else if (event.key === "Escape") pointed.value = null;
    else if (to) (setCursor(to), point(tiles[to[0]].at(to[1], to[2])));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const hit = (event: PointerEvent | MouseEvent) => (laid ? under(laid, event, base.current!) : null);
  const id = `cell-${name}`;
  return (
    <div class="grid" ref={box} style={{ minHeight: laid ? `${laid.height}px` : `${height / 3}px` }}>
      <div class="cells" role="grid" tabIndex={0} aria-label={title} aria-rowcount={tile.rows} aria-colcount={tile.columns}
        aria-activedescendant={id} style={laid ? { width: `${laid.width}px`, height: `${laid.height}px` } : {}}
        onKeyDown={move} onFocus={() => point(here)} onBlur={() => (pointed.value = null)}
        onPointerMove={(event) => { const cell = hit(event); point(cell ? tiles[cell[0]].at(cell[1], cell[2]) : -1); }}
        onPointerLeave={() => (pointed.value = null)}
        onClick={(event) => {
          const cell = hit(event), at = cell ? tiles[cell[0]].at(cell[1], cell[2]) : -1;
          if (at >= 0) open({ source: name, at });
        }}>
        <canvas ref={base} aria-hidden="true" />
        <canvas ref={over} aria-hidden="true" class="over" />
        <div role="row" aria-rowindex={r + 1} class="unseen">
          <div role="gridcell" id={id} aria-colindex={c + 1}>
            {here < 0 ? "empty" : `${trace.value.named({ source: name, at: here })} = ${value({ source: name, at: here })}`}
          </div>
        </div>
      </div>
    </div>
  );
}

function stepped({ key, ctrlKey }: KeyboardEvent, [which, r, c]: [number, number, number], tiles: Tile[]): [number, number, number] | null {
  const { rows, columns } = tiles[which];
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0],
    Home: [ctrlKey ? -rows : 0, -columns], End: [ctrlKey ? rows : 0, columns],
  };
  const step = steps[key];
  if (!step) return null;
  if (key === "ArrowRight" && c === columns - 1 && which < tiles.length - 1) return [which + 1, r, 0];
  if (key === "ArrowLeft" && c === 0 && which > 0) return [which - 1, r, tiles[which - 1].columns - 1];
  const within = (to: number, count: number) => Math.max(0, Math.min(count - 1, to));
  return [which, within(r + step[0], rows), within(c + step[1], columns)];
}

function under({ tiles, cell }: Layout, event: MouseEvent, canvas: HTMLCanvasElement): [number, number, number] | null {
  const box = canvas.getBoundingClientRect();
  for (let which = 0; which < tiles.length; which++) {
    const { x, y, tile } = tiles[which];
    const c = Math.floor((event.clientX - box.left - x) / cell[0]), r = Math.floor((event.clientY - box.top - y) / cell[1]);
    if (r >= 0 && c >= 0 && r < tile.rows && c < tile.columns) return [which, r, c];
  }
  return null;
}

/** The largest size in the range that colours are of. */
function mostOf(name: string): number {
  const found = trace.value;
  const own = found.lineOf(name)?.section ?? "forward";
  const names = scale.value === "value" ? [name] : found.lines.filter((each) => scale.value === "step" || each.section === own).map((each) => each.value);
  let most = 0;
  for (const each of new Set([...names, name])) most = Math.max(most, largestOf(each));
  return most;
}

const sizes = new Map<string, number>();
function largestOf(name: string): number {
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

function paint(canvas: HTMLCanvasElement, laid: Layout, name: string, colours: Palette): void {
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

interface Outline { path: Path2D; colour: string; width: number }

function mark(canvas: HTMLCanvasElement, laid: Layout, outlines: Outline[]): void {
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
function outlines(laid: Layout, name: string): Outline[] {
  const { batch, shape } = trace.value.about(name), found: Outline[] = [];
  const inner = shape.slice(1).reduce((a, b) => a * b, 1);
  const enter = (holds: (at: number) => boolean, colour: string, width: number) =>
    found.push({ path: outline(laid, holds), colour, width });
  if (batch && shape.length === 2 && shape[0] > 1 && laid.tiles[0].tile.rows === shape[0]) {
    enter((at) => Math.floor(at / inner) === row.value, "--soft", 1);
  }
  if (trace.value.data.before) enter((at) => changed(name, at), "--changed", 1);
  const read = reads.value.get(name);
  if (read) enter((at) => read.has(at), "--mark", 2);
  return [...found, ...single(laid, name, opened.value, 3)];
}

function single(laid: Layout, name: string, place: Place | null, width: number): Outline[] {
  const cell = place?.source === name ? cellOf(laid.tiles.map((each) => each.tile), place.at) : null;
  if (!cell) return [];
  const { x, y } = laid.tiles[cell[0]], [wide, high] = laid.cell, path = new Path2D();
  path.rect(x + cell[2] * wide, y + cell[1] * high, Math.max(wide, 3), Math.max(high, 3));
  return [{ path, colour: "--ink", width }];
}

function changed(name: string, at: number): boolean {
  const was = trace.value.before(name, at);
  return was !== undefined && was !== trace.value.maybe(name, at);
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
