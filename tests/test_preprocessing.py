"""Messy tables as numbers: fitted by scikit-learn, rebuilt from plain data, equal to it."""

import json

import numpy as np
import pytest

import pellucid
from pellucid import layers, models, preprocessing
from pellucid.preprocessing import Preparation, categories, encodings, fit
from pellucid.preprocessing.columns import Ways, fit_columns
from pellucid.preprocessing.kinds import even_numbers, kind_of
from pellucid.preprocessing.tables import as_table, read_csv
from pellucid.preprocessing.targets import guess_target, task_of

pytest.importorskip("sklearn")
pytest.importorskip("pyarrow")
ROWS = 120


def objects(values):
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def mess(rows=ROWS, seed=0):
    """Every kind of column."""
    rng = np.random.default_rng(seed)
    some = rng.random(rows) < 0.2
    colours = rng.choice(["red", "green", "blue"], rows)
    days = np.datetime64("2021-01-01", "s") + rng.integers(0, 900, rows) * 86400
    days[3] = "NaT"
    return {
        "id": np.arange(rows) + 10.0,
        "age": np.where(some, np.nan, rng.normal(40, 9, rows)),
        "income": np.exp(rng.normal(9, 1.5, rows)),
        "colour": objects([None if s else c for s, c in zip(some, colours, strict=True)]),
        "city": objects([f"city {at}" for at in rng.integers(0, 150, rows)]),
        "member": rng.random(rows) < 0.5,
        "joined": days,
        "left": objects([f"{d:02d}.{m:02d}.2023" for d, m in rng.integers(1, 13, (rows, 2))]),
        "country": objects(["NL"] * rows),
        "note": objects([f"note {at}" for at in range(rows)]),
        "empty": np.full(rows, np.nan),
        "y": rng.integers(0, 2, rows).astype(float),
    }  # fmt: skip


KINDS = {
    "id": "dropped", "age": "numbers", "income": "numbers", "colour": "categories",
    "city": "many categories", "member": "numbers", "joined": "dates", "left": "dates",
    "country": "dropped", "note": "dropped", "empty": "dropped",
}  # fmt: skip


@pytest.mark.parametrize("column", KINDS)
def test_what_a_column_is(column):
    assert kind_of(column, mess()[column]).kind == KINDS[column]


def test_dates_in_text_keep_the_first_form_that_reads_them_all():
    assert kind_of("d", objects(["01/02/2020", "31/01/2020"])).form == "%d/%m/%Y"
    assert kind_of("d", objects(["02/01/2020", "01/31/2020"])).form == "%m/%d/%Y"
    assert kind_of("d", objects(["2020-01-02", "soon"])).kind == "categories"


def test_numbers_are_scikit_learns_within_bounds():
    from sklearn.preprocessing import RobustScaler

    table, new = {"age": mess()["age"]}, {"age": mess(seed=1)["age"] * 3}
    columns, (x,) = fit_columns(table, Ways(np.zeros(ROWS), "multiclass"))
    theirs = RobustScaler().fit(table["age"][:, None])
    for rows, found in ((table, x), (new, columns.inputs(new)[0])):
        z = theirs.transform(rows["age"][:, None])[:, 0]
        expected = np.nan_to_num(z / np.sqrt(1 + (z / 3) ** 2))
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-6)
        marked = np.where(found[:, 1] > 0.5, 1.0, 0.0)
        np.testing.assert_array_equal(marked, np.isnan(rows["age"]))
    assert columns.features == ["age", "age has no value"]


def test_a_column_of_which_half_is_the_same_has_a_scale():
    table = {"n": np.array([0.0] * 9 + [4.0])}
    _, (x,) = fit_columns(table, Ways(np.zeros(10), "continuous"))
    np.testing.assert_allclose(x[[0, 9], 0], [0.0, 2 / np.sqrt(1 + 4 / 9)], rtol=1e-6)


