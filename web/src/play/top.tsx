// The head of the page: going on and back, where the training stands, and how it goes.

import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { turn as turnLooks } from "../ui/looks";
import { Check, Choice, Icon, NumberField } from "./parts";
import { by, choices, dice, drawer, fault, hidden, isModel, keysOn, now, opened, playing, rewind, said, set, settings, state, step, tab, turn, until } from "./state";

export function Top(): VNode {
  return (
    <header class="topbar">
      <h1>pellucid <span class="soft">{state.value.title}</span></h1>
      <div class="go" role="group" aria-label="Training">
        <button onClick={rewind} aria-label="Rewind" title="to update 0, with the same initial weights"><Icon name="rewind" /></button>
        <button class="play" onClick={turn}><Icon name={playing.value ? "pause" : "play"} /> {playing.value ? "Pause" : "Play"}</button>
        <span class="joined">
          <button onClick={step} disabled={playing.value} aria-label={`Step by one ${by.value}`}><Icon name="step" /> step</button>
          <Choice label="Step by" unseen value={by.value} all={["line", "update", "epoch"]} onChoose={(value) => (by.value = value)} />
        </span>
        <Where />
      </div>
      {!hidden.value.has("settings") && <Rates />}
      <div class="ends">
        {!hidden.value.has("code") && <button onClick={() => (drawer.value = "code")}>Code</button>}
        {!hidden.value.has("share") && <button onClick={share}>Share</button>}
        <button class="quiet" onClick={turnLooks} aria-label="Light or dark">◐</button>
        <Help />
      </div>
      {fault.value && <p class="fault" role="alert">{fault.value} <button class="quiet" aria-label="Close the message" onClick={() => (fault.value = "")}><Icon name="close" /></button></p>}
      {!fault.value && now.value.stopped && !playing.value && <p class="told">{now.value.stopped}</p>}
    </header>
  );
}

/** The epoch and the update, and the line where it goes by lines. */
function Where(): VNode {
  const { epoch, update, line } = now.value;
  return (
    <span class="where-now" title={`an epoch is ${state.value.steps} updates`}>
      <span>epoch <b>{epoch.toLocaleString("en")}</b></span> <span>update <b>{update.toLocaleString("en")}</b></span>
      {line && <span>line <b>{line.at}</b>/{line.of}</span>}
    </span>
  );
}

function Rates(): VNode {
  const { rate, optimizer, batch, seed } = settings.value, known = choices.value?.optimizers ?? [];
  return (
    <div class="rates" role="group" aria-label="How it is trained">
      <NumberField label="rate" value={rate} least={1e-9} most={100} size={6} onEnter={(value) => set({ rate: value })} />
      {!isModel.value && <span class="joined">
        <Choice label="optimizer" value={optimizer.name} all={known.map((each) => each.name)} onChoose={(name) => set({ optimizer: { name } })} />
        <button onClick={() => { opened.value = { kind: "optimizer" }; tab.value = "net"; }} aria-label="Settings of the optimizer">…</button>
      </span>}
      <NumberField label="batch" value={batch} least={1} most={4096} step={1} size={4} onEnter={(value) => set({ batch: value })} />
      {!isModel.value && <span class="joined">
        <NumberField label="seed" value={seed} least={0} most={2 ** 32 - 1} step={1} size={4} onEnter={(value) => set({ seed: value })} />
        <button onClick={dice} aria-label="Another seed" title="other initial weights, another order of rows"><Icon name="dice" /></button>
      </span>}
      <NumberField label="last epoch" title="the epoch at which playing stops; 0 for none" value={until.value} least={0} most={1e6} step={1} size={4} onEnter={(value) => (until.value = value)} />
    </div>
  );
}

async function share(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    said.value = "The link is copied: it holds all settings.";
  } catch {
    said.value = "The link stands in the address bar: it holds all settings.";
  }
}

const KEYS: [string, string][] = [
  ["Space", "play, pause"], [".", "step by one line"], [">", "step by one update"], ["<", "back along the timeline"], ["R", "rewind"],
  ["N", "another seed"], ["E", "explain the sample"], ["C", "the code"], ["1 … 8", "the class of points that are drawn"], ["Esc", "close what is open"],
  ["arrows", "from unit to unit, and over the plane; Enter opens"],
];

function Help(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button class="quiet" id="help-play" onClick={() => dialog.current!.showModal()} aria-label="Help">?</button>
      <dialog ref={dialog} aria-label="Help" onClick={(event) => event.target === dialog.current && dialog.current!.close()}>
        <h2>A network that you can see through</h2>
        <p>Each unit shows its own function of the plane: blue where it is above 0, orange below. A line is as wide as its weight is large,
          orange and dashed where it is below 0. Click a line, a unit or the head of a layer to open it and to change it.</p>
        <p>An <b>update</b> moves all weights once, on one batch of rows. An <b>epoch</b> is as many updates as it takes to see each row once.
          A <b>line</b> is one equation of the plan, of which an update is made.</p>
        <dl>{KEYS.map(([key, words]) => <><dt>{key}</dt><dd>{words}</dd></>)}</dl>
        <Check label="single keys do things" value={keysOn.value} onTurn={(on) => (keysOn.value = on)} />
        <p><button onClick={() => dialog.current!.close()}>Close</button></p>
      </dialog>
    </>
  );
}
