"""The folder of a run: runs/<name>/ with the model, history.csv and report.html."""

from __future__ import annotations

import itertools
from pathlib import Path

from pellucid.foreign import quoted
from pellucid.reading import path_of
from pellucid.report import Run

MODEL, HISTORY, REPORT = "model.safetensors", "history.csv", "report.html"


def folder_for(name: str, out: str | None) -> Path:
    """The folder asked for, or the first of runs/name, runs/name-2, … that is free."""
    if out is not None:
        return path_of(out)
    numbers = itertools.count(2)
    folder = Path("runs") / name
    while folder.exists():
        folder = folder.with_name(f"{name}-{next(numbers)}")
    return folder


def record(run: Run, files: dict[str, str]) -> dict[str, object]:
    """What came of a run, as `--json` prints it."""
    return {
        "data": run.name,
        "sha256": run.sha256,
        "task": "classification" if run.classes else "regression",
        "scores": run.scores,
        "rows": dict(zip(("train", "validation", "test"), run.rows.values(), strict=True)),
        "epochs": len(run.history.epoch),
        "seconds": run.seconds,
        "files": files,
        "command": run.command,
    }


def model_path(path: str) -> Path:
    """A model file, also named by the folder of its run."""
    found = path_of(path)
    if found.is_dir() and (found / MODEL).is_file():
        return found / MODEL
    if not found.is_file():
        known = sorted(str(each.parent) for each in Path("runs").glob(f"*/{MODEL}"))
        hint = f"Trained here: {', '.join(known)}" if known else "Train one: pellucid train"
        raise FileNotFoundError(f"there is no model {quoted(path)}. {hint}")
    return found
