// A number by its name: a button that opens it.

import type { VNode } from "preact";
import type { Place } from "../engine/element";
import { figure } from "../engine/figures";
import { open, pointed, trace } from "./state";

export function Named({ place, text }: { place: Place; text?: string }): VNode {
  return (
    <button class="number" onClick={() => open(place)} title={`${trace.value.named(place)} = ${shown(place)}`}
      onPointerEnter={() => (pointed.value = place)} onPointerLeave={() => (pointed.value = null)}>
      {text ?? trace.value.named(place)}
    </button>
  );
}

export const shown = ({ source, at }: Place, figures = 9) => {
  const number = trace.value.maybe(source, at);
  return number === undefined ? "not in this page" : figure(number, figures);
};
