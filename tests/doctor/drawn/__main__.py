"""Draws variations and lets the judge count."""

from __future__ import annotations

import sys
import warnings

from tests.doctor.drawn import entries, faults_data, faults_ends, faults_training  # noqa: F401
from tests.doctor.judge import counted, judged, line


def main(number: str = "1", only: str | None = None, first: str = "0") -> None:
    warnings.simplefilter("ignore")
    verdicts = []
    for entry in entries.entries(int(number), int(first), only):
        verdicts.append(judged(entry))
        print(f"{line(verdicts[-1]).rstrip()} {verdicts[-1].seconds:.1f} s", flush=True)
    for name, figure in counted(verdicts).items():
        print(f"{name:28} {figure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
