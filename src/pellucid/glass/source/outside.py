"""What the programs of other libraries share: arrays, the rows, the check, the order of parts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import numpy as np

from pellucid.glass.source.arrays import Arrays
from pellucid.glass.source.checking import CLOSE, checked
from pellucid.glass.source.graph import Graph, Step
from pellucid.glass.source.inlining import plainly
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.listed import Written
from pellucid.glass.source.program import GENERATOR, as_main, called, calls, listed_words, taken
from pellucid.glass.source.rows import SPLIT, Course, Rows
from pellucid.glass.source.spelling import WIDTH, Names, spelled
from pellucid.layers.noise import Chance
from pellucid.training.engine import Engine
from pellucid.weights import Weight


class Program:
    """A program of another library; what that library needs is written by those below."""

    library = ""
    #: whether the rows are shuffled by the program itself, in the order that `fit` has
    shuffles = False

    def __init__(self, engine: Engine, predicts: bool, course: Course):
        self.engine, self.predicts, self.course = engine, predicts, course
        self.dtype = engine.memory.dtype.name
        self.graph = Graph(engine.network)
        plan = engine.plan("predict") if predicts else engine.plan("train", course.weighted)
        self.lines = Lines(plan, self.dtype)
        self.rows = Rows(engine, self.lines, course)
        self.inputs = [self.lines.name(each) for each in plan.inputs]
        self.targets = [self.lines.name(each) for each in plan.targets]
        self.outputs = [self.lines.name(each) for each in plan.outputs]
        self.without: list[str] = []
        self.names = Names()
        self.of_weight: dict[Weight, str] = {}
        self.start = self.starting()
        self.start |= {spelled(name): each for name, each in checked(engine).items()}

    def starting(self) -> dict[str, np.ndarray]:
        """The weights by the names that they have in the program."""
        found = {}
        for step in self.graph.once:
            for weight in step.layer.weights:
                self.of_weight[weight] = self.names.new(f"{step.name}_{weight.name}")
                found[self.of_weight[weight]] = np.asarray(weight.value)
        return found

    def arrays_of(self, step: Step) -> list[str]:
        """The names of the arrays of a layer."""
        return [self.of_weight[each] for each in step.layer.weights]

    def imports(self) -> list[str]:
        raise NotImplementedError

    def architecture(self) -> list[str]:
        """The statements that make the model."""
        raise NotImplementedError

    def loading(self) -> list[str]:
        """The statements that give it its weights."""
        raise NotImplementedError

    def compiling(self) -> list[str]:
        """The statements that say what it is trained for."""
        raise NotImplementedError

    def checking(self) -> list[str]:
        """The statements that compare its outputs with those of the network."""
        raise NotImplementedError

    def training(self) -> list[str]:
        """The statements that train it on the rows."""
        raise NotImplementedError

    def saving(self) -> list[str]:
        """The statements that write its weights."""
        raise NotImplementedError

    def predicting(self) -> list[str]:
        """The statements that give its outputs for the rows, by their names."""
        raise NotImplementedError

    def classes(self) -> list[str]:
        """Classes that the program defines."""
        return []

    def functions(self) -> list[str]:
        """Functions that it defines."""
        return []

    def notes(self) -> list[str]:
        """What the program does otherwise than the network, in words."""
        found = []
        draws = [each.layer for each in self.graph.once if isinstance(each.layer, Chance)]
        if draws and not self.predicts:
            found.append(f"{self.library} draws other random numbers, so that training differs.")
        if not self.predicts and self.course.shuffle and not self.shuffles:
            found.append(f"{self.library} shuffles the rows in an order of its own.")
        if not self.predicts and self.engine.memory.steps:
            found.append("The optimizer starts anew, without what it has kept of earlier steps.")
        if self.without:
            found.append(f"What it does not report: {'; '.join(self.without)}.")
        return found

    def text(self) -> str:
        architecture, loading = self.architecture(), self.loading()
        compiling = [] if self.predicts else self.compiling()
        classes, functions = self.classes(), self.functions()
        main = self.main()
        settings = [] if self.predicts else self.settings()
        body = "\n".join([*main, *functions])
        split = {each.__name__: plainly(each) for each in SPLIT}
        random = (
            [f"seed = {self.engine.memory.seed}", GENERATOR] if calls("generator", body) else []
        )
        parts = [
            self.heading(),
            "\n".join(self.modules(body) + self.imports()),
            "\n".join(settings),
            "\n".join(Arrays(self.start).statements()),
            *random,
            *classes,
            ("\n" if classes else "") + "\n".join(architecture),
            "\n".join(loading),
            "\n".join(compiling),
            *called(split, body).values(),
            *functions,
            CLOSE.strip("\n"),
            as_main(main),
        ]
        joined = "\n\n".join(each.rstrip("\n") for each in parts if each.strip()) + "\n"
        return re.sub(r"\n\n+(?=def |class |if __name__)", "\n\n\n", joined)

    def settings(self) -> list[str]:
        return [f"epochs, batch_size = {self.course.epochs}, {self.course.batch_size}"]

    def modules(self, body: str) -> list[str]:
        found = ["import math"] if "math." in body else []
        found += ["import sys"] + (["from pathlib import Path"] if Arrays(self.start).kept else [])
        return [*found, ""]

    def main(self) -> list[str]:
        """Check, and then train or predict on the data, if there are some."""
        found = [*self.checking(), "if len(sys.argv) > 1:", "    data = np.load(sys.argv[1])"]
        if self.predicts:
            named = ", ".join(f"{each}={each}" for each in self.outputs)
            body = [taken(self.lines, each) for each in self.lines.plan.inputs]
            body += [*self.predicting(), f"np.savez(sys.argv[2], {named})"]
        else:
            body = [*self.rows.statements(), *self.training(), *self.saving()]
        return [*found, *(f"    {each}" for each in body)]

    def heading(self) -> str:
        gives = "outputs" if self.predicts else "weights"
        what = "predicts" if self.predicts else f"trains by {self.lines.plan.title}"
        needed = self.inputs if self.predicts else self.rows.needs
        paragraphs = [
            "It begins with a check of its outputs for a few rows. data.npz holds "
            f"{listed_words(needed)}, a row for each sample; the {gives} are written to "
            f"{gives}.npz. Written by pellucid.",
            *self.notes(),
        ]
        text = "\n\n".join(textwrap.fill(each, WIDTH) for each in paragraphs)
        return (
            f'"""A network in {self.library} that {what}.\n\n'
            f"    python program.py data.npz {gives}.npz\n\n{text}\n"
            '"""'
        )


def outside(kind: type[Program], engine: Engine, predicts: bool, course: Course) -> Written:
    """The program in a library that has layers of its own."""
    made = kind(engine, predicts, course)
    return Written(made.text(), Arrays(made.start).kept, made.without)


def one_or_list(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def listed(texts: Sequence[Sequence[str]]) -> str:
    """What there is for each output: a list, of lists where there are several."""
    each = [f"[{', '.join(some)}]" for some in texts]
    return one_or_list(each)
