// The plan: all lines in their order; what is not reached yet is grey, so that stepping is the pass.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Equation, pointing } from "./mathml";
import { at, go, line, trace } from "./state";

const HEADINGS: Record<string, string> = { forward: "Forward", backward: "Backward", update: "Update" };

export function Plan(): VNode {
  const lines = trace.value.lines, here = useRef<HTMLButtonElement>(null);
  const [sought, setSought] = useState("");
  const [unfolded, setUnfolded] = useState(() => !narrow());
  useEffect(() => {
    const button = here.current, box = button?.closest(".lines");
    if (button && box) box.scrollTop = button.offsetTop - box.clientHeight / 2;
  }, [at.value, unfolded]);
  const fits = (text: string) => text.toLowerCase().includes(sought.toLowerCase());
  return (
    <nav class="plan" aria-label="Plan">
      <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
        <summary><h2>Plan</h2><span class="soft">{lines.length} lines</span></summary>
        <input id="find" type="search" placeholder="find a value (F)" aria-label="Find a value in the plan" value={sought}
          onInput={(event) => setSought(event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === "Enter") { const to = lines.findIndex((each) => fits(each.text)); if (to >= 0) go(to); } }} />
        <div class="lines">
          {lines.map((each, number) => fits(each.text) && (
            <>
              {(number === 0 || lines[number - 1].section !== each.section) && !sought && <h3>{HEADINGS[each.section]}</h3>}
              <button key={number} ref={number === at.value ? here : undefined} aria-current={number === at.value ? "step" : undefined}
                class={number > at.value ? "later" : ""} onClick={() => go(number)} {...pointing(trace.value.about(each.value).label)}>
                <span class="unseen">{each.text}{each.gives.some((key) => trace.value.countOfMoved(key)) && ", moved"}</span>
                {each.gives.some((key) => trace.value.countOfMoved(key)) && <span class="changed" aria-hidden="true">● </span>}
                <span aria-hidden="true"><Equation text={each.mathml} /></span>
              </button>
            </>
          ))}
        </div>
      </details>
    </nav>
  );
}

export const narrow = (): boolean => window.innerWidth < 760;

export const section = () => line.value.section;
