// What stands behind the page: a session of pellucid, which takes commands and gives states, numbers and frames.

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;
export interface Values { shape: number[]; numbers: Numbers }
export type Arrays = Record<string, Values>;

export interface Command { do: string; [setting: string]: unknown }

export type Plain = string | number | boolean;
export interface LayerSettings { units: number; activation: string; initializer: string; dropout: number; l2: number }
export interface DataSettings {
  name: string; n: number; noise: number; classes: number; test: number; seed: number;
  inputs?: string[]; points?: number[][]; text?: string; file?: string; target?: string; columns?: string[]; task?: string;
}
export interface Settings {
  data: DataSettings; layers: LayerSettings[]; optimizer: { name: string; [setting: string]: Plain };
  rate: number; batch: number; seed: number;
}
export interface Axes { across: number; up: number; names: string[]; low: number[]; high: number[] }
export interface DataState {
  kind: "classes" | "numbers"; classes: string[]; inputs: string[]; train: number; test: number;
  picture: number[] | null; plane: Axes | null; notes: string[];
}
export interface LayerState {
  of: number | null; units: number; activation: string; from: string;
  kernel: string; bias: string | null; z: string; a: string; pictures: boolean;
}
export interface PlanLine { section: string; value: string; text: string; left: string; arrow: string; right: string; shape: string; note: string }
export interface Edit { name: string; index: number[]; from: number; to: number; update: number }
export interface Show { plane: number; units: number; weights: boolean; curves: boolean; values: boolean; sample: number; part: string; across: number; up: number }
export interface State {
  settings: Settings; data: DataState; layers: LayerState[]; parameters: number; title: string; plan: PlanLine[];
  steps: number; metric: string; edits: Edit[]; show: Show; playing: boolean; until: { epoch: number } | null;
}
export interface Pair { train: number; test: number | null }
/** A line of the step, counted from 1. */
export interface LineAt { at: number; of: number; value: string }
export interface Now {
  update: number; epoch: number; within: number; rate: number; loss: Pair; metric: Pair;
  line: LineAt | null; stopped: string | null; measured: Pair;
}
export interface Shown { name: string; shape: number[]; numbers: number[]; least: number; mean: number; most: number; size: number }
export interface UnitAnswer { name: string; equation: string; weights: { from: string; name: string; index: number[]; value: number }[]; bias: { name: string; index: number[]; value: number } | null }
export interface Note { code: string; title: string; text: string; where: string; mend: string | null }
export interface Column { name: string; kind: string; distinct: number; missing: number; sample: string[] }
export interface DataChoice { name: string; title: string; kind: string; noise: boolean; classes: boolean; suggested: Partial<Settings> }
export interface Choices {
  data: DataChoice[]; activations: string[]; initializers: string[]; inputs: string[];
  optimizers: { name: string; settings: { name: string; default: Plain }[] }[];
}

/** What a message says, beside its arrays; which of it depends on the command. */
export interface Header {
  kind: "answer" | "frame"; id?: number; frame?: number; revision: number; error?: string; stale?: boolean;
  state?: State; now?: Now; playing?: boolean; plane?: Axes; values?: Shown[]; line?: LineAt & { text: string; rows: number; values: Shown[] };
  unit?: UnitAnswer; value?: number; first?: number; gradient?: number; classes?: string[];
  trace?: unknown; notes?: Note[]; more?: number; columns?: Column[]; rows?: number; target?: string;
  said?: { classes: string[]; shares: number[]; said: string; sure: number } | null; empty?: boolean;
  python?: string; notebook?: string; latex?: string; name?: string;
  data?: Choices["data"]; activations?: string[]; initializers?: string[]; optimizers?: Choices["optimizers"]; inputs?: string[];
}
export interface Message { header: Header; arrays: Arrays }

export interface Engine {
  /** The answer to a command; refused commands have an `error` in it. */
  send(command: Command): Promise<Message>;
  /** Called for what comes unasked, while it plays; it says when it has drawn. */
  onFrame: (message: Message) => Promise<void>;
  onEnd: (sentence: string) => void;
}

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array } as const;
interface Listed { name: string; dtype: keyof typeof KINDS; shape: number[]; at: number }

/** A message: the length of its header, the header as JSON, and the numbers as they are in memory. */
export function decoded(bytes: ArrayBuffer): Message {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size))) as Header & { arrays?: Listed[] };
  const arrays: Arrays = {};
  for (const { name, dtype, shape, at } of header.arrays ?? []) {
    const count = shape.reduce((product, each) => product * each, 1);
    arrays[name] = { shape, numbers: new KINDS[dtype](bytes, 4 + size + at, count) };
  }
  return { header, arrays };
}

/** What the carriers share: commands that wait for their answers, in order. */
export abstract class Carrier implements Engine {
  onFrame: (message: Message) => Promise<void> = async () => {};
  onEnd: (sentence: string) => void = () => {};
  private waiting = new Map<number, (message: Message) => void>();
  private count = 0;

  protected abstract post(text: string): void;

  send(command: Command): Promise<Message> {
    const id = ++this.count;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.post(JSON.stringify({ id, ...command }));
    });
  }

  protected async came(bytes: ArrayBuffer): Promise<void> {
    const message = decoded(bytes), { id, frame } = message.header;
    if (id !== undefined) {
      this.waiting.get(id)?.(message);
      this.waiting.delete(id);
      return;
    }
    await this.onFrame(message);
    this.post(JSON.stringify({ ack: frame }));
  }
}
