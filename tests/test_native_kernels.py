"""The kernels of every CPU level by themselves: functions, sums and products against exact ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.native import at_every_level

pytestmark = at_every_level

DTYPES = ["float32", "float64"]
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, np.inf, -np.inf, np.nan, 1e-3, -1e-3, 88.0, -103.0, 1e4, -3e7]

#: the exact function, where it is looked at, and by how many units in the last place it may be off;
#: σ = (tanh(x/2) + 1)/2 in units of that of 1
FUNCTIONS: dict[str, tuple[Any, tuple[float, float], float]] = {
    "exp": (np.exp, (-87.0, 88.7), 1), "expm1": (np.expm1, (-20, 88), 1.5),
    "log": (np.log, (1e-37, 1e38), 1), "log1p": (np.log1p, (-0.999, 1e6), 1.5),
    "tanh": (np.tanh, (-12, 12), 3), "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), (-30, 30), 1),
    "sin": (np.sin, (-2e6, 2e6), 1), "cos": (np.cos, (-2e6, 2e6), 1),
    "sqrt": (np.sqrt, (0, 1e38), 0.501), "reciprocal": (np.reciprocal, (1e-6, 1e6), 0.501),
    "floor": (np.floor, (-1e5, 1e5), 0), "square": (np.square, (-1e18, 1e18), 0.501),
    "abs": (np.abs, (-1e9, 1e9), 0), "negative": (np.negative, (-1e9, 1e9), 0),
    "sign": (np.sign, (-1, 1), 0), "copy": (np.positive, (-1, 1), 0),
}  # fmt: skip
PAIRS = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater", "greater_equal",
         "less", "less_equal", "equal", "not_equal", "remainder", "power"]  # fmt: skip


def run(
    level: str,
    name: str,
    *arrays: np.ndarray,
    rows: int,
    width: int = 1,
    inner: int = 1,
    apart: int = 1,
) -> bool:
    from pellucid.executors.native import _kernels

    return bool(_kernels.instruction(level, name, list(arrays), rows, width, inner, apart))


def applied(level: str, name: str, *operands: np.ndarray) -> np.ndarray:
    result = np.full_like(operands[0], 7)
    run(level, name, result, *operands, rows=result.size)
    return result


def spread(low: float, high: float, dtype: str, count: int = 20_011) -> np.ndarray:
    """Numbers of all sizes between two, of both signs where both are between."""
    rng = np.random.default_rng(0)
    even = rng.uniform(low, high, count)
    small = np.sign(even) * np.exp(rng.uniform(np.log(1e-30), np.log(abs(even) + 1e-30)))
    return np.clip(np.concatenate([even, small]), low, high).astype(dtype)


def units(found: np.ndarray, exact: np.ndarray, least: float) -> np.ndarray:
    """How far numbers are from exact ones, in units in the last place of these, or of `least`."""
    least = max(least, np.finfo(found.dtype).tiny)
    unit = np.spacing(np.maximum(abs(exact.astype(found.dtype)), found.dtype.type(least)))
    return abs(found.astype(exact.dtype) - exact) / unit


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_exact_to_a_few_units(level: str, name: str, dtype: str) -> None:
    exact, (low, high), most = FUNCTIONS[name]
    x = spread(low, high, dtype)
    wide = x.astype(np.longdouble)
    off = units(applied(level, name, x), exact(wide), least=1 if name == "sigmoid" else 0)
    assert off.max() <= most, (name, x[off.argmax()], off.max())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_at_the_edges_are_those_of_numpy(level: str, name: str, dtype: str) -> None:
    x = np.array(EDGES * 3, dtype)
    with np.errstate(all="ignore"):
        expected = FUNCTIONS[name][0](x.astype(np.float64)).astype(dtype)
        found = applied(level, name, x)
    close = np.isclose(found, expected, rtol=1e-5, atol=1e-37, equal_nan=True)
    close |= abs(expected) < np.finfo(dtype).tiny * 2  # may be flushed
    assert close.all(), (name, x[~close], found[~close], expected[~close])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_number_gets_the_same_bits_beside_any_other(level: str, name: str, dtype: str) -> None:
    x = spread(*FUNCTIONS[name][1], dtype, count=500)
    beside = np.stack([x, np.resize(np.array(EDGES, dtype), x.shape)], axis=1).ravel()
    np.testing.assert_array_equal(applied(level, name, beside)[::2], applied(level, name, x))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_pairs_are_those_of_numpy(level: str, name: str, dtype: str) -> None:
    a, b = (each.ravel().astype(dtype) for each in np.meshgrid(EDGES, EDGES))
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(a, b).astype(dtype)
    found = applied(level, {"power": "pow"}.get(name, name), a, b)
    if name == "power":
        np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps)
    else:
        np.testing.assert_array_equal(found, expected)


SIZES = [*range(1, 36), 47, 48, 63, 64, 65, 96, 127, 128, 129, 130]


def aligned_by(offset: int, values: np.ndarray) -> np.ndarray:
    """A copy that begins so many elements after the start of a block of memory."""
    room = np.empty(values.size + offset, values.dtype)
    room[offset:] = values.ravel()
    return room[offset:].reshape(values.shape)


def width_of(name: str, inner: int) -> int:
    """An instruction on a row counts elements of its result, others those that they read."""
    return 1 if name.startswith("row") else inner


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["row_sum", "row_max", "row_min", "column_sum", "total"])
def test_sums_of_any_size(level: str, name: str, dtype: str) -> None:
    rng, eps = np.random.default_rng(0), np.finfo(dtype).eps
    exact: dict[str, Any] = {
        "row_sum": lambda x: x.sum(1), "row_max": lambda x: x.max(1), "row_min": lambda x: x.min(1),
        "column_sum": lambda x: x.sum(0), "total": lambda x: x.sum(keepdims=True).ravel(),
    }  # fmt: skip
    for inner in SIZES:
        rows = int(rng.integers(1, 40))
        x = aligned_by(inner % 5, rng.normal(size=(rows, inner)).astype(dtype))
        expected = exact[name](x.astype(np.longdouble))
        found = np.zeros(expected.shape, dtype)
        run(level, name, found, x, rows=rows, width=width_of(name, inner), inner=inner)
        most = eps * x.size * abs(x).max() if "sum" in name or name == "total" else 0
        assert abs(found - expected).max() <= most, (rows, inner)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["row_sum", "row_max", "row_min", "repeat"])
def test_over_a_middle_axis_of_any_size(level: str, name: str, dtype: str) -> None:
    rng, eps = np.random.default_rng(0), np.finfo(dtype).eps
    exact: dict[str, Any] = {"row_sum": np.sum, "row_max": np.max, "row_min": np.min}
    for apart in SIZES:
        rows, outer, inner = (int(rng.integers(1, most)) for most in (5, 4, 12))
        wide = aligned_by(apart % 5, rng.normal(size=(rows, outer, inner, apart)).astype(dtype))
        narrow = aligned_by(inner % 3, rng.normal(size=(rows, outer, apart)).astype(dtype))
        result, given = (wide, narrow) if name == "repeat" else (narrow, wide)
        width = result[0].size
        run(level, name, result, given, rows=rows, width=width, inner=inner, apart=apart)
        if name == "repeat":
            expected = np.broadcast_to(narrow[:, :, None], wide.shape)
        else:
            expected = exact[name](wide.astype(np.longdouble), axis=2)
        most = eps * inner * abs(wide).max() if name == "row_sum" else 0
        assert abs(result - expected).max() <= most, (rows, outer, inner, apart)


@pytest.mark.parametrize("name", ["row_max", "row_min"])
def test_a_nan_is_the_largest_and_the_smallest(level: str, name: str) -> None:
    for inner in SIZES:
        for at in {0, inner // 2, inner - 1}:
            x = np.arange(inner, dtype="float32")
            x[at] = np.nan
            found = np.zeros(1, "float32")
            run(level, name, found, x, rows=1, inner=inner)
            assert np.isnan(found[0]), (inner, at)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_noted_anywhere(level: str, bad: float) -> None:
    for size in SIZES:
        x = np.full(size, 1e30, "float32")
        assert run(level, "check", x, x, rows=size)
        for at in {0, size // 2, size - 1}:
            spoilt = x.copy()
            spoilt[at] = bad
            assert not run(level, "check", spoilt, spoilt, rows=size), (size, at)


#: each kernel for products, and for how many rows it is tried
PRODUCTS = {
    "near_nn": 30, "small_nt": 30, "near_tn": 1200, "thin_nn": 4, "thin_nt": 4, "thin_tn": 4,
    "steady_nn": 80, "steady_nt": 80,
}  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", PRODUCTS)
def test_products_of_any_size(level: str, name: str, dtype: str) -> None:
    from pellucid.executors.native import _kernels

    rng = np.random.default_rng(1)
    for size in SIZES:
        rows = int(rng.integers(1, PRODUCTS[name]))
        k, m = (size, int(rng.choice(SIZES))) if size % 2 else (int(rng.choice(SIZES)), size)
        shapes = {
            "nn": ((rows, k), (k, m)),
            "nt": ((rows, m), (k, m)),
            "tn": ((rows, k), (rows, m)),
        }
        a, b = (aligned_by(size % 3, rng.normal(size=s).astype(dtype)) for s in shapes[name[-2:]])
        x, y = a.astype(np.longdouble), b.astype(np.longdouble)
        exact = (x.T if name.endswith("tn") else x) @ (y.T if name.endswith("nt") else y)
        for add in (False, True) if name.endswith("tn") else (False,):
            found = np.ones(exact.shape, dtype)
            _kernels.product(level, name, a, b, found, rows, k, m, add)
            most = np.finfo(dtype).eps * (abs(x).max() * abs(y).max() * max(rows, k, m) + 1)
            assert abs(found - exact - add).max() <= most, (rows, k, m, add)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["steady_nn", "steady_nt"])
def test_steady_products_have_the_same_rows_in_any_company(
    level: str, name: str, dtype: str
) -> None:
    from pellucid.executors.native import _kernels

    rng = np.random.default_rng(2)
    for k, m in [(1, 1), (7, 1), (300, 3), (5, 600), (257, 33), (600, 70)]:
        a = rng.normal(size=(70, k if name == "steady_nn" else m)).astype(dtype)
        b, width = rng.normal(size=(k, m)).astype(dtype), m if name == "steady_nn" else k
        whole = np.empty((70, width), dtype)
        _kernels.product(level, name, a, b, whole, 70, k, m)
        for first, rows in [(0, 1), (69, 1), (3, 2), (5, 4), (9, 7), (1, 31), (30, 40)]:
            part = np.empty((rows, width), dtype)
            some = np.ascontiguousarray(a[first : first + rows])
            _kernels.product(level, name, some, b, part, rows, k, m)
            assert np.array_equal(part, whole[first : first + rows]), (k, m, first, rows)
