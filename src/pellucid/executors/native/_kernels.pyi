"""The compiled kernels: a program is data, made of these parts, and then put to work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

class Op(IntEnum):
    """What an instruction or a plain number can be made by, `Op["tanh"]`: the list is C++'s."""

    copy = ...
    fill = ...
    repeat = ...
    tile = ...
    blend = ...

class Cell(IntEnum):
    rnn = ...
    lstm = ...
    gru = ...

class Place(IntEnum):
    scratch = ...
    rows = ...
    fixed = ...
    sum = ...

@dataclass(frozen=True, kw_only=True)
class Instruction:
    op: Op | int
    d: int
    a: int
    b: int
    c: int
    width: int
    inner: int
    apart: int

@dataclass(frozen=True, kw_only=True)
class Slot:
    kind: Place | int
    buffer: int
    offset: int
    width: int

@dataclass(frozen=True, kw_only=True)
class Code:
    instructions: Sequence[Instruction]
    once: int
    slots: Sequence[Slot]
    block: int
    frozen: int | None
    numbers: Sequence[int]

@dataclass(frozen=True, kw_only=True)
class FrozenKernel:
    memory: Sequence[bool]
    instructions: Sequence[Instruction]

@dataclass(frozen=True, kw_only=True)
class Window:
    height: int
    width: int
    channels: int
    high: int
    wide: int
    stride_down: int
    stride_along: int
    above: int
    before: int
    down: int
    along: int

@dataclass(frozen=True, kw_only=True)
class Feed:
    to: int
    input: int

@dataclass(frozen=True, kw_only=True)
class Give:
    source: int
    output: int

@dataclass(frozen=True, kw_only=True)
class Forward:
    x: int
    w: int
    z: int
    k: int
    m: int
    each: int

@dataclass(frozen=True, kw_only=True)
class Backward:
    dz: int
    w: int
    dx: int
    k: int
    m: int
    each: int

@dataclass(frozen=True, kw_only=True)
class Weights:
    x: int
    dz: int
    dw: int
    k: int
    m: int
    each: int

@dataclass(frozen=True, kw_only=True)
class OnRows:
    kernel: int

@dataclass(frozen=True, kw_only=True)
class Once:
    kernel: int
    size: int
    sums: Sequence[int]

@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    call: Callable[[int, Sequence[int], Sequence[float], Sequence[int]], None]
    reads: Sequence[int]
    numbers: Sequence[int]
    gives: Sequence[int]

@dataclass(frozen=True, kw_only=True)
class Uniform:
    to: int
    stream: int
    seed: int | None

@dataclass(frozen=True, kw_only=True)
class Normal:
    to: int
    stream: int
    seed: int | None

@dataclass(frozen=True, kw_only=True)
class Lookup:
    x: int
    w: int
    e: int
    count: int
    width: int
    each: int
    together: int

@dataclass(frozen=True, kw_only=True)
class Scatter:
    x: int
    de: int
    dw: int
    count: int
    width: int
    each: int
    together: int

@dataclass(frozen=True, kw_only=True)
class Move:
    source: int
    to: int
    first: int
    to_first: int
    numbers: int
    repeats: int
    step: int
    to_step: int
    again: int
    leap: int
    to_leap: int

@dataclass(frozen=True, kw_only=True)
class Zero:
    to: int

@dataclass(frozen=True, kw_only=True)
class Convolve:
    x: int
    w: int
    z: int
    channels: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class ConvolveBack:
    dz: int
    w: int
    dx: int
    channels: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class ConvolveWeights:
    x: int
    dz: int
    dw: int
    channels: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class MaxPool:
    x: int
    p: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class MaxPoolBack:
    dp: int
    p: int
    x: int
    dx: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class MeanPool:
    x: int
    p: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class MeanPoolBack:
    dp: int
    dx: int
    window: Window

