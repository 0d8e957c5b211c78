// What the network says of a row: as Python wrote it, or after a change, what it says now.

import type { Verdict } from "../store";
import { figure } from "../engine/figures";
import { trace } from "./state";

export function verdictOf(row: number): Verdict | undefined {
  const { verdicts, said } = trace.value.data, known = verdicts[row];
  if (!known || !said || trace.value.isRecorded || trace.value.isUnknown(said.value)) return known;
  const numbers = trace.value.numbers(said.value), width = numbers.length / trace.value.shape(said.value)[0];
  const own = Array.from(numbers.subarray(row * width, (row + 1) * width));
  if (!said.classes) return { ...known, said: own.slice(0, 3).map((each) => figure(each, 4)).join(", ") + (own.length > 3 ? ", …" : "") };
  const shares = own.length === 1 ? [1 - own[0], own[0]] : own, best = shares.indexOf(Math.max(...shares));
  const name = said.classes[Math.max(best, 0)];
  return { ...known, said: name, sure: shares[best], right: known.truth === undefined ? undefined : name === known.truth };
}
