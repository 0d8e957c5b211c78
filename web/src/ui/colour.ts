// Colours of numbers: blue for +, orange for −, the page for 0; the largest of a range is the full colour.

import { powerOf } from "../engine/figures";
import { figure } from "../engine/figures";

export interface Palette { paper: number[]; plus: number[]; minus: number[]; line: string; edge: string }

export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const text = (name: string) => style.getPropertyValue(name).trim(), colour = (name: string) => hex(text(name));
  return { paper: colour("--card"), plus: colour("--plus"), minus: colour("--minus"), line: text("--line"), edge: text("--edge") };
}

function hex(text: string): number[] {
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text);
  return found ? found.slice(1).map((each) => parseInt(each, 16)) : [255, 255, 255];
}

/** The colour of a number; sizes are shown by their square root, so that small ones are seen. */
export function shade(value: number, most: number, { paper, plus, minus }: Palette): number[] {
  const share = most > 0 ? Math.sqrt(Math.min(1, Math.abs(value) / most)) : 0;
  const full = value < 0 ? minus : plus;
  return paper.map((each, at) => Math.round(each + (full[at] - each) * share));
}

/** Black or white, whichever is read better on a colour. */
export function inkOn(colour: number[]): string {
  const [r, g, b] = colour.map((each) => (each / 255 <= 0.04045 ? each / 3294.6 : ((each / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 ? "#000" : "#fff";
}

/** A number in a cell: 3 figures, short. */
export function brief(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return figure(value, 3);
  const power = powerOf(value);
  return Number.isFinite(value) && (power < -3 || power > 3) ? figure(value, 2) : figure(value, 3);
}
