// A guide: text beside the step, which leads to what it speaks of, and sees what the reader does.

import { batch, computed, effect, signal } from "@preact/signals";
import type { VNode } from "preact";
import type { Place } from "../engine/element";
import type { At, Deed, GuidePage, Span } from "../store";
import { Named, shown } from "./named";
import { edits, go, largest, line, open, opened, recorded, said, same, spoken, trace } from "./state";

/** The guide that is open, its page, and the number that was opened when the page was turned to. */
const guide = signal(-1);
const page = signal(0);
const start = signal<Place | null>(null);
/** What has been done: "guide page". */
const done = signal<ReadonlySet<string>>(new Set());

const guides = () => recorded.value.data.guides;
const current = computed<GuidePage | undefined>(() => recorded.value?.data.guides[guide.value]?.pages[page.value]);
const key = () => `${guide.value} ${page.value}`;
const isDone = computed(() => done.value.has(key()));

effect(() => {
  const deed = current.value?.done;
  if (!deed || isDone.value || !holds(deed)) return;
  batch(() => {
    done.value = new Set([...done.value, key()]);
    said.value = "done; on to the next page";
  });
});

/** A value by its name, what a state moves to by the state's. */
const named = (name: string) => name.replace(/^new /, "");

function holds(deed: Deed): boolean {
  const [name, at] = deed.at;
  if (deed.do === "holds") {
    const all = deed.at[1].map((each) => trace.value.maybe(name, each));
    return all.every((each) => each !== undefined && compared(each, deed.is, deed.than));
  }
  const is = ({ source, at: where }: Place) => named(source) === named(name) && (at === null || where === at);
  if (deed.do === "line") return line.value.gives.includes(name);
  if (deed.do === "change") return edits.value.some(({ place }) => is(place));
  return opened.value !== null && is(opened.value) && !same(opened.value, start.value);
}

function compared(value: number, how: string, than: number): boolean {
  if (how === "<") return value < than;
  if (how === ">") return value > than;
  return (value === than) === (how === "=");
}

function turn(to: number, other = guide.value): void {
  batch(() => {
    guide.value = other;
    page.value = to;
    const on = current.value?.on;
    spoken.value = on ? on[0] : "";
    if (on) show(on);
    start.value = opened.value;
  });
}

/** Go to a value, or to a number of it: to the line that computes it, or to the first that reads it. */
function show([source, at]: At): void {
  const { lines } = trace.value, place = at === null ? null : { source, at };
  const written = trace.value.written(place ?? { source, at: 0 });
  const where = lines.findIndex((each) => (written ? each.gives.includes(written.source) : each.reads.includes(source)));
  if (where >= 0) go(where);
  const chosen = place ?? (written?.source === source ? null : largest(source));
  if (chosen) open(chosen, false);
}

export function Guides(): VNode | null {
  if (!guides().length || current.value) return null;
  return (
    <nav class="guides" aria-label="Guides">
      <span class="soft">Be guided:</span>
      {guides().map(({ title }, each) => <button key={each} class="quiet" onClick={() => turn(0, each)}>{title}</button>)}
    </nav>
  );
}

export function GuideText(): VNode | null {
  const found = current.value;
  if (!found) return null;
  const { title, pages } = guides()[guide.value], last = page.value === pages.length - 1;
  return (
    <section class="guide" aria-label={`Guide: ${title}`}>
      <header>
        <span class="tag">{title}</span>
        <span class="count">{page.value + 1}/{pages.length}</span>
        <button class="quiet" aria-label="Close the guide" onClick={() => turn(0, -1)}>×</button>
      </header>
      <h2>{found.title}</h2>
      {found.blocks.map(({ item, spans }, at) => <p key={at} class={item ? "item" : undefined}>{spans.map(Words)}</p>)}
      <p class="row">
        <button disabled={page.value === 0} onClick={() => turn(page.value - 1)}>Page before</button>
        <button class={isDone.value || !found.done ? "on" : undefined} onClick={() => (last ? turn(0, -1) : turn(page.value + 1))}>{last ? "The end" : "Next page"}</button>
        {found.done && (isDone.value ? <b class="good">✓ done</b> : <span class="soft">○ {asked(found.done)}</span>)}
      </p>
    </section>
  );
}

/** What the reader is asked to do. */
function asked(deed: Deed): string {
  const name = deed.at[0], at = deed.at[1];
  if (deed.do === "holds") return "to be done";
  const what = typeof at === "number" ? trace.value.named({ source: name, at }) : deed.do === "line" ? name : `a number of ${name}`;
  return { open: `open ${what}`, line: `go to the line of ${what}`, change: `change ${what}` }[deed.do];
}

function Words(span: Span, at: number): VNode | string {
  if (typeof span === "string") return span;
  if ("b" in span) return <b key={at}>{span.b}</b>;
  if ("code" in span) return <code key={at}>{span.code}</code>;
  const [source, where] = span.at;
  if (where === null && !trace.value.isPlain(source)) {
    return <button key={at} class="number" onClick={() => show(span.at)}>{source}</button>;
  }
  const place = { source, at: where ?? 0 }, name = named(source) === source ? trace.value.named(place) : `new ${trace.value.named(place)}`;
  return <Named key={at} place={place} text={span.shows ? `${name} = ${shown(place, 6)}` : name} />;
}
