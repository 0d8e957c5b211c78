"""Wheels: python tests/wheel.py native | numpy (the pure one), built, installed and tried.

python tests/wheel.py trains native     only tries the package that is installed
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]


def built(executor: str, folder: Path) -> Path:
    """The wheel with that executor as its fastest, first in `folder`, then in dist/."""
    pure = {"PELLUCID_PURE": "1"} if executor == "numpy" else {}
    command = [sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env=os.environ | pure)
    (wheel,) = folder.glob("*.whl")
    place = ROOT / "dist" / wheel.name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(wheel.read_bytes())
    return place


def tried(wheel: Path, executor: str, folder: Path) -> None:
    """Install it where nothing else is, and train there."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, *PIP, "install", str(wheel)], check=True)
    subprocess.run([python, __file__, "trains", executor], check=True, cwd=folder)


def trains(executor: str) -> None:
    """A network learns to add, by that executor, and is shown."""
    import numpy as np

    from pellucid import layers, models
    from pellucid.executors.native.library import problem

    assert (problem() is None) == (executor == "native"), problem()
    x = np.random.default_rng(0).normal(size=(512, 2)).astype("float32")
    net = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    net.compile("sgd", "mse", executor=executor)
    losses = net.fit(x, x.sum(1, keepdims=True), 16, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 10, losses
    page = net.explain(x[:2])._repr_html_()
    assert page.startswith("<iframe"), "the built files of pages are not in the wheel"
    print(f"trains with {executor}: loss {losses[0]:.3f} → {losses[-1]:.3f}")


def main() -> None:
    if sys.argv[1] == "trains":
        return trains(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        executor, place = sys.argv[1], Path(folder)
        wheel = built(executor, place / "wheel")
        tried(wheel, executor, place / "environment")
        print(wheel.relative_to(ROOT))
        return None


if __name__ == "__main__":
    main()
