"""Model files that are truncated, altered or hostile: each is refused, and none is ever run."""

from __future__ import annotations

import json
import pickle
import random

import numpy as np
import pytest

import pellucid as keras
from pellucid.models import files
from pellucid.models.files import ModelFileError
from tests.nets import assert_same, saved


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
    metadata = {"pellucid": text, "checksum": files.checksum(arrays, text)}
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
    "format in words": within("format", value="new"),
    "newer format": within("format", value=99),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_header_is_refused(change, path):
    saved(path)
    hostile(path, change)
    with pytest.raises(ModelFileError, match=r"net\.safetensors"):
        keras.load(path)


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
