// A unit of the network: the picture of its function, and its bias at its left edge.

import type { VNode } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { figure } from "../engine/figures";
import { looks } from "../ui/looks";
import { colourOf, rgbOf } from "./classes";
import type { State } from "./engine";
import { explain } from "./explain";
import { field, most, shares } from "./fields";
import { hues, Ramp, ramp } from "./hues";
import { SIDE, Spot } from "./net";
import { arrays, isClasses, opened, state } from "./state";

export interface Column {
  title: string; units: number; kernel: string; bias: string;
  /** The array of its units' pictures; those of weights have their first row at the top. */
  pictures: string; up: boolean;
  /** The place among the layers, −1 for the inputs, and whether lines lead to it. */
  layer: number; linked: boolean;
  unitName: (unit: number) => string;
}

/** The inputs, and the layers; pixels are too many to be units, so that a picture stands for them. */
export function columnsOf(known: State): Column[] {
  const { data, layers } = known, picture = data.picture !== null;
  const layered = layers.map((each, layer): Column => {
    const last = layer === layers.length - 1, first = layer === 0;
    const named = last && data.kind === "classes" && each.units === data.classes.length;
    return {
      title: last ? "output" : `layer ${layer + 1}`, units: each.units, kernel: each.kernel, bias: each.bias ?? "", layer, linked: !(picture && first),
      pictures: picture && first ? `unit:${each.kernel}` : `unit:${each.a}`, up: !(picture && first),
      unitName: (unit) => (named ? `class ${data.classes[unit]}` : `${each.a}[${unit}]`),
    };
  });
  const inputs = { title: "inputs", kernel: "", bias: "", up: !picture, layer: -1, linked: false };
  return [picture
    ? { ...inputs, units: 1, pictures: "", unitName: () => `${data.picture!.join(" × ")} pixels` }
    : { ...inputs, units: data.inputs.length, pictures: "unit:X", unitName: (unit) => data.inputs[unit] }, ...layered];
}

export function Unit({ column, spot }: { column: Column; spot: Spot }): VNode {
  const { unit, x, y } = spot, name = column.unitName(unit), canvas = useRef<HTMLCanvasElement>(null);
  const isOpen = opened.value?.kind === "unit" && opened.value.layer === column.layer && opened.value.unit === unit;
  const draw = () => paint(canvas.current!, column, unit);
  useSignalEffect(() => void (arrays.value, looks.value, draw()));
  useEffect(draw, [unit, column.pictures]);
  const row = column.layer < 0 && !column.up, side = row ? 2 * SIDE : SIDE, isBare = arrays.value[column.pictures] === undefined;
  const isChip = column.layer < 0 && !row && isBare;
  return (
    <div class={row ? "spot row-of-data" : isChip ? "spot chip-of-data" : "spot"} style={{ left: `${x - side / 2}px`, top: `${y - side / 2}px` }}>
      {column.bias && <Bias column={column} unit={unit} />}
      <button class={isOpen ? "unit chosen" : "unit"} tabIndex={unit === 0 ? 0 : -1} aria-label={`${column.title}, ${name}`} title={name}
        onClick={() => look(column, unit)}
        onFocus={(event) => roving(event.currentTarget)}>
        <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden="true" />
      </button>
      {(column.layer < 0 || (isNamed(column) && !isBare)) && <span class={column.layer < 0 ? "unit-name" : "unit-name beside"} aria-hidden="true">{column.layer < 0 ? name : name.replace("class ", "")}</span>}
    </div>
  );
}

/** Opens a unit; of the picture that stands for the inputs, its step. */
function look({ layer }: Column, unit: number): void {
  const { part, sample } = state.value.show;
  opened.value = layer < 0 ? null : { kind: "unit", layer, unit };
  if (layer < 0 && state.value.data.picture) void explain(part, sample);
}

const isNamed = (column: Column) => isClasses.value && column.title === "output" && column.units === state.value.data.classes.length;

/** Of a column, the unit that was last looked at is the one that Tab comes to. */
function roving(button: HTMLElement): void {
  for (const each of button.closest("[role=group]")!.querySelectorAll<HTMLElement>(".unit")) each.tabIndex = each === button ? 0 : -1;
}

function paint(canvas: HTMLCanvasElement, column: Column, unit: number): void {
  const found = arrays.value[column.pictures], colours = hues(), pixels = state.value.data.picture;
  if (pixels && column.layer < 0) return paintRow(canvas, pixels, ramp());
  if (!found || found.shape[0] <= unit) return plain(canvas, column, unit, colours.line);
  const [, height, width] = found.shape, size = height * width;
  const isSaid = isClasses.value && column.title === "output";
  if (isSaid && column.units === 1) return shares(canvas, found.numbers, 0, 1, width, colours, false);
  const most = isSaid ? 1 : largestOf(found.numbers);
  field(canvas, found.numbers, unit * size, height, width, ramp(isSaid ? rgbOf(unit) : undefined), most, column.up);
}

function paintRow(canvas: HTMLCanvasElement, [height, width]: number[], colours: Ramp): void {
  const { part, sample } = state.value.show, x = arrays.value[`${part}:x`], start = Math.min(sample, x.shape[0] - 1) * height * width;
  field(canvas, x.numbers, start, height, width, colours, most(x.numbers, start, start + height * width), false);
}

/** A unit without a picture: its class, or the number of the unit. */
function plain(canvas: HTMLCanvasElement, column: Column, unit: number, ground: string): void {
  const side = 2 * SIDE;
  (canvas.width = side), (canvas.height = side);
  const context = canvas.getContext("2d")!, named = isNamed(column);
  context.fillStyle = named ? colourOf(unit) : ground;
  context.globalAlpha = named ? 0.35 : 0.5;
  context.fillRect(0, 0, side, side);
  context.globalAlpha = 1;
  context.fillStyle = getComputedStyle(canvas).getPropertyValue("--ink");
  context.font = "24px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText((named || column.layer < 0 ? column.unitName(unit).replace("class ", "") : String(unit)).slice(0, 4), side / 2, side / 2);
}

const sizes = new WeakMap<object, number>();
/** The largest number of all pictures of a layer, computed once for them. */
function largestOf(numbers: ArrayLike<number> & object): number {
  let found = sizes.get(numbers);
  if (found === undefined) sizes.set(numbers, (found = most(numbers)));
  return found;
}

function Bias({ column, unit }: { column: Column; unit: number }): VNode {
  const value = arrays.value[`weight:${column.bias}`]?.numbers[unit] ?? 0, largest = most(arrays.value[`weight:${column.bias}`]?.numbers ?? []);
  const size = 4 + 10 * Math.sqrt(Math.abs(value) / (largest || 1));
  return (
    <button class="bias" tabIndex={-1} aria-label={`bias of ${column.unitName(unit)}`} title={`${column.bias}[${unit}] = ${figure(value, 4)}`}
      onClick={() => (opened.value = { kind: "weight", name: column.bias, index: [unit], title: `the bias of ${column.unitName(unit)}` })}>
      <span class={value < 0 ? "minus" : "plus"} style={{ height: `${size}px` }} />
    </button>
  );
}
