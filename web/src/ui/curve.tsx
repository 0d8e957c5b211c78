// A number that is a function of one other: its curve, where it stands on it, and how steep it is there.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { figure } from "../engine/figures";
import { placesOf, Why } from "../engine/why";
import { trace } from "./state";

const WIDTH = 250, HEIGHT = 150, POINTS = 120;

export function Curve({ why }: { why: Why }): VNode | null {
  const found = useMemo(() => sampled(why), [why]);
  if (!found) return null;
  const { x, y, slope, points, name } = found;
  const ys = points.map(([, each]) => each);
  const [left, right] = [points[0][0], points[points.length - 1][0]], [low, high] = room(Math.min(...ys, 0), Math.max(...ys, 0));
  const across = (each: number) => ((each - left) / (right - left)) * WIDTH, down = (each: number) => HEIGHT - ((each - low) / (high - low)) * HEIGHT;
  const path = points.map(([a, b], at) => `${at ? "L" : "M"}${across(a).toFixed(1)} ${down(b).toFixed(1)}`).join("");
  const reach = (right - left) / 7, steep = figure(slope, 3);
  return (
    <figure class="curve">
      <svg viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`} width={WIDTH + 8} height={HEIGHT + 8} role="img" aria-label={`${why.name} as a function of ${name}`}>
        <path class="axis" d={`M${across(0)} 0V${HEIGHT}M0 ${down(0)}H${WIDTH}`} />
        <path class="line" d={path} />
        <path class="tangent" d={`M${across(x - reach)} ${down(y - slope * reach)}L${across(x + reach)} ${down(y + slope * reach)}`} />
        <circle cx={across(x)} cy={down(y)} r="5" />
      </svg>
      <figcaption>over {name} from {figure(left, 2)} to {figure(right, 2)}; here it rises {steep} for each 1</figcaption>
    </figure>
  );
}

const room = (low: number, high: number): [number, number] => [low - (high - low || 1) * 0.06, high + (high - low || 1) * 0.06];

interface Sampled { x: number; y: number; slope: number; points: [number, number][]; name: string }

/** The number at other values of the one that it reads, computed by its equation. */
function sampled(why: Why): Sampled | null {
  const places = new Map(placesOf(why.number).filter((each) => !trace.value.isPlain(each.source)).map((each) => [`${each.source} ${each.at}`, each]));
  if (places.size !== 1 || !why.number.operation) return null;
  const [place] = places.values(), x = trace.value.number(place), span = Math.max(4, 1.3 * Math.abs(x));
  if (!Number.isFinite(x) || !Number.isFinite(why.value)) return null;
  const at = (other: number) => trace.value.otherwise(why.place, place, other);
  const points = Array.from({ length: POINTS + 1 }, (_, step): [number, number] => {
    const other = span * ((2 * step) / POINTS - 1);
    return [other, at(other)];
  }).filter(([, each]) => Number.isFinite(each));
  const near = span * 1e-5, slope = (at(x + near) - at(x - near)) / (2 * near);
  return points.length > POINTS / 4 ? { x, y: why.value, slope, points, name: trace.value.named(place) } : null;
}
