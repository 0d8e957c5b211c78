"""What a recipe is: a published notebook, what it printed, and a study that repeats it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from pellucid import datasets, set_random_seed
from pellucid.models.model import Model
from pellucid.recipes.result import Result, Row, number_text
from pellucid.settings import Named, nearest

DATA = ("mnist", "digits")
#: terms of a number that are shown, and findings of the doctor
TERMS, FINDINGS = 3, 2
#: the version of a study that repeats the notebook
AS_WRITTEN = "as written"


class Images(NamedTuple):
    """Pictures `x` as rows of pixels, float32, and their labels `y`; `x_test`, `y_test` to test by.

    >>> pellucid.recipes.recipe.Images._fields
    ('x', 'y', 'x_test', 'y_test')
    """

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


class Lab:
    """The data, the seeds and the budget of one run, and what was measured with them."""

    def __init__(
        self,
        data: str = "mnist",
        seeds: int | Sequence[int] = 1,
        quick: bool = False,
        progress: Callable[[str], None] | None = None,
    ):
        if data not in DATA:
            raise ValueError(f"recipes run on {' or '.join(DATA)}; {nearest(data, DATA)}")
        self.data, self.quick, self.progress = data, quick, progress
        self.seeds = seed_numbers(seeds)
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.figures: dict[str, Any] = {}
        #: by version: lines of a step with the network's own numbers in them
        self.explained: dict[str, str] = {}
        #: by version: what the doctor says of the training
        self.diagnosed: dict[str, str] = {}
        self.version = ""

    def images(self, scaled: bool = True) -> Images:
        """The pictures: pixels from 0 to 1, or from 0 to 255 if not `scaled`."""
        parts = getattr(datasets, self.data).load_data()
        factor = np.float32((1 if scaled else 255) / parts[0][0].max())
        rows = [(x.reshape(len(x), -1).astype(np.float32) * factor, y) for x, y in parts]
        self._say_data(*(x for x, _ in parts))
        return Images(*rows[0], *rows[1])

    def epochs(self, number: int, on_digits: int | None = None) -> int:
        """How many epochs to train: the notebook's `number`, or what the smaller run takes."""
        epochs = on_digits if self.data == "digits" and on_digits is not None else number
        epochs = max(1, epochs // 10) if self.quick else epochs
        if epochs != number:
            self.note(f"epochs: {epochs} in place of {number}")
        return epochs

    def measure(
        self,
        version: str,
        study: Callable[[], Mapping[str, float]],
        reported: Mapping[str, float] | None = None,
        remark: str = "",
        seeds: int | Sequence[int] | None = None,
    ) -> Row:
        """Run `study` once for each seed, and keep the numbers it gives beside those reported."""
        numbers, seconds, self.version = [], [], version
        for seed in self.seeds if seeds is None else seed_numbers(seeds):
            if self.progress is not None:
                self.progress(f"{version}, seed {seed}")
            set_random_seed(seed)
            began = time.perf_counter()
            numbers.append({name: float(value) for name, value in study().items()})
            seconds.append(time.perf_counter() - began)
        self.rows.append(Row(version, numbers, seconds, dict(reported or {}), remark))
        return self.rows[-1]

    def state(
        self,
        version: str,
        numbers: Mapping[str, float],
        reported: Mapping[str, float] | None = None,
    ) -> Row:
        """Keep numbers that take no time and no seed."""
        return self.measure(version, lambda: numbers, reported, seeds=1)

    def explain(
        self, net: Model, x: np.ndarray, y: np.ndarray, *names: str, at: str | None = None
    ) -> None:
        """Show lines of the next step on the first row, each by the terms of its largest number.

        With `at` they are shown where that value is largest. Of a version that runs with several
        seeds, the first.
        """
        if self.version not in self.explained:
            step = net.explain(x[:1], y[:1])
            places = {name: step.line(at or name).place.at for name in names}
            whys = [step.why(name, *place, most=TERMS) for name, place in places.items()]
            self.explained[self.version] = "\n".join(why.text() for why in whys)

    def diagnose(self, net: Model, x: np.ndarray, y: np.ndarray, **fit: Any) -> None:
        """Show what the doctor finds before a network is trained so, as the notebook wrote it.

        Of a version that runs with several seeds, the first.
        """
        if self.version == AS_WRITTEN and self.version not in self.diagnosed:
            found = net.diagnose(x, y, **fit).findings[:FINDINGS]
            lines = [f"{each}{f'; {each.trial}' if each.trial else ''}" for each in found]
            self.diagnosed[self.version] = "\n".join(lines)

    def note(self, text: str) -> None:
        """Say something of this run below the table, once."""
        if text not in self.notes:
            self.notes.append(text)

    def _say_data(self, train: np.ndarray, test: np.ndarray) -> None:
        if self.data == "digits":
            self.note(
                f"on the {train.shape[1]}×{train.shape[2]} digits, {number_text(len(train))} rows "
                f"to train on and {number_text(len(test))} to test, where the notebook had MNIST, "
                "28×28, 60,000 and 10,000"
            )


def seed_numbers(seeds: int | Sequence[int]) -> list[int]:
    """The seeds 0, 1, … for a number of them, or those listed."""
    numbers = list(range(seeds)) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    if not numbers:
        raise ValueError(f"seeds is {seeds!r}; expected at least one, such as seeds=3")
    return numbers


def tested(net: Model, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Loss and metrics of a network on the rows of the test set."""
    scores = net.evaluate(x, y, verbose=0, return_dict=True)
    return {f"test {name}": value for name, value in scores.items()}


class Recipe(Named, family="recipe"):
    """A study with a name. A recipe of one's own defines these words and `study`."""

    name: ClassVar[str]
    title: ClassVar[str]
    #: what the notebook did
    original: ClassVar[str]
    #: what was wrong with it, and what puts it right
    wrong: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    @classmethod
    def registered_name(cls) -> str:
        return cls.name

    def study(self, lab: Lab) -> None:
        """Measure each version with `lab.measure`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `study(self, lab)`")

    def run(
        self,
        data: str = "mnist",
        seeds: int | Sequence[int] = 1,
        quick: bool = False,
        progress: Callable[[str], None] | None = None,
    ) -> Result:
        """Run the study on "mnist" or "digits", with so many seeds or these.

        `quick` trains for a tenth of the epochs; `progress` is told what begins, line by line.
        """
        lab = Lab(data, seeds, quick, progress)
        self.study(lab)
        words = {word: getattr(self, word) for word in ("title", "original", "wrong", "remedy")}
        found = Result(self.name, data, lab.rows, lab.notes, lab.figures, **words)
        found.explained, found.diagnosed = lab.explained, lab.diagnosed
        return found
