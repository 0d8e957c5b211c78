// A value as a picture that can be pointed at, clicked, and walked over with the keyboard.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { palette } from "./colour";
import { mark, outlines, paint, single } from "./paint";
import { looks } from "./looks";
import { open, opened, pointed, reads, row, scale, trace, value } from "./state";
import { cellOf, Layout, layout, Tile } from "./tiles";

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
  }, [width, name, tiles, scale.value, looks.value, trace.value]);
  const still = useMemo(() => (laid ? outlines(laid, name) : []), [width, name, tiles, opened.value, reads.value, row.value, trace.value]);
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
