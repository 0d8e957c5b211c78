"""What processes agree on before they take the same steps: where they are, and how far to go."""

from __future__ import annotations

from typing import NamedTuple

from pellucid.distribution.joining import agreed, check_same
from pellucid.processes import HERE


class Place(NamedTuple):
    """Where a process is; all must be at the same."""

    trains: int
    step: int
    row: int
    batch: int
    seed: int
    weights: int

    def told(self) -> str:
        doing = "trains" if self.trains else "evaluates or predicts"
        return f"{doing} at step {self.step} with {self.batch} rows from row {self.row} on"


class Turn(NamedTuple):
    """So many steps, in a program of so many at most."""

    steps: int
    capacity: int


def turn(place: Place, count: int, capacity: int, late: bool) -> Turn | None:
    """What all can do next; None if one of them was told to stop, or is late: then all leave off.

    Who leaves off brings together what weights of others are in parts, for which all are needed.
    """
    if HERE.count == 1:
        return None if late else Turn(count, capacity)
    said = agreed([*place, count, capacity, int(HERE.wanted), int(late)])
    check_same(said[:, 0].tolist())
    places = [Place(*row) for row in said[:, : len(place)].tolist()]
    apart = next((at for at, each in enumerate(places) if each != places[0]), None)
    if apart is not None:
        raise RuntimeError(different(places[0], places[apart], apart))
    count, capacity, *_ = said[:, len(place) :].min(axis=0).tolist()
    HERE.leaving = bool(said[:, -2].any())
    return None if HERE.leaving or said[:, -1].any() else Turn(count, capacity)


def different(first: Place, other: Place, number: int) -> str:
    """What keeps processes from training together."""
    if (first.seed, first.weights) != (other.seed, other.weights):
        return (
            f"the networks of process 0 and process {number} have other weights or another seed: "
            "make them by the same script, call pellucid.distribution.initialize() before the "
            "network is made, and load the same files"
        )
    return (
        f"processes go on together, but process 0 {first.told()}, process {number} {other.told()}: "
        "give all of them the same arguments and as many rows or batches"
    )
