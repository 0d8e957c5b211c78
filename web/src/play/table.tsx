// A table of one's own: dropped, chosen or pasted, with the columns to read and the one to tell.

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Column } from "./engine";
import { Choice } from "./parts";
import { ask, fault, setData, settings } from "./state";

const MOST = 20e6;
interface Read { text: string; file: string; rows: number; columns: Column[]; target: string; used: Set<string> }

export function Table(): VNode {
  const [read, setRead] = useState<Read | null>(null);
  const { name, file } = settings.value.data;
  return (
    <details class="table" open={name === "table" || read !== null}>
      <summary>own table{name === "table" && file && <span class="soft"> {file}</span>}</summary>
      <Bring onText={async (text, file) => setRead(await look(text, file))} />
      {read && <Columns read={read} onChange={setRead} onUse={() => { use(read); setRead(null); }} />}
    </details>
  );
}

async function look(text: string, file: string): Promise<Read | null> {
  if (text.length > MOST) {
    fault.value = `The table has ${(text.length / 1e6).toFixed(1)} MB; at most 20 MB can be read here.`;
    return null;
  }
  const answer = await ask({ do: "table", text });
  if (!answer?.header.columns) return null;
  const { columns, rows = 0, target = columns[columns.length - 1].name } = answer.header;
  return { text, file, rows, columns, target, used: new Set(columns.map((each) => each.name).filter((each) => each !== target)) };
}

function use({ text, file, target, columns, used }: Read): void {
  const names = columns.map((each) => each.name).filter((each) => used.has(each) && each !== target);
  void setData({ name: "table", text, file, target, columns: names, n: 20000 });
}

function Bring({ onText }: { onText: (text: string, file: string) => void }): VNode {
  const input = useRef<HTMLInputElement>(null), [typed, setTyped] = useState("");
  const take = async (file?: File) => { if (file) onText(await file.text(), file.name); };
  return (
    <div class="bring" onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => { event.preventDefault(); void take(event.dataTransfer?.files[0]); }}>
      <button onClick={() => input.current!.click()}>choose a file</button>
      <input ref={input} type="file" accept=".csv,.tsv,.txt,text/csv" hidden onChange={() => void take(input.current!.files?.[0])} />
      <textarea aria-label="Paste a table" rows={2} placeholder="or drop it here, or paste it: names in the first row"
        onPaste={(event) => {
          const text = event.clipboardData?.getData("text/plain");
          if (text?.includes("\n")) { event.preventDefault(); onText(text, "pasted.csv"); }
        }}
        value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      {typed.includes("\n") && <button onClick={() => { onText(typed, "typed.csv"); setTyped(""); }}>read it</button>}
    </div>
  );
}

function Columns({ read, onChange, onUse }: { read: Read; onChange: (read: Read) => void; onUse: () => void }): VNode {
  const { columns, target, used, rows } = read;
  const turn = (name: string) => {
    const next = new Set(used);
    if (!next.delete(name)) next.add(name);
    onChange({ ...read, used: next });
  };
  return (
    <div class="columns">
      <Choice label="tell" value={target} all={columns.map((each) => each.name)} onChoose={(name) => onChange({ ...read, target: name })} />
      <fieldset>
        <legend>from</legend>
        {columns.filter((each) => each.name !== target).map(({ name, kind, distinct, missing, sample }) => (
          <label key={name} class="check" title={sample.join(", ")}>
            <input type="checkbox" checked={used.has(name)} onChange={() => turn(name)} /> {name}
            <small class="soft">{kind}{kind !== "numbers" && `, ${distinct} kinds`}{missing > 0 && `, ${missing} missing`}</small>
          </label>
        ))}
      </fieldset>
      <button onClick={onUse} disabled={![...used].some((each) => each !== target)}>learn from {rows.toLocaleString("en")} rows</button>
    </div>
  );
}
