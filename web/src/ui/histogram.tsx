// How often which numbers stand in a value: bars from the least to the largest of them.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Numbers } from "../engine/dense";
import { brief } from "./colour";
import { trace } from "./state";

const BARS = 36, HEIGHT = 22, LEAST = 16;

export function Histogram({ name }: { name: string }): VNode | null {
  const found = useMemo(() => counted(trace.value.numbers(name)), [name, trace.value]);
  if (!found) return null;
  const { counts, least, most } = found, highest = Math.max(...counts), often = counts.indexOf(highest), width = (most - least) / BARS;
  const from = (at: number) => least + at * width, [low, high] = [from(often), from(often + 1)].map(brief);
  const words = `${found.count.toLocaleString("en")} numbers from ${brief(least)} to ${brief(most)}; ${highest.toLocaleString("en")} of them between ${low} and ${high}`;
  return (
    <svg class="histogram" viewBox={`0 0 ${BARS} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      {counts.map((each, at) => {
        const tall = each && Math.max(0.8, (HEIGHT * each) / highest);
        return tall > 0 && <rect key={at} class={from(at) + width / 2 < 0 ? "minus" : "plus"} x={at} y={HEIGHT - tall} width={0.85} height={tall} />;
      })}
      {least < 0 && most > 0 && <path class="zero" d={`M${-least / width} 0V${HEIGHT}`} />}
    </svg>
  );
}

interface Counted { counts: number[]; least: number; most: number; count: number }

function counted(numbers: Numbers): Counted | null {
  let least = Infinity, most = -Infinity, count = 0;
  for (const each of numbers) {
    if (!Number.isFinite(each)) continue;
    count++;
    if (each < least) least = each;
    if (each > most) most = each;
  }
  const width = (most - least) / BARS;
  if (count < LEAST || !(width > 0) || !Number.isFinite(width)) return null;
  const counts = new Array<number>(BARS).fill(0);
  for (const each of numbers) if (Number.isFinite(each)) counts[Math.min(BARS - 1, Math.floor((each - least) / width))]++;
  return { counts, least, most, count };
}
