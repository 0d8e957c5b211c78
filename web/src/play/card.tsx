// What is opened in the network: a weight to be changed, a unit with all that it adds up, a layer's settings.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { drawCurves } from "./curves";
import type { Message } from "./engine";
import { LayerCard, OptimizerCard } from "./layercard";
import { Icon, NumberField } from "./parts";
import { arrays, ask, editOf, now, opened, Opened, playing, send, settings, slide, state } from "./state";
import { surface } from "./surface";
import { UnitCard } from "./unitcard";

export function OpenedCard(): VNode | null {
  const known = opened.value, box = useRef<HTMLDivElement>(null), before = useRef<HTMLElement | null>(null);
  const key = known && JSON.stringify(known);
  useEffect(() => {
    if (!key) return;
    const here = document.activeElement as HTMLElement | null;
    if (!box.current!.contains(here)) before.current = here;
    box.current!.focus({ preventScroll: true });
    return () => { if (!opened.value && before.current?.isConnected) before.current.focus({ preventScroll: true }); };
  }, [key]);
  if (!known || !isThere(known)) return null;
  return (
    <div class={isRight(known) ? "opened at-left" : "opened"} ref={box} role="dialog" aria-label={titleOf(known)} tabIndex={-1} key={key}
      onKeyDown={(event) => { if (event.key === "Escape") { opened.value = null; event.stopPropagation(); } }}>
      <header class="brow"><h3>{titleOf(known)}</h3><button class="quiet" aria-label="Close the card" onClick={() => (opened.value = null)}><Icon name="close" /></button></header>
      {known.kind === "weight" ? <Weight {...known} /> : known.kind === "unit" ? <UnitCard {...known} /> : known.kind === "layer" ? <LayerCard layer={known.layer} /> : <OptimizerCard />}
    </div>
  );
}

/** Whether it stands in the right half, which the card then leaves free. */
function isRight(known: Opened): boolean {
  const { layers } = state.value;
  if (known.kind === "optimizer") return false;
  const layer = known.kind === "weight" ? layers.findIndex((each) => each.kernel === known.name || each.bias === known.name) : known.layer;
  return layer >= layers.length / 2;
}

/** Whether it is still there: the network may be another now. */
function isThere(known: Opened): boolean {
  if (known.kind === "optimizer") return true;
  if (known.kind !== "weight") return known.layer < state.value.layers.length && (known.kind === "layer" || known.unit < state.value.layers[known.layer].units);
  const shape = arrays.value[`weight:${known.name}`]?.shape;
  return !!shape && shape.length === known.index.length && known.index.every((each, axis) => each < shape[axis]);
}

function titleOf(known: Opened): string {
  if (known.kind === "weight") return `${known.name}[${known.index.join(", ")}]`;
  if (known.kind === "optimizer") return `optimizer ${settings.value.optimizer.name}`;
  const layer = state.value.layers[known.layer];
  return known.kind === "unit" ? `${layer.a}[·, ${known.unit}]` : `layer ${known.layer + 1}, ${layer.a}`;
}

export function weightAt(name: string, index: number[]): number {
  const { shape, numbers } = arrays.value[`weight:${name}`];
  return numbers[index.length > 1 ? index[0] * shape[1] + index[1] : index[0]];
}

function Weight({ name, index, title }: { name: string; index: number[]; title: string }): VNode {
  const value = weightAt(name, index), edit = editOf(name, index), wide = Math.max(2, Math.ceil(1.5 * Math.abs(value)));
  const enter = (to: number) => slide({ do: "weight", name, index, value: to });
  return (
    <>
      <p class="soft">{title}</p>
      <p class="value"><output>{figure(value, 9)}</output></p>
      <div class="sets">
        <NumberField label="value" value={+value.toPrecision(6)} size={9} onEnter={enter} />
        <input type="range" min={-wide} max={wide} step={wide / 200} value={value} aria-label="value, by a slider" aria-valuetext={figure(value, 4)} onInput={(event) => enter(+event.currentTarget.value)} />
        <button onClick={() => enter(0)} disabled={value === 0}>0</button>
      </div>
      {edit && <p class="edited">It was {figure(edit.from, 6)} at update {edit.update}. <button onClick={() => send({ do: "putback", name, index })}>put back</button></p>}
      <Watched name={name} index={index} />
    </>
  );
}

/** The number over the updates that can be gone back to, and its gradient, asked for whenever the training stands. */
function Watched({ name, index }: { name: string; index: number[] }): VNode | null {
  const canvas = useRef<HTMLCanvasElement>(null), [found, setFound] = useState<Message | null>(null);
  const at = now.value.update;
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => void ask({ do: "watch", name, index }).then((answer) => { if (wanted && answer) setFound(answer); }), playing.value ? 300 : 30);
    return () => { wanted = false; clearTimeout(timer); };
  }, [name, String(index), playing.value ? Math.floor(at / 20) : at, arrays.value[`weight:${name}`]]);
  useEffect(() => {
    if (!found || !canvas.current) return;
    const style = getComputedStyle(canvas.current), { updates, values } = found.arrays;
    const curve = { at: Array.from(updates.numbers), values: Array.from(values.numbers), colour: style.getPropertyValue("--accent"), dashed: false };
    surface(canvas.current, 260, 84, (context) => drawCurves(context, {
      curves: [curve], log: false, now: at, until: Math.max(at, ...curve.at), ink: style.getPropertyValue("--soft"), line: style.getPropertyValue("--line"), width: 260, height: 84,
    }));
  }, [found, looks.value]);
  if (!found) return null;
  const { gradient } = found.header;
  return (
    <>
      <canvas ref={canvas} class="spark" role="img" aria-label={`${name} over the updates`} />
      {typeof gradient === "number" && <p class="soft">gradient on the next batch {figure(gradient, 4)}</p>}
    </>
  );
}