@dataclass(frozen=True, kw_only=True)
class Recur:
    cell: Cell
    steps: int
    units: int
    z: int
    u: int
    b: int | None
    h: int
    gates: int | None
    inner: int | None

@dataclass(frozen=True, kw_only=True)
class RecurBack:
    cell: Cell
    steps: int
    units: int
    dh: int
    u: int
    h: int | None
    gates: int | None
    inner: int | None
    dz: int
    dr: int | None

Step = (
    Feed
    | Give
    | Forward
    | Backward
    | Weights
    | OnRows
    | Uniform
    | Normal
    | Lookup
    | Move
    | Zero
    | Convolve
    | ConvolveBack
    | ConvolveWeights
    | MaxPool
    | MaxPoolBack
    | MeanPool
    | MeanPoolBack
    | Recur
    | RecurBack
)

@dataclass(frozen=True, kw_only=True)
class Buffer:
    width: int
    across: bool
    data: int | None

@dataclass(frozen=True, kw_only=True)
class Phase:
    rows: Sequence[Step]
    fixed: Sequence[Once | Elsewhere | Scatter]
    sums: Sequence[int]
    totals: Sequence[int]

@dataclass(frozen=True, kw_only=True)
class NumberCode:
    op: Op | int
    to: int
    a: int
    b: int

@dataclass(frozen=True, kw_only=True)
class PlainNumbers:
    values: Sequence[float]
    code: Sequence[NumberCode]
    rate: int
    time: int
    rows: int

@dataclass(frozen=True, kw_only=True)
class Kept:
    number: int
    value: int
    home: int

@dataclass(frozen=True, kw_only=True)
class Assigned:
    target: int
    value: int

@dataclass(frozen=True, kw_only=True)
class Changing:
    data: int
    bytes: int

@dataclass(frozen=True, kw_only=True)
class StreamPart:
    buffer: int
    first: int

@dataclass(frozen=True, kw_only=True)
class Stream:
    kernel: int
    gradient_slot: int
    scale: int | None
    parts: Sequence[StreamPart]

@dataclass(frozen=True, kw_only=True)
class Program:
    buffers: Sequence[Buffer]
    phases: Sequence[Phase]
    codes: Sequence[Code]
    numbers: PlainNumbers
    kept: Sequence[Kept]
    assigned: Sequence[Assigned]
    changing: Sequence[Changing]
    losses: Sequence[int]
    stream: Stream | None

class Feeds:
    def __init__(self) -> None: ...
    def rows(self, array: np.ndarray, kind: int) -> None: ...
    def entries(
        self, starts: np.ndarray, columns: np.ndarray, column_kind: int, values: np.ndarray,
        kind: int, most: int,
    ) -> None: ...  # fmt: skip
    def sparse(self, feed: int) -> None: ...

class Runnable:
    def __init__(self, program: Program, level: str, doubles: bool) -> None: ...
    def sparse(self, feed: int) -> None: ...
    def run(
        self, feeds: Feeds, outputs: list[np.ndarray], order: np.ndarray | None, first: int,
        last: int, batch: int, rates: np.ndarray | None, seed: int, step: int, seconds: float,
        losses: np.ndarray | None, threads: int, chooses: bool,
        stops: Callable[[], bool] | None = None,
    ) -> tuple[int, bool]: ...  # fmt: skip
    def predicts(
        self, row: Sequence[int], output: Sequence[int], empty: Callable[..., Any],
        dtype: np.dtype, threads: int,
    ) -> None: ...  # fmt: skip
    def predict(self, x: Any) -> np.ndarray | None: ...
    @property
    def nbytes(self) -> int: ...

def use_blas(f32: int, f64: int) -> None: ...
def levels() -> list[str]: ...
def frozen() -> list[FrozenKernel]: ...
def compute(op: Op, a: float, b: float) -> float: ...
def permutation(to: np.ndarray[Any, Any], seed: int, stream: int, step: int) -> None: ...
