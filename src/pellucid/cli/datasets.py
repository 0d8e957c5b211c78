"""The data sets there are: where each is, how large, and its checksums."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pellucid.preprocessing.opening import BUILT_IN, POINT_SETS, SCIKIT_SETS
from pellucid.settings import nearest

DOWNLOADED = ("mnist", "fashion_mnist")
_CONTENTS = {
    "digits": "1,797 handwritten digits, 8×8",
    "mnist": "70,000 handwritten digits, 28×28",
    "fashion_mnist": "70,000 pictures of clothing, 28×28",
}


def known() -> list[dict[str, Any]]:
    """Every data set by name: what it holds, where it is, and the checksums of its files."""
    return [
        {"name": name, "holds": _holds(name), "where": _where(name), "checksums": _checksums(name)}
        for name in BUILT_IN
    ]


def fetch(name: str) -> Path:
    """Download a data set into the cache, if it is not there yet."""
    from pellucid.datasets.images import cache_folder

    if name not in DOWNLOADED:
        raise ValueError(f"{name!r} is not downloaded; {nearest(name, DOWNLOADED)}")
    folder = cache_folder() / name
    _set(name).download(folder)
    return folder


def _set(name: str) -> Any:
    from pellucid import datasets

    return getattr(datasets, name).SOURCE


def _holds(name: str) -> str:
    if name in POINT_SETS:
        return "1,000 points of the plane, drawn"
    return _CONTENTS.get(name, "a table of scikit-learn's")


def _where(name: str) -> str:
    if name in SCIKIT_SETS:
        return "scikit-learn"
    if name not in DOWNLOADED:
        return "pellucid"
    from pellucid.datasets.images import cache_folder

    roots = [Path(os.environ[key]) for key in ("PELLUCID_DATA",) if os.environ.get(key)]
    try:
        roots.append(cache_folder())
    except ImportError:
        return "pellucid[standard] downloads it"
    found = [root / name for root in roots if (root / name).is_dir()]
    return str(found[0]) if found else f"not here yet: pellucid data fetch {name}"


def _checksums(name: str) -> dict[str, str]:
    return dict(_set(name).checksums) if name in DOWNLOADED else {}
