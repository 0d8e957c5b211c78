// The plane: what the network says of each place, where one class becomes another, and the data on it.

import type { VNode } from "preact";
import { signal, useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { colourOf, marker } from "./classes";
import type { Axes, Values } from "./engine";
import { explain } from "./explain";
import { field, most, shares, zeros } from "./fields";
import { Hues, hues, ramp } from "./hues";
import { add, pen, remove } from "./hand";
import { Check, Choice } from "./parts";
import { arrays, isClasses, isDrawn, said, send, state } from "./state";
import { surface } from "./surface";

const SIDE = 300;
export const testShown = signal(true);
export const discrete = signal(false);
/** Rows that are pointed out, of one part of the data. */
export const marked = signal<{ part: string; rows: Set<number> } | null>(null);

export function Plane(): VNode | null {
  const { plane, test, inputs } = state.value.data;
  if (!plane) return null;
  return (
    <>
      <Surface axes={plane} />
      <div class="checks">
        {test > 0 && <Check label="test data" value={testShown.value} onTurn={(on) => (testShown.value = on)} />}
        {isClasses.value && <Check label="the class alone" value={discrete.value} onTurn={(on) => (discrete.value = on)} />}
      </div>
      {state.value.settings.data.name === "table" && inputs.length > 2 && <Axis axes={plane} />}
    </>
  );
}

/** Of more than two inputs, the two that are looked at; the others stand at their means. */
function Axis({ axes }: { axes: Axes }): VNode {
  const { inputs } = state.value.data, places = inputs.map((_, at) => String(at));
  const show = (across: number, up: number) => void send({ do: "show", across, up });
  return (
    <div class="amounts">
      <Choice label="across" value={String(axes.across)} all={places.filter((each) => +each !== axes.up)} name={(each) => inputs[+each]} onChoose={(each) => show(+each, axes.up)} />
      <Choice label="up" value={String(axes.up)} all={places.filter((each) => +each !== axes.across)} name={(each) => inputs[+each]} onChoose={(each) => show(axes.across, +each)} />
    </div>
  );
}

type Spot = [number, number];

function Surface({ axes }: { axes: Axes }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null), ground = useRef<HTMLCanvasElement>(null);
  const [here, setHere] = useState<Spot | null>(null);
  ground.current ??= document.createElement("canvas");
  useSignalEffect(() => {
    void [looks.value, arrays.value, testShown.value, discrete.value, marked.value];
    const colours = hues(), own = state.value.data.plane ?? axes;
    surface(canvas.current!, SIDE, SIDE, (context) => {
      if (arrays.value.plane) paintGround(context, ground.current!, arrays.value.plane, colours);
      context.drawImage(dots(own, colours), 0, 0, SIDE, SIDE);
    });
  });
  const at = (event: MouseEvent): Spot => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return inPlane(axes, (event.clientX - left) / width, (event.clientY - top) / height);
  };
  const act = (spot: Spot, away: boolean) => {
    if (isDrawn.value) return void (away ? remove(...spot) : add(...spot));
    const found = nearestTo(spot, axes);
    if (found) void explain(found.part, found.row);
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const spot = here ?? inPlane(axes, 0.5, 0.5), reach = event.shiftKey ? 0.1 : 0.025;
    if (step) setHere([0, 1].map((axis) => within(spot[axis] + step[axis] * reach * (axes.high[axis] - axes.low[axis]), axes, axis)) as Spot);
    else if (event.key === "Enter" || event.key === "Delete" || event.key === "Backspace") act(spot, event.key !== "Enter");
    else if (isDrawn.value && "12345678".includes(event.key)) pen.value = +event.key - 1;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const words = here ? wordsAt(here, axes) : "";
  const share = here && [(here[0] - axes.low[0]) / (axes.high[0] - axes.low[0]), 1 - (here[1] - axes.low[1]) / (axes.high[1] - axes.low[1])];
  return (
    <div class="surface">
      <div class="sheet" role="application" tabIndex={0} aria-label={`The plane of ${axes.names.join(" and ")}: arrows move over it, Enter ${isDrawn.value ? "draws a point" : "explains the nearest row"}`}
        onKeyDown={keys} onPointerMove={(event) => setHere(at(event))} onPointerLeave={() => setHere(null)} onBlur={() => setHere(null)}
        onClick={(event) => act(at(event), event.shiftKey)}>
        <canvas ref={canvas} aria-hidden="true" />
        {share && <span class="cross" style={{ left: `${100 * share[0]}%`, top: `${100 * share[1]}%` }} />}
      </div>
      <p class="axes soft"><span>{axes.names[0]} →</span> <span>{axes.names[1]} ↑</span></p>
      <p class="told-here" aria-live="polite">{words || (isDrawn.value ? "click to draw a point" : "click a point to see its step")}</p>
    </div>
  );
}

const inPlane = ({ low, high }: Axes, x: number, y: number): Spot => [low[0] + x * (high[0] - low[0]), low[1] + (1 - y) * (high[1] - low[1])];
const within = (value: number, { low, high }: Axes, axis: number) => Math.max(low[axis], Math.min(high[axis], value));

