"""Networks that are well by all accounts: of none has the doctor more than notes.

    python -m tests.doctor.well

asks the doctor before each `fit` of README.md and of the pages under `docs/`, before each of the
recipes put right, and of what `pellucid train` makes of ten tables.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pellucid import Model, recipes
from pellucid.cli.diagnosing import diagnosed
from pellucid.glass.doctor import Diagnosis
from pellucid.glass.doctor.runs import Until
from tests.doctor.faults import data
from tests.doctor.faults.seen_healthy import bundled
from tests.snippets import PAGES, snippets

#: recipes that are as the notebook wrote them, or on purpose too small or wrong in their versions
AS_WRITTEN = ("as written",)
#: what pages and recipes show on purpose, a fault or a training of one epoch, and by which codes
ON_PURPOSE = {
    "backpropagation.md, training 3": ("PL401",),
    "not-learning.md, training 1": ("PL208",),
    "not-learning.md, training 2": ("PL401",),
    "tour.md, training 3": ("PL201",),
    "recipe random-image, the image, training 1": ("PL402", "PL413"),
    "recipe relu-adam, its “Adagrad”, training 1": ("PL302", "PL308"),
    "recipe relu-adam, Adagrad, training 2": ("PL302", "PL308"),
    "recipe relu-adam, RMSProp, training 3": ("PL302", "PL308"),
}
#: what has been asked for: where, and what the doctor said
Said = list[tuple[str, Diagnosis]]


def tell(said: Said, place: str, found: Diagnosis) -> None:
    """One training on a line, as soon as the doctor has spoken."""
    said.append((place, found))
    words = "; ".join(map(str, found.of("warning"))) or "nothing above a note"
    print(f"{place}: {words} ({found.seconds:.1f} s)", file=sys.stderr, flush=True)


@contextlib.contextmanager
def asked(said: Said, where: Callable[[], str | None]) -> Iterator[None]:
    """Every `fit` asks the doctor before it trains, where there is a place to name.

    The doctor trains networks itself, of which it is not asked. What fit refuses, a page shows on
    purpose.
    """
    fit, known = Model.fit, len(said)

    def asking(net: Any, *given: Any, **arguments: Any) -> Any:
        place = where()
        trial = any(isinstance(each, Until) for each in arguments.get("callbacks") or ())
        if place is not None and len(given) <= 2 and not trial:
            named = {**dict(zip(("x", "y"), given, strict=False)), **arguments}
            named.pop("doctor", None)
            found = net.diagnose(named.pop("x"), named.pop("y", None), **named)
            if "PL001" not in found.codes:
                tell(said, f"{place}, training {len(said) - known + 1}", found)
        return fit(net, *given, **arguments)

    Model.fit = asking  # type: ignore[method-assign]
    try:
        yield
    finally:
        Model.fit = fit  # type: ignore[method-assign]


def of_pages(said: Said) -> None:
    for page in PAGES:
        with asked(said, lambda page=page: page.name), tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            for _ in snippets(page):
                pass


def of_recipes(said: Said) -> None:
    measure, version = recipes.Lab.measure, [""]

    def measuring(lab: Any, name: str, *given: Any, **named: Any) -> Any:
        version[0] = name
        return measure(lab, name, *given, **named)

    recipes.Lab.measure = measuring  # type: ignore[method-assign]
    for name in recipes.names():

        def place(name: str = name) -> str | None:
            right = version[0] not in AS_WRITTEN
            return f"recipe {name}, {version[0]}" if right else None

        with asked(said, place):
            recipes.run(name, data="digits")


def tables() -> dict[str, data.Rows]:
    """Ten tables as people have them: columns in their own units, a target."""
    words = np.array(["no", "yes"])
    return {
        "iris": bundled("iris", 30),
        "wine": bundled("wine", 30),
        "breast_cancer": bundled("breast_cancer", 60),
        "diabetes": bundled("diabetes", 60),
        "digits": bundled("digits", 300),
        "houses": data.houses(800),
        "patients": data.changed(data.patients(800), y=lambda y: words[y]),
        "moons": data.moons(600),
        "clouds": data.clouds(900, classes=5, features=8),
        "line": data.line(500, features=6),
    }


def of_tables(said: Said) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, (x, y, _) in tables().items():
            lines = [",".join([*(f"column{at}" for at in range(x.shape[1])), "target"])]
            lines += [",".join(map(str, [*row, each])) for row, each in zip(x, y, strict=True)]
            path = Path(folder, f"{name}.csv")
            path.write_text("\n".join(lines))
            tell(said, f"train {name}.csv", diagnosed(str(path), 10.0, True))


def main() -> int:
    warnings.simplefilter("ignore")
    said: Said = []
    here = os.getcwd()
    with contextlib.redirect_stdout(io.StringIO()):
        for gather in (of_pages, of_recipes, of_tables):
            gather(said)
            os.chdir(here)
    above = [(place, found) for place, found in said if found]
    wrong = [each for each in above if each[1].codes[0] not in ON_PURPOSE.get(each[0], ())]
    for place, found in wrong:
        print(f"{place}: {'; '.join(map(str, found.of('warning')))}")
    shown = len(above) - len(wrong)
    print(f"{len(said)} trainings, {len(wrong)} with a finding above a note, {shown} on purpose")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
