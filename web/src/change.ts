// What if numbers were others: the lines that read them are computed again, by their own calls.

import { computed, Dense, Numbers, Reading, Unknown, whole } from "./engine/dense";
import { element, Place } from "./engine/element";
import { figure } from "./engine/figures";
import { namesIn } from "./engine/program";
import { sizeOf } from "./engine/shapes";
import type { Line, Others, Trace } from "./trace";

/** What plans call all parameters, the learning rate, and the number of the step. */
export const THETA = "θ", RATE = "η", COUNT = "t";

/** A number that is held at another value. */
export interface Edit { place: Place; value: number }

/** The step with these numbers instead of its own; lines that write one of them leave it so. */
export function changed(base: Trace, edits: Edit[]): Trace {
  const change = new Change(base, base.isSingle());
  for (const each of edits) change.hold(each);
  change.run(base.lines, edits);
  const words = edits.map(({ place, value }) => `${base.named(place)}: ${figure(base.number(place))} → ${figure(held(base, place, value))}`);
  return base.with(change.others, [base.data.change, ...words].filter(Boolean).join("; "), edits.map(({ place }) => place));
}

/** The loss, computed in double precision, if numbers were others; undefined if the page cannot say. */
export function lossIf(base: Trace, others: Others): number | undefined {
  const loss = base.data.loss, known = loss === null ? undefined : base.lineOf(loss);
  if (loss === null || !known) return undefined;
  const change = new Change(base, false, false);
  for (const [key, numbers] of others) change.others.set(key, numbers);
  change.run(base.lines.slice(0, base.lines.indexOf(known) + 1), []);
  const found = change.others.get(loss);
  return found === null ? undefined : found ? found[0] : base.maybe(loss, 0);
}

/** The loss of these rows after a step with another η; undefined if the page cannot say. */
export function lossAfter(base: Trace, rate: number): number | undefined {
  const moved = base.data.moved[THETA];
  if (!moved) return undefined;
  const change = new Change(base, false, false);
  change.others.set(RATE, Float64Array.of(rate));
  change.run(base.lines, []);
  const theta = change.others.has(moved) ? change.others.get(moved) : base.isSparse(moved) ? null : base.numbers(moved);
  return theta ? lossIf(base, new Map([[THETA, theta]])) : undefined;
}

/** The next step on the same rows, from where this one leads; in words why not, where the page cannot take it. */
export function next(base: Trace): Trace | string {
  if (base.lines.some(({ program }) => program && "drawn" in program)) return "random numbers are drawn by Python alone";
  const moved = Object.entries(base.data.moved);
  if (moved.some(([, value]) => base.isSparse(value) || base.isUnknown(value))) return "only a part of the update is in this page";
  const change = new Change(base, base.isSingle(), false);
  for (const [state, value] of moved) change.others.set(state, base.numbers(value).slice());
  if (base.has(COUNT)) change.others.set(COUNT, Float64Array.of(base.number({ source: COUNT, at: 0 }) + 1));
  change.run(base.lines, []);
  const left = [...change.others].find(([, numbers]) => numbers === null);
  return left ? `this page cannot compute ${left[0]}` : base.after(change.others);
}

/** A value with another number at a place, as θ where it is a part of θ. */
export function holding(base: Trace, place: Place, value: number): [string, Numbers] {
  const { source, at } = stored(base, place), numbers = Float64Array.from(base.numbers(source));
  numbers[where(base, source, at)] = value;
  return [source, numbers];
}

/** What a value takes of a number: whole ones of whole numbers, single precision of single. */
export function held(base: Trace, { source }: Place, value: number): number {
  const kept = base.numbers(source);
  return base.isPlain(source) ? value : (kept.slice(0, 1).fill(value)[0] ?? value);
}

class Change {
  readonly others: Others = new Map();

  /** `keeps` has numbers stay as they were recorded where the change does not reach them. */
  constructor(private base: Trace, private single: boolean, private keeps = true) {}

  hold({ place, value }: Edit): void {
    const { base, others } = this, { source, at } = stored(base, place);
    for (const key of partsOf(base, source)) if (!others.has(key)) others.set(key, base.numbers(key).slice());
    if (others.get(source) === null) return;
    const numbers = (others.get(source) ?? base.numbers(source)).slice();
    numbers[where(base, source, at)] = value;
    others.set(source, numbers);
  }

