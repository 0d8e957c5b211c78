"""What was aimed at beside the fastest rival, and what is in the way where it was missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import floors
from results import BASES
from workloads import WORKLOADS

#: times as fast as the fastest rival
GOALS = {
    **dict.fromkeys(("W1", "W2", "W3", "W4", "W5"), 2.0),
    **dict.fromkeys(("W6", "W1d", "C1", "C2"), 1.3),
    **dict.fromkeys(("R1", "R2", "E1"), 2.0),
    "P1": 5.0,
    "P2": 1.0,
}
#: what takes the time there, as a sampling profiler saw it on one thread, and what was tried
LEARNED = {
    "W1": "Adam's update is a third of the time and takes what its 22 operations a number take. "
    "The two products with what is not 0 are another third: they read the rows of W1 that "
    "an entry names from the core's second cache, at its speed. Compressing the rows is a "
    "tenth.",
    "W2": "The two products with what is not 0 are three quarters: W1 is 1.6 MB, more than a core "
    "keeps, and is read row by row as entries name it.",
    "W3": "A step takes six microseconds. Half of it goes into the 150 rows of W1 that a picture "
    "names: they are read in the forward product and are read and written in the update, 77 "
    "KB each way, from the core's second cache, whose speed bounds both. Updating whole "
    "rows of W1 rather than four vectors of each at a time was slower at AVX-512 and no "
    "faster at AVX2, and fetching the next picture sooner changed nothing. A second thread "
    "costs more than it gains.",
    "W4": "A step takes under five microseconds. The two products of 100 × 20 × 10 are a third of "
    "it: ten columns fill ten of sixteen lanes, and what is computed is computed at the "
    "speed of arithmetic. tanh is a sixth, gathering and shuffling 100 rows an eighth, the "
    "way of an epoch through Python a tenth; the rest are some thirty instructions on a "
    "hundred numbers each. Putting tanh into the loop instead of calling it for each vector "
    "gained a twentieth, at AVX2.",
    "W5": "The two products with what is not 0 are two thirds, bound by reading a row of W1 or of "
    "dZ1 from the second cache for each entry; compressing the rows anew at each step is an "
    "eighth.",
    "W6": "Dense products for everyone, at the speed of arithmetic.",
    "W1d": "Dense products for everyone, at the speed of arithmetic, and Adam's update.",
    "C1": "Products with 6 and 16 channels, which fill few lanes, and the patches for them.",
    "C2": "Products with patches, at the speed of arithmetic.",
    "R1": "Products with the rows of a state, and four activations for each unit and step.",
    "R2": "As R1, over 200 steps.",
    "E1": "Half of the time is Adam's update, which moves all 320,000 parameters of the table, "
    "named or not: θ, m and v are read and written once, 7.7 MB a step, more than two cores "
    "keep. Their gradient is never written: words are sorted by blocks of 64 rows, and each "
    "block is summed and updated at once. A chain of words for each row of the table, in "
    "place of the blocks, took half as long again.",
    "P1": "The way from Python and back is a third; the rest reads the weights that a row needs.",
    "P2": "Products with what is not 0, each number summed in the order of its inputs so that a "
    "row has the same bits in any batch.",
}


class Standing(NamedTuple):
    """pellucid beside the fastest rival on a workload."""

    name: str
    rival: str
    ratio: float
    median: float
    above: float

    @property
    def goal(self) -> float:
        return GOALS[self.name]

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal


def standings(workloads: dict[str, Any]) -> Iterator[Standing]:
    """For each workload that has a rival; P1 is held beside onnxruntime."""
    for name, found in workloads.items():
        rivals = {peer: each for peer, each in found["peers"].items() if peer not in BASES}
        ours = found["peers"].get(found["base"])
        if name == "P1" and "onnxruntime" in rivals:
            rivals = {"onnxruntime": rivals["onnxruntime"]}
        if not rivals or ours is None:
            continue
        fastest = min(rivals, key=lambda peer: rivals[peer]["median"])
        need = floors.needs(WORKLOADS[name], floors.Zeros(*found["zeros"]))
        least, _ = floors.lowest(need, found["ceilings"])
        unit = 1e6 if found["unit"] == "µs" else 1
        above = ours["median"] / unit / least
        yield Standing(name, fastest, rivals[fastest]["ratio"], ours["median"], above)
