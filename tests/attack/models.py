"""Model files: bits, bytes and headers changed, with checksums that are right; parts; terabytes."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Input, Model, Sequential, layers
from pellucid.cli.showing import blocks
from pellucid.cli.using import opened
from pellucid.models import files
from pellucid.models.container import checksum
from pellucid.preprocessing import fit
from pellucid.training.nonfinite import NonFiniteError
from tests.attack.judging import assert_refused, judged
from tests.attack.mutating import mutated_bytes, mutated_data, pick
from tests.attack.parted import in_parts
from tests.nets import WIDTH, classifier, clusters, skipping


class Original(NamedTuple):
    """A whole model file: its bytes, and the parts that they are made of."""

    content: bytes
    arrays: dict[str, np.ndarray]
    header: dict[str, Any]


def case(rng: np.random.Generator, folder: Path) -> str:
    path = folder / "net.safetensors"
    how = pick(rng, HOW)
    how(path, pick(rng, ORIGINALS), rng)
    word, net = judged(lambda: keras.load(path), path)
    deeply = 0.2 if how is counters else 0.02
    if net is not None and len(net.layers) < 100 and rng.random() < deeply:
        use(net)
    if rng.random() < 0.01:
        judged(lambda: classifier().load_weights(path), path)
        judged(lambda: classifier().restore(path), path)
    if net is not None and net.preprocessing is not None and rng.random() < 0.4:
        prepare(path)
    return f"{how.__name__}: {word}"


def made() -> list[Original]:
    """Small networks of many kinds, trained a little where they can be."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for at, net in enumerate(networks()):
            if not net.built:
                net.build((None, 4))
            path = Path(folder) / f"{at}.safetensors"
            net.save(path)
            with files.opened(path) as file:
                arrays, header = file.arrays(), files.header_of(file)
            found.append(Original(path.read_bytes(), arrays, header))
    return found


def networks() -> list[Any]:
    trained = classifier(keras.optimizers.AdamW(0.01, clipnorm=1.0), dropout=0.2)
    trained.fit(*clusters(30), verbose=0)
    trained.class_names = ["cat", "dog", "ö"]
    preparation, x, y = fit(table(), "kind")
    told = Sequential([layers.Dense(3, "softmax", input_shape=x.shape[1:])])
    told.compile("adam", "sparse_categorical_crossentropy")
    told.fit(x, y, verbose=0)
    told.preprocessing = {"preparation": preparation.described(), "choices": {}}
    twice = skipping()
    twice.compile(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "mse", metrics=["mae"])
    picture = Sequential([
        layers.Conv2D(2, 3, padding="same", activation="relu", input_shape=(6, 6, 1)),
        layers.BatchNormalization(), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(3, "softmax", kernel_regularizer="l2"),
    ])  # fmt: skip
    picture.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy", "f1_score"])
    words = Sequential([layers.Embedding(9, 3), layers.LSTM(3), layers.Dense(1)])
    words.compile(keras.optimizers.Adam(keras.schedules.ExponentialDecay(0.1, 10, 0.9)), "mse")
    inner = Sequential([layers.Dense(3, "relu", input_shape=(WIDTH,)), layers.Dense(WIDTH)])
    nested = Sequential([inner, layers.Normalization(), layers.Dense(2)], dtype="float64")
    x, other = Input((3,), name="left"), Input((2,), name="right")
    joined = layers.Concatenate()([layers.Dense(2)(x), other])
    several = Model([x, other], [layers.Dense(1, name="a")(joined), layers.Dense(2)(joined)])
    several.compile("adam", "mse")
    return [trained, told, told, twice, picture, words, nested, several]


def table() -> dict[str, np.ndarray]:
    """A column of each kind, and one to predict."""
    rng, at = np.random.default_rng(0), np.arange(120)
    words = np.array([f"w{each}" for each in range(40)], object)
    days = np.array(["2020-01-02", "2021-02-03", "2022-03-04", None], object)
    return {
        "n": rng.normal(size=120), "skewed": rng.lognormal(0, 3, 120), "day": days[at % 4],
        "few": words[at % 3], "many": words[at % 40], "kind": words[at % 3],
    }  # fmt: skip


def prepare(path: Path) -> None:
    """What the command line makes of the preparation in a file, and of rows to prepare."""
    _, found = judged(lambda: opened(str(path)), path)
    if found is None:
        return
    try:
        preparation = found[1]
        preparation.transform(table())
        preparation.notes(table())
        preparation.sentences()
    except Exception as error:
        assert_refused(error)


