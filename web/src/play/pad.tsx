// The pad: a digit is drawn, and the network says what it is, with what is made of the drawing on the way.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "./engine";
import { Drawer } from "./parts";
import { Drawing, GRID, SIDE } from "./drawing";
import { arrays, ask, drawer, fault, now, playing, state } from "./state";
import { Small } from "./samples";

const STAGES: [string, string, string][] = [
  ["drawn", "drawn", ""], ["light", "light on dark", "light"], ["cut", "cut out", "cut"], ["scaled", "as large as the others", "scaled"], ["centred", "its mass in the middle", "centred"],
];

export function Pad(): VNode {
  const canvas = useRef<HTMLCanvasElement>(null), drawing = useRef<Drawing>(null), [found, setFound] = useState<Message | null>(null);
  const [off, setOff] = useState<Set<string>>(new Set()), [pen, setPen] = useState(10);
  const look = useAsking(() => drawing.current!.pixels(), off, setFound);
  useEffect(() => {
    drawing.current = new Drawing(canvas.current!, look.current);
    look.current();
  }, []);
  useEffect(() => { drawing.current!.changed = look.current; look.current(); }, [off, playing.value ? 0 : now.value.update]);
  const own = () => drawing.current!;
  return (
    <Drawer title="Draw a digit" wide onClose={() => (drawer.value = "")}>
      <div class="pad">
        <div class="slate">
          <div class="ground">
            <canvas ref={canvas} width={SIDE} height={SIDE} role="application" tabIndex={0} aria-label={`A grid of ${GRID} by ${GRID}: arrows move the brush, Space paints, Shift and Space rubs out`}
              onPointerDown={(event) => own().begin(event, pen)} onPointerMove={(event) => own().go(event)} onPointerUp={() => own().end()} onPointerCancel={() => own().end()}
              onKeyDown={(event) => own().key(event, pen)} onBlur={() => own().leave()} />
          </div>
          <div class="brow">
            <button onClick={() => own().undo()}>undo</button><button onClick={() => own().clear()}>clear</button>
            <label class="field"><span>pen</span><input type="range" min={4} max={20} value={pen} onInput={(event) => setPen(+event.currentTarget.value)} /></label>
          </div>
          <Bring onPicture={(picture) => own().put(picture)} />
        </div>
        <Said found={found} />
        <div class="stages" role="group" aria-label="What is made of it">
          {STAGES.map(([key, words, stage]) => {
            const picture = found?.arrays[`stage:${key}`];
            return (
              <figure key={key} class={off.has(stage) ? "off" : ""}>
                {picture ? <Small numbers={picture.numbers} height={picture.shape[0]} width={picture.shape[1]} side={84} grey /> : <span class="nothing" />}
                <figcaption>{stage ? <label class="check"><input type="checkbox" checked={!off.has(stage)} onChange={() => setOff(turned(off, stage))} /> {words}</label> : words}</figcaption>
              </figure>
            );
          })}
        </div>
      </div>
    </Drawer>
  );
}

function turned(all: Set<string>, one: string): Set<string> {
  const next = new Set(all);
  if (!next.delete(one)) next.add(one);
  return next;
}

/** Asks what the drawing is, one question at a time, always of the newest drawing. */
function useAsking(pixels: () => Uint8Array, off: Set<string>, setFound: (found: Message | null) => void) {
  const busy = useRef(false), again = useRef(false), look = useRef(() => {});
  look.current = async () => {
    again.current = true;
    if (busy.current) return;
    busy.current = true;
    while (again.current) {
      again.current = false;
      const own = pixels(), switches = Object.fromEntries([...off].map((each) => [each, false]));
      setFound(await ask({ do: "digit", pixels: base64(own), height: SIDE, width: SIDE, ...switches }));
    }
    busy.current = false;
  };
  return look;
}

function base64(bytes: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < bytes.length; at += 4096) letters += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(letters);
}

function Said({ found }: { found: Message | null }): VNode {
  const said = found?.header.said;
  const classes = said?.classes ?? state.value.data.classes, shares = said?.shares ?? classes.map(() => 0);
  const sorted = [...shares].sort((a, b) => b - a);
  return (
    <div class="said">
      <p class="verdict" aria-live="polite">{!found ? "…" : said ? <>It is a <b>{said.said}</b>, {Math.round(100 * said.sure)} %</> : "Nothing is drawn yet."}</p>
      <table class="bars" aria-label="How likely each is">
        <tbody>
          {classes.map((name, at) => (
            <tr key={at} class={said?.said === name ? "best" : ""}>
              <th scope="row">{name}</th><td class="bar"><span style={{ width: `${100 * shares[at]}%` }} /></td><td class="number">{(100 * shares[at]).toFixed(1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
      {said && <p class="soft">ahead of the next by {(100 * (sorted[0] - sorted[1])).toFixed(1)} points</p>}
      {found?.arrays.input && <figure><Small numbers={found.arrays.input.numbers} height={found.arrays.input.shape[0]} width={found.arrays.input.shape[1]} side={84} /><figcaption>what the network sees</figcaption></figure>}
    </div>
  );
}

/** A picture from a file, from the clipboard, or from the test data. */
function Bring({ onPicture }: { onPicture: (picture: CanvasImageSource) => void }): VNode {
  const input = useRef<HTMLInputElement>(null), part = arrays.value["test:x"] ? "test" : "train";
  const take = async (file?: Blob | null) => {
    if (!file) return;
    try {
      onPicture(await createImageBitmap(file));
    } catch {
      fault.value = "This is no picture that the browser can read.";
    }
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent) => void take([...(event.clipboardData?.items ?? [])].find((each) => each.type.startsWith("image/"))?.getAsFile());
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
  const another = () => {
    const { shape: [count], numbers } = arrays.value[`${part}:x`], [height, width] = state.value.data.picture!, row = Math.floor(Math.random() * count);
    const small = document.createElement("canvas");
    (small.width = width), (small.height = height);
    const image = new ImageData(width, height), own = numbers.subarray(row * height * width, (row + 1) * height * width), largest = Math.max(...own) || 1;
    own.forEach((each, at) => image.data.set([0, 0, 0, (255 * each) / largest], 4 * at));
    small.getContext("2d")!.putImageData(image, 0, 0);
    onPicture(small);
  };
  return (
    <div class="brow">
      <button onClick={another}>a digit of the data</button>
      <button onClick={() => input.current!.click()}>a file</button>
      <input ref={input} type="file" accept="image/*" hidden onChange={() => void take(input.current!.files?.[0])} />
    </div>
  );
}
