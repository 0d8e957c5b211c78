"""Data files: tables in every encoding and packing, arrays, and what damage makes of them."""

from __future__ import annotations

import gzip
import io
import itertools
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pellucid.datasets.files import read_npy
from pellucid.preprocessing import fit, open_data
from tests.attack.judging import assert_refused, judged
from tests.attack.mutating import NUMBERS, TEXTS, mutated_bytes, pick

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
MARGINS = ["1e300", "inf", "-Infinity", "1e309", "NaN", "1" * 400, "0x10", "1,5", "٣", "1e-400"]


def case(rng: np.random.Generator, folder: Path) -> str:
    make = bomb if rng.random() < 0.02 else pick(rng, [text, text, damaged, damaged, wide, header])
    name, content = make(rng)
    path = folder / name
    path.write_bytes(content)
    if make is header and rng.random() < 0.3:
        with path.open("r+b") as file:
            file.truncate(len(content) + int(pick(rng, [10**9, 2**31, 2**40])))
    labels(path)
    word, found = judged(lambda: read(path), path)
    if found is not None and rng.random() < 0.1:
        learn(found, rng)
    return f"{make.__name__}: {word}"


def read(path: Path):
    return read_npy(path) if path.suffix == ".npy" else open_data(str(path))


def labels(path: Path) -> None:
    """Whole labels beside a file of images."""
    if "images" in path.name:
        content = idx(np.zeros(4, np.uint8))
        path.with_name(path.name.replace("images-idx3", "labels-idx1")).write_bytes(content)


def learn(source, rng: np.random.Generator) -> None:
    """What is read can be prepared, or is refused in words."""
    table = getattr(source, "train", None)
    if table is None or table.y is not None or len(table) > 1000 or len(table.x) > 50:
        return
    try:
        preparation, x, _ = fit(table.x, pick(rng, list(table.x)))
        assert np.isfinite(x).all()
        preparation.transform(table.x)
    except Exception as error:
        assert_refused(error)


def text(rng: np.random.Generator) -> tuple[str, bytes]:
    """A table of odd cells and names, in some encoding, packed or not."""
    cells = [*TEXTS, *map(cell, NUMBERS), *MARGINS, "2020-01-02", "true", '"', '"a"', "1", "2.5"]
    separator = pick(rng, [",", ",", ";", "\t", "|"])
    width, odd = int(rng.integers(1, 6)), rng.random() * 0.3

    def row(usual: list[str]) -> str:
        return separator.join(
            pick(rng, cells) if rng.random() < odd else str(pick(rng, usual)) for _ in range(width)
        )

    lines = [separator.join(f"c{at}" for at in range(width)) if rng.random() < 0.5 else row(["a"])]
    usual = pick(rng, [["1", "2", "3.5"], ["x", "y"], ["2020-01-02", "2021-02-03"], ["true", ""]])
    lines += [row(usual) for _ in range(int(rng.integers(0, 30)))]
    content = pick(rng, ["\n", "\r\n", "\r"]).join(lines).encode(pick(rng, ENCODINGS), "replace")
    ending = pick(rng, [".csv", ".tsv", ".txt", ".csv.gz"])
    return f"table{ending}", gzip.compress(content) if ending.endswith("gz") else content


def cell(number: float) -> str:
    return f"{number:.500g}" if isinstance(number, float) else hex(number)


def damaged(rng: np.random.Generator) -> tuple[str, bytes]:
    """A whole file of some kind with some of its bytes changed."""
    name, content = pick(rng, ORIGINALS)
    return name, content if rng.random() < 0.05 else mutated_bytes(content, rng)


