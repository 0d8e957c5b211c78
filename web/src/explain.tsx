// The page of an explained step: it reads the trace that stands in it, and shows it.

import { render } from "preact";
import { App } from "./ui/app";
import { go, open, remembered, trace } from "./ui/state";
import { read } from "./trace";

async function start(): Promise<void> {
  const app = document.getElementById("app")!;
  try {
    const found = (trace.value = await read(document.getElementById("trace")!.textContent!));
    const place = remembered();
    go(0);
    if (place) open(place, false);
    app.textContent = "";
    render(<App />, app);
    const why = (name: string, ...index: number[]) => found.why(found.place(name, index))?.text();
    Object.assign(window, { pellucid: { trace: found, why, read } });
  } catch (error) {
    app.textContent = `This page cannot show its numbers: ${String(error)}`;
    throw error;
  }
}

void start();
