// The terms of a sum where they come from: each at its pixel of the input, in its colour.

import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { sizeOf } from "../engine/shapes";
import type { Element } from "../engine/element";
import { figure } from "../engine/figures";
import { placesOf, Why } from "../engine/why";
import { palette, shade } from "./colour";
import { looks } from "./looks";
import { row, trace } from "./state";
import { pictureOf } from "./tiles";

const SIDE = 168;

/** A row of a value that is a picture, small. */
export function Thumbnail({ name, row: at, side }: { name: string; row: number; side: number }): VNode {
  const [height, width, channels] = pictureOf(trace.value, name)!;
  const numbers = useMemo(() => {
    const size = height * width * channels;
    return Array.from({ length: height * width }, (_, pixel) => trace.value.maybe(name, at * size + pixel * channels) ?? 0);
  }, [name, at]);
  return <Drawn numbers={numbers} height={height} width={width} side={side} />;
}

function Drawn({ numbers, height, width, side }: { numbers: number[]; height: number; width: number; side: number }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext("2d")!, colours = palette(canvas.current!);
    const image = context.createImageData(width, height);
    const most = numbers.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    numbers.forEach((each, at) => image.data.set([...shade(each, most, colours), 255], 4 * at));
    context.putImageData(image, 0, 0);
  }, [numbers, looks.value]);
  return <canvas ref={canvas} class="picture" width={width} height={height} aria-hidden="true"
    style={{ width: `${(side * width) / Math.max(width, height)}px`, height: `${(side * height) / Math.max(width, height)}px` }} />;
}

/** X, the weights, and their products, as three pictures, where the terms are X[row, k]·W[k, j]. */
export function TermsPicture({ why }: { why: Why }): VNode | null {
  const found = useMemo(() => pictured(why), [why]);
  if (!found) return null;
  const { height, width, input, factor, terms } = found;
  const picture = (numbers: number[], words: string, least: string) => (
    <figure><Drawn numbers={numbers} height={height} width={width} side={SIDE} /><figcaption>{words}<br /><span class="soft">{least}</span></figcaption></figure>
  );
  const range = (numbers: number[]) => `up to ${figure(numbers.reduce((a, b) => Math.max(a, Math.abs(b)), 0), 3)}`;
  return (
    <div class="pictures">
      {picture(input, `row ${row.value} of ${trace.value.data.picture!.name}`, range(input))}
      {factor && <><span class="sign">⊙</span>{picture(factor.numbers, factor.name, range(factor.numbers))}</>}
      <span class="sign">→</span>{picture(terms, "the terms", range(terms))}
    </div>
  );
}

interface Pictured { height: number; width: number; input: number[]; factor: { name: string; numbers: number[] } | null; terms: number[] }

function pictured(why: Why): Pictured | null {
  const known = trace.value.data.picture;
  if (!known || known.shape[2] !== 1 || !trace.value.has(known.name)) return null;
  const [height, width] = known.shape, size = sizeOf(known.shape);
  const terms = new Array<number>(size).fill(0), factors = new Array<number>(size).fill(0);
  let count = 0, sample = -1, factor = "";
  for (const part of why.parts) {
    const places = placesOf(part);
    const pixel = places.find((each) => each.source === known.name);
    if (!pixel) continue;
    if (places.filter((each) => each.source === known.name).length > 1) return null;
    sample = sample < 0 ? Math.floor(pixel.at / size) : sample;
    if (Math.floor(pixel.at / size) !== sample) return null;
    terms[pixel.at % size] += part.value;
    const other = part.parts.length === 2 ? part.parts.find((each) => each.place && each.place.source !== known.name) : undefined;
    if (other?.place) (factors[pixel.at % size] = other.value), (factor = trace.value.about(other.place.source).label);
    count++;
  }
  if (count < size / 4) return null;
  const input = Array.from({ length: size }, (_, pixel) => trace.value.maybe(known.name, sample * size + pixel) ?? 0);
  return { height, width, input, terms, factor: factor ? { name: `${factor}, what it is multiplied with`, numbers: factors } : null };
}

export type { Element };
