"""Random networks by each language here, beside `net.predict`, and with a weight changed.

python -m tests.handing --networks 100 --seed 0
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from tests.handing import drawing
from tests.handing.judging import compared, notices, with_another_weight
from tests.handing.languages import LANGUAGES, Language

#: changes of a weight that are tried, since many change no output by more than rounding
TRIES = 20


def main() -> int:
    asked = arguments()
    here = [each for each in LANGUAGES if not each.missing]
    shares, wrong, noticed = defaultdict(list), list[str](), defaultdict(list)
    for seed in range(asked.seed, asked.seed + asked.networks):
        for language in here:
            with tempfile.TemporaryDirectory() as folder:
                net = drawing.network(seed)
                found = compared(net, drawing.rows(net, seed), language, Path(folder))
            shares[language.ending].append(found.share)
            wrong += [f"{language.ending} {seed}: {found.wrong}"] if found.wrong else []
        for language, seen in another_weight(seed, here):
            noticed[language.ending].append(seen)
            wrong += [] if seen else [f"{language.ending} {seed}: another weight is not noticed"]
    for line in wrong:
        print(line)
    for ending, found_ in shares.items():
        told = noticed[ending]
        print(
            f"{ending:<6} {len(found_)} networks, off by up to {max(found_):.2f} of the bound, "
            f"{np.median(found_):.2f} in the middle; another weight noticed in {sum(told)} of "
            f"{len(told)}"
        )
    absent = [f"{each.ending} needs {each.missing}" for each in LANGUAGES if each.missing]
    print(*absent, f"{len(wrong)} wrong", sep="\n")
    return bool(wrong)


def another_weight(seed: int, here: list[Language]) -> list[tuple[Language, bool]]:
    """Whether each language notices that a weight is another; none where no rounding tells."""
    net, rng = drawing.network(seed), np.random.default_rng([19, seed])
    for _ in range(TRIES):
        golden = with_another_weight(net, rng)
        if golden is not None:
            found = []
            for language in here:
                with tempfile.TemporaryDirectory() as folder:
                    found.append((language, notices(net, golden, language, Path(folder))))
            return found
    return []


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.handing")
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
