"""The digit pad: a drawing, on its way to what a network was trained on, and what is said of it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from pellucid.models.sequential import Sequential
from pellucid.play.asking import Asked, RefusedError
from pellucid.play.rows import Data
from pellucid.play.values import plain
from pellucid.preprocessing.pictures import STEPS, stages

#: the longest side of a drawing
SIDE = 1024


def drawing(asked: Asked) -> np.ndarray:
    """The pixels that were sent, (height, width), from 0 to 255."""
    height, width = (asked.whole(name, 1, SIDE) for name in ("height", "width"))
    try:
        sent = base64.b64decode(asked.text("pixels", 2 * SIDE * SIDE), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError(f"the pixels are no base64: {error}") from error
    if len(sent) != height * width:
        raise RefusedError(
            f"the drawing has {len(sent):,} pixels; expected {height} × {width}, a byte for each"
        )
    return np.frombuffer(sent, np.uint8).reshape(height, width)


def said_of(net: Sequential, data: Data, asked: Asked) -> tuple[dict[str, Any], Any]:
    """What the network says of a drawing, and the drawing at every stage."""
    if data.picture is None or data.names is None:
        raise RefusedError("the pad is for digits: choose them as the data")
    drawn = drawing(asked)
    left_out = [name for name in STEPS if not asked.flag(name, True)]
    found = stages(drawn, data.picture[0], left_out)
    row = data.row_of(found["centred"])
    arrays = {f"stage:{name}": picture for name, picture in {"drawn": drawn, **found}.items()}
    arrays["input"] = found["centred"].astype(np.float32) / 255
    if not found["light"].any():
        return {"said": None, "empty": True}, arrays
    shares = np.asarray(net.predict(row, verbose=0))[0]
    best = int(shares.argmax())
    said = {"classes": data.names, "shares": [plain(each) for each in shares]}
    return {"said": said | {"said": data.names[best], "sure": plain(shares[best])}}, arrays
