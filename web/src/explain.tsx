// The page of an explained step: it reads the trace that stands in it, and shows it.

import { render } from "preact";
import { App } from "./ui/app";
import { listen } from "./ui/keys";
import { changed, next } from "./change";
import { read } from "./trace";
import { go, open, recorded, remembered, trace } from "./ui/state";

async function start(): Promise<void> {
  const app = document.getElementById("app")!;
  try {
    recorded.value = await read(document.getElementById("trace")!.textContent!);
    const place = remembered();
    go(0);
    if (place) open(place, false);
    app.textContent = "";
    render(<App />, app);
    listen();
    const why = (name: string, ...index: number[]) => trace.value.why(trace.value.place(name, index))?.text();
    Object.assign(window, { pellucid: { trace: recorded.value, why, read, changed, next } });
  } catch (error) {
    app.textContent = `This page cannot show its numbers: ${String(error)}`;
    throw error;
  }
}

void start();
