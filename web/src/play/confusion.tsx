// What is taken for what: each cell is a button that shows its samples.

import type { VNode } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Message } from "./engine";
import { Check } from "./parts";
import { marked } from "./plane";
import { SampleButton } from "./samples";
import { ask, chosen, now, playing, state } from "./state";

const own = signal(false);
const MOST = 24, PACE = 600;

export function Mistakes(): VNode | null {
  const part = own.value || !state.value.data.test ? "train" : "test";
  const [counts, setCounts] = useState<Message | null>(null);
  const [cell, setCell] = useState<[number, number] | null>(null);
  useCounts(part, setCounts);
  useEffect(() => { setCell(null); marked.value = null; }, [chosen.value, part]);
  if (!counts) return null;
  const { shape: [size], numbers } = counts.arrays.counts, classes = counts.header.classes ?? state.value.data.classes;
  const choose = (truth: number, said: number) => setCell(cell?.[0] === truth && cell[1] === said ? (marked.value = null) : [truth, said]);
  const sums = Array.from({ length: size }, (_, truth) => Array.from(numbers.subarray(truth * size, (truth + 1) * size)).reduce((sum, each) => sum + each, 0));
  return (
    <div class="confusion">
      <div class="brow"><h3>What is taken for what</h3>{state.value.data.test > 0 && <Check label="training data" value={own.value} onTurn={(on) => (own.value = on)} />}</div>
      <p class="soft">a row for what it is, a column for what was said</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="What is taken for what">
        <table>
          <thead><tr><td />{classes.map((each, at) => <th scope="col" key={at}>{each}</th>)}</tr></thead>
          <tbody>
            {classes.map((name, truth) => (
              <tr key={truth}>
                <th scope="row">{name}</th>
                {classes.map((other, said) => {
                  const count = numbers[truth * size + said], share = sums[truth] ? count / sums[truth] : 0;
                  return (
                    <td key={said}>
                      <button class={truth === said ? "right" : "wrong"} disabled={!count} aria-pressed={cell?.[0] === truth && cell[1] === said}
                        aria-label={`${count} of ${name} taken for ${other}`} onClick={() => choose(truth, said)}>
                        <span class="fill" style={{ opacity: String(share ? 0.1 + 0.36 * share : 0) }} aria-hidden="true" /><span>{count}</span>
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cell && <Cell part={part} truth={cell[0]} said={cell[1]} />}
    </div>
  );
}

/** Asked for when the training stands, and now and then while it goes on. */
function useCounts(part: string, setCounts: (found: Message) => void): void {
  const at = playing.value ? Math.floor(performance.now() / PACE) : now.value.update;
  useEffect(() => {
    let wanted = true;
    void ask({ do: "confusion", part }).then((answer) => { if (wanted && answer) setCounts(answer); });
    return () => { wanted = false; };
  }, [part, at, state.value]);
}

function Cell({ part, truth, said }: { part: "train" | "test"; truth: number; said: number }): VNode | null {
  const [found, setFound] = useState<Message | null>(null);
  const { classes } = state.value.data;
  useEffect(() => {
    let wanted = true;
    void ask({ do: "rows", part, truth, said }).then((answer) => {
      if (!wanted || !answer) return;
      setFound(answer);
      marked.value = { part, rows: new Set(answer.arrays.rows.numbers) };
    });
    return () => { wanted = false; };
  }, [part, truth, said, playing.value ? 0 : now.value.update, state.value]);
  if (!found) return null;
  const rows = found.arrays.rows.numbers, sure = found.arrays.sure?.numbers;
  return (
    <div class="cell">
      <p class="soft">{rows.length === 1 ? "1 row is" : `${rows.length} rows are`} {classes[truth]}, said {classes[said]}; the surest first. Each can be explained:</p>
      <div class="ones">
        {Array.from(rows.subarray(0, MOST), (row, at) => <SampleButton key={row} sample={{ part, row, said: classes[said], sure: sure?.[at] }} />)}
      </div>
      {rows.length > MOST && <p class="soft">and {rows.length - MOST} more</p>}
    </div>
  );
}
