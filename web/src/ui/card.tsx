// A value: its name, shape and picture, and in few numbers what is in it.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { exactSum } from "../engine/element";
import { figure, whole } from "../engine/figures";
import { brief } from "./colour";
import { Grid } from "./grid";
import { pointing } from "./mathml";
import { go, lit, open, pointed, row, said, trace } from "./state";
import { tilesOf } from "./tiles";

interface Shown { name: string; height: number; result?: boolean }

export function Card({ name, height, result }: Shown): VNode {
  const found = trace.value, { label, shape } = found.about(name);
  const { tiles, left } = useMemo(() => tilesOf(found, name, row.value), [found, name, row.value]);
  const title = name.startsWith("new ") ? `${label}, new` : label;
  const computed = found.lineOf(name);
  const here = pointed.value?.source === name ? pointed.value : null;
  return (
    <section class={`card${result ? " result" : ""}${lit.value === label ? " lit" : ""}`} aria-label={title} {...pointing(label)}>
      <header>
        {computed && !result
          ? <button class="name" title={computed.text} onClick={() => go(found.lines.indexOf(computed))}>{title}</button>
          : <b class="name">{title}</b>}
        <span class="shape">{shape.length ? shape.join(" × ") : "one number"}{tiles[0].title && tiles.length === 1 && shape[0] > 1 ? `, ${tiles[0].title}` : ""}</span>
      </header>
      {shape.length
        ? <Grid name={name} tiles={tiles} height={height} title={`${title}, ${shape.join(" by ")}; arrows move, Enter opens`} />
        : <button class="single" onClick={() => open({ source: name, at: 0 })}>{number(name, 0)}</button>}
      <footer>
        <span class="here">{here ? `${found.named(here)} = ${number(name, here.at)}` : <Summary name={name} />}</span>
        {shape.length > 0 && !found.isSparse(name) && <button class="quiet" onClick={() => copy(name)} title="copy as NumPy">copy</button>}
      </footer>
      {left > 0 && <p class="soft">and {left} more pictures</p>}
      {found.isSparse(name) && <p class="soft">Only the places with the largest gradients are in this page.</p>}
    </section>
  );
}

const number = (name: string, at: number) => {
  const found = trace.value.maybe(name, at);
  return found === undefined ? "not in this page" : figure(found, 9);
};

function Summary({ name }: { name: string }): VNode | null {
  const text = useMemo(() => summary(name), [name, row.value]);
  return text ? <>{text}</> : null;
}

/** The least, the mean and the largest number, and the share of zeros. */
function summary(name: string): string {
  const numbers = all(name);
  if (numbers.length < 2) return "";
  let least = Infinity, most = -Infinity, zeros = 0;
  for (const each of numbers) {
    if (each < least) least = each;
    if (each > most) most = each;
    if (each === 0) zeros++;
  }
  const empty = zeros ? ` · ${Math.round((100 * zeros) / numbers.length)} % are 0` : "";
  return `${brief(least)} … ${brief(most)}, mean ${brief(exactSum(numbers) / numbers.length)}${empty}`;
}

function all(name: string): number[] {
  const size = trace.value.shape(name).reduce((a, b) => a * b, 1);
  const found: number[] = [];
  for (let at = 0; at < size; at++) {
    const each = trace.value.maybe(name, at);
    if (each !== undefined) found.push(each);
  }
  return found;
}

/** All numbers of a value, as NumPy reads them, on the clipboard. */
async function copy(name: string): Promise<void> {
  const { shape } = trace.value.about(name), single = trace.value.isSingle(name);
  const numbers = all(name).map((each) => whole(each, single).replaceAll("−", "-").replace("∞", "np.inf").replace("NaN", "np.nan"));
  const type = single ? "np.float32" : "float";
  try {
    await navigator.clipboard.writeText(`np.array([${numbers.join(", ")}], ${type}).reshape(${shape.join(", ")})`);
    said.value = `${name} is copied`;
  } catch {
    said.value = "the browser does not let this page copy";
  }
}
