"""A network as one program without pellucid in it, in NumPy, JAX, Keras or PyTorch."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from pellucid.foreign import quoted
from pellucid.glass.source.in_keras import KerasProgram
from pellucid.glass.source.in_torch import TorchProgram
from pellucid.glass.source.listed import DIALECTS, Written, program
from pellucid.glass.source.outside import outside
from pellucid.glass.source.rows import Course
from pellucid.settings import nearest
from pellucid.training.engine import Engine
from pellucid.wording import tell
from pellucid.writing import write_beside

Writer = Callable[[Engine, bool, Course], Written]
#: what writes a program in a language: to predict only, or to train
LANGUAGES: dict[str, Writer] = {
    **{name: partial(program, dialect) for name, dialect in DIALECTS.items()},
    "keras": partial(outside, KerasProgram),
    "torch": partial(outside, TorchProgram),
}


class Source:
    """A program. `arrays` are what it starts from, where they are too many to stand in it."""

    def __init__(self, text: str, arrays: Mapping[str, np.ndarray]):
        self.text, self.arrays = text, dict(arrays)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the program, and its arrays into a file .npz of the same name."""
        name = Path(path).stem
        if re.search(rf"(?m)^(import|from) {re.escape(name)}\b", self.text):
            raise ValueError(
                f"the program imports {name}, and in a file {Path(path).name} would find itself "
                "in place of it; choose another name, such as net.py"
            )
        write_beside(Path(path), self.text.encode())
        if self.arrays:
            packed = io.BytesIO()
            np.savez(packed, **self.arrays)  # type: ignore[arg-type]
            write_beside(Path(path).with_suffix(".npz"), packed.getvalue())

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        beside = f" and {len(self.arrays)} arrays beside it" if self.arrays else ""
        return f"<Source of {self.text.count(chr(10))} lines{beside}; print() shows it>"


def source(engine: Engine, language: str, only: str | None, course: Course) -> Source:
    """The program in a language: to train, or `only` "forward", to predict."""
    if language not in LANGUAGES:
        known = nearest(language, LANGUAGES)
        raise ValueError(f"no program can be written in {quoted(language)}: {known}")
    if only not in (None, "forward"):
        raise ValueError(f'only is {quoted(only)}; expected "forward", or None for all of training')
    if only is None:
        course.check(len(engine.targets))
    text, arrays, without = LANGUAGES[language](engine, only is not None, course)
    if without:
        warnings.warn(f"the program does not report {'; '.join(without)}", stacklevel=3)
    return Source(text, arrays)


tell(globals(), "glass")
