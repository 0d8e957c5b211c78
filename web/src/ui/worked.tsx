// All lines on paper, as a worked exercise: what is given, and of each line its largest number, worked out.

import type { VNode } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { figure } from "../engine/figures";
import { sizeOf } from "../engine/shapes";
import { Why } from "../engine/why";
import type { Line } from "../trace";
import { Equation } from "./mathml";
import { answer, largest, row, trace } from "./state";

/** Numbers up to which a value is written out. */
const FEW = 40;
const printing = signal(false);

export function Worked(): VNode | null {
  useEffect(() => {
    const paper = matchMedia("print"), look = () => (printing.value = paper.matches);
    const before = () => (printing.value = true), after = () => (printing.value = false);
    paper.addEventListener("change", look);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      paper.removeEventListener("change", look);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  if (!printing.value) return null;
  const { lines, data } = trace.value;
  const given = Object.keys(data.values).filter((key) => !trace.value.written({ source: key, at: 0 }) || data.moved[key] !== undefined);
  return (
    <section class="worked" aria-label="All lines, worked out">
      <h2>Given</h2>
      {given.map((key) => <p key={key}><b>{trace.value.about(key).label}</b> {inWords(key)}</p>)}
      {lines.map((each, at) => (
        <article key={at}>
          {(at === 0 || lines[at - 1].section !== each.section) && <h2>{each.section}</h2>}
          <p><span class="count">{at + 1}</span> <Equation text={each.mathml} large /> {each.note && <span class="soft">{each.note}</span>}</p>
          <p>{inWords(each.value)}</p>
          <Example line={each} />
        </article>
      ))}
    </section>
  );
}

/** A value's numbers, of the chosen row where it has rows; of many, how many. */
function inWords(key: string): string {
  const { shape, batch } = trace.value.about(key), all = trace.value.numbers(key);
  const own = batch && shape.length ? all.length / shape[0] : all.length, numbers = batch ? all.subarray(row.value * own, (row.value + 1) * own) : all;
  const head = batch && shape[0] > 1 ? `row ${row.value}: ` : "", written = Array.from(numbers, (each) => figure(each, 4));
  return numbers.length > FEW ? `${shape.join(" × ")}: ${sizeOf(shape).toLocaleString("en")} numbers` : `${head}${written.join(", ")}`;
}

function Example({ line }: { line: Line }): VNode | null {
  const place = largest(line.value), why = answer(place);
  return why instanceof Why ? <pre>{why.text(8).split("\n").slice(1).join("\n")}</pre> : null;
}
