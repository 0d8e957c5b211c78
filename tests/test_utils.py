"""One-hot labels, and splitting as in scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid import utils
from pellucid.utils import set_random_seed, to_categorical, train_test_split

X = np.arange(40).reshape(20, 2)
Y = np.repeat([0, 1], [15, 5])


def test_the_public_names_exist():
    assert all(hasattr(utils, name) for name in utils.__all__)


@given(hnp.arrays(np.int64, hnp.array_shapes(min_dims=1, max_dims=3), elements=st.integers(0, 9)))
def test_one_hot_and_back(labels):
    squeezed = labels[..., 0] if labels.ndim > 1 and labels.shape[-1] == 1 else labels
    one_hot = to_categorical(labels, 10)
    assert one_hot.shape == (*squeezed.shape, 10)
    assert one_hot.dtype == np.float32
    assert (one_hot.sum(-1) == 1).all()
    np.testing.assert_array_equal(one_hot.argmax(-1), squeezed)


@pytest.mark.parametrize(
    ("x", "classes", "shape"),
    [
        ([0, 2], None, (2, 3)),
        ([[0], [1]], 4, (2, 4)),
        ([[0, 1], [2, 0]], None, (2, 2, 3)),
        ([1.0, 0.0], None, (2, 2)),
        ([True, False], None, (2, 2)),
        (3, None, (4,)),
        ([], 3, (0, 3)),
        (np.array([[1]], "uint8"), None, (1, 2)),
    ],
)
def test_shapes_as_in_keras(x, classes, shape):
    assert to_categorical(x, classes).shape == shape


@pytest.mark.parametrize(
    ("x", "classes", "kind", "words"),
    [
        ([0, 3], 3, ValueError, "label 3 is out of range: expected 0 to 2"),
        ([0, -1], None, ValueError, "label -1 is out of range"),
        ([-2, -1], None, ValueError, "label -2 is out of range"),
        ([0.5], None, ValueError, "label 0.5 is not a whole number"),
        ([np.nan], None, ValueError, "label nan is not a whole number"),
        (["a"], None, TypeError, "return_inverse=True"),
        ([], None, ValueError, "give num_classes"),
        ([0], 0, ValueError, "num_classes is 0"),
        ([0], 2.5, ValueError, "num_classes is 2.5"),
    ],
)
def test_labels_that_are_refused(x, classes, kind, words):
    with pytest.raises(kind, match=words):
        to_categorical(x, classes)


@given(
    st.integers(3, 60),
    st.one_of(st.floats(0.05, 0.6), st.integers(1, 2), st.none()),
    st.booleans(),
)
def test_a_split_loses_no_row(rows, test_size, shuffle):
    x = np.arange(rows)
    train, test, train_list, test_list = train_test_split(
        x, x.tolist(), test_size=test_size, random_state=0, shuffle=shuffle
    )
    assert sorted([*train, *test]) == list(range(rows))
    assert (train.tolist(), test.tolist()) == (train_list, test_list)


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"test_size": 0.33},
        {"test_size": 7},
        {"train_size": 0.33},
        {"train_size": 7},
        {"test_size": 3, "train_size": 0.5},
        {"test_size": 0.1, "train_size": 0.2, "stratify": Y},
        {"test_size": 0.4, "stratify": Y},
        {"test_size": 0.3, "shuffle": False},
    ],
    ids=str,
)
def test_the_parts_are_as_large_as_in_scikit_learn(sizes):
    selection = pytest.importorskip("sklearn.model_selection")
    ours = train_test_split(X, Y, random_state=0, **sizes)
    theirs = selection.train_test_split(X, Y, random_state=0, **sizes)
    assert [part.shape for part in ours] == [part.shape for part in theirs]
    if "stratify" in sizes:
        for our, their in zip(ours[2:], theirs[2:], strict=True):
            assert np.bincount(our).tolist() == np.bincount(their).tolist()
    if sizes.get("shuffle") is False:
        assert all((our == their).all() for our, their in zip(ours, theirs, strict=True))


def test_both_parts_are_stratified_where_rows_are_left_out():
    for seed in range(8):
        parts = train_test_split(Y, test_size=4, train_size=8, random_state=seed, stratify=Y)
        assert [np.bincount(part).tolist() for part in parts] == [[6, 2], [3, 1]]


def test_rows_stay_together_and_are_shuffled():
    x_train, x_test, y_train, y_test = train_test_split(X, X[:, 0], random_state=3)
    np.testing.assert_array_equal(x_train[:, 0], y_train)
    np.testing.assert_array_equal(x_test[:, 0], y_test)
    assert (np.diff(y_train) < 0).any()


def test_the_seed_decides():
    def drawn(seed):
        return train_test_split(X, random_state=seed)[1].tolist()

    assert drawn(1) == drawn(1) != drawn(2)
    set_random_seed(5)
    first = drawn(None)
    assert first != drawn(None)
    set_random_seed(5)
    assert first == drawn(None)


def test_tables_stay_tables():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pytest.importorskip("narwhals")
    frame, other = pandas.DataFrame({"a": range(8)}), polars.DataFrame({"a": range(8)})
    parts = train_test_split(frame, other, frame["a"], random_state=0)
    assert [type(part) for part in parts[::2]] == [type(frame), type(other), type(frame["a"])]
    assert parts[1]["a"].tolist() == parts[3]["a"].to_list() == parts[5].tolist()


@pytest.mark.parametrize(
    ("arrays", "options", "kind", "words"),
    [
        ((), {}, ValueError, "needs an array to split"),
        ((X, Y[:3]), {}, ValueError, "same number of rows, got 20, 3"),
        ((X,), {"test_size": 1.5}, ValueError, "test_size is 1.5"),
        ((X,), {"test_size": 0}, ValueError, "20 rows cannot be cut into 20"),
        ((X,), {"test_size": 20}, ValueError, "cannot be cut"),
        ((X,), {"train_size": 15, "test_size": 15}, ValueError, "cannot be cut"),
        ((X[:1],), {}, ValueError, "1 rows cannot be cut"),
        ((X,), {"stratify": Y, "shuffle": False}, ValueError, "shuffle=False"),
        ((X,), {"random_state": "a"}, TypeError, "random_state is 'a'"),
    ],
)
def test_splits_that_are_refused(arrays, options, kind, words):
    with pytest.raises(kind, match=words):
        train_test_split(*arrays, **options)


#: shapes of pictures, names of files and their kinds, and what is read again
PICTURES = [
    ((5, 7, 3), "a.png", None, "rgb", (5, 7, 3)),
    ((5, 7, 4), "a.png", None, "rgba", (5, 7, 4)),
    ((5, 7, 1), "a.bmp", None, "grayscale", (5, 7, 1)),
    ((5, 7), "a.gif", None, "grayscale", (5, 7, 1)),
    ((5, 7, 3), "a.picture", "png", "rgb", (5, 7, 3)),
]


@pytest.mark.parametrize(("shape", "name", "kind", "colours", "found"), PICTURES)
def test_pictures_are_written_and_read(shape, name, kind, colours, found, tmp_path):
    pytest.importorskip("PIL")
    x = np.random.default_rng(1).integers(0, 256, shape)
    utils.save_img(tmp_path / name, x, kind, scale=False)
    read = utils.img_to_array(utils.load_img(tmp_path / name, colours))
    assert (read.shape, read.dtype) == (found, np.float32)
    np.testing.assert_array_equal(read, x.reshape(found))
    small = utils.load_img(tmp_path / name, colours, target_size=(2, 3), interpolation="box")
    assert utils.img_to_array(small, "uint8").shape[:2] == (2, 3)


def test_pictures_are_scaled_and_lose_what_a_file_cannot_hold(tmp_path):
    pytest.importorskip("PIL")
    x = np.linspace(-1, 1, 60).reshape(5, 3, 4)
    assert utils.img_to_array(utils.array_to_img(x)).max() == 255
    utils.save_img(tmp_path / "a.jpg", x)
    assert utils.img_to_array(utils.load_img(tmp_path / "a.jpg")).shape == (5, 3, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda at: utils.save_img(at / "a.tif", np.ones((2, 2))), "unknown kind of picture 'tif'"),
        (lambda at: utils.save_img(at / "a.png", np.ones((2, 2, 2))), "1, 3 or 4 channels"),
        (lambda at: utils.array_to_img(np.ones(3)), r"is \(height, width\) or .* got \(3,\)"),
        (lambda at: utils.load_img(at, color_mode="cmyk"), "unknown color_mode 'cmyk'"),
        (lambda at: utils.load_img(at, interpolation="luck"), "unknown interpolation 'luck'"),
    ],
)
def test_pictures_that_are_none(call, words, tmp_path):
    pytest.importorskip("PIL")
    with pytest.raises(ValueError, match=words):
        call(tmp_path)
