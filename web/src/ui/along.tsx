// The loss along the step that the optimizer takes: with no η, with its own, and with twice that; and the next step.

import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { lossAfter, lossIf, next, RATE, THETA } from "../change";
import { figure } from "../engine/figures";
import type { Trace } from "../trace";
import { apply, hold, said, trace } from "./state";

const WIDTH = 320, HEIGHT = 130, POINTS = 40, OWN = POINTS / 2;

export function Along(): VNode | null {
  const losses = useMemo(() => measured(trace.value), [trace.value]);
  const [at, setAt] = useState(OWN), [words, setWords] = useState("");
  useEffect(() => (setAt(OWN), setWords("")), [trace.value]);
  if (!losses) return null;
  const rate = rateOf(trace.value), other = rate === undefined ? undefined : (rate * at) / OWN;
  const named = other === undefined ? `${figure(at / OWN, 3)} of the step` : `η = ${figure(other, 4)}`;
  const take = () => {
    if (other !== undefined && at !== OWN) hold({ source: RATE, at: 0 }, other);
    const found = next(trace.value);
    if (typeof found === "string") setWords(`${found}; Python can: net.step(x, y), then net.explain(x, y)`);
    else apply(found);
  };
  return (
    <figure class="along">
      <Chart losses={losses} at={at} />
      <figcaption>
        The loss of these rows along the step: {figure(losses[0], 5)} before it, {figure(losses[OWN], 5)} after it, {figure(losses[POINTS], 5)} with twice its {rate === undefined ? "length" : "η"}.
      </figcaption>
      <div class="row">
        <label class="check">{named} <input type="range" min={0} max={POINTS} value={at} aria-valuetext={`${named}, loss ${figure(losses[at], 5)}`}
          onInput={(event) => { setAt(+event.currentTarget.value); said.value = `${named}`; }} /></label>
        <output>L would be {figure(losses[at], 6)}</output>
        <button onClick={take}>take this step, and run again</button>
      </div>
      {words && <p class="soft" role="alert">{words}</p>}
    </figure>
  );
}

function Chart({ losses, at }: { losses: number[]; at: number }): VNode {
  const low = Math.min(...losses), high = Math.max(...losses), room = (high - low || Math.abs(high) || 1) * 0.08;
  const across = (at: number) => (at / POINTS) * WIDTH, down = (loss: number) => HEIGHT - ((loss - low + room) / (high - low + 2 * room)) * HEIGHT;
  const path = losses.map((each, at) => `${at ? "L" : "M"}${across(at).toFixed(1)} ${down(each).toFixed(1)}`).join("");
  return (
    <svg viewBox={`-6 -6 ${WIDTH + 12} ${HEIGHT + 12}`} width={WIDTH + 12} height={HEIGHT + 12} role="img" aria-label="The loss of these rows along the step">
      <path class="axis" d={`M0 ${HEIGHT}H${WIDTH}M${across(OWN)} 0V${HEIGHT}`} />
      <path class="line" d={path} />
      <circle cx={across(0)} cy={down(losses[0])} r="4" />
      <circle class="here" cx={across(at)} cy={down(losses[at])} r="6" />
    </svg>
  );
}

const rateOf = (trace: Trace) => (trace.has(RATE) && trace.isPlain(RATE) ? trace.maybe(RATE, 0) : undefined);

/** The loss with no η up to twice of it, or along the step where there is none; null if the page cannot say. */
function measured(found: Trace): number[] | null {
  const moved = found.data.moved[THETA], rate = rateOf(found);
  if (!moved || [moved, THETA].some((key) => !found.has(key) || found.isSparse(key))) return null;
  const from = found.numbers(THETA), to = found.numbers(moved), losses: number[] = [];
  for (let at = 0; at <= POINTS; at++) {
    const share = at / OWN;
    const loss = rate === undefined
      ? lossIf(found, new Map([[THETA, Float64Array.from(from, (each, k) => each + share * (to[k] - each))]]))
      : lossAfter(found, rate * share);
    if (loss === undefined || !Number.isFinite(loss)) return null;
    losses.push(loss);
  }
  return losses;
}
