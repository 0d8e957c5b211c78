// Equations: the MathML that Python wrote, made again element by element, so that it can hold nothing else.

import { createElement, VNode } from "preact";
import { lit } from "./looks";

const ELEMENTS = new Set(["math", "mrow", "mi", "mn", "mo", "msub", "msup", "msubsup", "mfrac", "msqrt", "mover", "mtext", "mspace"]);
const ATTRIBUTES = ["accent", "width"];

interface Shown { text: string; onName?: (name: string) => void; large?: boolean }

export function Equation({ text, onName, large }: Shown): VNode {
  const read = new DOMParser().parseFromString(text, "text/html").querySelector("math");
  return <span class={large ? "equation large" : "equation"}>{read && again(read, onName)}</span>;
}

function again(element: Element, onName?: (name: string) => void): VNode | null {
  if (!ELEMENTS.has(element.localName)) return null;
  const attributes: Record<string, unknown> = {};
  for (const each of ATTRIBUTES) if (element.hasAttribute(each)) attributes[each] = element.getAttribute(each);
  const name = element.getAttribute("data-t");
  if (name !== null) {
    attributes["data-t"] = name;
    attributes.class = lit.value === name ? "lit" : undefined;
    if (onName) Object.assign(attributes, pointing(name), { onClick: () => onName(name) });
  }
  const children = Array.from(element.childNodes, (child) =>
    child instanceof Element ? again(child, onName) : child.textContent);
  return createElement(element.localName, attributes, ...children);
}

export function pointing(name: string) {
  return { onPointerEnter: () => (lit.value = name), onPointerLeave: () => (lit.value = "") };
}