def test_a_column_too_small_for_a_scale_is_taken_for_a_constant():
    table = {"n": np.arange(10) * 1e-312, "m": np.arange(10.0)}
    columns, (x,) = fit_columns(table, Ways(np.zeros(10), "continuous"))
    assert columns.factor[0] == 0
    assert (x[:, 0] == 0).all()


def test_categories_are_scikit_learns():
    from sklearn.preprocessing import OneHotEncoder

    table = {"c": objects([*"aaaabbbbccccde"])}
    new = {"c": objects(["a", "d", "zebra", None])}
    theirs = OneHotEncoder(handle_unknown="ignore").fit(table["c"][:, None])
    expected = theirs.transform(new["c"][:, None]).toarray()
    np.testing.assert_array_equal(categories.Categories.fit(["c"], table).encode(new), expected)
    coded = categories.Codes.fit(["c"], table).encode(new)[:, 0]
    np.testing.assert_array_equal(coded, [1, 4, 0, 0])
    two = categories.Categories.fit(["c"], {"c": objects([*"aab"])})
    np.testing.assert_array_equal(two.encode(new)[:, 0], [-1, 0, 0, 0])
    assert two.features() == ["c = b"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (np.arange(240) % 24, list(range(24))),
        (np.append(np.arange(60) % 12 + 1.0, np.nan), list(range(1, 13))),
        (objects([*range(-2, 3), None] * 9), list(range(-2, 3))),
        (np.arange(240) % 4, []),
        (np.arange(320) % 32, []),
        (np.arange(240) % 24 / 2, []),
        (np.arange(240) % 24 * 2, []),
        (np.repeat(np.arange(10), [50, 30, 10, 5, 1, 1, 1, 1, 1, 1]), []),
        (np.array([np.inf, 1, 2, 3, 4, 5]), []),
        (np.array([np.nan]), []),
    ],
    ids=["hours", "months", "with gaps", "few", "many", "halves", "even", "counts", "inf", "none"],
)
def test_numbers_that_are_equally_frequent_are_marked_besides(column, expected):
    assert even_numbers(column) == expected


def test_a_marked_number_stands_as_a_number_too():
    table = {"hour": np.arange(48) % 24, "size": np.arange(48.0) ** 2}
    columns, (x,) = fit_columns(table, Ways(np.zeros(48), "multiclass"))
    assert columns.features == ["hour", "size", *(f"hour = {at}" for at in range(24))]
    assert columns.names == ["hour", "size"]
    assert len(set(x[:, 2:].argmax(axis=1))) == 24
    (new,) = columns.inputs({"hour": np.array([3.5, np.nan]), "size": np.zeros(2)})
    assert (new[:, 2:] == x[0, 3]).all()
    assert not columns.sentences()[-1][1].startswith("left out")


def test_numbers_are_cut_into_ramps():
    """Each number is the sum of its pieces, weighted by how long they are."""
    x = np.random.default_rng(0).exponential(size=800)
    table = {"n": np.append(x, np.nan), "few": np.arange(801) % 2}
    ramps = encodings.Ramps.fit(["n", "few"], table)
    assert ramps.columns == ["n"]
    edges = np.array(ramps.edges[0])
    np.testing.assert_allclose(edges, np.quantile(x, np.arange(17) / 16), rtol=1e-12)
    found = ramps.encode(table)
    np.testing.assert_allclose(found[:-1] @ np.diff(edges) + edges[0], x, rtol=1e-9)
    assert np.isnan(found[-1]).all()
    for far, expected in ((-1e308, 0.0), (1e308, 1.0), (np.inf, 1.0)):
        assert (ramps.encode({"n": np.array([far])}) == expected).all()
    for kind, width in (("continuous", 19), ("binary", 19), ("multiclass", 3)):
        columns, (read,) = fit_columns(table, Ways(np.zeros(801), kind))
        assert read.shape == (801, width)
        assert len(columns.features) == width
        assert (read[-1] == 0).sum() >= width - 1


