"""Data sets: where they are looked for, and what they hold."""

import gzip
import hashlib
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from pellucid import datasets
from pellucid.datasets import digits, fashion_mnist, mnist
from pellucid.datasets.files import DamagedFileError
from pellucid.datasets.images import ImageSet, cache_folder

IDX = {
    "train-images-idx3-ubyte": 0,
    "train-labels-idx1-ubyte": 1,
    "t10k-images-idx3-ubyte": 2,
    "t10k-labels-idx1-ubyte": 3,
}
SETS = [mnist, fashion_mnist]


def small_set():
    random = np.random.default_rng(0)
    for rows in (6, 3):
        yield random.integers(0, 256, (rows, 28, 28), dtype=np.uint8)
        yield np.arange(rows, dtype=np.uint8)


def idx_bytes(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write_idx(folder, name):
    for file, array in zip(IDX, small_set(), strict=True):
        (folder / file).write_bytes(idx_bytes(array))


def write_gz(folder, name):
    for file, array in zip(IDX, small_set(), strict=True):
        (folder / f"{file}.gz").write_bytes(gzip.compress(idx_bytes(array), mtime=0))


def write_dotted(folder, name):
    for file, array in zip(IDX, small_set(), strict=True):
        (folder / file.replace("-idx", ".idx")).write_bytes(idx_bytes(array))


def write_npz(folder, name):
    keys = ("x_train", "y_train", "x_test", "y_test")
    np.savez(folder / f"{name}.npz", **dict(zip(keys, small_set(), strict=True)))


def write_csv(folder, name):
    x_train, y_train, x_test, y_test = small_set()
    for part, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        table = np.column_stack([y, x.reshape(len(x), -1)])
        np.savetxt(folder / f"{name}_{part}.csv", table, fmt="%d", delimiter=",")


def write_plain_csv(folder, name):
    write_csv(folder, name)
    for part in ("train", "test"):
        (folder / f"{name}_{part}.csv").rename(folder / f"{part}.csv")


LAYOUTS = [write_idx, write_gz, write_dotted, write_npz, write_csv, write_plain_csv]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Empty folders for PELLUCID_DATA and PELLUCID_CACHE."""
    for place in ("data", "cache"):
        (tmp_path / place).mkdir()
        monkeypatch.setenv(f"PELLUCID_{place.upper()}", str(tmp_path / place))
    return tmp_path


def made(places, place, name, write):
    folder = places / place / name
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, name)
    return folder


def check(loaded):
    (x_train, y_train), (x_test, y_test) = loaded
    for found, expected in zip((x_train, y_train, x_test, y_test), small_set(), strict=True):
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("source", SETS)
@pytest.mark.parametrize("place", ["data", "cache"])
@pytest.mark.parametrize("write", LAYOUTS)
def test_every_layout_is_read(places, source, place, write):
    made(places, place, source.SOURCE.name, write)
    check(source.load_data())


def test_the_dash_in_fashion_mnist_is_known(places):
    folder = made(places, "data", "fashion_mnist", write_npz)
    (folder / "fashion_mnist.npz").rename(folder / "fashion-mnist.npz")
    check(fashion_mnist.load_data())


def test_the_chosen_folder_comes_before_the_cache(places):
    made(places, "data", "mnist", write_npz)
    made(places, "cache", "mnist", write_npz).joinpath("mnist.npz").write_bytes(b"nonsense")
    check(mnist.load_data())


def truncate(path):
    path.write_bytes(path.read_bytes()[:-20])


DAMAGE = [
    (write_gz, "t10k-images-idx3-ubyte.gz"),
    (write_idx, "train-labels-idx1-ubyte"),
    (write_npz, "mnist.npz"),
    (write_csv, "mnist_test.csv"),
]


@pytest.mark.parametrize(("write", "file"), DAMAGE)
def test_a_truncated_file_is_named(places, write, file):
    truncate(made(places, "data", "mnist", write) / file)
    with pytest.raises(DamagedFileError, match=file):
        mnist.load_data()


@pytest.mark.parametrize(
    ("file", "array", "words"),
    [
        ("train-images-idx3-ubyte", np.zeros((6, 20, 20), np.uint8), "expected .rows, 28, 28."),
        ("train-labels-idx1-ubyte", np.zeros(5, np.uint8), "but there are 6 images"),
        ("t10k-labels-idx1-ubyte", np.full(3, 10, np.uint8), "whole numbers from 0 to 9"),
        ("t10k-labels-idx1-ubyte", np.zeros((3, 28, 28), np.uint8), "labels have shape"),
    ],
)
def test_files_that_do_not_belong_together(places, file, array, words):
    (made(places, "data", "mnist", write_idx) / file).write_bytes(idx_bytes(array))
    with pytest.raises(DamagedFileError, match=f"{file}.*{words}"):
        mnist.load_data()


def test_images_of_another_size_in_csv(places):
    folder = made(places, "data", "mnist", write_csv)
    (folder / "mnist_test.csv").write_text("1,2,3\n")
    with pytest.raises(DamagedFileError, match="2 pixels; expected 28 × 28"):
        mnist.load_data()


@pytest.fixture
def mirrored(places):
    """A small published set, and a downloader that reads mirrors from folders."""
    pytest.importorskip("pooch")
    good = made(places, "good", "set", write_gz)
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in good.iterdir()}
    altered = made(places, "altered", "set", write_gz)
    truncate(altered / "train-images-idx3-ubyte.gz")
    asked = []

    def downloader(url, output_file, pooch):
        asked.append(url)
        source = Path(url.removeprefix("file:"))
        if not source.exists():
            raise OSError(f"{url} does not answer")
        if isinstance(output_file, io.IOBase):
            output_file.write(source.read_bytes())
        else:
            shutil.copyfile(source, output_file)

    def image_set(*folders):
        return ImageSet("set", sums, tuple(f"file:{places / folder}/set/" for folder in folders))

    return image_set, downloader, asked


def test_a_download_goes_to_the_next_mirror(places, mirrored):
    image_set, downloader, asked = mirrored
    folder = cache_folder() / "set"
    check(image_set("absent", "altered", "good").download(folder, downloader))
    assert len(asked) == 4 + 4 + 1
    check(image_set("absent").load())


def test_a_download_without_a_good_mirror_names_them_all(places, mirrored):
    image_set, downloader, _ = mirrored
    with pytest.raises(FileNotFoundError) as caught:
        image_set("absent", "altered").download(places / "cache" / "set", downloader)
    for words in ("does not answer", "altered", "hash", "PELLUCID_DATA", "train-images-idx3"):
        assert words in str(caught.value)


@pytest.mark.parametrize("source", SETS)
def test_what_is_published(source):
    assert len(source.class_names) == 10
    assert len(source.SOURCE.mirrors) >= 2
    assert [file.removesuffix(".gz") for file in source.SOURCE.checksums] == list(IDX)
    lengths = {"sha256": 64, "md5": 32}
    for checksum in source.SOURCE.checksums.values():
        kind, _, digits_of_sum = checksum.partition(":")
        assert len(digits_of_sum) == lengths[kind]


def test_the_cache_has_a_place_of_its_own(monkeypatch):
    pytest.importorskip("pooch")
    monkeypatch.delenv("PELLUCID_CACHE", raising=False)
    assert "pellucid" in cache_folder().parts


REAL = Path(os.environ.get("PELLUCID_DATA", "")) / "mnist"


@pytest.mark.skipif(
    not os.environ.get("PELLUCID_DATA") or not REAL.is_dir(),
    reason="PELLUCID_DATA names no folder that holds mnist",
)
def test_real_mnist():
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert round(float(x_train.mean() / 255), 4) == 0.1307


def test_digits_are_those_of_scikit_learn():
    bundled = pytest.importorskip("sklearn.datasets").load_digits()
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.dtype == y_train.dtype == np.uint8
    assert (x_train.shape, x_test.shape) == ((1437, 8, 8), (360, 8, 8))
    ours = np.concatenate([x_train, x_test]).reshape(1797, 64)
    labels = np.concatenate([y_train, y_test])

    def rows(x, y):
        return sorted(map(tuple, np.column_stack([x, y]).astype(int).tolist()))

    assert rows(ours, labels) == rows(bundled.data, bundled.target)


def test_the_split_of_digits_is_fixed_and_stratified():
    (first, _), (_, y_test) = digits.load_data()
    np.testing.assert_array_equal(first, digits.load_data()[0][0])
    assert not np.array_equal(first, digits.load_data(seed=1)[0][0])
    assert set(np.bincount(y_test)) <= {35, 36, 37}
    assert len(digits.load_data(test_size=0.5)[1][0]) == 899
    with pytest.raises(ValueError, match="test_size is 2"):
        digits.load_data(test_size=2)


def test_the_public_names():
    assert sorted(datasets.__all__) == dir(datasets)
    assert all(getattr(datasets, name) for name in datasets.__all__)
    with pytest.raises(AttributeError, match="did you mean 'fashion_mnist'"):
        datasets.fasion_mnist  # noqa: B018
