// The network: a column of units for each layer, each unit with the picture of its own function, and its weights as lines.

import type { VNode } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { most } from "./fields";
import { hues } from "./hues";
import { drawLinks, Link, links, nearest, placed, SIDE } from "./net";
import { Panel } from "./parts";
import { Column, columnsOf, Unit } from "./unit";
import { Heads } from "./heads";
import { OpenedCard } from "./card";
import { surface } from "./surface";
import { arrays, hidden, isModel, layers, opened, send, setLayers, settings, state } from "./state";

/** The least width of a column, below which the network scrolls within itself. */
const LEAST = 92;
/** Layers that a network may have here. */
const MOST = 8;

export function Network(): VNode {
  const { edits, parameters } = state.value;
  return (
    <Panel title="Network" name="network" more={<>
      <span class="soft">{parameters.toLocaleString("en")} parameters</span>
      {edits.length > 0 && <button class="quiet" onClick={() => send({ do: "putback" })}>put {edits.length === 1 ? "the edited one" : `all ${edits.length} edited`} back</button>}
      {!isModel.value && !hidden.value.has("layers") && <Deeper count={settings.value.layers.length} />}
    </>}>
      <Columns />
      <OpenedCard />
    </Panel>
  );
}

function Deeper({ count }: { count: number }): VNode {
  return (
    <span class="adds">
      <button onClick={() => deeper(1)} disabled={count >= MOST} aria-label="One more layer">+</button>
      <button onClick={() => deeper(-1)} disabled={!count} aria-label="One layer less">−</button> {count} hidden {count === 1 ? "layer" : "layers"}
    </span>
  );
}

function deeper(by: number): void {
  const now = layers(), last = now[now.length - 1];
  const fresh = last ?? { units: 4, activation: "tanh", initializer: "glorot_uniform", dropout: 0, l2: 0 };
  if (by < 0 || now.length < MOST) void setLayers(by > 0 ? [...now, { ...fresh }] : now.slice(0, -1));
}

function Columns(): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const [all, setAll] = useState<Set<number>>(new Set());
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => requestAnimationFrame(() => setRoom(Math.floor(entry.contentRect.width))));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const columns = columnsOf(state.value), width = Math.max(room, columns.length * LEAST);
  const laid = useMemo(() => placed(columns.map((each, at) => ({ units: each.units, all: all.has(at) })), width), [state.value, width, all]);
  const between = useMemo(() => links(laid.columns, columns.map((each) => each.units), columns.map((each) => each.linked)), [laid]);
  return (
    <div class="netbox" ref={box}>
      {room > 0 && (
        <div class="net" style={{ width: `${width}px`, height: `${laid.height}px` }} onKeyDown={walk}>
          <Links all={between} columns={columns} width={width} height={laid.height} />
          <Heads columns={columns} places={laid.columns.map((each) => each.x)} />
          {columns.map((column, at) => (
            <div key={`${at} ${column.title}`} role="group" aria-label={`${column.title}, ${column.units} units`}>
              {laid.columns[at].spots.map((spot) => <Unit key={spot.unit} column={column} spot={spot} />)}
              {laid.columns[at].gap > 0 && (
                <button class="gap" style={{ left: `${laid.columns[at].x - 34}px`, top: `${laid.columns[at].spots[laid.columns[at].spots.length - 1].y + 30}px` }}
                  onClick={() => { setAll(new Set([...all, at])); void send({ do: "show", most: 256 }); }} title={`show all ${column.units}`}>… {laid.columns[at].gap} more</button>
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** Arrows go from unit to unit. */
function walk(event: KeyboardEvent): void {
  const here = event.target as HTMLElement;
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!step || !here.matches(".unit")) return;
  event.preventDefault();
  const columns = Array.from(here.closest(".net")!.querySelectorAll("[role=group]"), (each) => Array.from(each.querySelectorAll<HTMLElement>(".unit"))).filter((each) => each.length);
  const column = columns.findIndex((each) => each.includes(here)), row = columns[column].indexOf(here);
  const to = columns[column + step[0]] ?? columns[column];
  const share = step[0] ? Math.round((row * (to.length - 1)) / Math.max(1, columns[column].length - 1)) : row + step[1];
  to[Math.max(0, Math.min(to.length - 1, share))]?.focus();
}

interface LinksShown { all: Link[]; columns: Column[]; width: number; height: number }

function Links({ all, columns, width, height }: LinksShown): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [lit, setLit] = useState<Link | null>(null);
  const weight = (link: Link): number => arrays.value[`weight:${columns[link.column].kernel}`]?.numbers[link.at] ?? 0;
  const largest = () => columns.map(({ kernel }) => (kernel && arrays.value[`weight:${kernel}`] ? most(arrays.value[`weight:${kernel}`].numbers) : 0));
  const draw = () => {
    if (canvas.current) surface(canvas.current, width, height, (context) => drawLinks(context, all, { weight, lit, most: largest() }, hues()));
  };
  useSignalEffect(() => void (arrays.value, looks.value, draw()));
  useEffect(draw, [all, lit, width, height]);
  const hit = (event: MouseEvent) => {
    const { left, top } = canvas.current!.getBoundingClientRect(), sizes = largest();
    return nearest(all, event.clientX - left, event.clientY - top, 9, (link) => weight(link) / (sizes[link.column] || 1));
  };
  const name = (link: Link) => `${columns[link.column].kernel}[${link.from}, ${link.to}]`;
  const title = lit ? `${name(lit)} = ${figure(weight(lit), 4)}, from ${columns[lit.column - 1].unitName(lit.from)} to ${columns[lit.column].unitName(lit.to)}` : "";
  return (
    <>
      <canvas ref={canvas} class={lit ? "links over-link" : "links"} aria-hidden="true" style={{ width: `${width}px`, height: `${height}px` }}
        onPointerMove={(event) => setLit(hit(event))} onPointerLeave={() => setLit(null)}
        onClick={(event) => {
          const link = hit(event);
          if (link) opened.value = { kind: "weight", name: columns[link.column].kernel, index: [link.from, link.to], title: `from ${columns[link.column - 1].unitName(link.from)} to ${columns[link.column].unitName(link.to)}` };
        }} />
      {lit && <p class="tip" aria-hidden="true" style={{ left: `${(lit.x1 + lit.x2) / 2}px`, top: `${(lit.y1 + lit.y2) / 2 + SIDE / 2}px` }}>{title}</p>}
    </>
  );
}
