// A value as a table of its numbers; of a large one, the largest.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { figure } from "../engine/figures";
import { indexOf, sizeOf } from "../engine/shapes";
import { Named, shown } from "./named";
import { trace } from "./state";

/** Numbers up to which all are shown, and how many of more. */
const ALL = 1024, LARGEST = 50;

export function Table({ name }: { name: string }): VNode {
  const { shape } = trace.value.about(name), all = sizeOf(shape) <= ALL && !trace.value.isSparse(name);
  return (
    <div class="scroll numbers" role="region" tabIndex={0} aria-label={`${name} as a table`}>
      {all ? <All name={name} /> : <Largest name={name} />}
    </div>
  );
}

function All({ name }: { name: string }): VNode {
  const { shape } = trace.value.about(name), columns = shape[shape.length - 1] ?? 1, rows = sizeOf(shape) / columns;
  const each = (count: number) => Array.from({ length: count }, (_, at) => at);
  const head = (row: number) => (shape.length > 1 ? indexOf(row, shape.slice(0, -1)).join(", ") : "");
  return (
    <table>
      <thead><tr><td />{each(columns).map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
      <tbody>
        {each(rows).map((row) => (
          <tr key={row}>
            <th scope="row">{head(row)}</th>
            {each(columns).map((column) => {
              const place = { source: name, at: row * columns + column };
              return <td key={column}><Named place={place} text={shown(place, 6)} /></td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Largest({ name }: { name: string }): VNode {
  const places = useMemo(() => largest(name), [name, trace.value]), count = sizeOf(trace.value.shape(name));
  return (
    <table>
      <caption>the {places.length} largest by size of {trace.value.isSparse(name) ? "those in this page" : count.toLocaleString("en")}</caption>
      <tbody>
        {places.map((at) => (
          <tr key={at}><th scope="row"><Named place={{ source: name, at }} /></th><td>{figure(trace.value.number({ source: name, at }), 9)}</td></tr>
        ))}
      </tbody>
    </table>
  );
}

/** The places of the numbers that are largest by size, the largest first. */
function largest(name: string): number[] {
  const found = trace.value, numbers = found.numbers(name), places = found.isSparse(name) ? found.places(name) : null;
  const sizes = Float64Array.from(numbers, (each) => (Number.isNaN(each) ? Infinity : Math.abs(each)));
  const least = sizes.slice().sort()[Math.max(0, sizes.length - LARGEST)];
  const chosen: number[] = [];
  sizes.forEach((size, at) => size >= least && chosen.push(at));
  return chosen.sort((a, b) => sizes[b] - sizes[a]).slice(0, LARGEST).map((at) => (places ? places[at] : at));
}
