// Small parts that all of the page uses: icons, fields that are entered when they are left, choices.

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { colourOf, outline } from "./classes";

const ICONS: Record<string, string> = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  step: "M5 4l10 8-10 8zM17 4h3v16h-3z",
  rewind: "M19 4L9 12l10 8zM4 4h3v16H4z",
  dice: "M4 4h16v16H4zM8 7a1.5 1.5 0 100 3 1.5 1.5 0 000-3zM12 10.500a1.500 1.500 0 100 3 1.500 1.500 0 000-3zM16 14a1.500 1.500 0 100 3 1.500 1.500 0 000-3z",
  close: "M6 4.600L4.600 6l6 6-6 6L6 19.400l6-6 6 6 1.400-1.400-6-6 6-6L18 4.600l-6 6z",
};

export function Icon({ name }: { name: keyof typeof ICONS | string }): VNode {
  return <svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path fill-rule="evenodd" d={ICONS[name]} /></svg>;
}

interface NumberField { label: string; value: number; least?: number; most?: number; step?: number | "any"; size?: number; unseen?: boolean; title?: string; onEnter: (value: number) => void }

/** A number that is entered by Enter, by leaving the field, or by its arrows. */
export function NumberField({ label, value, least, most, step = "any", size = 6, unseen, title, onEnter }: NumberField): VNode {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [value]);
  const number = typed === null ? value : typed.trim() ? Number(typed.trim().replace("−", "-").replace(",", ".")) : NaN;
  const wrong = !Number.isFinite(number) || (least !== undefined && number < least) || (most !== undefined && number > most)
    || (step === 1 && !Number.isInteger(number));
  const enter = () => {
    if (typed !== null && !wrong && number !== value) onEnter(number);
    if (!wrong) setTyped(null);
  };
  const nudge = (event: KeyboardEvent) => {
    if (event.key === "Enter") return enter();
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!sign || step === "any" || wrong) return;
    event.preventDefault();
    const next = +(number + sign * step).toPrecision(12);
    if (next >= (least ?? -Infinity) && next <= (most ?? Infinity)) onEnter(next);
  };
  return (
    <label class="field">
      <span class={unseen ? "unseen" : ""}>{label}</span>
      <input type="text" inputMode="decimal" size={size} value={typed ?? String(value).replace("-", "−")} aria-invalid={wrong}
        title={title ?? (least === undefined ? undefined : `from ${least} to ${most}`)}
        onInput={(event) => setTyped(event.currentTarget.value)} onBlur={enter} onKeyDown={nudge} />
    </label>
  );
}

interface Choice<T extends string> { label: string; value: T; all: readonly T[]; unseen?: boolean; name?: (each: T) => string; onChoose: (value: T) => void }

export function Choice<T extends string>({ label, value, all, unseen, name = (each) => each, onChoose }: Choice<T>): VNode {
  return (
    <label class="field">
      {!unseen && <span>{label}</span>}
      <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value as T)}>
        {(all.includes(value) ? all : [value, ...all]).map((each) => <option key={each} value={each}>{name(each)}</option>)}
      </select>
    </label>
  );
}

export function Check({ label, value, onTurn }: { label: string; value: boolean; onTurn: (value: boolean) => void }): VNode {
  return <label class="check"><input type="checkbox" checked={value} onChange={(event) => onTurn(event.currentTarget.checked)} /> {label}</label>;
}

/** The colour and the shape of a class. */
export function Mark({ of }: { of: number }): VNode {
  return <svg class="mark" viewBox="-1.3 -1.3 2.6 2.6" width="14" height="14" aria-hidden="true"><path d={outline(of)} fill={colourOf(of)} /></svg>;
}

export function Panel({ title, name, more, children }: { title: string; name: string; more?: ComponentChildren; children: ComponentChildren }): VNode {
  return (
    <section class={`panel ${name}`} aria-labelledby={`${name}-title`}>
      <header><h2 id={`${name}-title`}>{title}</h2>{more}</header>
      {children}
    </section>
  );
}

/** What stands before the page until it is closed; the keyboard stays in it. */
export function Drawer({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog ref={dialog} class={wide ? "drawer wide" : "drawer"} aria-label={title} onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current!.close()}>
      <header class="brow"><h2>{title}</h2><button class="quiet" aria-label="Close" onClick={() => dialog.current!.close()}><Icon name="close" /></button></header>
      {children}
    </dialog>
  );
}

export function download(name: string, kind: string, ...parts: BlobPart[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
