// The opened number: what it is, the terms that make it, and the ways on from each of them.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { indexOf } from "../engine/shapes";
import type { Element, Place } from "../engine/element";
import { figure, whole } from "../engine/figures";
import { more, rest, Why } from "../engine/why";
import { label } from "../engine/writing";
import { Along } from "./along";
import { Curve } from "./curve";
import { Named, shown } from "./named";
import { TermsPicture } from "./picture";
import { back, go, line, opened, said, trace, trail, why } from "./state";
import { Check, WhatIf } from "./whatif";

const FIRST = 8, STEP = 24;

export function Inspector(): VNode {
  const place = opened.value, known = why.value;
  const [most, setMost] = useState(FIRST);
  useEffect(() => setMost(FIRST), [place]);
  if (!place) return <section class="inspector" aria-label="The opened number"><p class="soft">Choose a number in a picture above.</p></section>;
  return (
    <section class="inspector" aria-label="The opened number">
      <Trail />
      <Head place={place} />
      {known instanceof Why
        ? known.isSum ? <Sum why={known} most={most} showMore={() => setMost(most + STEP)} /> : <Made why={known} />
        : <p class="soft">{known ?? given(place)}</p>}
      {trace.value.data.moved["θ"] === line.value.value && <Along />}
      <Ways place={place} />
      <WhatIf place={place} />
    </section>
  );
}

const given = (place: Place) => {
  const { role } = trace.value.about(place.source);
  const words: Record<string, string> = {
    input: "It was given: a number of the data.", target: "It was given: the truth.",
    parameter: "It is a parameter, as the step found it.", state: "It is a state, as the step found it.",
    setting: "It is a setting.", weight: "It was given: how much the row counts.",
  };
  return words[role] ?? "It was given.";
};

function Trail(): VNode | null {
  if (!trail.value.length) return null;
  const shown = trail.value.slice(-4);
  return (
    <nav class="trail" aria-label="How you came here">
      <button class="quiet" onClick={back}>← back</button>
      {shown.length < trail.value.length && <span>…</span>}
      {shown.map((place, at) => <Named key={at} place={place} />)}
    </nav>
  );
}

function Head({ place }: { place: Place }): VNode {
  const number = trace.value.maybe(place.source, place.at);
  const [full, setFull] = useState(false);
  const was = trace.value.hasMoved(place.source, place.at) ? trace.value.before(place.source, place.at)! : undefined;
  const isNew = place.source.startsWith("new ");
  const exact = number === undefined ? "not in this page" : full ? whole(number, trace.value.isSingle(place.source)) : figure(number, 9);
  return (
    <header class="head">
      <h2>{isNew ? "new " : ""}{trace.value.named(place)}<span class="is"> = </span><output>{exact}</output></h2>
      {was !== undefined && <p class="changed">it was {figure(was, 9)} before the change</p>}
      <p class="row">
        <label class="check"><input type="checkbox" checked={full} onChange={(event) => setFull(event.currentTarget.checked)} /> all figures</label>
        <Python place={place} />
      </p>
    </header>
  );
}

function Python({ place }: { place: Place }): VNode {
  const index = indexOf(place.at, trace.value.shape(place.source));
  const text = `explanation.why(${[JSON.stringify(place.source), ...index].join(", ")})`;
  const copy = () => navigator.clipboard?.writeText(text).then(() => (said.value = "copied"), () => undefined);
  return <button class="quiet code" title="copy: the same in Python" onClick={copy}>{text}</button>;
}

function Sum({ why, most, showMore }: { why: Why; most: number; showMore: () => void }): VNode {
  const terms = why.terms(most), others = why.others(most), column = why.column(most);
  const left = others.length ? rest(others) : 0;
  const widest = Math.max(...terms.map((each) => Math.abs(each.value)), 1e-300);
  return (
    <>
      <p class="lead">{why.isHeld ? "It was changed. Without that it would be" : "It is"} the sum of {why.parts.length.toLocaleString("en")} terms{terms.length > 1 ? ", the largest first" : ""}:</p>
      <TermsPicture why={why} />
      <div class="scroll" role="region" aria-label="Terms" tabIndex={0}>
      <table class="terms">
        <thead class="unseen"><tr><th scope="col">size</th><th scope="col">value</th><th scope="col">term</th></tr></thead>
        <tbody>
          {terms.map((term, at) => (
            <tr key={at}>
              <td class="bar"><Bar value={term.value} widest={widest} /></td>
              <td class="value">{column.terms[at]}</td>
              <td><Formula part={term.part} />{term.numbers && term.part.parts.length > 1 && <span class="numbers"> = {term.numbers}</span>}</td>
            </tr>
          ))}
          {others.length > 0 && (
            <tr class="more">
              <td class="bar"><Bar value={left} widest={widest} /></td>
              <td class="value">{column.terms[terms.length]}</td>
              <td>{more(others)} <button class="quiet" onClick={showMore}>show {Math.min(STEP, others.length)}</button></td>
            </tr>
          )}
          {column.rounding && (
            <tr class="rounding"><td class="bar" /><td class="value">{column.rounding}</td><td>{why.isHeld ? "the change" : "rounding: of what is shown, and of the order in which it was added"}</td></tr>
          )}
        </tbody>
        <tfoot><tr><td class="bar" /><td class="value">{column.total}</td><td>= {why.name}</td></tr></tfoot>
      </table>
      </div>
    </>
  );
}