@pytest.mark.parametrize(
    ("columns", "rows", "pieces"),
    [
        *((1, 511, 0), (1, 512, 10), (1, 5000, 32)),
        *((100, 512, 5), (100, 3000, 7), (100, 5000, 10), (513, 512, 0)),
    ],
)
def test_ramps_are_none_of_few_rows_and_few_of_many_columns(columns, rows, pieces):
    table = {f"x{at}": np.arange(rows) + 0.5 for at in range(columns)}
    found = encodings.Ramps.fit([*table], table)
    assert {len(each) - 1 for each in found.edges} == ({pieces} if pieces else set())


@pytest.mark.parametrize("kind", ["binary", "multiclass", "continuous"])
def test_many_categories_are_scikit_learns(kind):
    from sklearn.preprocessing import TargetEncoder

    table = mess()
    rng = np.random.default_rng(0)
    y = (
        rng.normal(size=ROWS)
        if kind == "continuous"
        else rng.integers(0, 2 + (kind[0] == "m"), ROWS)
    )
    ours, features = categories.ManyCategories.fit_target(["city", "left"], table, y, kind, 0)
    X = np.stack([table["city"], table["left"]], axis=1)
    theirs = TargetEncoder(target_type=kind).fit(X, y)
    np.testing.assert_allclose(ours.encode(table), theirs.transform(X))
    assert features.shape == (ROWS, len(ours.features()))


def test_rows_have_no_part_in_their_own_mean():
    """A column without meaning, whose every category is nearly one row, must not give y away."""
    rng = np.random.default_rng(0)
    table = {"c": objects([str(at) for at in rng.integers(0, 100, 200)])}
    y = rng.integers(0, 2, 200)
    ours, crossed = categories.ManyCategories.fit_target(["c"], table, y, "binary", 0)
    assert abs(np.corrcoef(ours.encode(table)[:, 0], y)[0, 1]) > 0.6
    assert abs(np.corrcoef(crossed[:, 0], y)[0, 1]) < 0.25


def test_labels_of_rows_are_no_column():
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"a": [1.0, 2.0, 3.0]}).iloc[[2, 0]]
    for each in (frame, frame.rename_axis("named"), arrow.Table.from_pandas(frame)):
        table = as_table(each)
        assert [*table] == ["a"]
        np.testing.assert_array_equal(table["a"], [3.0, 1.0])


@pytest.mark.parametrize("target", ["y", "income", "colour"])
def test_plain_data_gives_the_same_preparation(target):
    table = mess()
    if target == "colour":
        table["colour"][[each is None for each in table["colour"]]] = "red"
    before = {name: column.copy() for name, column in table.items()}
    prepared, x, y = fit(table, target)
    again = Preparation.get(json.loads(json.dumps(prepared.described())))
    np.testing.assert_array_equal(again.transform(mess(seed=2)), prepared.transform(mess(seed=2)))
    assert x.dtype == np.float32
    assert len(x) == len(y) == ROWS
    assert np.isfinite(x).all()
    for name, column in before.items():
        np.testing.assert_array_equal(column, table[name])


def test_a_preparation_says_what_it_does():
    prepared, _, _ = fit(mess(), "y")
    said = "\n".join(prepared.sentences())
    for words in ("classification of 'y'", "median", "mean target", "always NL", "quartiles"):
        assert words in said


def test_it_travels_in_the_model_file(tmp_path):
    prepared, x, y = fit(mess(), "y")
    net = models.Sequential([layers.Dense(1, activation="sigmoid")])
    net.compile("adam", "binary_crossentropy")
    net.fit(x, y, verbose=0)
    net.preprocessing = {"preparation": prepared.described()}
    net.save(tmp_path / "a.safetensors")
    loaded = pellucid.load(tmp_path / "a.safetensors")
    again = Preparation.get(loaded.preprocessing["preparation"])
    expected = net.predict(prepared.transform(mess(seed=3)))
    np.testing.assert_array_equal(loaded.predict(again.transform(mess(seed=3))), expected)