/** What the network says of a place, by the nearest one of the picture. */
function wordsAt([x, y]: Spot, { low, high, names }: Axes): string {
  const plane = arrays.value.plane, { classes } = state.value.data;
  const place = `${names[0]} ${figure(x, 3)}, ${names[1]} ${figure(y, 3)}`;
  if (!plane) return place;
  const [rows, columns, count] = plane.shape;
  const row = Math.round(((y - low[1]) / (high[1] - low[1])) * (rows - 1)), column = Math.round(((x - low[0]) / (high[0] - low[0])) * (columns - 1));
  const own = Array.from(plane.numbers.subarray((row * columns + column) * count, (row * columns + column + 1) * count));
  if (!isClasses.value) return `${place}: ${figure(own[0], 4)}`;
  const all = count === 1 ? [1 - own[0], own[0]] : own, best = all.indexOf(Math.max(...all));
  return `${place}: ${classes[best]}, ${(100 * all[best]).toFixed(1)} %`;
}

function paintGround(context: CanvasRenderingContext2D, ground: HTMLCanvasElement, { shape: [side, , count], numbers }: Values, colours: Hues): void {
  if (isClasses.value) shares(ground, numbers, 0, count, side, colours, discrete.value);
  else field(ground, numbers, 0, side, side, ramp(), most(numbers));
  context.imageSmoothingEnabled = !discrete.value;
  context.drawImage(ground, 0, 0, SIDE, SIDE);
  context.strokeStyle = colours.ink;
  context.globalAlpha = 0.55;
  context.lineWidth = 1.2;
  const across = (column: number) => ((column + 0.5) * SIDE) / side, down = (row: number) => SIDE - ((row + 0.5) * SIDE) / side;
  for (const values of margins(numbers, count)) context.stroke(zeros(values, side, across, down));
  context.globalAlpha = 1;
}

/** For each class that has a border of its own, by how much it is above the others. */
function margins(numbers: ArrayLike<number> & Iterable<number>, count: number): ArrayLike<number>[] {
  if (!isClasses.value) return [numbers];
  if (count === 1) return [Float32Array.from(numbers, (each) => each - 0.5)];
  return Array.from({ length: count }, (_, of) => Float32Array.from({ length: numbers.length / count }, (_, at) => {
    let other = -Infinity;
    for (let each = 0; each < count; each++) if (each !== of) other = Math.max(other, numbers[at * count + each]);
    return numbers[at * count + of] - other;
  }));
}

const points = document.createElement("canvas");
let pointed: unknown[] = [];
/** The rows on the plane, drawn again only where something of them is other. */
function dots(axes: Axes, colours: Hues): HTMLCanvasElement {
  const { value } = arrays, now = [value["train:x"], value["train:y"], value["test:x"], axes.low, axes.high, colours, testShown.value, marked.value];
  if (now.some((each, at) => each !== pointed[at])) {
    pointed = now;
    surface(points, SIDE, SIDE, (context) => {
      for (const part of ["train", "test"] as const) if (part === "train" || testShown.value) paintPoints(context, part, axes, colours);
    });
  }
  return points;
}

function paintPoints(context: CanvasRenderingContext2D, part: "train" | "test", axes: Axes, colours: Hues): void {
  const x = arrays.value[`${part}:x`], y = arrays.value[`${part}:y`];
  if (!x || x.shape[1] !== 2) return;
  const chosen = marked.value?.part === part ? marked.value.rows : null, size = x.shape[0] > 800 ? 2.5 : 4;
  const largest = isClasses.value ? 0 : most(y.numbers), hue = ramp();
  for (let row = 0; row < x.shape[0]; row++) {
    const right = (SIDE * (x.numbers[2 * row] - axes.low[0])) / (axes.high[0] - axes.low[0]);
    const down = SIDE - (SIDE * (x.numbers[2 * row + 1] - axes.low[1])) / (axes.high[1] - axes.low[1]);
    marker(context, isClasses.value ? y.numbers[row] : 0, right, down, size + (chosen?.has(row) ? 3 : 0));
    const bits = isClasses.value ? 0 : hue[255 + Math.round((255 * y.numbers[row]) / (largest || 1))];
    const fill = isClasses.value ? colourOf(y.numbers[row]) : `rgb(${bits & 255},${(bits >> 8) & 255},${(bits >> 16) & 255})`;
    context.globalAlpha = chosen || !marked.value ? 1 : 0.5;
    context.fillStyle = part === "test" && isClasses.value ? css(colours.paper) : fill;
    context.strokeStyle = chosen?.has(row) || !isClasses.value ? colours.ink : part === "test" ? fill : css(colours.paper);
    context.lineWidth = part === "test" || chosen?.has(row) ? 1.8 : isClasses.value ? 1 : 0.6;
    context.fill();
    context.stroke();
  }
  context.globalAlpha = 1;
}

const css = (colour: number[]) => `rgb(${colour.join(",")})`;

/** The row of the data that is nearest to a place, if one is near. */
function nearestTo([x, y]: Spot, { low, high }: Axes): { part: "train" | "test"; row: number } | null {
  let best: { part: "train" | "test"; row: number } | null = null, least = 0.05 ** 2;
  for (const part of ["train", "test"] as const) {
    const points = arrays.value[`${part}:x`];
    if (!points || points.shape[1] !== 2 || (part === "test" && !testShown.value)) continue;
    for (let row = 0; row < points.shape[0]; row++) {
      const away = ((points.numbers[2 * row] - x) / (high[0] - low[0])) ** 2 + ((points.numbers[2 * row + 1] - y) / (high[1] - low[1])) ** 2;
      if (away < least) (least = away), (best = { part, row });
    }
  }
  if (!best) said.value = "no point is near";
  return best;
}
