// How a page looks: light or dark, and which name is pointed at.

import { signal } from "@preact/signals";

/** Counts changes of colours, so that pictures are drawn again. */
export const looks = signal(0);
/** The value whose name is pointed at. */
export const lit = signal("");

/** From light to dark, and back. */
export function turn(): void {
  const root = document.documentElement;
  const dark = root.dataset.look ? root.dataset.look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.look = dark ? "light" : "dark";
  looks.value++;
}
