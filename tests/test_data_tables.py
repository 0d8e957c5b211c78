"""Tables of pandas, polars and Arrow on their way in."""

import datetime
import decimal

import numpy as np
import pytest

from pellucid.data import as_data

pytest.importorskip("narwhals")


def pandas_table(columns):
    return pytest.importorskip("pandas").DataFrame(columns)


def polars_table(columns):
    return pytest.importorskip("polars").DataFrame(columns)


def arrow_table(columns):
    return pytest.importorskip("pyarrow").table(columns)


each_library = pytest.mark.parametrize("table", [pandas_table, polars_table, arrow_table])


@each_library
def test_columns_become_features(table):
    data = as_data(table({"a": [1, 2], "b": [0.5, 1.5], "c": [True, False]}), [0, 1])
    assert data.x[0].tolist() == [[1, 0.5, 1], [2, 1.5, 0]]


@each_library
def test_one_dtype_stays(table):
    data = as_data(table({"a": np.array([1, 2], "uint8"), "b": np.array([3, 4], "uint8")}))
    assert data.x[0].dtype == np.uint8


@each_library
def test_a_series_is_one_dimension(table):
    frame = table({"a": [1.0, 2.0], "y": [0, 1]})
    data = as_data(frame, frame["y"], frame["a"])
    assert data.y[0].tolist() == [0, 1]
    assert data.weight.tolist() == [1.0, 2.0]


@each_library
@pytest.mark.parametrize(
    ("column", "kind", "words"),
    [
        (["red", "blue"], TypeError, "text or categories in column 'odd'.*OneHotEncoder"),
        ([datetime.datetime(2020, 1, 1)] * 2, TypeError, "dates in column 'odd'"),
        ([1.0, None], ValueError, "missing values in column 'odd'"),
        ([1.0, float("nan")], ValueError, "missing values in column 'odd'"),
    ],
)
def test_columns_that_are_refused(table, column, kind, words):
    with pytest.raises(kind, match=words):
        as_data(table({"fine": [1, 2], "odd": column}))


@each_library
def test_text_labels_are_refused(table):
    frame = table({"a": [1, 2], "y": ["cat", "dog"]})
    with pytest.raises(TypeError, match=r"np\.unique\(y, return_inverse=True\)"):
        as_data([[1], [2]], frame["y"])


def test_categories_and_nested_values_are_refused():
    polars = pytest.importorskip("polars")
    table = polars.DataFrame({"k": ["u", "v"], "m": ["u", "v"]})
    with pytest.raises(TypeError, match="text or categories in columns 'k', 'm'"):
        as_data(table.with_columns(k=polars.col("k").cast(polars.Categorical)))
    with pytest.raises(TypeError, match="nested values in column 'k'"):
        as_data(polars.DataFrame({"k": [[1], [2]]}))


def test_many_columns_are_counted():
    with pytest.raises(TypeError, match="'c7' and 2 more"):
        as_data(pandas_table({f"c{i}": ["u"] for i in range(10)}))


def test_decimals_and_nullable_columns_are_numbers():
    pandas = pytest.importorskip("pandas")
    whole = pandas.DataFrame({"a": pandas.array([1, 2], "Int64")})
    assert as_data(whole).x[0].dtype == np.int64
    exact = polars_table({"a": [decimal.Decimal("1.5")]})
    assert as_data(exact).x[0].tolist() == [[1.5]]


def test_missing_truth_values_are_refused():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="missing values in column 'a'"):
        as_data(pandas.DataFrame({"a": pandas.array([True, None], "boolean")}))


def test_lazy_frames_are_collected():
    assert as_data(polars_table({"a": [1, 2]}).lazy()).x[0].tolist() == [[1], [2]]


def test_unnamed_columns_are_read_too():
    assert as_data(pandas_table(np.eye(2))).x[0].tolist() == [[1, 0], [0, 1]]


def test_tables_without_columns_or_rows_are_refused():
    with pytest.raises(ValueError, match="table without columns"):
        as_data(pandas_table({}))
    with pytest.raises(ValueError, match="x is empty"):
        as_data(pandas_table({"a": np.zeros(0)}))


@pytest.mark.parametrize("kind", ["Index", "Series", "array"])
def test_other_holders_of_pandas_are_arrays(kind):
    pandas = pytest.importorskip("pandas")
    assert as_data(getattr(pandas, kind)([1, 2])).x[0].tolist() == [1, 2]


def test_an_arrow_array_is_an_array():
    pyarrow = pytest.importorskip("pyarrow")
    assert as_data(pyarrow.array([1, 2])).x[0].tolist() == [1, 2]
