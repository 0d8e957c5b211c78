// A value: its name, shape and picture, and in few numbers what is in it.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { figure, whole } from "../engine/figures";
import { brief } from "./colour";
import { Grid } from "./grid";
import { Histogram } from "./histogram";
import { pointing } from "./mathml";
import { lit } from "./looks";
import { go, open, opened, pointed, reads, row, said, spoken, trace } from "./state";
import { Table } from "./table";
import { columnsAsPictures, tilesOf } from "./tiles";

interface Shown { name: string; height: number; result?: boolean }

export function Card({ name, height, result }: Shown): VNode {
  const found = trace.value, { label, shape } = found.about(name);
  const [pictures, setPictures] = useState(false), [table, setTable] = useState(false);
  const around = opened.value?.source === name ? opened.value.at : [...(reads.value.get(name) ?? [0])][0];
  const { tiles, first, count } = useMemo(() => tilesOf(found, name, row.value, around, pictures), [found, name, row.value, around, pictures]);
  const title = name.startsWith("new ") ? `${label}, new` : label;
  const computed = found.lineOf(name);
  const moved = useMemo(() => found.countOfMoved(name), [found, name]);
  const here = pointed.value?.source === name ? pointed.value : null;
  return (
    <section class={`card${result ? " result" : ""}${lit.value === label || spoken.value === name ? " lit" : ""}`} aria-label={title} {...pointing(label)}>
      <header>
        {computed && !result
          ? <button class="name" title={computed.text} onClick={() => go(found.lines.indexOf(computed))}>{title}</button>
          : <b class="name">{title}</b>}
        <span class="shape">{shape.length ? shape.join(" × ") : "one number"}{tiles[0].title && tiles.length === 1 && shape[0] > 1 ? `, ${tiles[0].title}` : ""}</span>
      </header>
      {shape.length
        ? <Grid key={String(pictures)} name={name} tiles={tiles} height={tiles.length > 8 ? height * 1.6 : height} title={`${title}, ${shape.join(" by ")}; arrows move, Enter opens`} />
        : <button class="single" onClick={() => open({ source: name, at: 0 })}>{number(name, 0)}</button>}
      {shape.length > 0 && <Histogram name={name} />}
      <footer>
        <span class="here">{here ? `${found.named(here)} = ${number(name, here.at)}` : <Summary name={name} />}</span>
        {columnsAsPictures(found, name) && (
          <button class="quiet" aria-pressed={pictures} onClick={() => setPictures(!pictures)} title="each column as a picture of the input">pictures</button>
        )}
        {shape.length > 0 && <button class="quiet" aria-pressed={table} onClick={() => setTable(!table)}>table</button>}
        {shape.length > 0 && !found.isSparse(name) && <button class="quiet" onClick={() => copy(name)} title="copy as NumPy">copy</button>}
      </footer>
      {table && <Table name={name} />}
      {count > tiles.length && <p class="soft">pictures {first} to {first + tiles.length - 1} of {count}; those around the number that is opened</p>}
      {moved > 0 && <p class="changed">{moved.toLocaleString("en")} of {found.numbers(name).length.toLocaleString("en")} moved</p>}
      {found.isSparse(name) && <p class="soft">{found.isUnknown(name) ? "This page cannot compute it again." : "Only the places with the largest gradients are in this page."}</p>}
    </section>
  );
}

const number = (name: string, at: number) => {
  const found = trace.value.maybe(name, at);
  return found === undefined ? "not in this page" : figure(found, 9);
};

function Summary({ name }: { name: string }): VNode | null {
  const text = useMemo(() => summary(name), [name, row.value, trace.value]);
  return text ? <>{text}</> : null;
}

/** The least, the mean and the largest number, and the share of zeros. */
function summary(name: string): string {
  const numbers = trace.value.numbers(name);
  if (numbers.length < 2) return "";
  let least = Infinity, most = -Infinity, zeros = 0, sum = 0;
  for (const each of numbers) {
    if (each < least) least = each;
    if (each > most) most = each;
    if (each === 0) zeros++;
    sum += each;
  }
  const empty = zeros ? ` · ${Math.round((100 * zeros) / numbers.length)} % are 0` : "";
  return `${brief(least)} … ${brief(most)}, mean ${brief(sum / numbers.length)}${empty}`;
}

/** All numbers of a value, as NumPy reads them, on the clipboard. */
async function copy(name: string): Promise<void> {
  const { shape } = trace.value.about(name), single = trace.value.isSingle(name);
  const numbers = Array.from(trace.value.numbers(name), (each) => whole(each, single).replaceAll("−", "-").replace("∞", "np.inf").replace("NaN", "np.nan"));
  const type = single ? "np.float32" : "float";
  try {
    await navigator.clipboard.writeText(`np.array([${numbers.join(", ")}], ${type}).reshape(${shape.join(", ")})`);
    said.value = `${name} is copied`;
  } catch {
    said.value = "the browser does not let this page copy";
  }
}
