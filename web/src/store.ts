// A step as data: what stands in the page, and the numbers packed in it. docs/page.md says what it holds.

import type { Numbers } from "./engine/dense";
import type { Program } from "./engine/program";
import type { Shape } from "./engine/shapes";

export interface Line {
  section: "forward" | "backward" | "update";
  value: string;
  gives: string[];
  text: string;
  mathml: string;
  reads: string[];
  note: string;
  layer: string;
  program: Program | null;
}

export interface Packed { kept: string; at: number; count: number }
export interface Value extends Partial<Packed> {
  label: string;
  shape: Shape;
  role: string;
  batch: boolean;
  value?: number | string;
  part?: string;
  start?: number;
  places?: Packed;
}

export interface Verdict { said: string; sure?: number; truth?: string; right?: boolean }

/** A value, and the position of a number in it, or of all of it. */
export type At = [string, number | null];
export type Span = string | { b: string } | { code: string } | { at: At; shows: boolean };
export type Deed = { do: "open" | "line" | "change"; at: At } | { do: "holds"; at: [string, number[]]; is: string; than: number };
export interface GuidePage { title: string; blocks: { item: boolean; spans: Span[] }[]; on?: At; done?: Deed }
export interface Guide { title: string; pages: GuidePage[] }

export interface Data {
  pellucid: number;
  title: string;
  rows: number;
  change: string;
  held: [string, number][];
  notes: string[];
  verdicts: Verdict[];
  said: { value: string; classes: string[] | null } | null;
  loss: string | null;
  picture: { name: string; shape: Shape } | null;
  lines: Line[];
  values: Record<string, Value>;
  moved: Record<string, string>;
  guides: Guide[];
  before?: Record<string, Packed>;
  arrays: string;
}

/** Numbers as they are kept; of some of a larger value, `places` says where each stands. */
export interface Kept { numbers: Numbers; places: Map<number, number> | null }

/** The packed numbers. */
export class Store {
  private found = new Map<string, Kept>();

  constructor(private bytes: ArrayBuffer) {}

  of(value: Value): Kept {
    const key = String(value.at);
    let found = this.found.get(key);
    if (!found) {
      const places = value.places ? new Map(Array.from(this.unpacked(value.places), (place, at) => [place, at])) : null;
      this.found.set(key, (found = { numbers: this.unpacked(value as Packed), places }));
    }
    return found;
  }

  unpacked({ kept, at, count }: Packed): Numbers {
    if (kept === "<f4") return new Float32Array(this.bytes, at, count);
    if (kept === "<f8") return new Float64Array(this.bytes, at, count);
    if (kept === "<i4") return new Int32Array(this.bytes, at, count);
    return new Uint8Array(this.bytes, at, count);
  }
}
