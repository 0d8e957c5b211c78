// The plan: every equation of an update, with the numbers that it gives for a row of the data.

import type { VNode } from "preact";
import { figure } from "../engine/figures";
import { Equation, pointing } from "../ui/mathml";
import type { PlanLine, Shown } from "./engine";
import { Check, NumberField, Panel } from "./parts";
import { line, send, state, values } from "./state";

const HEADINGS: Record<string, string> = { forward: "Forward", backward: "Backward", update: "Update" };

export function Plan(): VNode {
  const { plan, show, data } = state.value, reached = line.value ? line.value.at - 1 : -1;
  const turn = (changed: Record<string, unknown>) => void send({ do: "show", ...changed }).then(({ header }) => {
    if (!header.error) state.value = { ...state.value, show: { ...state.value.show, ...changed } };
    if (changed.values === false) values.value = new Map();
  });
  return (
    <Panel title="Equations" name="equations" more={<>
      <span class="soft">{plan.length} lines are one update</span>
      <Check label="numbers" value={show.values} onTurn={(on) => turn({ values: on })} />
      {show.values && <NumberField label="of row" value={show.sample} least={0} most={data[show.part === "test" ? "test" : "train"] - 1} step={1} size={4} onEnter={(sample) => turn({ sample })} />}
    </>}>
      <div class="scroll" tabIndex={0} role="region" aria-label="The plan"><ol class={show.values || line.value ? "plan-lines one-column" : "plan-lines"}>
        {plan.map((each, at) => (
          <>
            {(at === 0 || plan[at - 1].section !== each.section) && <li class="section" key={`s${at}`}>{HEADINGS[each.section] ?? each.section}</li>}
            <Row key={at} row={each} at={at} reached={reached} />
          </>
        ))}
      </ol></div>
    </Panel>
  );
}

function Row({ row, at, reached }: { row: PlanLine; at: number; reached: number }): VNode {
  const { value, left, arrow, right, shape, note } = row, here = reached === at, known = (row.arrow === "←" && values.value.get(`new ${value}`)) || values.value.get(value);
  return (
    <li class={here ? "here" : reached >= 0 && at > reached ? "later" : ""} aria-current={here ? "step" : undefined} title={note} {...pointing(value)}>
      <Equation text={`<math>${left}<mo>${arrow}</mo>${right}</math>`} />
      {shape !== "()" && <span class="soft shape">{shape}</span>}
      {known && <Found known={known} />}
    </li>
  );
}

const MOST = 8;
function Found({ known: { numbers, size, least, mean, most } }: { known: Shown }): VNode {
  const own = numbers.slice(0, MOST).map((each) => figure(each, 3)).join("  ");
  return (
    <span class="found">{own}{size > MOST && " …"}
      {size > MOST && <span class="soft"> {figure(least, 2)} to {figure(most, 2)}, mean {figure(mean, 2)}</span>}</span>
  );
}
