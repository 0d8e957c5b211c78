// What the reader looks at: a line, a row of the data, an opened number, and how they came there.

import { batch, computed, signal } from "@preact/signals";
import { indexOf } from "../engine/shapes";
import type { Place } from "../engine/element";
import { figure } from "../engine/figures";
import { placesOf, Why } from "../engine/why";
import { changed, Edit } from "../change";
import { Absent, Line, Trace } from "../trace";

export type Scale = "value" | "section" | "step";

/** The step as it was recorded, the numbers that the reader holds at others, and what follows from both. */
export const recorded = signal<Trace>(null as unknown as Trace);
export const edits = signal<Edit[]>([]);
export const trace = computed<Trace>(() => (edits.value.length ? changed(recorded.value, edits.value) : recorded.value));
/** The steps that were taken in the page: where each began, with what was held in it. */
export const taken = signal<{ step: Trace; edits: Edit[] }[]>([]);
export const at = signal(0);
export const row = signal(0);
export const opened = signal<Place | null>(null);
export const trail = signal<Place[]>([]);
/** The value that a guide speaks of. */
export const spoken = signal("");
/** A number that is pointed at. */
export const pointed = signal<Place | null>(null);
export const scale = signal<Scale>("value");
export const playing = signal(false);
export const keysOn = signal(true);
export const said = signal("");
/** Whether the opened number is told in the address, which is the page's own. */
export const inAddress = signal(true);

export const line = computed<Line>(() => trace.value.lines[at.value]);

/** What the opened number is made of, or why the page cannot say. */
export const why = computed<Why | string | null>(() => answer(opened.value));

export function answer(place: Place | null): Why | string | null {
  if (!place) return null;
  try {
    return trace.value.why(place);
  } catch (error) {
    if (error instanceof Absent) return error.message;
    if (error instanceof RangeError) return "it is made of more numbers, one inside of the other, than this page can follow";
    throw error;
  }
}

/** Positions that the opened number reads, by the value they stand in. */
export const reads = computed<Map<string, Set<number>>>(() => {
  const found = new Map<string, Set<number>>();
  const known = why.value;
  if (!(known instanceof Why)) return found;
  for (const { source, at } of placesOf(known.number)) {
    if (!found.has(source)) found.set(source, new Set());
    found.get(source)!.add(at);
  }
  return found;
});

/** Another step is looked at: nothing of the one before is left. */
export function begin(step: Trace): void {
  batch(() => {
    playing.value = false;
    edits.value = [];
    taken.value = [];
    row.value = 0;
    recorded.value = step;
    const place = inAddress.value ? remembered() : null;
    go(0);
    if (place) open(place, false);
  });
}

/** Open a number; the one before stays on the trail. */
export function open(place: Place, keep = true): void {
  batch(() => {
    const before = opened.value;
    if (keep && before && !same(before, place)) trail.value = [...trail.value, before].slice(-30);
    if (!keep) trail.value = [];
    opened.value = place;
    const { batch: ofRows, shape } = trace.value.about(place.source);
    if (ofRows) row.value = indexOf(place.at, shape)[0];
    const written = trace.value.written(place);
    const where = trace.value.lines.indexOf(trace.value.lineOf(written?.source ?? place.source) as Line);
    if (where >= 0 && !line.value.reads.includes(place.source)) at.value = where;
    else if (where >= 0 && written) at.value = where;
    said.value = `${trace.value.named(place)} = ${value(place)}`;
  });
  remember(place);
}

export function back(): void {
  const before = trail.value[trail.value.length - 1];
  if (!before) return;
  const rest = trail.value.slice(0, -1);
  open(before, false);
  trail.value = rest;
}

/** Go to a line, and open its largest number of the row. */
export function go(to: number): void {
  const where = Math.max(0, Math.min(trace.value.lines.length - 1, to));
  batch(() => {
    at.value = where;
    trail.value = [];
    opened.value = largest(trace.value.lines[where].value);
    said.value = `line ${where + 1}, ${trace.value.lines[where].text}`;
  });
  if (opened.value) remember(opened.value);
}

