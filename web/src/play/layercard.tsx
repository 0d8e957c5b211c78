// The settings of a layer, and of the optimizer.

import type { VNode } from "preact";
import { change } from "./heads";
import { Check, Choice, NumberField } from "./parts";
import { choices, opened, send, set, settings, state } from "./state";

export function LayerCard({ layer }: { layer: number }): VNode | null {
  const { of } = state.value.layers[layer];
  if (of === null) return null;
  const { units, activation, initializer, dropout, l2 } = settings.value.layers[of], remove = () => {
    opened.value = null;
    void send({ do: "set", settings: { layers: settings.value.layers.filter((_, at) => at !== of) } });
  };
  return (
    <div class="amounts">
      <NumberField label="units" value={units} least={1} most={256} step={1} onEnter={(value) => change(of, { units: value })} />
      <Choice label="activation" value={activation} all={choices.value?.activations ?? []} onChoose={(value) => change(of, { activation: value })} />
      <Choice label="initializer" value={initializer} all={choices.value?.initializers ?? []} onChoose={(value) => change(of, { initializer: value })} />
      <NumberField label="dropout" value={dropout} least={0} most={0.95} step={0.1} onEnter={(value) => change(of, { dropout: value })} />
      <NumberField label="L2" value={l2} least={0} most={10} onEnter={(value) => change(of, { l2: value })} />
      <p class="soft">The network begins anew with another setting.</p>
      <button onClick={remove}>take the layer out</button>
    </div>
  );
}

export function OptimizerCard(): VNode {
  const { optimizer } = settings.value, known = choices.value?.optimizers.find((each) => each.name === optimizer.name);
  const enter = (name: string, value: number | boolean) => void set({ optimizer: { ...optimizer, [name]: value } });
  return (
    <div class="amounts">
      {known?.settings.map(({ name, default: usual }) => {
        const value = optimizer[name] ?? usual, words = name.replaceAll("_", " ");
        if (typeof value === "boolean") return <Check key={name} label={words} value={value} onTurn={(on) => enter(name, on)} />;
        return <NumberField key={name} label={words} value={Number(value)} onEnter={(to) => enter(name, to)} />;
      })}
      <p class="soft">The training begins anew with another setting.</p>
    </div>
  );
}
