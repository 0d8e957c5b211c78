// A sample's step, line by line: the script of the explained page, brought when it is first wanted, over the playground.

import type { VNode } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./parts";
import { ask, drawer, fault, playing, said, send } from "./state";

type Explain = (data: unknown, app: HTMLElement) => Promise<() => void>;

const trace = signal<unknown>(null);

/** Opens the step of a row; what plays is paused. */
export async function explain(part: string, row: number): Promise<void> {
  if (playing.value) await send({ do: "pause" });
  const answer = await ask({ do: "explain", part, row });
  if (!answer) return;
  trace.value = answer.header.trace;
  drawer.value = "explain";
  said.value = `the step of row ${row}`;
}

let brought: Promise<Explain> | null = null;
const script = (): Promise<Explain> => (brought ??= new Promise((came, failed) => {
  const element = document.createElement("script");
  element.src = "explain.js";
  element.onload = () => came((window as unknown as { explain: Explain }).explain);
  element.onerror = () => failed(new Error("explain.js does not come"));
  document.head.append(element);
}));

export function Explained(): VNode {
  const before = useRef(document.activeElement as HTMLElement | null), back = useRef<HTMLButtonElement>(null), box = useRef<HTMLElement>(null);
  useEffect(() => {
    let away = () => {}, gone = false;
    script().then((show) => show(trace.value, box.current!)).then((found) => (gone ? found() : (away = found)), (error: unknown) => (fault.value = String(error)));
    back.current!.focus();
    window.scrollTo(0, 0);
    return () => {
      gone = true;
      away();
      requestAnimationFrame(() => before.current?.focus());
    };
  }, []);
  return (
    <div class="explained" onKeyDown={(event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) drawer.value = ""; }}>
      <p class="brow"><button ref={back} onClick={() => (drawer.value = "")}><Icon name="close" /> back to the playground</button></p>
      <main ref={box} />
    </div>
  );
}
