"""Networks by each language here, beside `net.predict`, and with a weight changed.

python -m tests.handing --networks 100 --seed 0    # drawn at random
python -m tests.handing --networks 0 --layers      # every layer and activation
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.contract import layers as contract
from tests.handing import drawing
from tests.handing.judging import compared, notices, with_another_weight
from tests.handing.languages import LANGUAGES, Language, Rows

#: changes of a weight that are tried, since many change no output by more than rounding
TRIES = 100
HERE = [each for each in LANGUAGES if not each.missing]


class Case(NamedTuple):
    """A network, made anew each time, and rows for it."""

    name: str
    make: Callable[[], Any]
    rows: Rows
    seed: int | None = None


def cases(asked: argparse.Namespace) -> Iterator[Case]:
    for seed in range(asked.seed, asked.seed + asked.networks):
        rows = drawing.rows(drawing.network(seed), seed)
        yield Case(f"network {seed}", lambda seed=seed: drawing.network(seed), rows, seed)
    if not asked.layers:
        return
    for row in contract.ROWS:
        name = f"{type(row.layer).__name__}"
        yield Case(name, lambda row=row: contract.network(row, "float32"), list(row.arrays))
    yield Case("activations", drawing.every_activation, drawing.rows(drawing.every_activation(), 0))


def main() -> int:
    asked = arguments()
    shares, wrong = defaultdict[str, list[float]](list), list[str]()
    noticed = defaultdict[str, list[bool]](list)
    for case in cases(asked):
        for language in HERE:
            with tempfile.TemporaryDirectory() as folder:
                found = compared(case.make(), case.rows, language, Path(folder))
            shares[language.ending].append(found.share)
            wrong += [f"{language.ending} {case.name}: {found.wrong}"] if found.wrong else []
        for language, seen in another_weight(case):
            noticed[language.ending].append(seen)
            wrong += [] if seen else [f"{language.ending} {case.name}: another weight unnoticed"]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    for ending, of in shares.items():
        told = noticed[ending]
        print(
            f"{ending:<6} {len(of)} networks, off by up to {max(of):.2f} of the bound, "
            f"{np.median(of):.2f} in the middle; another weight noticed in {sum(told)} of "
            f"{len(told)}"
        )
    absent = [f"{each.ending} needs {each.missing}" for each in LANGUAGES if each.missing]
    print(*absent, f"{len(wrong)} wrong", sep="\n")
    return bool(wrong)


def another_weight(case: Case) -> list[tuple[Language, bool]]:
    """Whether each language notices that a weight is another; none where no rounding tells."""
    if case.seed is None:
        return []
    net, rng = case.make(), np.random.default_rng([19, case.seed])
    for _ in range(TRIES):
        golden = with_another_weight(net, rng)
        if golden is not None:
            found = []
            for language in HERE:
                with tempfile.TemporaryDirectory() as folder:
                    found.append((language, notices(net, golden, language, Path(folder))))
            return found
    return []


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.handing")
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first")
    parser.add_argument("--layers", action="store_true", help="every layer and activation, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
