// Numbers as they are shown: pellucid/glass/figures.py, in TypeScript. All roundings are exact.

import { split } from "./element";

/** Figures of a number in a formula, and of the largest number of a column. */
const FEW = 6, FIGURES = 7;
/** Powers of ten between which numbers are written without one. */
const SMALLEST = -4, LARGEST = 6;

/** A number in units of 10^power, rounded to a whole one, to the even one of two. */
export function scaled(value: number, power: number): bigint {
  const [whole, two] = split(value);
  const up = 10n ** BigInt(Math.max(-power, 0)) << BigInt(Math.max(two, 0));
  const down = 10n ** BigInt(Math.max(power, 0)) << BigInt(Math.max(-two, 0));
  const size = (whole < 0n ? -whole : whole) * up;
  let found = size / down;
  const twice = 2n * (size % down);
  if (twice > down || (twice === down && found & 1n)) found++;
  return whole < 0n ? -found : found;
}

/** The power of ten of the first figure. */
export function powerOf(value: number): number {
  return value ? Number(Math.abs(value).toExponential(40).split("e")[1]) : 0;
}

const isNegative = (value: number) => value < 0 || Object.is(value, -0);

/** A number to so many figures, as Python's format "g" writes it, with a minus of its own. */
export function figure(value: number, figures = FEW, infinity = "∞", none = "NaN"): string {
  if (Number.isNaN(value)) return none;
  const sign = isNegative(value) ? "−" : "";
  if (!Number.isFinite(value)) return sign + infinity;
  if (!value) return `${sign}0`;
  let power = powerOf(value);
  let digits = scaled(Math.abs(value), power - figures + 1).toString();
  if (digits.length > figures) (power++, (digits = digits.slice(0, figures)));
  const short = digits.replace(/0+$/, "") || "0";
  if (power < -4 || power >= figures) {
    const size = Math.abs(power).toString().padStart(2, "0");
    return `${sign}${pointed(short, 1)}e${power < 0 ? "−" : "+"}${size}`;
  }
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${short}`;
  return sign + pointed(short.padEnd(power + 1, "0"), power + 1);
}

const pointed = (digits: string, at: number) => (digits.length > at ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits);

/** All that is known of a number: the shortest text that is it, in the precision that it has. */
export function whole(value: number, single: boolean): string {
  if (!Number.isFinite(value) || !value) return figure(value);
  let figures = 1;
  while (figures < 17 && !isIt(value, Number(value.toPrecision(figures)), single)) figures++;
  return figure(value, Math.max(figures, 1)).replace("e+0", "e+");
}

const isIt = (value: number, found: number, single: boolean) => (single ? Math.fround(found) : found) === value;

interface Cell { negative: boolean; size: bigint }

/** Numbers below each other, all to the same place, with their sum; what is shown adds up. */
export class Column {
  readonly isFinite: boolean;
  readonly power: number;
  readonly terms: string[];
  readonly total: string;
  /** What roundings left between the terms and the sum; empty for nothing. */
  readonly rounding: string;

  constructor(terms: number[], total: number) {
    this.isFinite = [...terms, total].every(Number.isFinite);
    this.power = this.isFinite ? powerOf(Math.max(...[...terms, total].map(Math.abs))) : 0;
    this.terms = terms.map((each) => this.written(each));
    this.total = this.written(total);
    this.rounding = this.isFinite ? this.left(terms, total) : "";
  }

  private left(terms: number[], total: number): string {
    const whole = (value: number) => scaled(value, this.power - FIGURES + 1);
    const left = whole(total) - terms.reduce((sum, each) => sum + whole(each), 0n);
    return left ? this.text({ negative: left < 0n, size: left < 0n ? -left : left }) : "";
  }

  private written(value: number): string {
    if (!this.isFinite) return figure(value);
    return this.text({ negative: isNegative(value), size: scaled(Math.abs(value), this.power - FIGURES + 1) });
  }

  private text(cell: Cell): string {
    const shift = SMALLEST <= this.power && this.power <= LARGEST ? 0 : this.power;
    const decimals = FIGURES - 1 - this.power + shift;
    const digits = cell.size.toString().padStart(decimals + 1, "0");
    const ten = shift ? `·10${superscript(shift)}` : "";
    const point = digits.length - decimals;
    return (cell.negative ? "−" : "") + digits.slice(0, point) + (decimals ? `.${digits.slice(point)}` : "") + ten;
  }
}

function superscript(power: number): string {
  return String(power).replace(/[-\d]/g, (each) => (each === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(each)]));
}