def originals() -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 3)), np.arange(30) % 3
    words = np.array(["red", "green", "blue"], object)[y]
    table = pa.table({"x": x[:, 0], "n": y, "word": words, "day": np.arange(30).astype("M8[D]")})
    lines = ["x,n,word", *(f"{a:.3f},{b},{c}" for a, b, c in zip(x[:, 0], y, words, strict=True))]
    csv = "\n".join(lines).encode()
    images = np.arange(64, dtype=np.uint8).reshape(4, 4, 4)
    return [
        ("table.csv", csv), ("table.csv.gz", gzip.compress(csv)),
        ("table.csv", "\n".join(lines).encode("utf-16")),
        ("table.parquet", parquet(table)), ("table.parquet", parquet(table, compression="gzip")),
        ("arrays.npz", npz(x=x, y=y)), ("arrays.npz", npz(False, x=images, y=y[:4])),
        ("arrays.npz", npz(x=np.float64(1), y=y)), ("arrays.npz", npz(x=x, y=np.float64(1))),
        ("arrays.npz", npz(x=x * 1e200, y=y)), ("arrays.npz", npz(x=x[:0], y=y[:0])),
        ("arrays.npz", npz(x=x[:, :0], y=y)), ("arrays.npz", npz(x=x[:, 0], y=images[0])),
        ("arrays.npz", npz(x_train=x, y_train=y, x_test=x, y_test=y)),
        ("array.npy", npy(x)), ("images-idx3-ubyte", idx(images)),
        ("images-idx3-ubyte.gz", gzip.compress(idx(images))),
    ]  # fmt: skip


def parquet(table: pa.Table, **options: str) -> bytes:
    page = io.BytesIO()
    pq.write_table(table, page, **options)
    return page.getvalue()


def npz(packed: bool = True, **arrays: np.ndarray) -> bytes:
    page = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(page, **arrays)
    return page.getvalue()


def npy(array: np.ndarray) -> bytes:
    page = io.BytesIO()
    np.save(page, array)
    return page.getvalue()


def idx(array: np.ndarray) -> bytes:
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def bomb(rng: np.random.Generator) -> tuple[str, bytes]:
    """A small file that unpacks to 128 MiB."""
    return pick(rng, BOMBS)


def bombs() -> list[tuple[str, bytes]]:
    zeros = np.zeros((128, 1 << 20), np.uint8)
    return [
        ("table.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 25))),
        ("arrays.npz", npz(x=zeros, y=np.zeros(128))),
        ("images-idx3-ubyte.gz", gzip.compress(idx(zeros.reshape(128, 1024, 1024)))),
        ("table.parquet", parquet(pa.table({"a": np.zeros(1 << 24)}))),
    ]


def wide(rng: np.random.Generator) -> tuple[str, bytes]:
    """Many columns, long cells, long lines, long numbers."""
    count = int(rng.integers(1, 20_000))
    return "table.csv", pick(rng, [
        b"," * count, b"9" * count * 3 + b"x", b'"' + b"," * count, b'"a\n' * count,
        ",".join(f"c{at}" for at in range(count // 10)).encode() + b"\n1",
        b"a,b\n" + b"x" * count * 3 + b",1\n", b"-" * count, b"1e" * count, b"\n" * count,
    ])  # fmt: skip


def header(rng: np.random.Generator) -> tuple[str, bytes]:
    """An array whose header promises something else than what follows."""
    extent = pick(rng, [0, 1, 3, -1, 2**31, 2**40, 2**63, 10**30, "1", None, True, 0.5])
    shape = tuple(itertools.repeat(extent, int(pick(rng, [0, 1, 2, 3, 40, 1000]))))
    kind = pick(rng, ["<f8", "|O", "|u1", ">f2", "V9999", "<U8", "M8[s]", "i4,f4", "<c8", "x", 3])
    described = {"descr": kind, "fortran_order": pick(rng, [True, False, 1]), "shape": shape}
    text = pick(rng, [repr(described), "(" * 3000, "{'descr': 1L}", "[" + "1," * 2000, "'\\d'", ""])
    version = bytes([pick(rng, [1, 1, 1, 2, 3, 9]), 0])
    content = b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text.encode() + b"1234"
    if rng.random() < 0.3:
        sizes = np.array([4, pick(rng, [1, 2**31, 2**32 - 1]), 4], ">u4").tobytes()
        return "images-idx3-ubyte", bytes([0, 0, 8, int(pick(rng, [3, 3, 0, 200]))]) + sizes
    if rng.random() < 0.5:
        return "array.npy", content
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(pick(rng, ["x.npy", "../x.npy", "\x1b[2J.npy"]), content)
        archive.writestr("y.npy", npy(np.zeros(4)))
    return "arrays.npz", page.getvalue()


#: made once, so that no case waits for them; and scikit-learn loaded
ORIGINALS, BOMBS = originals(), bombs()
fit({"a": np.arange(30.0) % 7, "b": np.array(["x", "y", "z"] * 10, object)}, "b")
