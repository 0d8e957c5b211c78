// The head of the page: which row, what was said of it, where in the plan, and how the page looks.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Guides } from "./guide";
import { looks, turn } from "./looks";
import { at, choose, go, keysOn, line, playing, row, scale, Scale, trace } from "./state";
import { Thumbnail } from "./picture";
import { pictureOf } from "./tiles";
import { verdictOf } from "./verdict";
import { Changes, Taken } from "./whatif";

const SECTIONS = ["forward", "backward", "update"] as const;
const SCALES: [Scale, string][] = [["value", "this value"], ["section", "the section"], ["step", "the whole step"]];

export function Header(): VNode {
  const { title } = trace.value.data;
  return (
    <header class="top">
      <div class="brand"><h1>{title}</h1><Looks /></div>
      <Taken />
      <Changes />
      <Rows />
      <Guides />
    </header>
  );
}

function Rows(): VNode {
  const { rows, picture } = trace.value.data;
  const pictures = picture && pictureOf(trace.value, picture.name) ? picture.name : "";
  return (
    <fieldset class="rows">
      <legend>{rows > 1 ? "Rows of the data" : "The row"}</legend>
      {Array.from({ length: rows }, (_, each) => {
        const verdict = verdictOf(each);
        const wrong = verdict?.right === false;
        return (
          <label key={each} class={`sample${each === row.value ? " chosen" : ""}${wrong ? " wrong" : verdict?.right ? " right" : ""}`}>
            <input type="radio" name="row" checked={each === row.value} onChange={() => choose(each)} />
            {pictures && <Thumbnail name={pictures} row={each} side={44} />}
            <span>
              {verdict ? <><b>{verdict.said}</b>{verdict.sure !== undefined && ` ${percent(verdict.sure)}`}</> : `row ${each}`}
              {verdict?.truth !== undefined && <small>{verdict.right === undefined ? `true ${verdict.truth}` : wrong ? `✗ is ${verdict.truth}` : "✓ right"}</small>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0.9995 || share < 0.1 ? 1 : 0)} %`;

export function Steps(): VNode {
  const lines = trace.value.lines;
  return (
    <div class="steps" role="group" aria-label="Step through the plan">
      <div class="sections">
        {SECTIONS.map((each) => {
          const first = lines.findIndex((known) => known.section === each);
          return first >= 0 && <button key={each} aria-pressed={line.value.section === each} onClick={() => go(first)}>{each}</button>;
        })}
      </div>
      <div class="stepping">
        <button onClick={() => go(at.value - 1)} disabled={at.value === 0} aria-label="Line before">◀</button>
        <button class="play" onClick={() => (playing.value = !playing.value)} aria-label={playing.value ? "Pause" : "Play"}>{playing.value ? "❚❚" : "▶ play"}</button>
        <button onClick={() => go(at.value + 1)} disabled={at.value === lines.length - 1} aria-label="Next line">▶</button>
        <input type="range" min={0} max={lines.length - 1} value={at.value} aria-label="Line" aria-valuetext={`line ${at.value + 1} of ${lines.length}, ${line.value.text}`}
          onInput={(event) => go(+event.currentTarget.value)} />
        <span class="count">{at.value + 1}/{lines.length}</span>
      </div>
    </div>
  );
}

function Looks(): VNode {
  const help = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const watch = matchMedia("(prefers-color-scheme: dark)");
    const again = () => looks.value++;
    watch.addEventListener("change", again);
    return () => watch.removeEventListener("change", again);
  }, []);
  return (
    <div class="looks">
      <button class="quiet" onClick={turn} aria-label="Light or dark">◐</button>
      <button class="quiet" id="help" onClick={() => help.current!.showModal()} aria-label="Help">?</button>
      <dialog ref={help} aria-label="Help" onClick={(event) => event.target === help.current && help.current!.close()}>
        <h2>Every number can be opened</h2>
        <p>A picture is a value of the step: blue is +, orange is − and has a corner, the page's own colour is 0. Point at a number to
          read it, click it to see what it is made of; click a part of that to walk back. What is printed is what was computed: a sum adds up.
          Give an opened number another value, and all later lines follow.</p>
        <dl>
          <dt>. ,</dt><dd>next line, line before</dd><dt>&gt; &lt;</dt><dd>take the step and run again, back a step</dd><dt>Space</dt><dd>play, pause</dd><dt>Backspace</dt><dd>back to the number before</dd>
          <dt>B</dt><dd>the backward side of the number, and back</dd><dt>F</dt><dd>find a value</dd>
          <dt>W</dt><dd>what if: give the opened number another value</dd>
          <dt>1 2 3</dt><dd>the full colour is the largest of this value, the section, the whole step</dd>
          <dt>arrows, Home, End, Page</dt><dd>move in a picture; Enter opens, + and − zoom, as Ctrl and the wheel do</dd>
        </dl>
        <fieldset><legend>The full colour is the largest number of</legend>
          {SCALES.map(([key, words]) => (
            <label key={key} class="check"><input type="radio" name="scale" checked={scale.value === key} onChange={() => (scale.value = key)} /> {words}</label>
          ))}
        </fieldset>
        <label class="check"><input type="checkbox" checked={keysOn.value} onChange={(event) => (keysOn.value = event.currentTarget.checked)} /> single keys do things</label>
        <p class="row"><button onClick={() => help.current!.close()}>Close</button></p>
      </dialog>
    </div>
  );
}
