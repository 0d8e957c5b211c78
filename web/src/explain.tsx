// The page of an explained step: it reads the trace that stands in it, and shows it.

import { render } from "preact";
import { App } from "./ui/app";
import { listen } from "./ui/keys";
import { changed, next } from "./change";
import { read, Trace, unpacked } from "./trace";
import type { Data } from "./store";
import { begin, inAddress, recorded, trace } from "./ui/state";

/** Shows a step, until what it gives is called. */
function show(step: Trace, app: HTMLElement): () => void {
  begin(step);
  app.textContent = "";
  render(<App />, app);
  const rest = listen();
  return () => {
    rest();
    render(null, app);
  };
}

async function start(text: string): Promise<void> {
  const app = document.getElementById("app")!;
  try {
    show(await read(text), app);
    const why = (name: string, ...index: number[]) => trace.value.why(trace.value.place(name, index))?.text();
    Object.assign(window, { pellucid: { trace: recorded.value, why, read, changed, next } });
  } catch (error) {
    app.textContent = `This page cannot show its numbers: ${String(error)}`;
    throw error;
  }
}

/** For a page that has steps to show, now and then, each in an element of that page. */
async function explain(data: Data, app: HTMLElement): Promise<() => void> {
  inAddress.value = false;
  return show(await unpacked(data), app);
}

const own = document.getElementById("trace");
if (own) void start(own.textContent!);
else Object.assign(window, { explain });
