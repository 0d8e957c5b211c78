"""The attacks from the command line.

python -m tests.attack                                    all of them, for a minute each
python -m tests.attack sparse --cases 1000 --seed 7       one, so many cases
python -m tests.attack sparse --seed 7 --first 12 --cases 1     a case again
"""

from __future__ import annotations

import argparse
import sys

from tests.attack.runner import Tally, attacked, attacks


def main() -> int:
    asked = arguments()
    names = asked.names or attacks()
    if unknown := set(names) - set(attacks()):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(attacks())}")
    seconds = asked.seconds / len(names) if asked.seconds else 1e9
    bad = 0
    for name in names:
        tally = attacked(name, asked.cases or 10**9, asked.seed, asked.first, seconds)
        show(name, asked.seed, tally)
        bad += len(tally.bad)
    return bool(bad)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.attack")
    parser.add_argument("names", nargs="*", help="which attacks; all, if none is named")
    parser.add_argument("--cases", type=int, help="how many cases of each")
    parser.add_argument("--seconds", type=float, help="for how long, all attacks together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    asked = parser.parse_args()
    if not asked.cases and not asked.seconds:
        asked.seconds = 60.0 * len(asked.names or attacks())
    return asked


def show(name: str, seed: int, tally: Tally) -> None:
    """The counts as a line of a table; of what was bad, how to see it again."""
    for number, why in tally.bad:
        print(f"\n--- python -m tests.attack {name} --seed {seed} --first {number} --cases 1")
        print(why)
    words = "  ".join(f"{word} {count}" for word, count in tally.words.most_common())
    total = tally.words.total() + len(tally.bad)
    print(f"{name:<14} {total:>9} cases   {len(tally.bad)} bad   {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
