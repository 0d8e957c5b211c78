// What functions make of numbers, by their names in recorded calls.

export type OfNumbers = (...values: number[]) => number;

export const NUMBERS: Record<string, OfNumbers> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  pow: (a, b) => a ** b,
  remainder: (a, b) => a - b * Math.floor(a / b),
  negative: (x) => -x,
  square: (x) => x * x,
  abs: Math.abs,
  maximum: (a, b) => (Number.isNaN(a) ? a : a > b ? a : b),
  minimum: (a, b) => (Number.isNaN(a) ? a : a < b ? a : b),
  where: (condition, a, b) => (condition ? a : b),
  sign: Math.sign,
  greater: (a, b) => +(a > b),
  greater_equal: (a, b) => +(a >= b),
  less: (a, b) => +(a < b),
  less_equal: (a, b) => +(a <= b),
  equal: (a, b) => +(a === b),
  not_equal: (a, b) => +(a !== b),
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
};
