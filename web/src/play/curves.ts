// Curves over the updates of a training: losses and a metric, of the rows to learn from and of those held out.

export interface Curve { at: number[]; values: number[]; colour: string; dashed: boolean }
export interface Drawn { curves: Curve[]; log: boolean; now: number; until: number; ink: string; line: string; width: number; height: number }

const LEFT = 40, BOTTOM = 17, TOP = 6, RIGHT = 8;

/** Curves with their axes; the update that is looked at has a line. */
export function drawCurves(context: CanvasRenderingContext2D, drawn: Drawn): void {
  const { curves, log, now, until, ink, line, width, height } = drawn;
  context.clearRect(0, 0, width, height);
  const right = width - RIGHT, low = height - BOTTOM, end = Math.max(1, until);
  const [least, most] = range(curves, log);
  const scale = (value: number) => (log ? Math.log10(value) : value);
  const across = (at: number) => LEFT + ((right - LEFT) * at) / end;
  const down = (value: number) => low - ((low - TOP) * (scale(value) - scale(least))) / (scale(most) - scale(least) || 1);
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = line;
  context.fillStyle = ink;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks(least, most, log)) {
    context.beginPath();
    context.moveTo(LEFT, down(tick));
    context.lineTo(right, down(tick));
    context.stroke();
    context.fillText(short(tick), LEFT - 4, down(tick));
  }
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText("0", LEFT, low + 4);
  context.textAlign = "right";
  context.fillText(end.toLocaleString("en"), right, low + 4);
  for (const each of curves) trace(context, each, across, (value) => down(log ? Math.max(value, least) : value));
  context.setLineDash([]);
  context.strokeStyle = ink;
  context.beginPath();
  context.moveTo(across(now), TOP);
  context.lineTo(across(now), low);
  context.stroke();
}

function trace(context: CanvasRenderingContext2D, { at, values, colour, dashed }: Curve, across: (at: number) => number, down: (value: number) => number): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.setLineDash(dashed ? [5, 4] : []);
  context.beginPath();
  const step = Math.max(1, Math.floor(at.length / 600));
  let begun = false;
  for (let each = 0; each < at.length; each += each + step < at.length || each === at.length - 1 ? step : at.length - 1 - each) {
    if (!Number.isFinite(values[each])) { begun = false; continue; }
    context[begun ? "lineTo" : "moveTo"](across(at[each]), down(values[each]));
    begun = true;
  }
  context.stroke();
}

function range(curves: Curve[], log: boolean): [number, number] {
  let least = Infinity, most = -Infinity;
  for (const { values } of curves) {
    for (const each of values) {
      if (!Number.isFinite(each) || (log && each <= 0)) continue;
      if (each < least) least = each;
      if (each > most) most = each;
    }
  }
  if (least > most) return log ? [0.1, 1] : [0, 1];
  if (!log) return [Math.min(0, least), most > least ? most : least + (Math.abs(least) || 1)];
  const floor = Math.max(least, most * 1e-6);
  return [floor, most > floor ? most : floor * 10];
}

function ticks(least: number, most: number, log: boolean): number[] {
  if (log) {
    const found: number[] = [];
    const first = Math.ceil(Math.log10(least)), last = Math.floor(Math.log10(most));
    for (let power = first; power <= last; power += Math.max(1, Math.ceil((last - first) / 3))) found.push(10 ** power);
    return found.length > 1 ? found : [least, most];
  }
  const rough = (most - least) / 3, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough)!;
  const found: number[] = [];
  for (let at = Math.ceil(least / step - 1e-9); at * step <= most * (1 + 1e-9); at++) found.push(at * step);
  return found;
}

const short = (value: number): string => (value === 0 ? "0" : Math.abs(value) < 0.001 || Math.abs(value) >= 10000 ? value.toExponential(0) : String(+value.toPrecision(2)));
