// Numbers that know what they were made of: pellucid/elements/element.py and operations.py, in TypeScript.

import { NUMBERS, OfNumbers } from "./numbers";

export const TERM = 0, FACTOR = 1, SIGN = 2, BASE = 3, ATOM = 4;

export interface Operation {
  name: string;
  of: (values: number[]) => number;
  binds: number;
  text: string;
}

/** Where a number stands: a value of the step, by name, and a position in it laid out flat. */
export interface Place {
  source: string;
  at: number;
}

export interface Element {
  value: number;
  operation: Operation | null;
  parts: Element[];
  place: Place | null;
  because: Element[];
}

const NONE: Element[] = [];
/** Sums of more parts than this are exact, as Python's math.fsum. */
const LONG = 64;

export function exactSum(values: number[]): number {
  if (!values.every(Number.isFinite)) return values.reduce((a, b) => a + b, 0);
  let lowest = 0;
  const parts = values.filter((each) => each !== 0).map(split);
  for (const [, power] of parts) lowest = Math.min(lowest, power);
  let total = 0n;
  for (const [whole, power] of parts) total += whole << BigInt(power - lowest);
  return scaledDown(total, lowest);
}

/** A number as a whole number times a power of two. */
export function split(value: number): [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const power = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const whole = power ? fraction | 0x10000000000000n : fraction;
  return [bits >> 63n ? -whole : whole, (power || 1) - 1075];
}

/** whole · 2^power, rounded once to the nearest number, to the even one of two. */
function scaledDown(whole: bigint, power: number): number {
  const size = (whole < 0n ? -whole : whole).toString(2).length;
  const spare = size - 54;
  if (spare <= 0 || power + spare < -1000) return Number(whole) * 2 ** Math.max(power, -1074) * 2 ** Math.min(power + 1074, 0);
  const kept = whole >> BigInt(spare);
  const rest = whole - (kept << BigInt(spare));
  return Number((kept << 1n) | (rest ? 1n : 0n)) * 2 ** (power + spare - 1);
}

function summed(values: number[]): number {
  return values.length > LONG ? exactSum(values) : values.reduce((a, b) => a + b);
}

function folded(choose: (a: number, b: number) => number) {
  return (values: number[]) => (values.some(Number.isNaN) ? NaN : values.reduce(choose));
}

function operation(name: string, binds: number, text: string, of: OfNumbers): Operation {
  return { name, binds, text, of: (values) => of(...values) };
}

