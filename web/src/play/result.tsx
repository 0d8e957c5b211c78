// The result column: the plane, how the loss goes with the way back through it, and what is taken for what.

import type { VNode } from "preact";
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { drawCurves } from "./curves";
import { hues } from "./hues";
import { Doctor } from "./doctor";
import { Mistakes } from "./confusion";
import { Check, Panel } from "./parts";
import { Plane } from "./plane";
import { arrays, hidden, isClasses, now, playing, said, slide, standing, state } from "./state";
import { surface } from "./surface";

const log = signal(false);

export function Result(): VNode {
  return (
    <Panel title="Result" name="result">
      <Plane />
      <Numbers />
      <Curves />
      <Timeline />
      {isClasses.value && !hidden.value.has("confusion") && <Mistakes />}
      {!hidden.value.has("doctor") && <Doctor />}
    </Panel>
  );
}

/** The loss and the metric, of the rows to learn from and of those to test with. */
function Numbers(): VNode {
  const { loss, metric } = now.value, name = state.value.metric;
  const shown = (value: number | null, share: boolean) => (value === null ? "–" : share ? `${(100 * value).toFixed(1)} %` : figure(value, 3));
  const share = name === "accuracy";
  return (
    <table class="standing">
      <thead><tr><td><Check label="log" value={log.value} onTurn={(on) => (log.value = on)} /></td><th scope="col"><i class="key" /> train</th><th scope="col"><i class="key dashed" /> test</th></tr></thead>
      <tbody>
        <tr><th scope="row">loss</th><td>{shown(loss.train, false)}</td><td>{shown(loss.test, false)}</td></tr>
        <tr><th scope="row">{name}</th><td>{shown(metric.train, share)}</td><td>{shown(metric.test, share)}</td></tr>
      </tbody>
    </table>
  );
}

function Curves(): VNode {
  const canvas = useRef<HTMLCanvasElement>(null), box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(300);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => requestAnimationFrame(() => setWidth(Math.floor(entry.contentRect.width))));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const draw = () => {
    const { accent, soft, line, minus } = hues();
    const at = Array.from(arrays.value["curve:update"]?.numbers ?? []), of = (name: string) => Array.from(arrays.value[name]?.numbers ?? []);
    const curves = [{ at, values: of("curve:train"), colour: accent, dashed: false }, { at, values: of("curve:test"), colour: `rgb(${minus.join(",")})`, dashed: true }];
    const drawn = { curves, log: log.value, now: now.value.update, until: Math.max(now.value.update, at[at.length - 1] ?? 0) };
    surface(canvas.current!, width, 120, (context) => drawCurves(context, { ...drawn, ink: soft, line, width, height: 120 }));
  };
  useSignalEffect(() => void (looks.value, arrays.value, now.value, log.value, draw()));
  useEffect(draw, [width]);
  return (
    <div class="curves" ref={box}>
      <canvas ref={canvas} role="img" aria-label={`The loss over the updates: ${standing()}`} />
    </div>
  );
}

/** The updates to which one can go back. */
function Timeline(): VNode | null {
  const ring = Array.from(arrays.value.ring?.numbers ?? []);
  if (ring.length < 2) return <p class="soft timeline">the timeline begins with the first update</p>;
  const at = ring.reduce((best, each, place) => (Math.abs(each - now.value.update) < Math.abs(ring[best] - now.value.update) ? place : best), 0);
  return (
    <label class="timeline">
      <span class="soft">back to</span>
      <input type="range" min={0} max={ring.length - 1} value={at} disabled={playing.value} aria-valuetext={`update ${ring[at]}`}
        onInput={async (event) => { await slide({ do: "goto", update: ring[+event.currentTarget.value] }); said.value = standing(); }} />
    </label>
  );
}
