"""The steps of a program, each from the value that it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.executors.native import _kernels
from pellucid.executors.native.elementwise import Draw
from pellucid.executors.native.graph import Unsupported, Value
from pellucid.executors.native.moving import Move, Moves
from pellucid.executors.native.places import Places
from pellucid.executors.native.recurring import NAMES as RECURRENCES
from pellucid.executors.native.windows import Window

Step = Any


def forward(places: Places, value: Value) -> list[Step]:
    """z = x·w"""
    x, w = value.reads
    k, m = w.dims
    at = {"x": places.buffer(x), "w": places.buffer(w), "z": places.buffer(value)}
    return [_kernels.Forward(**at, k=k, m=m, each=x.width // k)]


def backward(places: Places, value: Value) -> list[Step]:
    """dx = dz·wᵀ"""
    dz, w = value.reads
    k, m = w.dims
    at = {"dz": places.buffer(dz), "w": places.buffer(w), "dx": places.buffer(value)}
    return [_kernels.Backward(**at, k=k, m=m, each=dz.width // m)]


def weights(places: Places, value: Value) -> list[Step]:
    """dw = xᵀ·dz"""
    x, dz = value.reads
    k, m = value.dims
    at = {"x": places.buffer(x), "dz": places.buffer(dz), "dw": places.buffer(value)}
    return [_kernels.Weights(**at, k=k, m=m, each=x.width // k)]


def lookup(places: Places, value: Value) -> list[Step]:
    """e = Σ w[x]"""
    x, w = value.reads
    count, width = w.dims
    at = {"x": places.buffer(x), "w": places.buffer(w), "e": places.buffer(value)}
    return [_kernels.Lookup(**at, count=count, width=width, each=x.width, together=value.start)]


def scatter(places: Places, value: Value) -> _kernels.Scatter:
    """dw[x] += de"""
    x, de = value.reads
    count, width = value.dims
    at = {"x": places.buffer(x), "de": places.buffer(de), "dw": places.buffer(value)}
    return _kernels.Scatter(**at, count=count, width=width, each=x.width, together=value.start)


def drawn(places: Places, value: Value) -> list[Step]:
    draw, to = value.detail, places.buffer(value)
    assert isinstance(draw, Draw)
    kind = {"uniform": _kernels.Uniform, "normal": _kernels.Normal}[value.op]
    return [kind(to=to, stream=draw.stream, seed=draw.seed)]


def moved(places: Places, value: Value) -> list[Step]:
    """Zeros, where something is left out, and a move for each piece."""
    detail, to = value.detail, places.buffer(value)
    assert isinstance(detail, Moves)
    zero = [_kernels.Zero(to=to)] if detail.zero else []
    return [
        *zero,
        *(
            move(places.buffer(source), to, each)
            for source, each in zip(value.reads, detail.moves, strict=True)
        ),
    ]


def move(source: int, to: int, each: Move) -> Step:
    return _kernels.Move(source=source, to=to, **each._asdict())


#: the step of an operation with a window, and what it calls what it reads and what it writes
WINDOWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "convolve": (_kernels.Convolve, ("x", "w", "z")),
    "convolve_back": (_kernels.ConvolveBack, ("dz", "w", "dx")),
    "convolve_weights": (_kernels.ConvolveWeights, ("x", "dz", "dw")),
    "max_pool": (_kernels.MaxPool, ("x", "p")),
    "max_pool_back": (_kernels.MaxPoolBack, ("dp", "p", "x", "dx")),
    "mean_pool": (_kernels.MeanPool, ("x", "p")),
    "mean_pool_back": (_kernels.MeanPoolBack, ("dp", "dx")),
}


def windowed(places: Places, value: Value) -> list[Step]:
    kind, names = WINDOWS[value.op]
    assert isinstance(value.detail, Window)
    buffers = [places.buffer(each) for each in (*value.reads, value)]
    at = dict(zip(names, buffers, strict=True))
    if value.op.startswith("convolve"):
        at["channels"] = value.reads[1].dims[-1]
    return [kind(**at, window=_kernels.Window(**value.detail._asdict()))]


#: the fields of the step of a recurrence, and of the way back
FORWARD = ("z", "u", "b", "h", "gates", "inner")
BACK = ("dh", "u", "h", "gates", "inner", "dz", "dr")


def recurring(places: Places, value: Value) -> list[Step]:
    """The step of a recurrence; what nobody reads of it has no buffer."""
    reads, gives = RECURRENCES[value.op]
    results = {0: value} | {
        each.start: each for each in places.readers[value] if each.op == "beside"
    }
    if not results.keys() <= gives.keys():
        raise Unsupported("what its activations were applied to is read")
    named = dict(zip(reads, value.reads, strict=False)) | {
        gives[at]: each for at, each in results.items()
    }
    is_back = value.op.endswith("gradient")
    at = {
        name: places.buffer(named[name]) if name in named else None
        for name in (BACK if is_back else FORWARD)
    }
    steps, _ = value.reads[0].dims
    kind: Any = _kernels.RecurBack if is_back else _kernels.Recur
    cell = _kernels.Cell[value.op.removesuffix("_gradient")]
    return [kind(cell=cell, steps=steps, units=named["u"].dims[0], **at)]


STEPS: dict[str, Callable[[Places, Value], list[Step]]] = {
    "forward": forward,
    "backward": backward,
    "weights": weights,
    "lookup": lookup,
    "uniform": drawn,
    "normal": drawn,
    "moved": moved,
    **dict.fromkeys(WINDOWS, windowed),
    **dict.fromkeys(RECURRENCES, recurring),
}
