"""The time of `import pellucid` beside that of `import numpy`, each in a process of its own."""

from __future__ import annotations

import statistics

from environments import seconds

ROUNDS = 21


def main() -> None:
    ratios = []
    empty = statistics.median(seconds("pass") for _ in range(ROUNDS))
    for _ in range(ROUNDS):
        ours, theirs = seconds("import pellucid"), seconds("import numpy")
        ratios.append((ours - empty) / (theirs - empty))
    print(f"import pellucid: {statistics.median(ratios):.2f} × import numpy")


if __name__ == "__main__":
    main()