function Bar({ value, widest }: { value: number; widest: number }): VNode {
  const share = Number.isFinite(value) ? Math.min(1, Math.abs(value) / widest) : 1;
  const width = `${50 * share}%`;
  const kind = `${value < 0 ? "minus" : "plus"}${Math.abs(value) > widest ? " beyond" : ""}`;
  return <span class={kind} style={value < 0 ? { right: "50%", width } : { left: "50%", width }} aria-hidden="true" />;
}

/** What is no sum: the formula in names and in numbers. */
function Made({ why }: { why: Why }): VNode {
  const words: Record<string, string> = {
    product: "It is a product", quotient: "It is a quotient", copy: "It is the same number as",
    constant: "It is a number that is made of no others, only chosen by them", max: "It is the largest of", min: "It is the smallest of",
  };
  const made = why.number.parts.length > 1 ? why.number.parts.filter((part) => part.operation) : [];
  return (
    <>
      <p class="lead">{why.isHeld ? "It was changed. Its line gives" : words[why.how] ?? `It is ${why.how} of`}:</p>
      <p class="formula"><Formula part={why.number} /></p>
      {why.names !== why.numbers && <p class="formula"><span class="numbers">= {why.numbers}</span></p>}
      <p class="formula"><span class="numbers">= {figure(why.isHeld ? why.number.value : why.value, 9)}</span></p>
      {!why.isHeld && <Curve why={why} />}
      {made.length > 0 && (
        <table class="made" aria-label="What it is made of">
          <tbody>{made.map((part, at) => <tr key={at}><td class="value">{figure(part.value, 9)}</td><td><Formula part={part} /></td></tr>)}</tbody>
        </table>
      )}
    </>
  );
}

const OPEN = "\u0002", CLOSE = "\u0003", MOST_NAMES = 24;

/** A formula in which each number can be opened. */
export function Formula({ part }: { part: Element }): VNode {
  const places: Place[] = [];
  const text = label(part, (place) => `${OPEN}${places.push(place) - 1}${CLOSE}`);
  const pieces = text.split(/\u0002(\d+)\u0003/);
  const cut = pieces.length > 2 * MOST_NAMES;
  return (
    <span class="names">
      {(cut ? pieces.slice(0, 2 * MOST_NAMES) : pieces).map((piece, at) => (at % 2 ? <Named key={at} place={places[+piece]} /> : piece))}
      {cut && " …"}
    </span>
  );
}

/** The number of a parameter at a place of θ, or of what is laid out as θ is. */
function partAt({ source, at }: Place): Place | null {
  const found = trace.value, [size] = found.shape(source), whole = found.has("θ") ? found.shape("θ") : [];
  if (found.shape(source).length !== 1 || size !== whole[0] || found.isPlain(source)) return null;
  for (const [key, { part, start, shape, role }] of Object.entries(found.data.values)) {
    const within = at - (start ?? 0);
    if (part === "θ" && role === "parameter" && within >= 0 && within < shape.reduce((a, b) => a * b, 1)) return { source: key, at: within };
  }
  return null;
}

/** Where to go from here: the derivative of the loss, and the lines that read the value. */
function Ways({ place }: { place: Place }): VNode | null {
  const found = trace.value, { label: name, shape } = found.about(place.source);
  const slope = `d${name}`, has = !place.source.startsWith("new ") && found.has(slope) && String(found.shape(slope)) === String(shape);
  const forward = name.startsWith("d") && found.has(name.slice(1)) ? name.slice(1) : "";
  const readers = found.lines.filter((each) => each.reads.includes(place.source) && each.value !== place.source);
  const part = partAt(place), moved = `new ${place.source}`;
  return (
    <p class="ways">
      {has && <span>∂L/∂{name} here: <Named place={{ source: slope, at: place.at }} text={shown({ source: slope, at: place.at })} /> <Check place={place} slope={{ source: slope, at: place.at }} /></span>}
      {forward && String(found.shape(forward)) === String(shape) && <span>of <Named place={{ source: forward, at: place.at }} /></span>}
      {part && <span>the place of <Named place={part} /></span>}
      {found.has(moved) && <span>it moves to <Named place={{ source: moved, at: place.at }} text={shown({ source: moved, at: place.at })} /></span>}
      {readers.length > 0 && <span>read by {readers.slice(0, 8).map((each, at) => (
        <button key={at} class="number" title={each.text} onClick={() => go(found.lines.indexOf(each))}>{found.about(each.value).label}</button>
      ))}</span>}
    </p>
  );
}
