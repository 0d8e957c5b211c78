// The loss along the step that the optimizer takes: from θ to new θ, and as far again.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { lossIf } from "../change";
import { figure } from "../engine/figures";
import { trace } from "./state";

const WIDTH = 320, HEIGHT = 130, POINTS = 40;

export function Along(): VNode | null {
  const losses = useMemo(measured, [trace.value]);
  if (!losses) return null;
  const low = Math.min(...losses), high = Math.max(...losses), room = (high - low || Math.abs(high) || 1) * 0.08;
  const across = (at: number) => (at / POINTS) * WIDTH, down = (loss: number) => HEIGHT - ((loss - low + room) / (high - low + 2 * room)) * HEIGHT;
  const path = losses.map((each, at) => `${at ? "L" : "M"}${across(at).toFixed(1)} ${down(each).toFixed(1)}`).join("");
  const [start, end, far] = [0, POINTS / 2, POINTS].map((at) => losses[at]);
  return (
    <figure class="along">
      <svg viewBox={`-6 -6 ${WIDTH + 12} ${HEIGHT + 12}`} width={WIDTH + 12} height={HEIGHT + 12} role="img" aria-label="The loss of these rows along the step">
        <path class="axis" d={`M0 ${HEIGHT}H${WIDTH}M${across(POINTS / 2)} 0V${HEIGHT}`} />
        <path class="line" d={path} />
        <circle cx={across(0)} cy={down(start)} r="4" />
        <circle cx={across(POINTS / 2)} cy={down(end)} r="5" />
      </svg>
      <figcaption>The loss of these rows along the step: {figure(start, 5)} before it, {figure(end, 5)} after it, {figure(far, 5)} if it were twice as long.</figcaption>
    </figure>
  );
}

/** The loss at so many points from θ over new θ to as far again; null if the page cannot compute one. */
function measured(): number[] | null {
  const found = trace.value, next = found.data.moved["θ"];
  if (!next || [next, "θ"].some((key) => !found.has(key) || found.isSparse(key))) return null;
  const from = found.numbers("θ"), to = found.numbers(next), losses: number[] = [];
  for (let at = 0; at <= POINTS; at++) {
    const share = (2 * at) / POINTS;
    const loss = lossIf(found, new Map([["θ", Float64Array.from(from, (each, k) => each + share * (to[k] - each))]]));
    if (loss === undefined || !Number.isFinite(loss)) return null;
    losses.push(loss);
  }
  return losses;
}
