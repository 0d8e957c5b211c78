// Why a number is what it is: pellucid/glass/why.py, in TypeScript, with the same words.

import { DIVIDE, Element, exactSum, isConstant, made, multiply, negative, NEGATIVE, Place, PLUS, PRODUCT, SUM } from "./element";
import { Column, figure } from "./figures";
import { label } from "./writing";
import type { Trace } from "../trace";

/** Letters of a formula that are shown. */
const LONGEST = 120;

export interface Term {
  names: string;
  numbers: string;
  value: number;
  part: Element;
}

/** The terms of Σ a, of Σ a + b, and of (Σ a)/n, which are a/n. */
function* termsOf(number: Element): Generator<Element> {
  if (number.operation === PLUS) {
    for (const part of number.parts) yield* termsOf(part);
  } else if (number.operation === SUM) {
    yield* number.parts;
  } else if (number.operation === NEGATIVE) {
    for (const term of termsOf(number.parts[0])) yield negative(term);
  } else if (scalesASum(number)) {
    const [whole, factor] = number.parts;
    for (const term of whole.parts) yield number.operation === DIVIDE ? made(DIVIDE, term, factor) : multiply(term, factor);
  } else {
    yield number;
  }
}

function scalesASum({ operation, parts }: Element): boolean {
  return (operation === DIVIDE || operation === PRODUCT) && parts.length === 2 && parts[0].operation === SUM && isConstant(parts[1]);
}

/** Every place that a number was made of, or was chosen by. */
export function placesOf(number: Element): Place[] {
  const found: Place[] = [], left = [number], seen = new Set<Element[]>();
  for (let each = left.pop(); each; each = left.pop()) {
    if (each.place) found.push(each.place);
    for (const group of [each.parts, each.because]) {
      if (group.length && !seen.has(group)) (seen.add(group), left.push(...group));
    }
  }
  return found;
}

export class Why {
  readonly name: string;
  readonly value: number;
  readonly how: string;
  readonly parts: Element[];
  readonly equation: string;

  constructor(readonly trace: Trace, readonly place: Place, readonly number: Element, shownAs?: string) {
    const found = [...termsOf(number)];
    this.parts = found.length > 1 ? found : number.parts.length ? number.parts : found;
    this.value = trace.number(place);
    this.name = shownAs ?? trace.named(place);
    this.equation = trace.lineOf(place.source)?.text ?? "";
    const own = this.parts === number.parts;
    this.how = number.operation ? (own ? number.operation.name : "sum") : isConstant(number) ? "constant" : "copy";
  }

  /** Whether the number was changed, so that its line would give another. */
  get isHeld(): boolean {
    return this.trace.isHeld(this.place);
  }

  get isSum(): boolean {
    return this.how === "sum" || this.how === "plus";
  }

  /** The parts, those of a sum the largest first. */
  get sorted(): Element[] {
    if (!this.isSum) return this.parts;
    return [...this.parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  }

  terms(most: number): Term[] {
    return this.sorted.slice(0, this.isSum ? most : undefined).map((part) => this.term(part));
  }

  others(most: number): Element[] {
    return this.isSum ? this.sorted.slice(most) : [];
  }

  term(part: Element): Term {
    const numbers = part.operation ? label(part, (place) => figure(this.trace.number(place))) : "";
    return { names: short(label(part, (place) => this.trace.named(place))), numbers: short(bracketed(numbers)), value: part.value, part };
  }

  /** The formula with the names of places in it, and with its numbers. */
  get names(): string {
    return short(label(this.number, (place) => this.trace.named(place)));
  }

  get numbers(): string {
    return short(bracketed(label(this.number, (place) => figure(this.trace.number(place)))));
  }

  column(most: number): Column {
    const others = this.others(most);
    const values = this.terms(most).map((each) => each.value);
    return new Column(others.length ? [...values, rest(others)] : values, this.value);
  }

  /** The words of `print(explanation.why(…))`. */
  text(most = 5): string {
    const rows = this.isSum ? this.rowsOfASum(most) : this.rowsOfAFunction();
    return [this.equation, ...rows].join("\n");
  }

  private rowsOfAFunction(): string[] {
    const rows = [...new Set([this.names, this.numbers, figure(this.value)])].map((each) => `  ${this.name} = ${each}`);
    return this.isHeld ? [...rows.slice(0, -1), `${rows[rows.length - 1]}, by the change`] : rows;
  }

  private rowsOfASum(most: number): string[] {
    const column = this.column(most), others = this.others(most);
    const words = this.terms(most).map((each) => (each.numbers ? `${each.names} = ${each.numbers}` : each.names));
    if (others.length) words.push(more(others));
    const written = [...column.terms];
    if (column.rounding) (words.push(this.isHeld ? "the change" : "rounding"), written.push(column.rounding));
    words.push(`= ${this.name}`);
    written.push(column.total);
    const width = Math.max(...written.map((each) => [...each].length));
    return written.map((number, at) => `  ${" ".repeat(width - [...number].length)}${number}   ${words[at]}`);
  }
}

export function more(others: Element[]): string {
  const zeros = others.filter((each) => each.value === 0).length;
  return `${others.length} more${zeros ? `, ${zeros} of them 0` : ""}`;
}

export const rest = (others: Element[]): number => exactSum(others.map((each) => each.value));

/** A formula in numbers with brackets around negative factors: 1·(−0.5) */
const bracketed = (numbers: string): string => numbers.replace(/(?<=·)(−[\d.e−]+)/g, "($1)");

/** A formula without its end where it is long. */
function short(formula: string): string {
  const letters = [...formula];
  return letters.length <= LONGEST ? formula : `${letters.slice(0, LONGEST - 2).join("")} …`;
}
