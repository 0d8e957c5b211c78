// The page's colours as pixels, made once for each look of the page.

import { Palette, palette, shade } from "../ui/colour";
import { looks } from "../ui/looks";

/** Colours from −1 to 1, as pixels of an image. */
export type Ramp = Uint32Array;
export const HALF = 255;

const pixel = ([red, green, blue]: number[]): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const made = (colour: (share: number) => number[]): Ramp => Uint32Array.from({ length: 2 * HALF + 1 }, (_, at) => pixel(colour((at - HALF) / HALF)));

/** Greys from 0 to 255. */
export const GREYS = made((share) => Array(3).fill(Math.max(0, HALF * share)));

/** The palette, and the colours of text and of lines that are drawn. */
export interface Hues extends Palette { ink: string; soft: string; accent: string }

let look = -1, colours: Hues;
const ramps = new Map<string, Ramp>();

export function hues(): Hues {
  if (look !== looks.value) {
    look = looks.value;
    const root = document.documentElement, style = getComputedStyle(root), text = (name: string) => style.getPropertyValue(name).trim();
    colours = { ...palette(root), ink: text("--ink"), soft: text("--soft"), accent: text("--accent") };
    ramps.clear();
  }
  return colours;
}

/** The page's own colours for numbers; those above 0 may have another. */
export function ramp(plus?: [number, number, number]): Ramp {
  const own = hues(), key = String(plus);
  let found = ramps.get(key);
  if (!found) ramps.set(key, (found = made((share) => shade(share, 1, plus ? { ...own, plus } : own))));
  return found;
}
