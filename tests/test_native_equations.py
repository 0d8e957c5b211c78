"""Every equation and every layer of the contract runs natively, but for the rows that are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.equations.base import Equation
from pellucid.equations.linear import RowProduct
from pellucid.equations.masking import Causal, Within
from pellucid.equations.random import Draw
from pellucid.equations.reductions import Sum
from pellucid.equations.sampling import Sample, SampleGradient
from pellucid.equations.spacing import Permute
from pellucid.executors.executor import Asked
from pellucid.executors.memory import Memory
from pellucid.executors.native.library import problem
from pellucid.initializers import Zeros
from pellucid.plan import Plan
from pellucid.plan.derive import derive
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor, setting
from pellucid.weights import Weight
from tests.contract import layers
from tests.contract.gradients import is_integer
from tests.contract.rows import draw, every_row, sampling
from tests.native import assert_close, at_every_level, check

if problem() is not None:
    pytest.skip(str(problem()), allow_module_level=True)

from pellucid.executors.native.executor import NativeExecutor

pytestmark = at_every_level

#: the rows of which NumPy runs some: sums over the rows of a batch and over some numbers of a row,
#: not all; some rows of a batch that are picked; axes of a row in another order; products of rows;
#: kernels of which numbers are moved apart; numbers of a row that are looked up by number
BY_NUMPY = {
    "Sum(axis=(0, 2))",
    "Sum(axis=(0, 2), keepdims=True)",
    "Mean(axis=(0, 2))",
    "Mean(axis=(0, 2), keepdims=True)",
    "SumTo()",
    "Standardize(axis=(0, 2))",
    "Pick(at=(0, slice(None, None, None), slice(None, None, None)))",
    "Pick(at=(slice(0, 2, None), 2, slice(0, 4, 2)))",
    "Place(at=(0, slice(None, None, None), slice(None, None, None)))",
    "Place(at=(slice(0, 2, None), 2, slice(0, 4, 2)))",
    "Causal()",
    "Within(width=2)",
    "Largest()",
    "Largest(keepdims=True)",
    "Permute(axes=(0, 2, 1))",
    "Permute(axes=(0, 2, 3, 1))",
    "RowProduct()",
    "SpaceOut(axis=0, step=2)",
    "Resample(axis=1, size=2, interpolation='lanczos3', antialias=True)",
    "Resample(axis=2, size=4)",
    *(repr(row.equation) for row in sampling.ROWS if isinstance(row.equation, Sample)),
}
#: the layers of which NumPy runs some, by the equation
LAYERS_BY_NUMPY = {
    "BatchNormalization(axis=2)": "Standardize",
    "Conv2D(filters=4, kernel_size=2, dilation_rate=(2, 1), groups=2)": "SpaceOut",
    "Conv1D(filters=3, kernel_size=2, padding='causal', dilation_rate=2, groups=3)": "SpaceOut",
    "GroupNormalization(groups=2)": "Standardize",
    "Permute(dims=(2, 1))": "Permute",
    "Dot(axes=(2, 1))": "RowProduct",
    "Elementwise(operation='maximum', weight_shape=(4, 1))": "Maximum",
    "Dense(units=2, kernel_constraint='max_norm', activity_regularizer='l2')": "Sum",
    "Attention(use_scale=True)": "RowProduct",
    "Attention(score_mode='concat', dropout=0.5)": "RowProduct",
    "AdditiveAttention()": "RowProduct",
    "GroupedQueryAttention(head_dim=2, num_query_heads=4, num_key_value_heads=2, dropout=0.3, "
    "use_gate=True, sliding_window=2)": "RowProduct",
    "MultiHeadAttention(num_heads=2, key_dim=3, dropout=0.3)": "RowProduct",
    "MultiHeadAttention(num_heads=1, key_dim=2, use_bias=False, output_shape=(2, 3))": "RowProduct",
    "MultiHeadAttention(num_heads=2, key_dim=2, attention_axes=2, use_gate=True)": "RowProduct",
    "LSTM(units=2, recurrent_constraint='unit_norm', dropout=0.4)": "Sum",
    "Conv3D(filters=3, kernel_size=(2, 2, 1), activation='tanh')": "Permute",
    "Conv3D(filters=2, kernel_size=2, strides=2, padding='same', use_bias=False)": "Permute",
    "Conv3D(filters=4, kernel_size=2, dilation_rate=(1, 2, 1), groups=2)": "Permute",
    "Conv3DTranspose(filters=2, kernel_size=(2, 3, 2), strides=2, padding='same')": "Permute",
    "MaxPooling3D(padding='same')": "Permute",
    "AveragePooling3D(pool_size=(2, 3, 2), strides=1, padding='same')": "Permute",
    "Conv2D(filters=3, kernel_size=2, data_format='channels_first')": "Permute",
    "Flatten(data_format='channels_first')": "Permute",
    "EinsumDense(equation='abc,bcd->abd', output_shape=(None, 2), bias_axes='b')": "Add",
    "GRUCell(units=2, reset_after=False)": "Pick",
    "GRU(units=2, reset_after=False)": "Pick",
    "UpSampling2D(interpolation='bilinear', size=(2, 3))": "Resample",
    "Resizing(height=3, width=6)": "Resample",
    "Resizing(height=3, width=3, pad_to_aspect_ratio=True, fill_value=0.5)": "Resample",
    "RandomTranslation(height_factor=0.3, width_factor=(0.1, 0.2))": "Sample",
    "RandomRotation(factor=0.2, fill_mode='constant', fill_value=0.5)": "Sample",
    "RandomZoom(height_factor=0.3, width_factor=0.2, fill_mode='nearest')": "Sample",
    "RandomShear(x_factor=0.3, y_factor=0.2, fill_mode='wrap')": "Sample",
    "RandomCrop(height=3, width=2)": "Sample",
    "RandomPerspective(factor=(1.0, 1.0), scale=0.4)": "Sample",
    "RandomElasticTransform(factor=(1.0, 1.0), value_range=(-9, 9))": "Sample",
}
#: where no row of the equation has a native program
NEVER_NATIVE: set[type[Equation]] = {Permute, RowProduct, Causal, Within, Sample, SampleGradient}
ROWS = every_row()


class Written:
    """A row with its gradient as a plan; what does not go by the rows of a batch is a weight."""

    def __init__(self, row: Any, of_rows: list[bool]):
        self.feeds: dict[Tensor, np.ndarray] = {}
        self.weights: list[Weight] = []
        self.given: dict[Tensor, Any] = {}
        tensors = [self._given(*each) for each in zip(row.arrays, of_rows, strict=True)]
        self.results = [row.equation.line(*tensors)]
        if type(row.equation).differentiable():
            self._derive(self.results[0])
        self.homes = {y: self._weight(np.zeros(y.shape)) for y in self.results if not batched(y)}
        self.plan = Plan(
            list(self.feeds), [y for y in self.results if batched(y)],
            assignments={home.tensor: y for y, home in self.homes.items()},
        )  # fmt: skip

    def _given(self, value: Any, of_rows: bool) -> Any:
        if isinstance(value, (int, float)):
            return setting(value)
        array = np.asarray(value, None if is_integer(value) else float)
        if of_rows:
            kind = "int" if is_integer(array) else "float"
            tensor = Tensor((None, *array.shape[1:]), "x", role="input", dtype=kind)
            self.feeds[tensor] = array
        else:
            tensor = self._weight(array).tensor
        self.given[tensor] = array
        return tensor

    def _weight(self, array: np.ndarray) -> Weight:
        weight = Weight(array.shape, Zeros(), "w", letter="W")
        weight.assign(array.astype(float))
        self.weights.append(weight)
        return weight

    def _derive(self, y: Tensor) -> None:
        inputs = [tensor for tensor in self.given if tensor.dtype == "float"]
        upstream = self._given(draw(*self._extents(y), seed=8), batched(y))
        total = Sum()(y * upstream)
        self.results += derive(trace([total]), total, inputs).values()

    def _extents(self, y: Tensor) -> list[int]:
        return [len(next(iter(self.feeds.values()))) if n is None else n for n in y.shape]

    def check(self, steps: int) -> dict[Any, str]:
        """What the native executor makes of it is what the plainest run does.

        Gives the lines that NumPy ran for it, and why.
        """
        expected = interpret(self.plan.lines, self.given, np)
        memory = Memory([], self.weights, "float64")
        memory.steps = steps
        executor = NativeExecutor(self.plan, memory, 1)
        count = max((len(array) for array in self.feeds.values()), default=1)
        given = executor.fed(list(self.feeds.values()))
        found = executor.run(given, Asked(None, 0, count, count)).outputs
        for y, array in zip(self.plan.outputs, found, strict=True):
            assert_close(array, expected[y])
        for y, home in self.homes.items():
            assert_close(home.value, expected[y])
        return dict(executor.compiled.elsewhere)


def batched(y: Tensor) -> bool:
    return bool(y.shape) and y.shape[0] is None


def of_rows(row: Any) -> list[bool]:
    """Which arrays hold the rows of a batch: those as long as the one of most dimensions.

    Equations of weights have none, and those with weights of any length only their first.
    """
    family = type(row.equation).__module__.rpartition(".")[2]
    arrays = [np.asarray(array) for array in row.arrays]
    if family in ("clipping", "gathering", "penalties"):
        return [False for _ in arrays]
    if family in ("convolution", "depthwise", "embedding", "features", "recurrent", "gated"):
        return [at == 0 for at in range(len(arrays))]
    count = len(max(arrays, key=lambda array: array.ndim))
    least = 2 if family == "linear" else 1
    return [array.ndim >= least and len(array) == count for array in arrays]


def written(row: Any) -> Written:
    """On a batch; on weights where the equation joins or splits the rows of a batch."""
    try:
        return Written(row, of_rows(row))
    except ValueError:
        return Written(row, [False for _ in row.arrays])


def name_of(row: Any) -> str:
    return f"{row.equation!r}-{'-'.join(str(getattr(a, 'shape', a)) for a in row.arrays)}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_equation(row: Any) -> None:
    steps = row.arrays[2] if isinstance(row.equation, Draw) else 0
    by_numpy = written(row).check(steps)
    assert bool(by_numpy) == (repr(row.equation) in BY_NUMPY), by_numpy


def test_every_equation_has_a_native_program() -> None:
    rows = [row for row in ROWS if repr(row.equation) not in BY_NUMPY]
    native = {type(line.equation) for row in rows for line in written(row).plan.lines}
    native |= {type(row.equation) for row in rows}
    ours = {kind for kind in Equation.every() if kind.__module__.startswith("pellucid")}
    assert ours - native == NEVER_NATIVE
    assert {repr(row.equation) for row in ROWS} >= BY_NUMPY


@pytest.mark.parametrize("row", layers.ROWS, ids=lambda row: repr(row.layer))
def test_layer(row: Any) -> None:
    def make(executor: str, dtype: str) -> Any:
        net = layers.network(row, dtype)
        net.compile("sgd", "mse", executor=executor)
        return net

    x = row.arrays if len(row.arrays) > 1 else row.arrays[0]
    y = np.full((len(row.arrays[0]), 2), 0.3)
    check(make, x, y)
    net = make("native", "float64")
    net.fit(x, y, verbose=0)
    reason = LAYERS_BY_NUMPY.get(repr(row.layer))
    report = net.executor_report()
    assert ("by NumPy, once a batch:" in report) == bool(reason), report
    assert f"by NumPy, once a batch: {reason or ''}" in report or not reason, report
