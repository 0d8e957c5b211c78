// The data column: what is learned from, and how much of it there is.

import type { VNode } from "preact";
import { colourOf } from "./classes";
import type { DataChoice } from "./engine";
import { Choice, Mark, NumberField, Panel } from "./parts";
import { arrays, choices, drawer, hidden, isDrawn, isModel, isPicture, set, setData, settings, state } from "./state";
import { SampleButton } from "./samples";
import { drawn, Hand } from "./hand";
import { Table } from "./table";

export function Data(): VNode {
  const { name } = settings.value.data, known = choices.value?.data ?? [];
  const about = known.find((each) => each.name === name);
  return (
    <Panel title="Data" name="data">
      <div class="kinds" role="group" aria-label="Data">
        {known.filter((each) => each.name !== "table").map((each) => (
          <button key={each.name} aria-pressed={each.name === name} onClick={() => choose(each)} title={each.title}>
            <Thumb of={each.name} /><span>{each.name === "points" ? "draw" : each.name}</span>
          </button>
        ))}
      </div>
      {isModel.value && <p>the network of <b>{settings.value.data.file}</b></p>}
      {!hidden.value.has("table") && <Table />}
      {isDrawn.value ? <Hand /> : about && <Amounts about={about} />}
      <Chips />
      <Told />
      {isPicture.value && <Examples />}
    </Panel>
  );
}

const choose = ({ name, suggested }: DataChoice) => (name === "points" ? setData({ name, points: drawn() }) : set({ ...suggested }));

function Amounts({ about }: { about: DataChoice }): VNode {
  const { n, noise, classes, test, seed } = settings.value.data;
  return (
    <div class="amounts">
      <NumberField label="rows" value={n} least={4} most={20000} step={1} size={5} onEnter={(value) => setData({ n: value })} />
      {about.noise && <NumberField label="noise" value={noise} least={0} most={5} step={0.05} size={4} onEnter={(value) => setData({ noise: value })} />}
      {about.classes && (
        <Choice label="classes" value={String(classes)} all={["2", "3", "4", "5", "6", "7", "8"]} onChoose={(value) => setData({ classes: +value })} />
      )}
      <NumberField label="test share" value={test} least={0} most={0.9} step={0.1} size={4} onEnter={(value) => setData({ test: value })} />
      <button onClick={() => setData({ seed: (seed + 1) % 2 ** 32 })} title={`drawn with seed ${seed}`}>draw anew</button>
    </div>
  );
}

/** The inputs of the plane: x1 and x2 and what is made of them. */
function Chips(): VNode | null {
  const { inputs, name } = settings.value.data, known = choices.value?.inputs ?? [];
  if (!inputs || isPicture.value || name === "table") return null;
  const turn = (each: string) => {
    const next = known.filter((other) => (other === each) !== inputs.includes(other));
    if (next.length) void setData({ inputs: next });
  };
  return (
    <div class="chips" role="group" aria-label="Inputs of the network">
      <span class="soft">inputs</span>
      {known.map((each) => <button key={each} aria-pressed={inputs.includes(each)} onClick={() => turn(each)}>{each}</button>)}
    </div>
  );
}

function Told(): VNode {
  const { train, test, notes, classes, kind } = state.value.data;
  return (
    <>
      <p class="soft">{train.toLocaleString("en")} rows to learn from, {test.toLocaleString("en")} to test with</p>
      {kind === "classes" && !isPicture.value && (
        <ul class="legend" aria-label="Classes">
          {classes.map((each, of) => <li key={of}><Mark of={of} /> {each}</li>)}
        </ul>
      )}
      {notes.map((each) => <p key={each} class="soft">{each}</p>)}
    </>
  );
}

function Examples(): VNode | null {
  const x = arrays.value["train:x"];
  if (!x) return null;
  return (
    <>
      <div class="ones" role="group" aria-label="Rows to learn from: each can be explained">
        {Array.from({ length: Math.min(18, x.shape[0]) }, (_, row) => <SampleButton key={row} sample={{ part: "train", row }} />)}
      </div>
      {!hidden.value.has("pad") && <button onClick={() => (drawer.value = "pad")}>draw a digit</button>}
    </>
  );
}

const round = (angle: number, reach: number, x = 0, y = 0): [number, number] => [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
const LOOKS: Record<string, (at: number, of: number) => [number, number]> = {
  moons: (at, of) => (of ? round(-at * Math.PI, 0.6, 0.3, -0.15) : round(at * Math.PI, 0.6, -0.3, 0.15)),
  circles: (at, of) => round(at * 6.3, of ? 0.35 : 0.85),
  spirals: (at, of) => round(at * 5 + of * Math.PI, 0.1 + 0.8 * at),
  blobs: (at, of) => round(at * 40, 0.1 + 0.25 * ((at * 7) % 1), of ? 0.45 : -0.45, of ? 0.4 : -0.4),
  xor: (at, of) => [(at < 0.5 ? 1 : -1) * (0.2 + 0.6 * ((at * 13) % 1)), (at < 0.5 === !of ? 1 : -1) * (0.2 + 0.6 * ((at * 29) % 1))],
  plane: (at, of) => [2 * ((at * 7.3) % 1) - 1, of ? 0.1 + 0.8 * ((at * 3.7) % 1) : -0.1 - 0.8 * ((at * 5.1) % 1)],
};

/** What kind of data it is, as a small picture. */
function Thumb({ of: name }: { of: string }): VNode {
  const look = LOOKS[name];
  return (
    <svg viewBox="-1.1 -1.1 2.2 2.2" width="30" height="30" aria-hidden="true">
      {look && [0, 1].flatMap((of) => Array.from({ length: 14 }, (_, at) => {
        const [x, y] = look(at / 14, of);
        return <circle key={`${of} ${at}`} cx={x} cy={-y} r={0.11} fill={colourOf(of)} />;
      }))}
      {name === "points" && <path class="stroke" d="M-.8.8L-.6.2.5-.9.9-.5-.2.6zM-.6.2L-.2.6" />}
      {!look && name !== "points" && <text x="0" y=".38" text-anchor="middle" font-size="1.100">{name === "digits" ? "8" : "28²"}</text>}
    </svg>
  );
}
