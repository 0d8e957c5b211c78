"""Arrays, lists and memory maps on their way in: what is taken, and how the rest is refused."""

import re
import subprocess
import sys

import numpy as np
import pytest

from pellucid.data import ArrayData, as_data

X = np.arange(12.0).reshape(4, 3)
Y = np.array([0, 1, 0, 1])
CLASSES = "classes, y = np.unique(y, return_inverse=True)"


def refused(kind, words, *args, **options):
    with pytest.raises(kind, match=re.escape(words)):
        as_data(*args, **options)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float16", "float32", ">f4"])
def test_the_dtype_stays_and_nothing_is_copied(dtype):
    x = np.zeros((4, 2), dtype)
    data = as_data(x, Y)
    assert data.x[0] is x
    assert data.y[0] is Y
    assert data.take([1]).x[0].dtype == np.dtype(dtype)


def test_lists_become_arrays():
    data = as_data([[1, 2], [3, 4]], [0, 1], [1, 2])
    assert data.x_shapes == ((2,),)
    assert data.y[0].shape == (2,)
    assert data.weight.dtype == np.float64


def test_a_range_is_rows():
    assert as_data(range(5)).x[0].tolist() == [0, 1, 2, 3, 4]


def test_arrays_of_other_libraries_are_taken():
    array_api_strict = pytest.importorskip("array_api_strict")
    assert as_data(array_api_strict.asarray([1.0, 2.0])).x[0].tolist() == [1.0, 2.0]


def test_an_array_that_only_speaks_dlpack_is_taken():
    class Foreign:
        def __dlpack__(self, **options):
            return Y.__dlpack__(**options)

        def __dlpack_device__(self):
            return Y.__dlpack_device__()

    assert as_data(Foreign()).x[0].tolist() == Y.tolist()


def test_a_memory_map_stays_one(tmp_path):
    np.save(tmp_path / "x.npy", X)
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    data = as_data(x, Y)
    assert data.x[0] is x
    assert isinstance(data.between(1, 3).x[0], np.memmap)
    taken = data.take([3, 0]).x[0]
    np.testing.assert_array_equal(taken, X[[3, 0]])
    assert taken.flags.owndata or taken.base is not x


def test_take_gathers_in_the_order_asked():
    batch = as_data(X, Y, [1.0, 2.0, 3.0, 4.0]).take([2, 0])
    np.testing.assert_array_equal(batch.x[0], X[[2, 0]])
    assert batch.y[0].tolist() == [0, 0]
    assert batch.weight.tolist() == [3.0, 1.0]
    assert batch.rows.tolist() == [2, 0]


def test_take_gathers_from_arrays_of_any_layout():
    np.testing.assert_array_equal(as_data(np.asfortranarray(X)).take([2, 1]).x[0], X[[2, 1]])


def test_between_gives_views_and_stops_at_the_end():
    batch = as_data(X, Y).between(2, 9)
    assert np.shares_memory(batch.x[0], X)
    assert batch.rows.tolist() == [2, 3]
    assert len(batch.x[0]) == len(batch.y[0]) == 2


def test_a_subset_copies_nothing_and_names_the_original_rows():
    part = as_data(X, Y).subset([3, 1, 0])
    assert part.x[0] is X
    assert len(part) == 3
    assert part.take([0, 2]).rows.tolist() == [3, 0]
    assert part.between(1, 3).rows.tolist() == [1, 0]
    np.testing.assert_array_equal(part.subset([2, 0]).between(0, 2).x[0], X[[0, 3]])


@pytest.mark.parametrize(
    ("x", "inputs"),
    [
        ((X, Y), 2),
        ([X, Y], ["a", "b"]),
        ({"b": Y, "a": X}, ["a", "b"]),
        ({"a": X, "b": Y}, 2),
    ],
)
def test_several_inputs(x, inputs):
    data = as_data(x, inputs=inputs)
    np.testing.assert_array_equal(data.x[0], X)
    np.testing.assert_array_equal(data.x[1], Y)


@pytest.mark.parametrize("x", [[X], (X,), {"image": X}])
def test_one_input_may_be_wrapped(x):
    assert as_data(x, inputs=["image"]).x[0] is X


def test_a_list_of_rows_is_not_a_list_of_inputs():
    assert as_data(list(X)).x_shapes == ((3,),)


def test_made_data_passes_through():
    data = ArrayData((X,))
    assert as_data(data) is data
    refused(ValueError, "leave y out", data, Y)


REFUSED = [
    (ValueError, "x is empty: shape (0,)", []),
    (ValueError, "x is empty: shape (0, 3)", np.zeros((0, 3))),
    (ValueError, "rows without values: shape (3, 0)", np.zeros((3, 0))),
    (ValueError, "x is the single number 5", 5),
    (ValueError, "x is ragged", [[1, 2], [3]]),
    (TypeError, "expected an array", None),
    (TypeError, "np.load(path, mmap_mode='r')", "x.npy"),
    (TypeError, "sorted(x)", {1, 2}),
    (TypeError, "np.stack([x.real, x.imag], axis=-1)", np.ones(2, complex)),
    (TypeError, "np.timedelta64(1, 'D')", np.array(["2020-01-01"], "datetime64[D]")),
    (TypeError, "text such as 'a'", [["a", "b"]]),
    (TypeError, "OrdinalEncoder", [["a", 1]]),
    (TypeError, "an iterable of batches", object()),
    (TypeError, "x.astype(np.float32)", np.array([1, 2.5], object)),
    (TypeError, "np.stack", np.array([[1], [2, 3]], object)),
    (TypeError, "x.filled(0)", np.ma.masked_array([1, 2], [0, 1])),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[1])
def test_features_that_are_refused(case):
    refused(*case)


@pytest.mark.parametrize("labels", [["a", "b", "a", "b"], np.array(list("abab"), object)])
def test_text_labels_are_refused(labels):
    refused(TypeError, CLASSES, X, labels)


MISUSED = [
    (ValueError, "x has 4, y has 3", (X, Y[:3]), {}),
    (
        TypeError,
        "give a tuple of 2 arrays, or a dictionary with a, b",
        (X,),
        ["a", "b"],
    ),
    (TypeError, "x is 3 parts", ((X, X, X),), 2),
    (
        ValueError,
        "'image'; did you mean 'imgae'?",
        ({"imgae": X},),
        ["image"],
    ),
    (ValueError, "the network has 1 input, but the dictionary x has 2", ({"a": X, "b": X},), 1),
    (ValueError, "x[1] is empty", ((X, []),), 2),
    (ValueError, "x[0] has 4, x[1] has 2", ((X, X[:2]),), 2),
    (ValueError, "shape (3,); expected one weight for each of the 4 rows", (X, Y, [1, 2, 3]), 1),
    (ValueError, "sample_weight[1] is -1", (X, Y, [1, -1, 1, 1]), 1),
    (ValueError, "sample_weight[2] is nan", (X, Y, [1, 1, np.nan, np.inf]), 1),
]


@pytest.mark.parametrize("case", MISUSED, ids=lambda case: case[1])
def test_parts_that_do_not_fit(case):
    kind, words, args, inputs = case
    refused(kind, words, *args, inputs=inputs or 1)


def test_importing_the_data_room_loads_nothing_heavy():
    heavy = "{'narwhals', 'pandas', 'pooch', 'sklearn'}"
    code = (
        "import sys, pellucid.data, pellucid.datasets, pellucid.utils; "
        f"pellucid.data.as_data([[1.0]]); print({heavy} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
