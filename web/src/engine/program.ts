// The array calls of a line, as data: pellucid/glass/page/programs.py writes them.

import type { Shape } from "./shapes";

export type Plain = { t: string } | { v: number | string } | { n: number };
export type Operand = number | Plain;
export interface Call { f: string; of: Operand[]; shape: Shape; [option: string]: unknown }
export interface Recorded { numbers: { f: string; of: Plain[] }[]; calls: Call[]; gives: Operand[] }
export type Program = Recorded | { drawn: string[] };

/** All values that a program reads by name, plain numbers included. */
export function namesIn(program: Program): Set<string> {
  if ("drawn" in program) return new Set(program.drawn);
  const operands = [...program.numbers, ...program.calls].flatMap((each) => each.of as Operand[]).concat(program.gives);
  return new Set(operands.flatMap((each) => (typeof each === "object" && "t" in each ? [each.t] : [])));
}
