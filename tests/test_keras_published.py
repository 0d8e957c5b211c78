"""Twenty scripts for small networks, as people publish them: they run with other imports alone.

`keras_scripts/` holds them as they are for Keras; their data are drawn.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import pellucid
from tests.test_keras_scripts import with_our_imports

SCRIPTS = sorted((Path(__file__).parent / "keras_scripts").glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_it_runs_and_learns(path: Path) -> None:
    names: dict[str, object] = {"__name__": path.stem}
    pellucid.set_random_seed(1)
    exec(with_our_imports(path.read_text(encoding="utf-8")), names)
    loss = names["history"].history["loss"]  # type: ignore[attr-defined]
    assert loss[-1] < loss[0]


def test_there_are_twenty() -> None:
    assert len(SCRIPTS) == 20