export const SUM: Operation = { name: "sum", binds: TERM, text: " + ", of: summed };
export const PLUS: Operation = { ...SUM, name: "plus" };
export const PRODUCT: Operation = { name: "product", binds: FACTOR, text: "·", of: (values) => values.reduce((a, b) => a * b, 1) };
export const MAXIMUM: Operation = { name: "max", binds: ATOM, text: "max", of: folded((a, b) => (b > a ? b : a)) };
export const MINIMUM: Operation = { name: "min", binds: ATOM, text: "min", of: folded((a, b) => (b < a ? b : a)) };
export const SQUARE = operation("square", BASE, "²", NUMBERS.square);
export const DIVIDE = operation("quotient", FACTOR, "/", NUMBERS.divide);
export const NEGATIVE = operation("negative", SIGN, "−", NUMBERS.negative);
export const POWER = operation("power", BASE, "^", NUMBERS.pow);
export const REMAINDER = operation("remainder", FACTOR, " mod ", NUMBERS.remainder);
const FUNCTIONS = ["abs", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tanh"];
const CHOICES = ["sign", "greater", "greater_equal", "less", "less_equal", "equal", "not_equal"];

export function element(
  value: number, operation: Operation | null = null, parts = NONE, place: Place | null = null, because = NONE,
): Element {
  return { value, operation, parts, place, because };
}

export const constant = (value: number, because = NONE): Element => element(value, null, NONE, null, because);
export const isConstant = (x: Element): boolean => x.operation === null && x.place === null;

/** The same number, chosen by looking at further ones. */
export function also(x: Element, because: Element[]): Element {
  if (!because.length) return x;
  return element(x.value, x.operation, x.parts, x.place, [...x.because, ...because]);
}

/** What an operation makes of its parts; of constants, another constant. */
export function made(operation: Operation, ...parts: Element[]): Element {
  const value = operation.of(parts.map((part) => part.value));
  return parts.every(isConstant) ? constant(value, reasons(parts)) : element(value, operation, parts);
}

export const reasons = (parts: Element[]): Element[] => parts.flatMap((part) => part.because);

export function negative(x: Element): Element {
  return x.operation === NEGATIVE && !x.because.length ? x.parts[0] : made(NEGATIVE, x);
}

/** a·b, where a factor of 1 or 0 that is no part but a choice leaves the other, or nothing. */
export function multiply(a: Element, b: Element): Element {
  for (const [factor, other] of [[a, b], [b, a]]) {
    if (!isConstant(factor)) continue;
    if (factor.value === 1) return also(other, factor.because);
    if (factor.value === 0 && Number.isFinite(other.value)) return constant(0, factor.because);
  }
  return made(PRODUCT, ...chain(PRODUCT, a), b);
}

export const add = (a: Element, b: Element): Element => without([...chain(PLUS, a), b], 0, PLUS);
export const total = (parts: Element[]): Element => without(parts, 0, SUM);
export const largest = (parts: Element[]): Element =>
  without([...chain(MAXIMUM, parts[0]), ...parts.slice(1)], -Infinity, MAXIMUM);
export const smallest = (parts: Element[]): Element => without(parts, Infinity, MINIMUM);

export function mean(parts: Element[]): Element {
  const whole = total(parts);
  return parts.length === 1 ? whole : made(DIVIDE, whole, constant(parts.length));
}

/** The operation on parts, those that are constant and change nothing left out. */
function without(parts: Element[], neutral: number, operation: Operation): Element {
  const idle = (part: Element) => isConstant(part) && part.value === neutral;
  const kept = parts.filter((part) => !idle(part));
  const because = reasons(parts.filter(idle));
  if (!kept.length) return constant(neutral, because);
  return also(kept.length === 1 ? kept[0] : made(operation, ...kept), because);
}

/** The parts of a first operand made by the same operation: (a + b) + c is a + b + c. */
function chain(operation: Operation, first: Element): Element[] {
  return first.operation === operation && !first.because.length ? first.parts : [first];
}

type Pointwise = (...parts: Element[]) => Element;

/** A function that looks at numbers and gives one that is made of none of them. */
function chosen(choose: OfNumbers): Pointwise {
  return (...parts) => {
    const seen = parts.filter((part) => !isConstant(part));
    return constant(choose(...parts.map((part) => part.value)), [...reasons(parts), ...seen]);
  };
}

function where(condition: Element, a: Element, b: Element): Element {
  const seen = isConstant(condition) ? NONE : [condition];
  return also(condition.value ? a : b, [...condition.because, ...seen]);
}

/** Functions of the numbers that stand at the same place, by their names in recorded calls. */
export const POINTWISE: Record<string, Pointwise> = {
  add,
  subtract: (a, b) => add(a, negative(b)),
  multiply,
  divide: (a, b) => made(DIVIDE, a, b),
  pow: (a, b) => made(POWER, a, b),
  remainder: (a, b) => made(REMAINDER, a, b),
  negative,
  square: (x) => made(SQUARE, x),
  maximum: (a, b) => largest([a, b]),
  minimum: (a, b) => smallest([a, b]),
  where,
  ...Object.fromEntries(CHOICES.map((name) => [name, chosen(NUMBERS[name])])),
  ...Object.fromEntries(
    FUNCTIONS.map((name) => {
      const known = operation(name, ATOM, name, NUMBERS[name]);
      return [name, (x: Element) => made(known, x)];
    }),
  ),
};
