// Classes as they are seen: a colour that everybody can tell from the others, a shape and a letter each.

/** Okabe and Ito's colours, in an order in which neighbours differ most. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#888888"];

export const rgb = (colour: string): [number, number, number] => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
const PARTS = COLOURS.map(rgb);
export const rgbOf = (of: number): [number, number, number] => PARTS[of % PARTS.length];
export const colourOf = (of: number): string => COLOURS[of % COLOURS.length];

const polygon = (corners: number, turn: number, inner = 1): [number, number][] =>
  Array.from({ length: corners }, (_, at) => {
    const angle = ((turn + (360 * at) / corners) * Math.PI) / 180, reach = at % 2 ? inner : 1;
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  });
const CROSS: [number, number][] = [[-1, -3], [1, -3], [1, -1], [3, -1], [3, 1], [1, 1], [1, 3], [-1, 3], [-1, 1], [-3, 1], [-3, -1], [-1, -1]]
  .map(([x, y]) => [x / 2.8, y / 2.8]);
/** A circle, a square, triangles, a rhombus, a cross, a star, a hexagon. */
const SHAPES = [polygon(20, 0), polygon(4, 45), polygon(3, -90), polygon(4, 0), CROSS, polygon(3, 90), polygon(10, -90, 0.45), polygon(6, 0)];

export function marker(path: CanvasRenderingContext2D, of: number, x: number, y: number, size: number): void {
  const shape = SHAPES[of % SHAPES.length];
  path.beginPath();
  shape.forEach(([right, down], at) => path[at ? "lineTo" : "moveTo"](x + size * right, y + size * down));
  path.closePath();
}

/** The same shape for a page: a path in a box from −1 to 1. */
export const outline = (of: number): string =>
  `M${SHAPES[of % SHAPES.length].map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}Z`;
