// The code: the script that gives the same numbers, as a file, a notebook, formulas, and the network itself.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Header } from "./engine";
import { Drawer, download } from "./parts";
import { ask, drawer, fault, said } from "./state";

type Kind = "python" | "notebook" | "latex";
const KINDS: [Kind, string, string][] = [["python", "Python", "play.py"], ["notebook", "notebook", "play.ipynb"], ["latex", "LaTeX", "play.tex"]];

export function Code(): VNode {
  const [found, setFound] = useState<Header | null>(null), [kind, setKind] = useState<Kind>("python"), [copied, setCopied] = useState(false);
  useEffect(() => void ask({ do: "code" }).then((answer) => setFound(answer?.header ?? null)), []);
  const text = found?.[kind] ?? "", [, , file] = KINDS.find((each) => each[0] === kind)!;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      said.value = "copied";
    } catch {
      fault.value = "The browser does not let this page copy.";
    }
  };
  const save = async () => {
    const answer = await ask({ do: "save" });
    if (answer) download(answer.header.name ?? "play.safetensors", "application/octet-stream", answer.arrays.file.numbers as Uint8Array<ArrayBuffer>);
  };
  return (
    <Drawer title="The same in code" wide onClose={() => (drawer.value = "")}>
      <p class="soft">Run this, and the numbers are those of this page, to the bit.</p>
      <div class="brow">
        <div class="sections" role="group" aria-label="As">
          {KINDS.map(([each, name]) => <button key={each} aria-pressed={kind === each} onClick={() => { setKind(each); setCopied(false); }}>{name}</button>)}
        </div>
        <button onClick={copy} disabled={!text}>{copied ? "copied" : "copy"}</button>
        <button onClick={() => download(file, "text/plain", text)} disabled={!text}>save as {file}</button>
        <button onClick={save}>save the network</button>
      </div>
      {found ? <pre class="code-text" tabIndex={0} role="region" aria-label={file}>{kind === "notebook" ? cells(text) : text}</pre> : <p>{fault.value || "…"}</p>}
    </Drawer>
  );
}

/** What stands in the cells of a notebook. */
function cells(text: string): string {
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string | string[] }[] };
  return cells.map(({ cell_type: type, source }) => `[${type}]\n${Array.isArray(source) ? source.join("") : source}`).join("\n\n");
}
