"""Picture files: damaged, of other kinds than their names say, of far more pixels than bytes."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from pellucid.preprocessing import Classes, PicturePreparation, open_data, read_pictures
from tests.attack.judging import judged
from tests.attack.mutating import mutated_bytes, pick

FORMATS = {
    "png": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "jpeg": ["L", "RGB", "CMYK"],
    "bmp": ["1", "L", "P", "RGB"],
    "gif": ["L", "P", "RGB"],
    "webp": ["RGB", "RGBA"],
}
#: kinds that Pillow could read, of which some would start programs
DISGUISES = ["tiff", "eps", "pdf", "ppm", "ico", "tga", "pcx", "sgi"]
#: pieces that a PNG may have
NAMES = [b"zTXt", b"iCCP", b"acTL", b"tRNS", b"PLTE", b"eXIf", b"fcTL"]
EXTENTS = [0, 1, 255, 8000, 9000, 20_000, 65_535, 2**24 - 1, 2**31 - 1, 2**32 - 1]


#: in KiB: 64 million pixels of four colours, and as many in three
MEMORY = 600 << 10


def case(rng: np.random.Generator, folder: Path) -> str:
    make = pick(rng, [whole, damaged, damaged, damaged, chunks, chunks, bomb, disguised])
    kind, content = make(rng)
    path = folder / "pictures" / "one" / f"picture.{kind}"
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.iterdir():
        old.unlink()
    path.write_bytes(content)
    if rng.random() < 0.3:
        word, _ = judged(lambda: open_data(str(path.parent.parent)), path, MEMORY)
        return f"{make.__name__}: {word}"
    shapes = pick(rng, PREPARATIONS)
    word, _ = judged(lambda: read_pictures([path], shapes), path, MEMORY)
    return f"{make.__name__}: {word}"


def preparations() -> list[PicturePreparation]:
    target = Classes("class", ["a", "b"])
    return [
        PicturePreparation(target, shape, largest, 0.0, 1.0, drawn)
        for shape, largest, drawn in [([28, 28], 255, True), ([8, 8], 16, True),
                                      ([9, 7], 255, False), ([6, 6, 3], 255, False)]
    ]  # fmt: skip


def whole(rng: np.random.Generator) -> tuple[str, bytes]:
    """A good picture of any kind."""
    kind = pick(rng, list(FORMATS))
    size = int(rng.integers(1, 40)), int(rng.integers(1, 40))
    return kind, saved(kind, pick(rng, FORMATS[kind]), size, int(rng.integers(1 << 30)))


def saved(kind: str, mode: str, size: tuple[int, int], seed: int = 0) -> bytes:
    rng = np.random.default_rng(seed)
    if mode == "I;16":
        picture = Image.fromarray(rng.integers(0, 65535, size, dtype=np.uint16))
    else:
        picture = Image.fromarray(rng.integers(0, 255, (*size, 3), dtype=np.uint8)).convert(mode)
    page = io.BytesIO()
    others = (
        {"save_all": True, "append_images": [picture] * 2} if kind == "gif" and seed % 2 else {}
    )
    picture.save(page, kind, **others)
    return page.getvalue()


def originals() -> list[tuple[str, bytes]]:
    return [
        (kind, saved(kind, mode, (12, 9), at))
        for at, (kind, modes) in enumerate(FORMATS.items())
        for mode in modes
    ]


def damaged(rng: np.random.Generator) -> tuple[str, bytes]:
    kind, content = pick(rng, ORIGINALS)
    return kind, mutated_bytes(content, rng)


def chunks(rng: np.random.Generator) -> tuple[str, bytes]:
    """A PNG, some of whose pieces are changed, twice there or new; their checksums are right."""
    content = pick(rng, [content for kind, content in ORIGINALS if kind == "png"])
    parts = list(pieces(content))
    for _ in range(int(rng.integers(1, 3))):
        at = int(rng.integers(len(parts)))
        name, data = parts[at]
        change = int(rng.integers(4))
        if name == b"IHDR" and change:
            data = b"".join(int(pick(rng, EXTENTS)).to_bytes(4, "big") for _ in range(2)) + data[8:]
            parts[at] = name, data
        elif change == 0:
            parts[at] = name, mutated_bytes(data, rng)
        elif change == 1:
            parts.insert(at, parts[int(rng.integers(len(parts)))])
        else:
            new = pick(rng, [b"", b"a\0\0" + PACKED, b"a\0\0\0", rng.bytes(26)])
            parts.insert(at, (pick(rng, NAMES), new))
    return "png", content[:8] + b"".join(piece(*each) for each in parts)


def pieces(content: bytes):
    """(name, data) of each piece of a PNG."""
    at = 8
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def piece(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + check


def packed() -> bytes:
    """100 MB of nothing."""
    return zlib.compress(bytes(100_000_000))


def bomb(rng: np.random.Generator) -> tuple[str, bytes]:
    """Few bytes that say that they are very many pixels, of each kind."""
    wide, high = (int(pick(rng, EXTENTS[3:7])) for _ in range(2))
    kind = pick(rng, ["png", "bmp", "gif", "jpeg", "webp"])
    if kind == "png":
        header = (
            wide.to_bytes(4, "big")
            + high.to_bytes(4, "big")
            + bytes([8, int(pick(rng, [0, 2, 6])), 0, 0, 0])
        )
        data = pick(rng, [PACKED, b"", zlib.compress(bytes(1000))])
        parts = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
        return kind, b"\x89PNG\r\n\x1a\n" + b"".join(piece(*each) for each in parts)
    content = bytearray(dict(ORIGINALS)[kind])
    if kind == "bmp":
        content[18:26] = wide.to_bytes(4, "little") + high.to_bytes(4, "little")
    elif kind == "gif":
        content[6:10] = wide.to_bytes(2, "little") + high.to_bytes(2, "little")
    elif kind == "jpeg":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = high.to_bytes(2, "big") + wide.to_bytes(2, "big")
    else:
        extended = (
            bytes([16, 0, 0, 0])
            + (wide - 1).to_bytes(3, "little")
            + (high - 1).to_bytes(3, "little")
        )
        content[12:12] = b"VP8X" + (10).to_bytes(4, "little") + extended
        content[4:8] = (len(content) - 8).to_bytes(4, "little")
    return kind, bytes(content)


def disguised(rng: np.random.Generator) -> tuple[str, bytes]:
    """A file of another kind under a picture's name."""
    page = io.BytesIO()
    Image.new("RGB", (5, 4)).save(page, pick(rng, DISGUISES))
    content = page.getvalue()
    return pick(rng, list(FORMATS)), mutated_bytes(content, rng) if rng.random() < 0.3 else content


#: made once, so that no case waits for them
ORIGINALS, PACKED, PREPARATIONS = originals(), packed(), preparations()
