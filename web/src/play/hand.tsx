// Points drawn by hand in the plane: their class is chosen here or by the keys 1 to 8.

import type { VNode } from "preact";
import { signal } from "@preact/signals";
import { Mark, NumberField } from "./parts";
import { arrays, setData, settings, state } from "./state";

/** The class of the next point. */
export const pen = signal(0);

/** What stands in the plane now, to go on from; of other data two points, since a network needs some. */
export function drawn(): number[][] {
  const found: number[][] = [];
  for (const part of ["train", "test"]) {
    const x = arrays.value[`${part}:x`], y = arrays.value[`${part}:y`];
    if (!x || x.shape[1] !== 2 || state.value.data.kind !== "classes") continue;
    for (let row = 0; row < x.shape[0]; row++) found.push([x.numbers[2 * row], x.numbers[2 * row + 1], y.numbers[row]]);
  }
  return found.length ? found : [[-1, 0, 0], [1, 0, 1]];
}

export const add = (x: number, y: number) => setData({ points: [...(settings.value.data.points ?? []), [x, y, pen.value]] });

/** Takes away the point that is nearest to a place; two have to stay. */
export function remove(x: number, y: number): void {
  const points = settings.value.data.points ?? [];
  if (points.length <= 2) return;
  const away = (each: number[]) => (each[0] - x) ** 2 + (each[1] - y) ** 2;
  const least = points.reduce((best, each) => (away(each) < away(best) ? each : best));
  void setData({ points: points.filter((each) => each !== least) });
}

export function Hand(): VNode {
  const { points = [], test } = settings.value.data;
  return (
    <div class="hand">
      <p class="soft">Click in the plane to draw a point, with Shift to take the nearest away. {points.length} points.</p>
      <div class="chips" role="group" aria-label="Class of the next point">
        {Array.from({ length: 8 }, (_, of) => (
          <button key={of} aria-pressed={pen.value === of} aria-label={`class ${of}`} onClick={() => (pen.value = of)}><Mark of={of} /></button>
        ))}
      </div>
      <div class="amounts">
        <NumberField label="test share" value={test} least={0} most={0.9} step={0.1} size={4} onEnter={(value) => setData({ test: value })} />
        <button onClick={() => setData({ points: [[-1, 0, 0], [1, 0, 1]] })}>clear</button>
      </div>
    </div>
  );
}
