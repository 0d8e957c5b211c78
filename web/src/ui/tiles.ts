// How a value is laid out as pictures: tiles of rows and columns, and which number stands where.

import { sizeOf } from "../engine/shapes";
import type { Trace } from "../trace";

export interface Tile {
  rows: number;
  columns: number;
  /** The position of the number in a cell; −1 for none. */
  at: (row: number, column: number) => number;
  title: string;
}

/** Tiles of a value that are drawn. */
const MOST = 32;
/** Numbers that stand side by side; longer rows are wrapped. */
const WIDE = 24;

export interface Tiles { tiles: Tile[]; first: number; count: number }

/** The tiles of a value; of many, those around the one that holds a position. */
export function tilesOf(trace: Trace, key: string, row: number, around: number, pictures: boolean): Tiles {
  const { shape, batch } = trace.about(key), sides = pictures ? columnsAsPictures(trace, key) : null;
  const found = sides ? channels([...sides, shape[1]], 0) : all(trace, key, shape, batch, row);
  const which = found.length > MOST ? (cellOf(found, around) ?? [0])[0] : 0;
  const first = Math.floor(which / MOST) * MOST;
  return { tiles: found.slice(first, first + MOST), first, count: found.length };
}

/** The height and width of the pictures that columns of a matrix are, one for each unit. */
export function columnsAsPictures(trace: Trace, key: string): [number, number] | null {
  const known = trace.data.picture, { shape, batch } = trace.about(key);
  const fits = known && !batch && shape.length === 2 && known.shape[2] === 1 && shape[0] === sizeOf(known.shape);
  return fits && shape[1] > 1 ? [known.shape[0], known.shape[1]] : null;
}

/** The tile, the row and the column in which a position stands. */
export function cellOf(tiles: Tile[], position: number): Cell | null {
  for (let which = 0; which < tiles.length; which++) {
    const { rows, columns, at } = tiles[which];
    const first = at(0, 0), step = columns > 1 ? at(0, 1) - first : rows > 1 ? at(1, 0) - first : 1;
    const offset = (position - first) / step;
    if (Number.isInteger(offset) && offset >= 0 && offset < rows * columns) {
      return [which, Math.floor(offset / columns), offset % columns];
    }
  }
  return null;
}

function all(trace: Trace, key: string, shape: number[], batch: boolean, row: number): Tile[] {
  const picture = pictureOf(trace, key);
  const own = batch ? shape.slice(1) : shape, start = batch ? row * sizeOf(own) : 0;
  if (picture) return channels(picture, start);
  if (shape.length < 2) return [wrapped(sizeOf(shape), 0, "")];
  if (batch && shape.length === 2 && own[0] > WIDE) return [wrapped(own[0], start, `row ${row}`)];
  if (shape.length === 2) return [matrix(shape[0], shape[1], 0, 1, "")];
  if (own.length === 2) return [matrix(own[0], own[1], start, 1, `row ${row}`)];
  if (own.length === 3) return channels(own, start);
  return kernels(own);
}

/** The shape of a picture, where rows of a value are pictures: of the input, and its derivative. */
export function pictureOf(trace: Trace, key: string): number[] | null {
  const known = trace.data.picture;
  const { shape, batch } = trace.about(key);
  const fits = known && batch && [known.name, `d${known.name}`].includes(key) && sizeOf(shape.slice(1)) === sizeOf(known.shape);
  return fits ? known.shape : null;
}

function matrix(rows: number, columns: number, start: number, step: number, title: string): Tile {
  return { rows, columns, title, at: (r, c) => start + (r * columns + c) * step };
}

/** Numbers in a row, in lines of a power of two. */
function wrapped(size: number, start: number, title: string): Tile {
  const columns = size <= WIDE ? size : 2 ** Math.round(Math.log2(Math.sqrt(size * 2)) + 0.2);
  const at = (r: number, c: number) => (r * columns + c < size ? start + r * columns + c : -1);
  return { rows: Math.ceil(size / columns), columns, title, at };
}

function channels([height, width, count]: number[], start: number): Tile[] {
  return Array.from({ length: count }, (_, channel) =>
    matrix(height, width, start + channel, count, count > 1 ? `channel ${channel}` : ""));
}

/** Of (…, height, width, in, out) a tile for each pair of channels; of (width, in, out) for each out. */
function kernels(shape: number[]): Tile[] {
  if (shape.length < 4) return channels(shape, 0);
  const [height, width, ins, outs] = shape;
  const pairs = Array.from({ length: ins * outs }, (_, pair) => pair);
  return pairs.map((pair) => matrix(height, width, pair, ins * outs, `${Math.floor(pair / outs)} → ${pair % outs}`));
}

const GAP = 6, DIGITS = { width: 54, height: 24 }, LARGEST = 22;

export interface Laid { x: number; y: number; tile: Tile }
export interface Layout { cell: [number, number]; digits: boolean; width: number; height: number; tiles: Laid[] }

/** Where tiles stand, and how large a cell is, in a width and a height that are there; zoomed, they are more. */
export function layout(tiles: Tile[], width: number, height: number, zoom: number): Layout {
  const { rows, columns } = tiles[0], count = tiles.length;
  const fitting = count === 1 && columns * DIGITS.width <= width && rows * DIGITS.height <= height * 1.2;
  let across = 1, fit = 0;
  for (let tried = 1; tried <= count; tried++) {
    const down = Math.ceil(count / tried);
    const size = Math.min((width - GAP * (tried - 1)) / tried / columns, (height - GAP * (down - 1)) / down / rows, LARGEST);
    if (size > fit) (fit = size), (across = tried);
  }
  const size = (fit >= 1 ? Math.floor(fit) : fit) * zoom, digits = fitting || (zoom > 1 && size >= LARGEST);
  const wide = count > 1 || size >= 1 ? size : Math.min(1, width / columns);
  const cell: [number, number] = digits ? [DIGITS.width, DIGITS.height] : [wide, size];
  const down = Math.ceil(count / across);
  const placed = tiles.map((tile, at) => ({
    tile, x: (at % across) * (columns * cell[0] + GAP), y: Math.floor(at / across) * (rows * cell[1] + GAP),
  }));
  return { cell, digits, tiles: placed, width: across * (columns * cell[0] + GAP) - GAP, height: down * (rows * cell[1] + GAP) - GAP };
}

/** A cell of one of the tiles: which tile, the row and the column. */
export type Cell = [number, number, number];

/** The left, the upper edge and the size of a cell in a layout. */
export function boxOf({ tiles, cell }: Layout, [which, r, c]: Cell): { x: number; y: number; wide: number; high: number } {
  const { x, y } = tiles[which];
  return { x: x + c * cell[0], y: y + r * cell[1], wide: cell[0], high: cell[1] };
}

/** The part of a layout that is seen. */
export interface View { left: number; top: number; width: number; height: number }

/** The rows and columns of a tile that are seen, from and to. */
export function seen({ x, y, tile }: Laid, [wide, high]: [number, number], view: View): { rows: [number, number]; columns: [number, number] } {
  const part = (from: number, along: number, size: number, count: number): [number, number] =>
    [Math.max(0, Math.floor(from / size)), Math.min(count, Math.ceil((from + along) / size))];
  return { rows: part(view.top - y, view.height, high, tile.rows), columns: part(view.left - x, view.width, wide, tile.columns) };
}
