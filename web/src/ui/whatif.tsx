// What if: a number held at another value, what was changed, and whether the derivative is right.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { holding, lossIf } from "../change";
import type { Place } from "../engine/element";
import { figure, whole } from "../engine/figures";
import { namesIn } from "../engine/program";
import { indexOf } from "../engine/shapes";
import { Named } from "./named";
import { edits, hold, recorded, same, taken, trace, undo } from "./state";

/** Whether a line of the step reads a value, so that another number in it changes something. */
function isRead(key: string): boolean {
  const part = trace.value.about(key).part;
  const reads = (each: string) => trace.value.lines.some(({ program }) => program && !("drawn" in program) && namesIn(program).has(each));
  return !key.startsWith("new ") && (reads(key) || (part !== undefined && reads(part)));
}

/** The number's field and slider: all later lines follow it. */
export function WhatIf({ place }: { place: Place }): VNode | null {
  const was = recorded.value.maybe(place.source, place.at), now = trace.value.maybe(place.source, place.at);
  const single = trace.value.isSingle(place.source);
  const [typed, setTyped] = useState<string | null>(null);
  // before anybody can type: later, it would take what was typed meanwhile
  useLayoutEffect(() => setTyped(null), [now, place.source, place.at]);
  if (was === undefined || now === undefined || !isRead(place.source)) return null;
  const wide = Math.max(1, 2 * Math.abs(Number.isFinite(was) ? was : 1));
  const wrong = typed !== null && Number.isNaN(asNumber(typed));
  const enter = () => {
    if (typed === null || wrong) return;
    if (asNumber(typed) !== now) hold(place, asNumber(typed));
    setTyped(null);
  };
  return (
    <div class="whatif" role="group" aria-label="What if it were another">
      <label>What if it were <input type="text" inputMode="decimal" value={typed ?? whole(now, single)} aria-invalid={wrong} size={12}
        onInput={(event) => setTyped(event.currentTarget.value)} onBlur={enter}
        onKeyDown={(event) => { if (event.key === "Enter") enter(); }} /></label>
      <input type="range" min={-wide} max={wide} step={wide / 200} value={now} aria-label="What if, by a slider" aria-valuetext={figure(now)}
        onInput={(event) => hold(place, +event.currentTarget.value)} />
      {now !== 0 && <button onClick={() => hold(place, 0)}>0</button>}
      {edits.value.some((each) => same(each.place, place)) && <button onClick={() => hold(place)}>as it was</button>}
      {wrong && <span class="soft" role="alert">write a number, such as −0.25</span>}
    </div>
  );
}

const asNumber = (text: string): number => (text.trim() ? Number(text.trim().replace("−", "-").replace(",", ".").replace("∞", "Infinity")) : NaN);

/** What is held at another value, and what came of it. */
export function Changes(): VNode | null {
  const { change, loss } = trace.value.data;
  if (!edits.value.length) return change ? <p class="changed">changed {change}; what moved has a border of this colour</p> : null;
  const moved = loss !== null && trace.value.hasMoved(loss, 0);
  const unknown = [...new Set(trace.value.lines.flatMap((each) => each.gives).filter((key) => trace.value.isUnknown(key)))];
  return (
    <div class="changed changes" role="group" aria-label="What if">
      <span>what if</span>
      {edits.value.map(({ place }) => (
        <span key={`${place.source} ${place.at}`} class="edit">
          <Named place={place} /> {figure(recorded.value.number(place))} → {figure(trace.value.number(place))}
          <button class="quiet" aria-label={`${trace.value.named(place)} as it was`} title="as it was" onClick={() => hold(place)}>↺</button>
        </span>
      ))}
      {loss !== null && (moved
        ? <span class="edit"><Named place={{ source: loss, at: 0 }} /> {figure(trace.value.before(loss, 0)!)} → {figure(trace.value.number({ source: loss, at: 0 }))}</span>
        : <span class="soft">the loss does not move</span>)}
      <button onClick={() => (edits.value = [])}>all as it was</button>
      <span class="soft">what moved has a border of this colour</span>
      {unknown.length > 0 && <span class="soft">this page cannot compute {unknown.slice(0, 4).join(", ")}{unknown.length > 4 && " …"} again; Python can: {python()}</span>}
    </div>
  );
}

/** The steps that were taken in the page, with the loss of each, and the way back. */
export function Taken(): VNode | null {
  const { loss } = recorded.value.data, count = taken.value.length;
  if (!count) return null;
  const steps = [...taken.value.map((each) => each.step), recorded.value];
  const losses = loss === null ? [] : steps.slice(-6).map((each) => figure(each.number({ source: loss, at: 0 }), 5));
  return (
    <p class="changes">
      <b>step {count + 1} on these rows</b>
      {losses.length > 0 && <span class="edit">L {steps.length > losses.length && "… "}{losses.join(" → ")}</span>}
      <button onClick={undo}>back a step</button>
      <span class="soft">computed in this page, with the η that stands in it</span>
    </p>
  );
}

/** The same changes in Python. */
function python(): string {
  return `explanation${edits.value.map(({ place, value }) => {
    const index = indexOf(place.at, trace.value.shape(place.source));
    return `.changed(${JSON.stringify(place.source)}, (${index.join(", ")}${index.length === 1 ? "," : ""}), ${value})`;
  }).join("")}`;
}

/** The derivative of the loss that was derived, beside the loss a little to both sides. */
export function Check({ place, slope }: { place: Place; slope: Place }): VNode | null {
  const [found, setFound] = useState<string | null>(null);
  useEffect(() => setFound(null), [place, trace.value]);
  if (found) return <span role="status">{found}</span>;
  return <button class="quiet" title="two losses, a little to both sides of it" onClick={() => setFound(difference(place, slope))}>check the derivative</button>;
}

function difference(place: Place, slope: Place): string {
  const value = trace.value.number(place), h = 1e-5 * Math.max(1, Math.abs(value));
  const [above, below] = [value + h, value - h].map((each) => lossIf(trace.value, new Map([holding(trace.value, place, each)])));
  if (above === undefined || below === undefined) return "this page cannot compute the loss again";
  const rises = (above - below) / (2 * h), derived = trace.value.number(slope);
  return `central difference ${figure(rises)}, derived ${figure(derived)}`;
}