export function choose(other: number): void {
  batch(() => {
    const place = opened.value;
    row.value = other;
    if (!place) return;
    const { batch: ofRows, shape } = trace.value.about(place.source);
    if (!ofRows) return;
    const inner = shape.slice(1).reduce((a, b) => a * b, 1);
    opened.value = { source: place.source, at: other * inner + (place.at % inner) };
  });
}

/** The largest number of a value, in the chosen row where it has rows. */
export function largest(key: string): Place | null {
  const { batch: ofRows, shape } = trace.value.about(key);
  if (trace.value.isSparse(key)) return largestOfSome(key);
  const numbers = trace.value.numbers(key);
  const inner = ofRows ? numbers.length / shape[0] : numbers.length, start = ofRows ? row.value * inner : 0;
  let best = -1, most = -1;
  for (let each = start; each < start + inner; each++) {
    if (Math.abs(numbers[each]) > most) (most = Math.abs(numbers[each])), (best = each);
  }
  return numbers.length ? { source: key, at: Math.max(best, start) } : null;
}

function largestOfSome(key: string): Place | null {
  const found = trace.value.places(key);
  const size = (at: number) => Math.abs(trace.value.maybe(key, at)!);
  return found.length ? { source: key, at: found.reduce((best, at) => (size(at) > size(best) ? at : best)) } : null;
}

/** What if a number were another; undefined to have it again as it was. */
export function hold(place: Place, to?: number): void {
  const others = edits.value.filter((each) => !same(each.place, place));
  edits.value = to === undefined ? others : [...others, { place, value: to }];
  const moved = trace.value.lines.filter((each) => each.gives.some((key) => trace.value.countOfMoved(key))).length;
  said.value = to === undefined ? `${trace.value.named(place)} is as it was` : `${trace.value.named(place)} is ${figure(to)}; ${moved} lines moved`;
}

/** The step after this one. */
export function apply(step: Trace): void {
  batch(() => {
    const loss = step.data.loss, before = trace.value;
    taken.value = [...taken.value, { step: recorded.value, edits: edits.value }];
    recorded.value = step;
    edits.value = [];
    const losses = loss === null ? [] : [before, step].map((each) => figure(each.number({ source: loss, at: 0 }), 5));
    said.value = `step ${taken.value.length + 1} on these rows${losses.length ? `; L ${losses.join(" → ")}` : ""}`;
  });
}

/** The step before this one, as it was. */
export function undo(): void {
  const before = taken.value[taken.value.length - 1];
  if (!before) return;
  batch(() => {
    taken.value = taken.value.slice(0, -1);
    recorded.value = before.step;
    edits.value = before.edits;
    said.value = `step ${taken.value.length + 1} on these rows`;
  });
}

export function value(place: Place, figures = 9): string {
  const number = trace.value.maybe(place.source, place.at);
  return number === undefined ? "not in this page" : figure(number, figures);
}

export function same(one: Place | null, other: Place | null): boolean {
  return !!one && !!other && one.source === other.source && one.at === other.at;
}

/** The name and the place in the address, where there is an address that can be changed. */
function remember(place: Place): void {
  if (!inAddress.value) return;
  const index = indexOf(place.at, trace.value.shape(place.source));
  try {
    history.replaceState(null, "", `#${encodeURIComponent([place.source, ...index].join(","))}`);
  } catch {
    // within a notebook there is none
  }
}

export function remembered(): Place | null {
  const [key, ...index] = decodeURIComponent(location.hash.slice(1)).split(",");
  const found = trace.value;
  if (!key || !found.has(key) || found.shape(key).length !== index.length) return null;
  const numbers = index.map(Number);
  const fits = numbers.every((each, axis) => Number.isInteger(each) && each >= 0 && each < found.shape(key)[axis]);
  return fits ? found.place(key, numbers) : null;
}
