// Above each column: how many units, which activation, and the way to the rest of a layer's settings.

import type { VNode } from "preact";
import type { LayerSettings } from "./engine";
import { Choice } from "./parts";
import { choices, hidden, layers, opened, setLayers, settings, state } from "./state";
import type { Column } from "./unit";

/** A layer with another setting; everything begins anew then. */
export function change(of: number, changed: Partial<LayerSettings>): void {
  void setLayers(layers().map((each, at) => (at === of ? { ...each, ...changed } : each)));
}

export function Heads({ columns, places }: { columns: Column[]; places: number[] }): VNode {
  return <>{columns.map((column, at) => <Head key={at} column={column} x={places[at]} />)}</>;
}

function Head({ column, x }: { column: Column; x: number }): VNode {
  const layer = state.value.layers[column.layer], of = layer?.of ?? null;
  return (
    <div class="column-head" style={{ left: `${x}px` }}>
      {of === null || hidden.value.has("layers") ? (
        <><span class="title">{column.title}</span><span class="soft">{layer ? `${layer.units} ${layer.activation}` : String(state.value.data.inputs.length)}</span></>
      ) : <Settings of={of} column={column} />}
    </div>
  );
}

function Settings({ of, column }: { of: number; column: Column }): VNode {
  const { units, activation } = settings.value.layers[of];
  return (
    <>
      <span class="counts">
        <button onClick={() => change(of, { units: Math.max(1, layers()[of].units - 1) })} disabled={units < 2} aria-label={`One unit less in ${column.title}`}>−</button>
        <button class="quiet title" onClick={() => (opened.value = { kind: "layer", layer: column.layer })} title={`${column.title}: all its settings`}>{units}<span class="unseen"> units: settings of {column.title}</span></button>
        <button onClick={() => change(of, { units: Math.min(256, layers()[of].units + 1) })} disabled={units > 255} aria-label={`One more unit in ${column.title}`}>+</button>
      </span>
      <Choice label={`Activation of ${column.title}`} unseen value={activation} all={choices.value?.activations ?? []} onChoose={(value) => change(of, { activation: value })} />
    </>
  );
}
