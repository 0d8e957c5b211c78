// What the page knows of the session, and the commands that it gives.

import { batch, computed, signal } from "@preact/signals";
import { figure } from "../engine/figures";
import { read, written } from "./address";
import type { Arrays, Choices, Command, Edit, Engine, LayerSettings, Message, Now, Settings, Shown, State } from "./engine";

let engine: Engine;

export const state = signal<State>(null as unknown as State);
export const now = signal<Now>(null as unknown as Now);
/** The newest numbers by their names: of pictures, weights, curves, points. */
export const arrays = signal<Arrays>({});
export const playing = signal(false);
export const choices = signal<Choices | null>(null);
/** Values of the plan by name, where they are looked at. */
export const values = signal<Map<string, Shown>>(new Map());
export const fault = signal("");
export const said = signal("");
export const ended = signal("");
export const hidden = signal<Set<string>>(new Set());
export const by = signal<"line" | "update" | "epoch">("epoch");
export const keysOn = signal(true);

/** What stands open over the page, or beside it. */
export type Opened =
  | { kind: "weight"; name: string; index: number[]; title: string }
  | { kind: "unit"; layer: number; unit: number }
  | { kind: "layer"; layer: number }
  | { kind: "optimizer" };
export const opened = signal<Opened | null>(null);
/** A layer as a drawer of its own: the code, the pad. */
export const drawer = signal<"" | "code" | "pad" | "explain">("");
export const tab = signal("net");

export const settings = computed<Settings>(() => state.value.settings);
/** What is played with, as text: the same as long as nobody chooses otherwise. */
export const chosen = computed(() => JSON.stringify(state.value.settings));
export const isClasses = computed(() => state.value.data.kind === "classes");
export const isPicture = computed(() => state.value.data.picture !== null);
/** The line that is reached, where it goes by lines. */
export const line = computed(() => now.value.line);
/** Whether it is a network from a file, whose layers and optimizer stay as they are. */
export const isModel = computed(() => settings.value.data.name === "model");
export const isDrawn = computed(() => settings.value.data.name === "points");

let revision = 0;

export function use(other: Engine): void {
  engine = other;
  engine.onFrame = async (message) => {
    if (message.header.revision < revision) return;
    take(message);
    await new Promise((drawn) => requestAnimationFrame(drawn));
  };
  engine.onEnd = (sentence) => batch(() => { ended.value = sentence; playing.value = false; });
}

/** What a message says of the session becomes what the page shows. */
function take({ header, arrays: came }: Message): void {
  revision = Math.max(revision, header.revision);
  batch(() => {
    if (header.state) {
      state.value = header.state;
      arrays.value = came;
      if (!header.line) values.value = new Map();
      history.replaceState(null, "", written(header.state.settings, hidden.value));
    } else if (Object.keys(came).length) arrays.value = { ...arrays.value, ...came };
    if (header.plane) state.value = { ...state.value, data: { ...state.value.data, plane: header.plane } };
    if (header.now) now.value = header.now;
    if (header.playing !== undefined) playing.value = header.playing;
    const found = [...(header.values ?? []), ...(header.line?.values ?? [])];
    if (found.length) {
      const anew = header.line ? header.line.at === 1 : header.values !== undefined;
      const next = new Map(anew ? [] : values.value);
      for (const each of found) next.set(each.name, each);
      values.value = next;
    }
    if (header.now?.stopped) said.value = header.now.stopped;
  });
}

/** A command; what is refused is told. */
export async function send(command: Command): Promise<Message> {
  const message = await engine.send(command), { error, stale } = message.header;
  fault.value = error ?? "";
  if (!error && !stale) take(message);
  return message;
}

/** A question about what is on the screen; its arrays are the asker's. */
export async function ask(command: Command): Promise<Message | null> {
  const message = await engine.send({ ...command, revision });
  if (message.header.error) fault.value = message.header.error;
  return message.header.error || message.header.stale ? null : message;
}

let busy = false, next: Command | null = null;
/** A command that a slider gives: of those that wait, only the newest is sent. */
export async function slide(command: Command): Promise<void> {
  next = command;
  if (busy) return;
  busy = true;
  while (next) {
    const one: Command = next;
    next = null;
    await send(one);
  }
  busy = false;
}

export async function begin(address: ReturnType<typeof read>): Promise<void> {
  hidden.value = address.hidden;
  const started = await engine.send({ do: "hello" });
  const own = started.header.state!.settings;
  take(started);
  await send({ do: "show", units: 32 });
  const wanted = address.settings;
  const merged = wanted && { ...own, ...wanted, data: { ...own.data, ...wanted.data } };
  if (merged && written(merged, new Set()) !== written(own, new Set())) await send({ do: "set", settings: wanted });
  choices.value = (await engine.send({ do: "choices" })).header as unknown as Choices;
}

export const set = (changed: Record<string, unknown>) => send({ do: "set", settings: changed });
export const setData = (changed: Record<string, unknown>) => set({ data: changed });

let wanted: LayerSettings[] | null = null;
/** The layers as they will be when all that was clicked is done. */
export const layers = (): LayerSettings[] => wanted ?? settings.value.layers;
export async function setLayers(next: LayerSettings[]): Promise<void> {
  wanted = next;
  await set({ layers: next });
  if (wanted === next) wanted = null;
}

export const turn = () => send(playing.value ? { do: "pause" } : { do: "play", until: until.value ? { epoch: until.value } : null });
/** The epoch at which playing stops; 0 for never. */
export const until = signal(0);

export async function step(): Promise<void> {
  const { header } = await send({ do: "step", by: by.value });
  said.value = header.line ? `line ${header.line.at} of ${header.line.of}, ${header.line.text}` : standing();
}

export const rewind = () => send({ do: "rewind" });
export const dice = () => send({ do: "new" });

/** Where the training stands, in a sentence. */
export function standing(): string {
  const { epoch, update, loss } = now.value;
  return `epoch ${epoch}, update ${update}, loss ${figure(loss.train, 3)}`;
}

export const editOf = (name: string, index: number[]): Edit | undefined =>
  state.value.edits.find((each) => each.name === name && String(each.index) === String(index));
