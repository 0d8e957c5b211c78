// The page of an explained step: it reads the trace that stands in it, and shows it.

import { render } from "preact";
import { App } from "./ui/app";
import { changed } from "./change";
import { read, Trace, unpacked } from "./trace";
import type { Data } from "./store";
import { edits, go, inAddress, open, recorded, remembered, trace } from "./ui/state";

function show(found: Trace, app: HTMLElement): void {
  edits.value = [];
  recorded.value = found;
  const place = inAddress.value ? remembered() : null;
  go(0);
  if (place) open(place, false);
  app.textContent = "";
  render(<App />, app);
}

async function start(text: string): Promise<void> {
  const app = document.getElementById("app")!;
  try {
    show(await read(text), app);
    const why = (name: string, ...index: number[]) => trace.value.why(trace.value.place(name, index))?.text();
    Object.assign(window, { pellucid: { trace: recorded.value, why, read, changed } });
  } catch (error) {
    app.textContent = `This page cannot show its numbers: ${String(error)}`;
    throw error;
  }
}

/** For a page that has steps to show, now and then: within an element of its own, until it is taken away. */
async function explain(data: Data, app: HTMLElement): Promise<() => void> {
  inAddress.value = false;
  show(await unpacked(data), app);
  return () => render(null, app);
}

const own = document.getElementById("trace");
if (own) void start(own.textContent!);
else Object.assign(window, { explain });
