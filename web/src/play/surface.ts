// A canvas to draw on, in the units of the page.

/** A canvas as sharp as the screen, drawn on in the page's own units. */
export function surface(canvas: HTMLCanvasElement, width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): void {
  const ratio = Math.min(2, window.devicePixelRatio || 1), [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    (canvas.width = wide), (canvas.height = high);
    (canvas.style.width = `${width}px`), (canvas.style.height = `${height}px`);
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context);
}
