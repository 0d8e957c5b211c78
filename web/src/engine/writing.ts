// A number written out with the names of places: pellucid/elements/writing.py, in TypeScript.

import { ATOM, Element, FACTOR, NEGATIVE, Operation, Place, PLUS, POWER, SIGN, SQUARE, SUM, TERM } from "./element";
import { figure } from "./figures";

const MINUS = "−";

/** A formula with the names of places in it. */
export function label(number: Element, name: (place: Place) => string): string {
  return new Writer(number, name).whole();
}

class Writer {
  private reads = new Map<Element[], number>();
  private names = new Map<Element[], string>();

  constructor(private number: Element, private name: (place: Place) => string) {
    this.count();
  }

  whole(): string {
    return this.write(this.number)[0];
  }

  /** How often each thing made of parts is written as a part of another. */
  private count(): void {
    const left = [this.number], seen = new Set<Element[]>();
    for (let each = left.pop(); each; each = left.pop()) {
      for (const part of each.parts) {
        if (!part.parts.length) continue;
        this.reads.set(part.parts, (this.reads.get(part.parts) ?? 0) + 1);
        if (!seen.has(part.parts)) (seen.add(part.parts), left.push(part));
      }
    }
  }

  private leaf(number: Element): string {
    return number.place ? this.name(number.place) : figure(number.value, 6, "inf", "nan");
  }

  private write(number: Element): [string, number] {
    if (!number.operation) {
      const text = this.leaf(number);
      return [text, text[0] === MINUS ? SIGN : ATOM];
    }
    if ((this.reads.get(number.parts) ?? 0) < 2) return this.made(number, number.operation);
    return [this.shared(number, number.operation), ATOM];
  }

  private shared(number: Element, operation: Operation): string {
    const known = this.names.get(number.parts);
    if (known) return known;
    const [text] = this.made(number, operation);
    const name = `t${this.names.size + 1}`;
    this.names.set(number.parts, name);
    return `(${name} := ${text})`;
  }

  private made(number: Element, operation: Operation): [string, number] {
    const [first, ...others] = number.parts;
    if (operation === SQUARE) return [`${this.within(first, ATOM)}²`, operation.binds];
    if (operation === SUM || operation === PLUS) {
      return [[this.within(first, TERM), ...others.map((each) => this.further(each))].join(" "), TERM];
    }
    if (operation.binds === ATOM) {
      return [`${operation.text}(${number.parts.map((each) => this.write(each)[0]).join(", ")})`, ATOM];
    }
    if (operation === NEGATIVE) return [operation.text + this.within(first, SIGN), SIGN];
    let written = this.within(first, operation === POWER ? ATOM : operation.binds);
    for (const part of others) written += operation.text + this.within(part, operation.binds + 1);
    return [written, operation.binds];
  }

  /** A term after the first, with its sign. */
  private further(part: Element): string {
    if (part.operation === NEGATIVE && (this.reads.get(part.parts) ?? 0) < 2) {
      return `${MINUS} ${this.within(part.parts[0], FACTOR)}`;
    }
    const term = this.within(part, FACTOR);
    return term[0] === MINUS ? `${MINUS} ${term.slice(1)}` : `+ ${term}`;
  }

  private within(part: Element, least: number): string {
    const [text, binds] = this.write(part);
    return binds >= least ? text : `(${text})`;
  }
}
