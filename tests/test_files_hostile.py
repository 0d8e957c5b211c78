"""Model files that are truncated, altered or hostile: each is refused, and none is ever run."""

from __future__ import annotations

import json
import pickle
import random

import numpy as np
import pytest

import pellucid as keras
from pellucid.models import files
from pellucid.models.container import checksum
from pellucid.models.files import ModelFileError
from tests.nets import assert_same, classifier, saved


def test_a_truncated_file_is_refused(path):
    whole = saved(path)
    for length in [0, 1, 7, 8, 9, 100, *range(200, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError, match="not a model file, or not a whole one"):
            keras.load(path)


def test_a_file_with_any_byte_changed_is_refused(path):
    """Or, where the byte is white space between the parts, read as it was."""
    whole = saved(path)
    expected = keras.load(path).get_weights()
    chosen = random.Random(3)
    places = {*range(200), *chosen.sample(range(len(whole)), 300)}
    accepted = 0
    for at in sorted(places):
        changed = bytearray(whole)
        changed[at] ^= 1 << chosen.randrange(8)
        path.write_bytes(changed)
        try:
            other = keras.load(path)
        except ModelFileError:
            continue
        accepted += 1
        assert_same(other.get_weights(), expected)
    assert accepted < 10


@pytest.mark.parametrize(("one", "other"), [(b'"F32"', b'"I32"'), (b"[8,3]", b"[3,8]")])
def test_numbers_read_as_another_kind_are_refused(one, other, path):
    """The same bytes, but another dtype or shape in the header."""
    whole = saved(path)
    assert one in whole
    path.write_bytes(whole.replace(one, other, 1))
    with pytest.raises(ModelFileError):
        keras.load(path)


def hostile(path, change=lambda header: header, arrays=None, text=None):
    """A file with a valid checksum and another header."""
    with files.opened(path) as file:
        found, header = file.arrays(), files.header_of(file)
    text = json.dumps(change(header)) if text is None else text
    from safetensors.numpy import save

    arrays = found if arrays is None else arrays
    metadata = {"pellucid": text, "checksum": checksum(arrays, text)}
    path.write_bytes(save(arrays, metadata))


def within(*keys, value):
    """Change one entry of a header."""

    def change(header):
        part = header
        for key in keys[:-1]:
            part = part[key]
        part[keys[-1]] = value
        return header

    return change


CONFIG = ("model", "config")
LAYER = (*CONFIG, "layers", 0)
HOSTILE = {
    "class unknown": within("model", "class", value="os.system"),
    "not a network": within("model", value={"class": "Dense", "config": {"units": 3}}),
    "class of another family": within(*LAYER, "class", value="Adam"),
    "not a class": within(*LAYER, value=["Dense"]),
    "huge width": within(*LAYER, "config", "units", value=10**15),
    "huge input": within(*LAYER, "config", "input_shape", value=[10**12]),
    "negative width": within(*LAYER, "config", "units", value=-5),
    "width in words": within(*LAYER, "config", "units", value="many"),
    "another width": within(*LAYER, "config", "units", value=9),
    "unknown setting": within(*LAYER, "config", "code", value="import os"),
    "no configuration": within("model", "config", value=None),
    "layers are a number": within(*CONFIG, "layers", value=7),
    "no layers": within(*CONFIG, "layers", value=[]),
    "function not registered": within(*LAYER, "config", "activation", value={"registered": "eval"}),
    "module of Python": within(*LAYER, "config", "activation", value="os.system"),
    "strange dtype": within(*CONFIG, "dtype", value="O"),
    "optimizer unknown": within("compiled", "optimizer", value={"class": "Eval", "config": {}}),
    "rate in words": within("compiled", "optimizer", "config", "learning_rate", value="fast"),
    "compiled is a list": within("compiled", value=[1]),
    "loss is a number": within("compiled", "loss", value=3),
    "counters in words": within("training", value={"seed": "a", "steps": "b", "epochs": "c"}),
    "no counters": within("training", value={}),
    "header is a list": lambda header: [],
    "header is a number": lambda header: 3,
    "no format": lambda header: {"model": header["model"]},
    "seed below 0": within("training", "seed", value=-1),
    "seed beyond 63 bits": within("training", "seed", value=2**63),
    "steps beyond float64": within("training", "steps", value=2**53),
    "epochs with a point": within("training", "epochs", value=1.5),
    "epochs are a truth value": within("training", "epochs", value=True),
    "layer name with an escape": within(*LAYER, "config", "name", value="\x1b[31mred"),
    "network name turned round": within(*CONFIG, "name", value="\u202ekrow"),
    "class names are numbers": within("class_names", value=[1, 2]),
    "format in words": within("format", value="new"),
    "newer format": within("format", value=99),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_header_is_refused(change, path):
    saved(path)
    hostile(path, change)
    with pytest.raises(ModelFileError, match=r"net\.safetensors") as caught:
        keras.load(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", ["\x1b[2J" * 2000, "x" * 10**6, "\n" * 100, "\u202e" * 500])
def test_a_refusal_is_one_short_line_whatever_the_file_says(text, path):
    for keys in (("model", "class"), (*LAYER, "config", text), ("compiled", "loss")):
        saved(path)
        hostile(path, within(*keys, value=text))
        with pytest.raises(ModelFileError, match=r"net\.safetensors") as caught:
            keras.load(path)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) <= 1000


def with_header(path, header, length):
    """A file of so many bytes, most of them a hole on the disk, with this header."""
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    with path.open("r+b") as file:
        file.truncate(8 + len(text) + length)


def test_a_terabyte_is_refused_by_what_the_header_says(path):
    count = int.from_bytes(saved(path)[:8], "little")
    metadata = json.loads(path.read_bytes()[8 : 8 + count])["__metadata__"]
    for length in (1 << 40, 1 << 33):
        array = {"dtype": "F32", "shape": [length // 4], "data_offsets": [0, length]}
        with_header(path, {"__metadata__": metadata, "dense/0-kernel": array}, length)
        with pytest.raises(ModelFileError, match=r"more than this machine's memory|does not fit"):
            keras.load(path)
        with pytest.raises(ModelFileError, match=r"more than this machine's memory|does not fit"):
            classifier().load_weights(path)
    with_header(path, {"__metadata__": metadata, "x": array | {"data_offsets": [0, 4]}}, 4)
    with pytest.raises(ModelFileError, match="but 4 bytes"):
        keras.load(path)


def test_more_arrays_than_the_network_has_are_refused(path):
    saved(path)
    with files.opened(path) as file:
        arrays = file.arrays()
    hostile(path, arrays=arrays | {"more": np.zeros(10**5)})
    with pytest.raises(ModelFileError, match="does not fit this network of 67 numbers"):
        keras.load(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda array: array.astype("i4"), "no kind of float"),
        (lambda array: array.astype(bool), "no kind of float"),
        (lambda array: np.full(array.shape, 1e300), "too large for this network's dtype"),
    ],
)
def test_arrays_that_are_no_weights_are_refused(change, words, path):
    saved(path)
    with files.opened(path) as file:
        arrays = file.arrays()
    for name in ("dense/0-kernel", "optimizer/m"):
        hostile(path, arrays=arrays | {name: change(arrays[name])})
        for read in (keras.load, classifier().load_weights, classifier().restore):
            if name.startswith("dense") or read is keras.load or "large" not in words:
                with pytest.raises(ModelFileError, match=words):
                    read(path)


@pytest.mark.parametrize("array", [
    np.arange(6, dtype=">i2").reshape(2, 3), np.array(True), np.zeros((0, 3), "f2"),
    np.arange(4, dtype="u8"), np.ones((2, 1, 2)),
])  # fmt: skip
def test_arrays_are_read_as_they_were_written(array, path):
    files.write(path, {"a": array, "b": np.zeros(3)}, {})
    with files.opened(path) as file:
        found = file.arrays()["a"]
    assert found.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, array)


def test_other_hostile_files_are_refused(path, tmp_path):
    saved(path)
    for text in ("not JSON", "[" * 100_000, '{"a":' * 50_000, "{", "null", ""):
        saved(path)
        hostile(path, text=text)
        with pytest.raises(ModelFileError):
            keras.load(path)
    deep = {"class": "Sequential", "config": {"layers": [], "input": None}}
    for _ in range(300):
        deep = {"class": "Sequential", "config": {"layers": [deep], "name": None, "input": None}}
    saved(path)
    hostile(path, within("model", value=deep))
    with pytest.raises(ModelFileError):
        keras.load(path)
    saved(path)
    hostile(path, arrays={"a": np.zeros(3, "float32")})
    with pytest.raises(ModelFileError, match="no such array"):
        keras.load(path)
    for content in (pickle.dumps(print), b"\xff" * 500, b"PK\x03\x04", b"\x80\x04." * 90):
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match="not a model file"):
            keras.load(path)
    for missing in (tmp_path, tmp_path / "none"):
        with pytest.raises(FileNotFoundError, match="there is no model file"):
            keras.load(missing)


def prepared(path):
    """A model file that says how rows of a table become numbers."""
    pytest.importorskip("sklearn")
    from pellucid.preprocessing import fit

    table = {"n": np.arange(30.0) % 7, "word": np.array(["x", "y", "z"] * 10, object)}
    preparation, x, _ = fit(table, "word")
    net = keras.Sequential([keras.layers.Dense(3, "softmax", input_shape=x.shape[1:])])
    net.preprocessing = {"preparation": preparation.described(), "choices": {}, "data": {}}
    net.save(path)


PREPARATION = ("preprocessing", "preparation")
NUMBERS = (*PREPARATION, "config", "encodings", 0)
ILL_PREPARED = {
    "no preparation": within("preprocessing", value={}),
    "unknown": within(*PREPARATION, "class", value="os.system"),
    "settings are a list": within(*PREPARATION, "config", value=[]),
    "columns are numbers": within(*NUMBERS, "config", "columns", value=[1]),
    "columns are a word": within(*NUMBERS, "config", "columns", value="n"),
    "another column": within(*NUMBERS, "config", "columns", value=["n", "m"]),
    "centre in words": within(*PREPARATION, "config", "centre", value=["many"]),
    "centre beyond all floats": within(*PREPARATION, "config", "centre", value=[10**400]),
    "a centre too many": within(*PREPARATION, "config", "centre", value=[0.0, 0.0]),
    "no factor": within(*PREPARATION, "config", "factor", value=[float("nan")]),
    "class names are numbers": within(*PREPARATION, "config", "target", "config", "names",
                                      value=[1, 2, 3]),
}  # fmt: skip


@pytest.mark.parametrize("change", ILL_PREPARED.values(), ids=ILL_PREPARED)
def test_a_preparation_that_makes_no_sense_is_refused(change, path):
    from pellucid.cli.using import evaluated, opened

    prepared(path)
    with pytest.raises(ValueError, match=r"does not say which rows.*Name the data"):
        evaluated(str(path), None)
    assert opened(str(path))[1].columns == ["n"]
    hostile(path, change)
    with pytest.raises(ModelFileError, match=r"net\.safetensors"):
        opened(str(path))
