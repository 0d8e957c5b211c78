// A value as a picture that can be pointed at, clicked, walked over with the keyboard, and zoomed.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { palette } from "./colour";
import { mark, outlines, paint, single } from "./paint";
import { looks } from "./looks";
import { open, opened, pointed, reads, row, scale, trace, value } from "./state";
import { boxOf, Cell, cellOf, Layout, layout, Tile, View } from "./tiles";
import { zooming } from "./zoom";

interface Shown { name: string; tiles: Tile[]; title: string; height: number }
/** A cell, and where in the box it is to stand. */
interface Anchor { cell: Cell; x: number; y: number }

export function Grid({ name, tiles, title, height }: Shown): VNode {
  const box = useRef<HTMLDivElement>(null), cells = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null), over = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [zoom, setZoom] = useState(1);
  const [[left, top], setScrolled] = useState([0, 0]);
  const [cursor, setCursor] = useState<Cell>([0, 0, 0]);
  const anchor = useRef<Anchor | null>(null);
  const laid = useMemo(() => (width ? layout(tiles, width, height, zoom) : null), [tiles, width, height, zoom]);
  const view = useMemo(() => viewOf(laid, left, top, width, height, zoom), [laid, left, top]);

  // At once, so that the page can be pointed at when it is there, and whenever its width is another.
  useLayoutEffect(() => {
    setWidth(Math.floor(box.current!.clientWidth));
    const watch = new ResizeObserver(([entry]) => {
      const found = Math.floor(entry.contentRect.width);
      requestAnimationFrame(() => setWidth(found));
    });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (laid) paint(base.current!, laid, view, name, palette(base.current!));
  }, [laid, view, name, scale.value, looks.value, trace.value]);
  const still = useMemo(() => (laid ? outlines(laid, name) : []), [laid, name, opened.value, reads.value, row.value, trace.value]);
  useEffect(() => {
    if (laid) mark(over.current!, view, [...still, ...single(laid, name, pointed.value, 2)]);
  }, [still, view, looks.value, pointed.value]);
  useEffect(() => {
    const place = opened.value;
    if (place?.source === name) setCursor(cellOf(tiles, place.at) ?? [0, 0, 0]);
  }, [opened.value, tiles]);

  const [which, r, c]: Cell = cursor[0] < tiles.length ? cursor : [0, 0, 0];
  const tile = tiles[which], here = tile.at(Math.min(r, tile.rows - 1), Math.min(c, tile.columns - 1));
  const point = (at: number) => (pointed.value = at < 0 ? null : { source: name, at });
  const hit = (event: { clientX: number; clientY: number }) => (laid ? under(laid, event, cells.current!) : null);
  // By a button it goes to what the opened number reads, if the cursor is not put anywhere.
  const [first] = reads.value.get(name) ?? [], looked = which + r + c === 0 && first !== undefined ? cellOf(tiles, first) : null;
  const zoomed = (closer: boolean, at: Anchor = { cell: looked ?? [which, r, c], x: width / 2, y: height / 2 }) => {
    if (!laid || (closer ? laid.digits : zoom === 1)) return;
    anchor.current = at;
    setZoom(closer ? zoom * 2 : zoom / 2);
  };
  useLayoutEffect(() => {
    if (!laid || !anchor.current) return;
    const { cell, x, y } = anchor.current, found = boxOf(laid, cell);
    box.current!.scrollTo(found.x + found.wide / 2 - x, found.y + found.high / 2 - y);
    anchor.current = null;
  }, [laid]);
  const pinched = useRef<(closer: boolean, x: number, y: number) => void>(() => undefined);
  pinched.current = (closer, clientX, clientY) => {
    const cell = hit({ clientX, clientY }), edge = box.current!.getBoundingClientRect();
    if (cell) zoomed(closer, { cell, x: clientX - edge.left, y: clientY - edge.top });
  };
  useEffect(() => zooming(box.current!, (...how) => pinched.current(...how)), []);

  const move = (event: KeyboardEvent) => {
    const to = stepped(event, [which, r, c], tiles);
    if (event.key === "Enter" || event.key === " ") open({ source: name, at: here });
    else if (event.key === "Escape") pointed.value = null;
    else if ("+=-".includes(event.key)) zoomed(event.key !== "-");
    else if (to) {
      setCursor(to);
      point(tiles[to[0]].at(to[1], to[2]));
      if (laid && zoom > 1) intoSight(box.current!, laid, to);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const id = `cell-${name}`;
  return (
    <>
      {laid && (zoom > 1 || !laid.digits) && (
        <span class="zoom">
          <button class="quiet" aria-label={`${name} smaller`} disabled={zoom === 1} onClick={() => zoomed(false)}>−</button>
          <button class="quiet" aria-label={`${name} larger`} disabled={laid.digits} onClick={() => zoomed(true)}>+</button>
        </span>
      )}
      <div class={zoom > 1 ? "grid zoomed" : "grid"} ref={box} onScroll={(event) => setScrolled([event.currentTarget.scrollLeft, event.currentTarget.scrollTop])}
        style={zoom > 1 ? { height: `${view.height}px` } : { minHeight: laid ? `${laid.height}px` : `${height / 3}px` }}>
        <div class="cells" ref={cells} role="grid" tabIndex={0} aria-label={title} aria-rowcount={tile.rows} aria-colcount={tile.columns}
          aria-activedescendant={id} style={laid ? { width: `${laid.width}px`, height: `${laid.height}px` } : {}}
          onKeyDown={move} onFocus={() => point(here)} onBlur={() => (pointed.value = null)}
          onPointerMove={(event) => { const cell = hit(event); point(cell ? tiles[cell[0]].at(cell[1], cell[2]) : -1); }}
          onPointerLeave={() => (pointed.value = null)}
          onClick={(event) => {
            const cell = hit(event), at = cell ? tiles[cell[0]].at(cell[1], cell[2]) : -1;
            if (at >= 0) open({ source: name, at });
          }}>
          <div class="view" aria-hidden="true" style={{ width: `${view.width}px`, height: `${view.height}px` }}>
            <canvas ref={base} />
            <canvas ref={over} class="over" />
          </div>
          <div role="row" aria-rowindex={r + 1} class="unseen">
            <div role="gridcell" id={id} aria-colindex={c + 1}>
              {here < 0 ? "empty" : `${trace.value.named({ source: name, at: here })} = ${value({ source: name, at: here })}`}
            </div>
          </div>
        </div>
      </div>
    </>
  );
}

/** What is seen of a picture: all of it, or where it is zoomed, what the box has been scrolled to. */
function viewOf(laid: Layout | null, left: number, top: number, width: number, height: number, zoom: number): View {
  if (!laid) return { left: 0, top: 0, width: 0, height: 0 };
  if (zoom === 1) return { left: 0, top: 0, width: laid.width, height: laid.height };
  const seen = { width: Math.min(width, laid.width), height: Math.min(1.4 * height, laid.height) };
  return { ...seen, left: Math.min(left, laid.width - seen.width), top: Math.min(top, laid.height - seen.height) };
}

/** Scroll as little as it takes to see a cell. */
function intoSight(box: HTMLElement, laid: Layout, cell: Cell): void {
  const { x, y, wide, high } = boxOf(laid, cell);
  const nearest = (from: number, at: number, size: number, room: number) => Math.max(at + size - room, Math.min(at, from));
  box.scrollTo(nearest(box.scrollLeft, x, wide, box.clientWidth), nearest(box.scrollTop, y, high, box.clientHeight));
}

function stepped({ key, ctrlKey }: KeyboardEvent, [which, r, c]: Cell, tiles: Tile[]): Cell | null {
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

function under({ tiles, cell }: Layout, event: { clientX: number; clientY: number }, cells: HTMLElement): Cell | null {
  const box = cells.getBoundingClientRect();
  for (let which = 0; which < tiles.length; which++) {
    const { x, y, tile } = tiles[which];
    const c = Math.floor((event.clientX - box.left - x) / cell[0]), r = Math.floor((event.clientY - box.top - y) / cell[1]);
    if (r >= 0 && c >= 0 && r < tile.rows && c < tile.columns) return [which, r, c];
  }
  return null;
}
