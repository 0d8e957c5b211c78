// A canvas to draw on, in the units of the page.

/** A canvas as sharp as the screen, drawn on in the page's own units. */
export function surface(canvas: HTMLCanvasElement, width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): void {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  (canvas.width = Math.round(width * ratio)), (canvas.height = Math.round(height * ratio));
  (canvas.style.width = `${width}px`), (canvas.style.height = `${height}px`);
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  draw(context);
}
