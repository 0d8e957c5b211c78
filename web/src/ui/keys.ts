// Single keys, for who does not want to reach for the mouse. They can be turned off.

import { next } from "../change";
import { apply, at, back, go, keysOn, open, opened, playing, said, scale, trace, undo } from "./state";

/** From now on, until what it gives is called. */
export function listen(): () => void {
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

const KEYS: Record<string, () => void> = {
  ".": () => go(at.value + 1),
  ",": () => go(at.value - 1),
  ">": further,
  "<": undo,
  " ": () => (playing.value = !playing.value),
  Backspace: back,
  b: otherSide,
  f: () => document.getElementById("find")?.focus(),
  w: () => document.querySelector<HTMLInputElement>(".whatif input")?.select(),
  "?": () => document.getElementById("help")?.click(),
  "1": () => (scale.value = "value"),
  "2": () => (scale.value = "section"),
  "3": () => (scale.value = "step"),
};

function further(): void {
  const found = next(trace.value);
  if (typeof found === "string") said.value = found;
  else apply(found);
}

function pressed(event: KeyboardEvent): void {
  const target = event.target as Element;
  const writes = target.matches("input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || writes || !keysOn.value || document.querySelector("dialog[open]")) return;
  if (event.key === " " && target.matches("button, summary, input, [role=grid]")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** From Z1[0, 5] to dZ1[0, 5], and the other way. */
function otherSide(): void {
  const place = opened.value;
  if (!place) return;
  const { label, shape } = trace.value.about(place.source);
  for (const other of [`d${label}`, label.replace(/^d/, "")]) {
    if (other !== place.source && trace.value.has(other) && String(trace.value.shape(other)) === String(shape)) {
      open({ source: other, at: place.at });
      return;
    }
  }
}