def test_unseen_categories_are_told_and_missing_columns_refused():
    prepared, _, _ = fit(mess(), "y")
    new = mess(seed=1)
    new["colour"][0] = "mauve"
    assert "colour: 'mauve' not seen in training" in prepared.notes(new)
    assert np.isfinite(prepared.transform(new)).all()
    del new["age"]
    with pytest.raises(ValueError, match=r"lacks age, which.*Add it.*Known"):
        prepared.transform(new)
    new["age"] = objects(["forty"] * ROWS)
    with pytest.raises(ValueError, match=r"'age' was made of numbers.*row 0 has 'forty'"):
        prepared.transform(new)


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (objects(["yes", "no"] * 10), "classification"),
        (np.array([True, False] * 10), "classification"),
        (np.array([0.0, 1, 2] * 10), "classification"),
        (np.arange(100.0), "regression"),
        (np.array([0.5, 1.5] * 10), "regression"),
        (np.array([1.0, 2, 3, 4]), "regression"),
    ],
)
def test_the_task_is_inferred(values, task):
    assert task_of("y", values) == task


def test_the_target_is_guessed():
    assert guess_target(["a", "Label", "b"])[0] == "Label"
    assert guess_target(["a", "b"])[0] == "b"


def test_a_skewed_target_is_trained_on_its_logarithm_and_given_back():
    table = mess()
    prepared, _, y = fit(table, "income")
    assert prepared.target.logarithm
    assert abs(y.mean()) < 1e-6
    np.testing.assert_allclose(prepared.target.decode(y[:, None]), table["income"], rtol=1e-4)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"a": np.ones(20), "y": np.arange(20.0)}, "no column is left.*always 1.0"),
        ({"y": np.arange(20.0)}, "no column is left to learn from: there is none"),
        ({"a": np.arange(20.0) % 3, "y": objects(["x"] * 20)}, "always 'x'; expected two"),
        ({"a": np.arange(20.0) % 3, "y": objects([str(i) + "t" for i in range(20)])}, "too many"),
    ],
)
def test_tables_that_cannot_be_learnt_from(table, words):
    with pytest.raises(ValueError, match=words):
        fit(table, "y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,x\n,?\n", {"a": [1.0, np.nan], "b": ["x", None]}),
        ("a;b\n1,5;x\n2,25;y\n", {"a": [1.5, 2.25], "b": ["x", "y"]}),
        ("a\tb\ntrue\t2020-01-02\n\t2020-01-03\n", {"a": [True, None]}),
        ("1,2\n3,4\n", {"f0": [1.0, 3.0], "f1": [2.0, 4.0]}),
        ("\ufeffa,b\n1,2\n", {"a": [1.0], "b": [2.0]}),
    ],
)
def test_csv(text, expected):
    table = read_csv(text.encode())
    for name, values in expected.items():
        assert str(table[name].tolist()) == str(values)


def test_csv_in_latin_1_and_what_is_refused(tmp_path):
    assert read_csv("a,b\né,1\n".encode("latin-1"))["a"].tolist() == ["é"]
    with pytest.raises(ValueError, match="two columns are called 'a'"):
        read_csv(b"a,a\nx,2\n")
    (tmp_path / "bad.csv").write_text("a,b\n1,2,3\n")
    with pytest.raises(ValueError, match=r"bad\.csv .*Expected 2 columns"):
        preprocessing.read_table(tmp_path / "bad.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ValueError, match=r"empty\.csv .*it is empty"):
        preprocessing.read_table(tmp_path / "empty.csv")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-16-le"]
)
def test_csv_in_every_unicode(encoding):
    mark = "\ufeff" if encoding.endswith("e") else ""
    table = read_csv(f"{mark}a,größe\nx,1\nß,2\n".encode(encoding))
    assert table["a"].tolist() == ["x", "ß"]
    assert table["größe"].tolist() == [1, 2]


def test_text_with_zero_bytes_is_refused():
    with pytest.raises(ValueError, match=r"line 1 has a zero byte.*Save it as CSV in UTF-8"):
        read_csv("a,b\n1,2\n".encode("utf-16-le"))


