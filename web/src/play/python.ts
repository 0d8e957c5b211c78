// The worker: Pyodide with the library, and a session that takes commands as a server does.

import type { Place } from "./worker";

/** What this needs of Pyodide. */
interface Called { (...given: unknown[]): unknown }
interface Buffer { getBuffer(kind: string): { data: Uint8Array; release(): void }; destroy(): void }
interface Pyodide {
  loadPackage(names: string[]): Promise<unknown>;
  unpackArchive(bytes: ArrayBuffer, format: string): void;
  runPython(code: string): unknown;
  globals: { get(name: string): Called };
}

const BEGIN = `
import json
from pellucid.play import Player, Session
from pellucid.play.frames import Answer, packed

player = Player(Session())

def told(answer, **more):
    return packed(Answer({**more, **answer.header}, answer.arrays))

def handle(text):
    command = json.loads(text)
    return told(player.handle(command), kind="answer", id=command.get("id"))

def turn():
    if not player.playing:
        return None
    player.train()
    return told(player.frame(), kind="frame", frame=0)
`;

let python: Pyodide;
let acknowledged = true, turning = false;

self.onmessage = ({ data }: MessageEvent<Place | string>) => void (typeof data === "string" ? command(data) : begin(data));

async function begin({ pyodide, wheel, packages }: Place): Promise<void> {
  try {
    postMessage({ told: "Python begins …" });
    const { loadPyodide } = (await import(/* from where the page says */ `${pyodide}pyodide.mjs`)) as { loadPyodide: (where: object) => Promise<Pyodide> };
    python = await loadPyodide({ indexURL: pyodide });
    postMessage({ told: `${packages.join(", ")} …` });
    await python.loadPackage(packages);
    postMessage({ told: "pellucid …" });
    const answer = await fetch(wheel);
    if (!answer.ok) throw new Error(`${wheel} is not there`);
    python.unpackArchive(await answer.arrayBuffer(), "wheel");
    python.runPython(BEGIN);
    postMessage({});
  } catch (error) {
    postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
}

function command(text: string): void {
  if (text.startsWith('{"ack"')) {
    acknowledged = true;
    return;
  }
  give(python.globals.get("handle")(text));
  if (!turning) void go();
}

/** Trains on, a turn after the other, as long as it plays; commands come in between. */
async function go(): Promise<void> {
  turning = true;
  for (;;) {
    await new Promise((later) => setTimeout(later, 0));
    if (!acknowledged) { await new Promise((later) => setTimeout(later, 4)); continue; }
    const frame = python.globals.get("turn")();
    if (!frame) break;
    acknowledged = false;
    give(frame);
  }
  turning = false;
}

/** Python's bytes, copied to the page. */
function give(found: unknown): void {
  const proxy = found as Buffer, view = proxy.getBuffer("u8");
  const copy = view.data.slice().buffer;
  view.release();
  proxy.destroy();
  (postMessage as (message: unknown, moved: Transferable[]) => void)(copy, [copy]);
}
