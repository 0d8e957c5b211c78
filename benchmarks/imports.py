"""The time of `import pellucid` beside that of `import numpy`, each in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 21


def seconds(statement: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - begun


def main() -> None:
    ratios = []
    empty = statistics.median(seconds("pass") for _ in range(ROUNDS))
    for _ in range(ROUNDS):
        ours, theirs = seconds("import pellucid"), seconds("import numpy")
        ratios.append((ours - empty) / (theirs - empty))
    print(f"import pellucid: {statistics.median(ratios):.2f} × import numpy")


if __name__ == "__main__":
    main()
