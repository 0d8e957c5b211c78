// The page: the head, the plan, the line that is looked at with its pictures, and the opened number.

import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { Card } from "./card";
import { GuideText } from "./guide";
import { Header, Steps } from "./header";
import { Inspector } from "./inspector";
import { Equation } from "./mathml";
import { Plan } from "./plan";
import { Worked } from "./worked";
import { at, go, line, opened, playing, said, trace } from "./state";

/** Milliseconds that a line is shown while it plays. */
const PACE = 1600;

export function App(): VNode {
  useEffect(() => {
    if (!playing.value) return;
    if (at.value === trace.value.lines.length - 1) { playing.value = false; return; }
    const timer = setTimeout(() => go(at.value + 1), PACE);
    return () => clearTimeout(timer);
  }, [playing.value, at.value]);
  return (
    <>
      <Header />
      <Steps />
      <div class="body">
        <Plan />
        <div class="stage">
          <GuideText />
          <Stage />
          <Inspector />
        </div>
      </div>
      <Worked />
      <p class="unseen" role="status" aria-live="polite">{said.value}</p>
    </>
  );
}

/** The current line: its equation, the values that it reads, and the one that it gives. */
function Stage(): VNode {
  const { mathml, reads, value, gives, note, layer } = line.value;
  const height = 200;
  const others = [...new Set([...reads, ...foreign()])].filter((each) => !gives.includes(each));
  const names = (name: string) => {
    const key = [...gives, ...reads].find((each) => trace.value.about(each).label === name) ?? name;
    const known = trace.value.has(key) ? trace.value.lineOf(key) : undefined;
    if (known) go(trace.value.lines.indexOf(known));
  };
  return (
    <section class="line" aria-label="The line">
      <p class="where"><span class="tag">{line.value.section}</span>{layer && <span class="soft">{layer}</span>}{note && <span class="soft">{note}</span>}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Equation"><Equation text={mathml} onName={names} large /></div>
      <div class="cards">
        {others.map((each) => <Card key={each} name={each} height={height} />)}
        <span class="gives" aria-hidden="true">=</span>
        {gives.map((each) => <Card key={each} name={each} height={height} result={each === value} />)}
      </div>
      <OtherSide />
    </section>
  );
}

/** The lines of the same layer on the other side: those that carry its derivatives back, or that it computes. */
function OtherSide(): VNode | null {
  const { layer, section } = line.value, { lines } = trace.value;
  const other = section === "forward" ? "backward" : "forward";
  const found = lines.filter((each) => layer && each.layer === layer && each.section === other);
  if (!found.length || section === "update") return null;
  return (
    <div class="otherside scroll" role="group" aria-label={`The ${other} side of ${layer}`}>
      <span class="soft">{other} (B)</span>
      {found.map((each) => (
        <button key={each.value} class="quiet" onClick={() => go(lines.indexOf(each))}>
          <span class="unseen">{each.text}</span><span aria-hidden="true"><Equation text={each.mathml} /></span>
        </button>
      ))}
    </div>
  );
}

/** A given value that is opened stands on the stage too. */
function foreign(): string[] {
  const place = opened.value;
  return place && !trace.value.isPlain(place.source) && !trace.value.lineOf(place.source) && !place.source.startsWith("new ") ? [place.source] : [];
}