def raw(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Any byte of the file."""
    path.write_bytes(mutated_bytes(original.content, rng))


def outside(path: Path, original: Original, rng: np.random.Generator) -> None:
    """The header that says where the arrays are, its length put right again."""
    count = int.from_bytes(original.content[:8], "little")
    header = json.loads(original.content[8 : 8 + count])
    text = json.dumps(mutated_data(header, rng, [header]))
    if rng.random() < 0.3:
        text = text.replace('"shape"', pick(rng, ['"dtype"', '"shape":[2],"shape"']), 1)
    write_raw(path, text, original.content[8 + count :])


def inside(path: Path, original: Original, rng: np.random.Generator) -> None:
    """The description of the network, under a checksum that is right."""
    others = [each.header for each in ORIGINALS]
    header = mutated_data(original.header, rng, others)
    arrays = original.arrays if rng.random() < 0.7 else pick(rng, ORIGINALS).arrays
    write(path, arrays, json.dumps(header))


def as_text(path: Path, original: Original, rng: np.random.Generator) -> None:
    """The description as text: cut, nested deeply, with names twice; its checksum right."""
    text = json.dumps(original.header)
    depth = int(rng.integers(1, 30_000))
    text = pick(rng, [
        mutated_bytes(text.encode(), rng).decode("utf-8", "replace"),
        "[" * depth, '{"a":' * depth, '{"model":' * 900 + "1" + "}" * 900,
        text[:-1] + ', "model": {}}', text.replace('"layers": [', '"layers": [' + "[" * depth),
        text.replace('"units": ', f'"units": {"9" * depth}'),
    ])  # fmt: skip
    write(path, original.arrays, text)


def counters(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Seed, steps and epochs that no training has."""
    header = dict(original.header)
    training = dict(header.get("training", {"seed": 0, "steps": 0, "epochs": 0}))
    odd = [-1, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, 1.5, "1", None, True, [], 1e300]
    training[pick(rng, ["seed", "steps", "epochs"])] = pick(rng, odd)
    write(path, original.arrays, json.dumps(header | {"training": training}))


def numbers(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Arrays of other kinds of numbers, of any bits, and of other shapes."""
    arrays = dict(original.arrays)
    for name in arrays:
        change, array = int(rng.integers(6)), arrays[name]
        if change == 0:
            arrays[name] = np.frombuffer(rng.bytes(array.nbytes), array.dtype).reshape(array.shape)
        elif change == 1:
            arrays[name] = np.zeros(array.shape, pick(rng, ["?", "i8", "u1", "f2", "f8", "u8"]))
        elif change == 2:
            arrays[name] = np.full(array.shape, pick(rng, [1e300, np.inf, np.nan, -1e39]))
        elif change == 3:
            arrays[name] = array.reshape(-1)
    write(path, arrays, json.dumps(original.header))


def many(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Layers by the thousand, inputs by the million, networks within networks."""
    count = int(10 ** rng.uniform(0, 3.5))
    first = {"class": "Activation", "config": {"activation": "relu", "input_shape": [3]}}
    layer = {"class": "Activation", "config": {"activation": "relu"}}
    scaled = {"class": "Normalization", "config": {"mean": 0.0, "variance": 1.0}}
    wide = [int(pick(rng, [10**8, 10**13])) for _ in range(int(rng.integers(1, 3)))]
    deep = layer
    for _ in range(count % 9):
        deep = sequential([deep, deep], [3])
    model = pick(
        rng, [sequential([first] + [layer] * count, [3]), sequential([scaled], wide), deep]
    )
    write(path, original.arrays, json.dumps({"format": 1, "model": model}))


def sequential(row: list[Any], shape: list[int]) -> dict[str, Any]:
    config = {"layers": row, "name": None, "dtype": "float32", "trainable": True, "input": shape}
    return {"class": "Sequential", "config": config}


def huge(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Arrays of gigabytes and terabytes, for which the disk has but a hole."""
    count = int.from_bytes(original.content[:8], "little")
    header = json.loads(original.content[8 : 8 + count])
    extent = int(pick(rng, [2**20, 2**30, 2**38, 2**40, 2**43, 2**61, 2**62, 2**70]))
    name = pick(rng, [each for each in header if each != "__metadata__"] + ["more"])
    end = len(original.content) - 8 - count
    place = {"dtype": "U8", "shape": [extent], "data_offsets": [end, end + extent]}
    if rng.random() < 0.5:
        header[name] = place
    else:
        header = {"__metadata__": header["__metadata__"], name: place}
        place["data_offsets"] = [0, extent]
    text = json.dumps(header)
    write_raw(path, text, original.content[8 + count :])
    if rng.random() < 0.8 and extent <= 2**42:
        with path.open("r+b") as file:
            file.truncate(8 + len(text.encode()) + place["data_offsets"][1])


def write(path: Path, arrays: dict[str, np.ndarray], text: str) -> None:
    """A whole file with this description."""
    from safetensors.numpy import save

    text = text.encode("utf-8", "replace").decode()
    path.write_bytes(save(arrays, {"pellucid": text, "checksum": checksum(arrays, text)}))


def write_raw(path: Path, header: str, rest: bytes) -> None:
    content = header.encode()
    path.write_bytes(len(content).to_bytes(8, "little") + content + rest)


def use(net: Any) -> None:
    """What one does with a network that was loaded: it works, or says in words why it does not."""
    page = io.StringIO()
    try:
        with contextlib.redirect_stdout(page):
            net.summary()
            print(net.plan)
        if net.loss is not None and all(size(each.shape) < 500 for each in net.inputs):
            step(net)
        blocks(net)
    except NonFiniteError as error:
        print(error, file=page)
    except Exception as error:
        assert_refused(error)
    printed = page.getvalue()
    assert printed.replace("\n", "").isprintable(), repr(printed)


def size(shape: Any) -> int:
    return int(np.prod([each or 1 for each in shape], dtype=object))


def step(net: Any) -> None:
    x = [np.zeros((2, *(each or 1 for each in tensor.shape[1:]))) for tensor in net.inputs]
    y = [np.zeros((2, *(each or 1 for each in tensor.shape[1:]))) for tensor in net.outputs]
    net.train_on_batch(x if len(x) > 1 else x[0], y if len(y) > 1 else y[0])


#: each as often as it finds something for its time
HOW = [
    how for how, share in {
        raw: 20, outside: 15, inside: 43, as_text: 7, numbers: 7, counters: 5, huge: 2, many: 1,
        in_parts: 10,
    }.items() for _ in range(share)
]  # fmt: skip
#: made once, so that no case waits for them
ORIGINALS = made()