  run(lines: Line[], edits: Edit[]): void {
    for (const line of lines) {
      const own = edits.filter(({ place }) => line.gives.includes(stored(this.base, place).source));
      if (![...this.names(line)].some((key) => this.isOther(key))) continue;
      this.line(line);
      own.forEach((each) => this.hold(each));
    }
  }

  private names(line: Line): Set<string> {
    return line.program ? namesIn(line.program) : new Set(line.reads);
  }

  private isOther(key: string): boolean {
    const { part } = this.base.about(key);
    return this.others.has(key) || (part !== undefined && this.isOther(part));
  }

  /** What a line gives now; null where it reads what is not known. */
  private line(line: Line): void {
    const now = this.attempt(line, (key) => this.now(key));
    const was = this.keeps ? base(this.base, line, this.single) : null;
    line.gives.forEach((key, of) => {
      const numbers = now?.[of] ? fitted(now[of], this.base, key) : null;
      if (!numbers || (this.keeps && !was)) this.others.set(key, null);
      else this.settle(key, numbers, was && fitted(was[of], this.base, key));
    });
  }

  /** A number that the same computation gives from the recorded numbers stays as it was recorded. */
  private settle(key: string, numbers: Numbers, was: Numbers | null): void {
    const recorded = this.base.numbers(key);
    let moved = !was;
    if (was) {
      numbers.forEach((each, at) => {
        if (Object.is(each, was[at])) numbers[at] = recorded[at];
        else moved = true;
      });
    }
    if (moved) this.others.set(key, numbers);
    else this.others.delete(key);
  }

  private attempt(line: Line, given: (key: string) => Dense): Dense[] | null {
    return attempt(this.base, line, given, this.single);
  }

  private now(key: string): Dense {
    const { base, others } = this, { part, start } = base.about(key), shape = base.shape(key);
    const other = others.get(key);
    if (other === null) throw new Unknown(key);
    if (other) return { shape, numbers: other, places: base.isSparse(key) ? base.places(key) : null };
    if (part === undefined || !others.has(part)) return recorded(base, key);
    const all = whole(this.now(part));
    return { shape, numbers: all.numbers.subarray(start, (start ?? 0) + sizeOf(shape)), places: null };
  }
}

const known = new WeakMap<Trace, Map<Line, Dense[] | null>>();

/** What a line gives from the recorded numbers, by the same computation. */
function base(trace: Trace, line: Line, single: boolean): Dense[] | null {
  const found = known.get(trace) ?? new Map<Line, Dense[] | null>();
  known.set(trace, found);
  if (!found.has(line)) found.set(line, attempt(trace, line, (key) => recorded(trace, key), single));
  return found.get(line)!;
}

function attempt(trace: Trace, line: Line, given: (key: string) => Dense, single: boolean): Dense[] | null {
  if (!line.program) return null;
  const reading: Reading = { given, plain: (key) => (trace.isPlain(key) ? element(given(key).numbers[0]) : null) };
  const isNumber = line.gives.every((key) => trace.isPlain(key));
  try {
    return computed(reading, line.program, single && !isNumber);
  } catch (error) {
    if (error instanceof Unknown) return null;
    throw error;
  }
}

function recorded(trace: Trace, key: string): Dense {
  if (trace.isUnknown(key)) throw new Unknown(key);
  return { shape: trace.shape(key), numbers: trace.numbers(key), places: trace.isSparse(key) ? trace.places(key) : null };
}

/** The numbers of what was computed, those that the page has of the value. */
function fitted(found: Dense, trace: Trace, key: string): Numbers | null {
  if (found.places) return trace.isSparse(key) ? found.numbers : null;
  const { numbers } = whole(found);
  if (!trace.isSparse(key)) return numbers.slice();
  const places = new Set(trace.places(key));
  return numbers.filter((_, at) => places.has(at));
}

/** Where a number is kept: that of a parameter in θ, if there is one. */
function stored(trace: Trace, { source, at }: Place): Place {
  const { part, start, role } = trace.about(source);
  return part !== undefined && role === "parameter" ? stored(trace, { source: part, at: at + (start ?? 0) }) : { source, at };
}

function where(trace: Trace, source: string, at: number): number {
  return trace.isSparse(source) ? trace.places(source).indexOf(at) : at;
}

/** Values that lines compute and that are kept as parts of another: dW1 in g. */
function partsOf(trace: Trace, whole: string): string[] {
  return Object.entries(trace.data.values).flatMap(([key, { part }]) => (part === whole && trace.lineOf(key) ? [key] : []));
}
