// A drawing by pointer or by keyboard: strokes upon a picture, of which the last one can be undone.

/** Pixels of a side, and cells of a side that the keyboard goes by. */
export const SIDE = 140, GRID = 28;
const CELL = SIDE / GRID;

type Dot = [x: number, y: number, size: number];

export class Drawing {
  private strokes: Dot[][] = [];
  private current: Dot[] | null = null;
  private picture: CanvasImageSource | null = null;
  private brush: [number, number] | null = null;
  private pen = 10;
  private drawn = document.createElement("canvas");

  constructor(private canvas: HTMLCanvasElement, public changed: () => void) {
    this.drawn.width = this.drawn.height = SIDE;
    this.paint();
  }

  begin(event: PointerEvent, pen: number): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.pen = pen;
    this.strokes.push((this.current = []));
    this.go(event);
  }

  go(event: PointerEvent): void {
    if (!this.current) return;
    for (const each of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) this.current.push(this.dot(each));
    this.paint();
    this.changed();
  }

  end(): void {
    this.current = null;
  }

  private dot({ clientX, clientY, pressure, pointerType }: PointerEvent): Dot {
    const { left, top, width } = this.canvas.getBoundingClientRect(), per = SIDE / width;
    const size = this.pen * (pointerType === "pen" && pressure ? 0.5 + pressure : 1);
    return [(clientX - left) * per, (clientY - top) * per, size];
  }

  /** Arrows move the brush; Space paints, with Shift it rubs out. */
  key(event: KeyboardEvent, pen: number): void {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const [x, y] = this.brush ?? [GRID / 2, GRID / 2], within = (at: number) => Math.max(0, Math.min(GRID - 1, at));
    if (step) this.brush = [within(x + step[0]), within(y + step[1])];
    else if (event.key === " ") this.touch(x, y, pen, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.paint();
  }

  private touch(x: number, y: number, pen: number, away: boolean): void {
    const middle = [(x + 0.5) * CELL, (y + 0.5) * CELL];
    if (away) this.strokes = this.strokes.map((each) => each.filter(([right, down]) => Math.hypot(right - middle[0], down - middle[1]) > CELL)).filter((each) => each.length);
    else this.strokes.push([[middle[0], middle[1], Math.max(pen, CELL)]]);
    this.brush = [x, y];
    this.changedSoon();
  }

  private changedSoon(): void {
    this.paint();
    this.changed();
  }

  leave(): void {
    this.brush = null;
    this.paint();
  }

  undo(): void {
    if (!this.strokes.pop()) this.picture = null;
    this.changedSoon();
  }

  clear(): void {
    this.strokes = [];
    this.put(null);
  }

  put(picture: CanvasImageSource | null): void {
    this.picture = picture;
    this.changedSoon();
  }

  /** How dark each pixel is, 0 to 255: dark on light, as on paper. */
  pixels(): Uint8Array {
    const { data } = this.drawn.getContext("2d")!.getImageData(0, 0, SIDE, SIDE);
    return Uint8Array.from({ length: SIDE * SIDE }, (_, at) => Math.round(0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]));
  }

  private paint(): void {
    const context = this.drawn.getContext("2d", { willReadFrequently: true })!;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    context.imageSmoothingEnabled = true;
    if (this.picture) context.drawImage(this.picture, 0, 0, SIDE, SIDE);
    for (const each of this.strokes) stroke(context, each);
    const seen = this.canvas.getContext("2d")!;
    seen.drawImage(this.drawn, 0, 0);
    if (!this.brush) return;
    seen.strokeStyle = "#d55e00";
    seen.strokeRect(this.brush[0] * CELL, this.brush[1] * CELL, CELL, CELL);
  }
}

function stroke(context: CanvasRenderingContext2D, dots: Dot[]): void {
  context.fillStyle = context.strokeStyle = "#000";
  context.lineCap = context.lineJoin = "round";
  dots.forEach(([x, y, size], at) => {
    const [fromX, fromY] = dots[Math.max(0, at - 1)];
    context.lineWidth = size;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(x + 0.01, y);
    context.stroke();
  });
}
