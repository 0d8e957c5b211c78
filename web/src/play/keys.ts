// Single keys of the playground. They can be turned off, and rest while something stands before the page.

import { explain } from "./explain";
import { arrays, by, dice, drawer, isDrawn, keysOn, now, opened, playing, rewind, said, send, standing, state, step, turn } from "./state";
import { pen } from "./hand";

async function stepBy(kind: typeof by.value): Promise<void> {
  const before = by.value;
  by.value = kind;
  if (!playing.value) await step();
  by.value = before;
}

/** To the place before in the timeline. */
async function back(): Promise<void> {
  const ring = arrays.value.ring?.numbers ?? [];
  const earlier = Array.from(ring).filter((each) => each < now.value.update);
  if (playing.value || !earlier.length) return;
  await send({ do: "goto", update: Math.max(...earlier) });
  said.value = standing();
}

const KEYS: Record<string, () => unknown> = {
  " ": turn,
  ".": () => stepBy("line"),
  ">": () => stepBy("update"),
  "<": back,
  r: rewind,
  n: dice,
  e: () => explain(state.value.show.part, state.value.show.sample),
  c: () => (drawer.value = "code"),
  "?": () => document.getElementById("help-play")?.click(),
  Escape: () => (opened.value = null),
};

export function listen(): () => void {
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function pressed(event: KeyboardEvent): void {
  const target = event.target as Element;
  const writes = target.matches("input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey || writes || !keysOn.value || drawer.value || document.querySelector("dialog[open]")) return;
  if (event.key === " " && target.matches("button, summary, input, [role=grid]")) return;
  const act = isDrawn.value && /^[1-8]$/.test(event.key) ? () => (pen.value = +event.key - 1) : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  void act();
}
