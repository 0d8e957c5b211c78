// Rows of the data as pictures or points, each of which can be explained.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { field, most } from "./fields";
import { GREYS, ramp } from "./hues";
import { arrays, isPicture, state } from "./state";
import { explain } from "./explain";

/** Numbers as a small picture. */
export function Small({ numbers, start = 0, height, width, side, grey }: { numbers: ArrayLike<number>; start?: number; height: number; width: number; side: number; grey?: boolean }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const colours = grey ? GREYS : ramp(), largest = grey ? 255 : most(numbers, start, start + height * width);
    field(canvas.current!, numbers, start, height, width, colours, largest, false);
  }, [numbers, start, looks.value]);
  return <canvas ref={canvas} class="picture" aria-hidden="true" style={{ width: `${(side * width) / Math.max(height, width)}px`, height: `${(side * height) / Math.max(height, width)}px` }} />;
}

export interface Sample { part: "train" | "test"; row: number; said?: string; sure?: number }

/** A row of the data: what it is, what is said of it, and the way into its step. */
export function SampleButton({ sample }: { sample: Sample }): VNode {
  const { part, row, said, sure } = sample, x = arrays.value[`${part}:x`], y = arrays.value[`${part}:y`];
  const { classes, picture, kind } = state.value.data;
  const known = x && row < x.shape[0], truth = y && row < y.shape[0] ? (kind === "classes" ? classes[y.numbers[row]] : figure(y.numbers[row], 3)) : "?";
  const size = x ? x.shape[1] : 0;
  return (
    <button class="one" onClick={() => explain(part, row)} title={`explain row ${row} of ${part === "test" ? "the test data" : "the training data"}`}>
      {isPicture.value && known && <Small numbers={x.numbers} start={row * size} height={picture![0]} width={picture![1]} side={40} />}
      {!isPicture.value && known && <span class="soft">{Array.from(x.numbers.subarray(row * size, (row + 1) * size), (each) => figure(each, 2)).join(", ")}</span>}
      <span><b>{truth}</b>{said !== undefined && <small>{said === truth ? "✓" : `✗ said ${said}`}{sure !== undefined && ` ${Math.round(100 * sure)} %`}</small>}</span>
    </button>
  );
}
