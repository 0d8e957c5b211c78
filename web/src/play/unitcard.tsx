// A unit that is opened: its function, its equation with numbers, its values on the data, and what comes in.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import type { Message, Numbers, UnitAnswer } from "./engine";
import { field, most } from "./fields";
import { ramp } from "./hues";
import { ask, now, opened, playing, state } from "./state";

export function UnitCard({ layer, unit }: { layer: number; unit: number }): VNode | null {
  const [found, setFound] = useState<Message | null>(null);
  const at = now.value.update;
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => void ask({ do: "unit", layer, unit, size: 120 }).then((answer) => { if (wanted && answer) setFound(answer); }), playing.value ? 300 : 0);
    return () => { wanted = false; clearTimeout(timer); };
  }, [layer, unit, playing.value ? Math.floor(at / 20) : at, state.value]);
  if (!found) return null;
  const about = found.header.unit!, counts = found.arrays["histogram:counts"]?.numbers, edges = found.arrays["histogram:edges"]?.numbers;
  return (
    <>
      <p class="formula" tabIndex={0} role="region" aria-label="Its equation">{about.equation}</p>
      <div class="seen">
        {found.arrays.picture && <Large {...found.arrays.picture} up={!state.value.data.picture} />}
        {counts && edges && <Histogram counts={counts} edges={edges} />}
      </div>
      <Weights about={about} />
    </>
  );
}

function Large({ shape: [height, width], numbers, up }: { shape: number[]; numbers: Numbers; up: boolean }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null), largest = most(numbers);
  useEffect(() => field(canvas.current!, numbers, 0, height, width, ramp(), largest, up), [numbers, looks.value]);
  return (
    <figure><canvas ref={canvas} class={height < 40 ? "large picture" : "large"} role="img" aria-label="The unit over the plane" />
      <figcaption class="soft">from {figure(-largest, 2)} to {figure(largest, 2)}</figcaption></figure>
  );
}

function Histogram({ counts, edges }: { counts: Numbers; edges: Numbers }): VNode {
  const tallest = Math.max(1, ...counts), wide = 130 / counts.length;
  return (
    <figure>
      <svg viewBox="0 0 130 100" width="130" height="100" role="img" aria-label={`Its values on the data, from ${figure(edges[0], 3)} to ${figure(edges[edges.length - 1], 3)}`}>
        {Array.from(counts, (count, at) => <rect key={at} class="bin" x={at * wide} y={100 - (98 * count) / tallest} width={wide - 0.6} height={(98 * count) / tallest} />)}
      </svg>
      <figcaption class="soft">on the data: {figure(edges[0], 2)} … {figure(edges[edges.length - 1], 2)}</figcaption>
    </figure>
  );
}

const MOST = 10;
function Weights({ about: { weights, bias } }: { about: UnitAnswer }): VNode {
  const [all, setAll] = useState(false);
  const sorted = [...weights].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)), rows = all ? sorted : sorted.slice(0, MOST);
  const largest = most([...weights.map((each) => each.value), bias?.value ?? 0]) || 1;
  const row = (from: string, name: string, index: number[], value: number) => (
    <button key={`${name} ${index}`} class="in" onClick={() => (opened.value = { kind: "weight", name, index, title: from === "bias" ? "the bias" : `from ${from}` })}>
      <span>{from}</span>
      <span class="bar"><span class={value < 0 ? "minus" : "plus"} style={{ [value < 0 ? "right" : "left"]: "50%", width: `${(50 * Math.abs(value)) / largest}%` }} /></span>
      <span class="number">{figure(value, 4)}</span>
    </button>
  );
  return (
    <div class="ins" role="group" aria-label="What comes in">
      {rows.map((each) => row(each.from, each.name, each.index, each.value))}
      {weights.length > rows.length && <button class="quiet" onClick={() => setAll(true)}>{weights.length - rows.length} more</button>}
      {bias && row("bias", bias.name, bias.index, bias.value)}
    </div>
  );
}