@pytest.mark.parametrize("value", ["inf", "-inf", "1e300", "1e999"])
def test_numbers_that_nobody_can_compute_with_are_named(value, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,much\n1,2\n3,{value}\n")
    with pytest.raises(ValueError, match=r"t\.csv .*column 'much' has .* in row 1; expected"):
        preprocessing.read_table(path)
    for column in ([1.0, float(value)], [None, float(value)], [True, 10**400]):
        with pytest.raises(ValueError, match=r"column 'much' has .* in row 1"):
            as_table({"much": np.array(column, object)})


def test_a_row_far_from_all_that_training_had_is_named():
    prepared, _, _ = fit({"tiny": np.arange(30) % 7 * 1e-250, "y": np.arange(30) % 2}, "y")
    with pytest.raises(ValueError, match=r"row 1 is too far from .* in 'tiny'"):
        prepared.transform({"tiny": np.array([0.0, 1e90])})


def test_what_unpacks_to_far_too_much_is_refused(tmp_path):
    import gzip

    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 25)))
    with pytest.raises(ValueError, match=r"t\.csv\.gz holds 67,108,865 bytes or more"):
        preprocessing.read_table(path)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "dict", "csv", "parquet"])
def test_tables_of_every_library_are_the_same(library, tmp_path):
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    columns = {"n": [1, None, 3], "t": ["a", "b", None], "b": [True, False, True]}
    if library in ("pandas", "polars"):
        value = pytest.importorskip(library).DataFrame(columns)
    else:
        value = columns if library == "dict" else pa.table(columns)
    if library == "csv":
        pa.csv.write_csv(value, tmp_path / "a.csv")
        value = preprocessing.read_table(tmp_path / "a.csv")
    if library == "parquet":
        pa.parquet.write_table(value, tmp_path / "a.parquet")
        value = preprocessing.read_table(tmp_path / "a.parquet")
    table = as_table(value)
    np.testing.assert_array_equal(table["n"], [1, np.nan, 3])
    assert table["t"].tolist() == ["a", "b", None]
    assert table["b"].tolist() == [True, False, True]


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "moons"])
def test_built_in_tables(name):
    source = preprocessing.open_data(name)
    prepared, x, _ = fit(source.train.x, "target")
    assert len(prepared.columns) == len(source.train.x) - 1 <= x.shape[1]
    assert len(source.sha256) == 64


def test_arrays_in_files(tmp_path):
    x = np.random.default_rng(0).normal(size=(30, 3))
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(30) % 3)
    table = preprocessing.open_data(str(tmp_path / "t.npz"))
    assert list(table.train.x) == ["x1", "x2", "x3", "target"]
    np.savez(tmp_path / "p.npz", x_train=np.zeros((4, 5, 5), np.uint8), y_train=np.arange(4))
    assert preprocessing.open_data(str(tmp_path / "p.npz")).pictures
    np.savez(tmp_path / "q.npz", a=x)
    with pytest.raises(ValueError, match="has the arrays a; expected"):
        preprocessing.open_data(str(tmp_path / "q.npz"))
    for odd in ({"x": 1.0, "y": [1]}, {"x": [1.0], "y": 1}, {"x": x, "y": x}, {"x": x, "y": [1]}):
        np.savez(tmp_path / "r.npz", **odd)
        with pytest.raises(ValueError, match=r"r\.npz has x of shape .*numpy\.savez"):
            preprocessing.open_data(str(tmp_path / "r.npz"))
    np.savez(tmp_path / "s.npz", x=x * 1e200, y=np.arange(30))
    with pytest.raises(ValueError, match=r"s\.npz .*column 'x1' has .* in row 0"):
        preprocessing.open_data(str(tmp_path / "s.npz"))
    with pytest.raises(ValueError, match=r"t\.xlsx has a name that does not tell"):
        preprocessing.open_data(str((tmp_path / "t.npz").rename(tmp_path / "t.xlsx")))
    with pytest.raises(
        FileNotFoundError, match=r"no data is called 'digit'.*did you mean 'digits'"
    ):
        preprocessing.open_data("digit")
