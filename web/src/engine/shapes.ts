// Shapes, and where a number stands in an array laid out flat.

export type Shape = number[];

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** How far apart the neighbours along each axis are. */
export function strides(shape: Shape): number[] {
  const found: number[] = new Array(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis], axis--) found[axis] = step;
  return found;
}

export function indexOf(position: number, shape: Shape): number[] {
  return strides(shape).map((step, axis) => Math.floor(position / step) % shape[axis]);
}

/** From a position in a shape to another, where going along an axis is a step of the same length everywhere. */
export function affine(shape: Shape, steps: number[], first = 0): (at: number) => number {
  const own = strides(shape);
  return (at) => {
    let found = first;
    for (let axis = 0; axis < own.length; axis++) {
      const along = Math.floor(at / own[axis]);
      at -= along * own[axis];
      found += along * steps[axis];
    }
    return found;
  };
}

/** For each number along some axes the positions that it stands for: `offsets` from where `start` says. */
export function along(from: Shape, gone: number[]): { offsets: number[]; start: (at: number) => number } {
  const kept = from.map((_, axis) => axis).filter((axis) => !gone.includes(axis)), steps = strides(from);
  const [within, start] = [gone, kept].map((axes) => affine(axes.map((axis) => from[axis]), axes.map((axis) => steps[axis])));
  const offsets = Array.from({ length: sizeOf(gone.map((axis) => from[axis])) }, (_, at) => within(at));
  return { offsets, start };
}
