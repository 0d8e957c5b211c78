"""What each number of a row adds to an output: as the picture that the row is, or as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import lenses
from pellucid.cli.using import explained, opened
from pellucid.foreign import brief, visible
from pellucid.glass import Explanation
from pellucid.preprocessing import Preparation

#: columns that are printed, the largest first
MOST = 12


def weighed(model: str, data: str | None, row: int, of: str | None) -> dict[str, Any]:
    """A row, what was said of it, and what each of its numbers adds to a number of the plan.

    Without `of`, to its largest output.
    """
    net, preparation = opened(model)
    step, classes = explained(model, data, [row])
    x = step.recording["X"]
    try:
        found = lenses.integrated_gradients(net, x, of)
    except LookupError as error:
        raise ValueError(f"--of {brief(of)}: {error.args[0]}") from None
    return {
        "row": row,
        "of": of or largest_output(step),
        "shape": list(x.shape[1:]),
        "classes": classes,
        "names": names_of(preparation),
        "start": float(found.start[0]),
        "end": float(found.end[0]),
        "missing": float(found.missing[0]),
        "inputs": x[0].tolist(),
        "adds": found.values[0].tolist(),
    }


def largest_output(step: Explanation) -> str:
    at = np.unravel_index(step.recording["Ŷ"][0].argmax(), step.recording["Ŷ"].shape[1:])
    return f"Ŷ[{', '.join(map(str, at))}]"


def names_of(preparation: Preparation) -> list[str] | None:
    """What the columns that a network reads are called, of a table."""
    encodings = getattr(preparation, "encodings", None)
    return encodings and [name for each in encodings for name in each.features()]


def lines(found: dict[str, Any]) -> list[str]:
    """The same to be read: what was said, and where it comes from."""
    shape, adds = tuple(found["shape"]), np.array(found["adds"])
    whole = f"{found['of']} is {found['end']:.4f}, and {found['start']:.4f} where all inputs are 0"
    if len(shape) > 1:
        picture = adds.sum(axis=-1) if len(shape) == 3 else adds
        return [f"{whole}. Each pixel adds, in hundredths:", *grid(picture)]
    names = found["names"] or [f"X[{at}]" for at in range(len(adds))]
    order = np.argsort(-np.abs(adds), kind="stable")
    rows = [
        f"  {adds[at]:+9.4f}   {visible(names[at])} = {found['inputs'][at]:.5g}"
        for at in order[:MOST]
    ]
    if len(order) > MOST:
        rows.append(f"  {adds[order[MOST:]].sum():+9.4f}   {len(order) - MOST:,} more")
    return [f"{whole}. What each of the {len(adds):,} inputs adds:", *rows]


def grid(picture: np.ndarray) -> list[str]:
    """Numbers in rows; a dot where nothing is added."""
    hundredths = np.rint(picture * 100).astype(int)
    width = max(3, *(len(str(each)) + 1 for each in hundredths.flat))
    return ["".join(f"{each or '·':>{width}}" for each in row) for row in hundredths]
