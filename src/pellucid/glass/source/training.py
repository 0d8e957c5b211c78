"""The part of a program that trains: a step, epochs of them, what is measured, the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pellucid.glass.source.inlining import Inlined, check_steps, plainly
from pellucid.glass.source.lines import Lines, Statement
from pellucid.glass.source.measures import measures, measuring
from pellucid.glass.source.program import as_main, equations, indented
from pellucid.glass.source.rows import SPLIT, Course, Rows
from pellucid.schedules import Schedule
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

TRAIN = '''
def train({given}, {states}{held}):
    """Epochs over the rows, in an order that is drawn for each; a step for each batch."""
    steps = steps_done
    for epoch in range(epochs_done, epochs_done + epochs):
        order = {order}
        total{seen} = {zeros}
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            {rate}
            {results} = one_step({arguments})
            steps += 1
            total += {loss} * len(rows)
            {keep}
        report = {report}
        {more}
        shown = (f"{{name}} {{value:.6g}}" for name, value in report.items())
        print(f"epoch {{epoch + 1}}: {{', '.join(shown)}}")
    return {returned}
'''


class Training:
    """The functions `one_step`, `train` and what they need, and the lines that call them."""

    def __init__(self, engine: Engine, lines: Lines, course: Course):
        self.engine, self.lines, self.course, self.plan = engine, lines, course, lines.plan
        name = lines.name
        self.given = [name(each) for each in (*self.plan.inputs, *self.plan.targets)]
        self.weights = [name(each) for each in self.plan.weights]
        self.rows = Rows(engine, lines, course)
        self.states = [name(each) for each in self.plan.assignments]
        self.outputs = [name(each) for each in self.plan.outputs]
        self.rate = self.learning_rate()
        remaining = iter(self.plan.targets)
        by_output = [next(remaining) if aimed else None for aimed in engine.aim.goal.aimed]
        self.measures, self.without = measures(engine.meters.metrics, by_output, lines)

    @property
    def notes(self) -> list[str]:
        """What the program leaves out, in words."""
        listed = "; ".join(self.without)
        return [f"What it does not report: {listed}."] if listed else []

    def text(self) -> str:
        lines = self.lines
        lines.constants |= {
            "epochs, batch_size": f"{self.course.epochs}, {self.course.batch_size}",
            "epochs_done, steps_done": f"{self.engine.memory.epochs}, {self.engine.memory.steps}",
        }
        parts = [*self.rate, self.step(), *measuring(self.measures, self.seen)]
        parts += [self.in_library(self.evaluation())] if self.course.validates else []
        split = SPLIT if self.rows.labels() else ()
        parts += [plainly(each) for each in split if self.course.validation_split]
        functions, statements = self.checking()
        parts += [each.strip("\n") for each in functions]
        return "\n\n\n".join([*parts, self.loop(), self.main(statements)])

    def checking(self) -> tuple[list[str], list[str]]:
        """Functions and statements by which the program is checked where it starts."""
        return [], []

    def listed(self, statements: Sequence[Statement], title: str = "") -> list[str]:
        """Equations as the program's library has them, the shapes behind them."""
        return equations(statements, title)

    def in_library(self, text: str) -> str:
        """A function of equations as the program's library has it."""
        return text

    def learning_rate(self) -> list[str]:
        """η as a number of the program, or the functions that give it for each step."""
        tensor, rate = self.plan.numbers.get("η"), self.engine.optimizer.learning_rate
        if tensor is None:
            return []
        if isinstance(rate, Schedule):
            inlined = Inlined(self.lines.names)
            check_steps(self.engine.optimizer)
            inlined.schedule(rate, "learning_rate")
            return inlined.texts
        self.lines.constants[self.lines.name(tensor)] = repr(self.engine.optimizer.rate(0))
        return []

    @property
    def read(self) -> list[str]:
        """The plain numbers that a step takes."""
        numbers = self.changing({"η"} if self.rate else set())
        return [self.lines.name(self.plan.numbers[key]) for key in numbers]

    @property
    def signature(self) -> str:
        return ", ".join([*self.given, *self.weights, *self.states, *self.read])

    @property
    def returned(self) -> str:
        """What a step gives: the losses, the outputs, what moves."""
        lines = self.lines
        losses = [lines.name(each) for each in self.losses]
        moved = [lines.name(each) for each in self.plan.assignments.values()]
        return ", ".join([*dict.fromkeys([*losses, *self.outputs]), *moved])

    def step(self) -> str:
        """The function that is one step."""
        lines, plan = self.lines, self.plan
        layout = [f"{each} = {part}" for each, part in cut(lines, lines.readers).items()]
        body = [*counting(lines), *layout, *self.listed(lines.statements, plan.title)]
        body.append(f"return {self.returned}")
        return f"def one_step({self.signature}):\n{indented(body)}"

    def changing(self, numbers: set[str]) -> list[str]:
        """The plain numbers that a step takes."""
        return [key for key in self.plan.numbers if key in {"t", "step", *numbers}]

    @property
    def losses(self) -> list[Tensor]:
        """The loss and, where there are several, that of each output."""
        several = self.plan.losses if len(self.plan.losses) > 1 else ()
        return [self.plan.total, *several]

    @property
    def seen(self) -> list[str]:
        """What metrics are made of: targets, outputs, weights."""
        targets = [self.lines.name(each) for each in self.plan.targets]
        return [*targets, *self.outputs, *self.weights[:1]]

    def evaluation(self) -> str:
        """The function that measures rows as the network predicts."""
        plan = self.engine.plan("evaluate", self.course.weighted)
        lines = Lines(plan, self.lines.dtype, self.lines)
        inputs = [lines.name(each) for each in (*plan.inputs, *plan.targets, *plan.weights)]
        parts = [f"{each} = {part}" for each, part in cut(self.lines, lines.readers).items()]
        losses = [plan.total, *(plan.losses if len(plan.losses) > 1 else ())]
        pairs = zip(self.engine.meters.loss_names, map(lines.name, losses), strict=True)
        report = ", ".join(f'"{name}": {each}' for name, each in pairs)
        read = [lines.name(each) for each in (*plan.targets, *plan.outputs, *plan.weights[:1])]
        more = f", **measured({', '.join(read)})" if self.measures else ""
        body = ['"""The loss and what else is reported, as the network predicts."""']
        body += [*counting(lines), *parts, *self.listed(lines.statements)]
        body.append(f"return {{{report}{more}}}")
        states = [each for each in self.plan.assignments if each in lines.readers]
        held = [self.plan.theta] if self.plan.theta is not None else []
        self.evaluates = [self.lines.name(each) for each in (*held, *states)]
        signature = ", ".join([*inputs, *self.evaluates])
        return f"def evaluate({signature}):\n{indented(body)}"

    def loop(self) -> str:
        """The function that trains."""
        lines, course = self.lines, self.course
        losses = ", ".join(map(lines.name, self.losses))
        several = len(self.losses) > 1
        order = f"generator(0, epoch).permutation(len({self.given[0]}))"
        eta = lines.name(self.plan.numbers["η"]) if self.rate else ""
        numbers = {"η": eta, "step": "steps", "t": "steps + 1.0"}
        rate = f"{eta} = float({self.rate_name}(np.array([float(steps)]))[0])"
        changing = [numbers[key] for key in self.changing({"η"} if self.rate else set())]
        rows = [f"{each}[rows]" for each in [*self.given, *(self.weights[:1] * len(self.weights))]]
        shown = ", ".join(f'"{name}": {value} / len(order)' for name, value in self.totals())
        results = dict.fromkeys([*map(lines.name, self.losses), *self.outputs])
        text = TRAIN.format(
            given=", ".join(self.rows.arrays),
            states=", ".join(self.states),
            held="".join(f", {each}" for each in self.rows.held),
            order=order if course.shuffle else f"np.arange(len({self.given[0]}))",
            seen=", seen" if self.measures else "",
            zeros=(f"np.zeros({len(self.losses)})" if several else "0.0")
            + (", []" if self.measures else ""),
            rate=rate if self.rate else "",
            results=", ".join([*results, *self.states]),
            arguments=", ".join([*rows, *self.states, *changing]),
            loss=f"np.array([{losses}], np.float64)" if several else f"float({losses})",
            keep=self.keep,
            report=f"{{{shown}}}",
            more="\n        ".join(self.reporting()),
            returned=", ".join(self.states),
        )
        return "\n".join(line for line in text.strip("\n").split("\n") if line.strip())

    @property
    def several(self) -> bool:
        return len(self.outputs) > 1

    @property
    def keep(self) -> str:
        """How the outputs of a step are kept for the metrics of the epoch."""
        outputs = ", ".join(self.outputs)
        kept = f"seen.append(({outputs}))" if self.several else f"seen.append({outputs})"
        return kept if self.measures else ""

    @property
    def rate_name(self) -> str:
        return self.rate[-1].split("def ")[-1].split("(")[0] if self.rate else ""

    def totals(self) -> Iterable[tuple[str, str]]:
        names = self.engine.meters.loss_names
        several = len(self.losses) > 1
        return [(name, f"total[{at}]" if several else "total") for at, name in enumerate(names)]

    def reporting(self) -> list[str]:
        """The lines that report metrics and the validation."""
        lines = list[str]()
        if self.measures:
            outputs = ", ".join(self.outputs)
            joined = "map(np.concatenate, zip(*seen, strict=True))"
            lines.append(f"{outputs} = " + (joined if self.several else "np.concatenate(seen)"))
            given = [each if each in self.outputs else f"{each}[order]" for each in self.seen]
            lines.append(f"report |= measured({', '.join(given)})")
        if self.course.validates:
            weights = self.rows.held[-1:] * (len(self.weights) - 1)
            measured = ", ".join([*self.rows.held, *weights, *self.evaluates])
            lines.append(f"found = evaluate({measured})")
            lines.append('report |= {f"val_{name}": value for name, value in found.items()}')
        return lines

    def main(self, first: list[str]) -> str:
        """The arrays read, training, the weights written."""
        lines, plan, rows = self.lines, self.plan, self.rows
        main = [*first, "data = np.load(sys.argv[1])", *rows.statements()]
        given = ", ".join([*rows.arrays, *self.states, *rows.held])
        main.append(f"{', '.join(self.states)} = train({given})")
        average = self.engine.optimizer.average
        averaged = [each for each in plan.assignments if average and each.name == average]
        theta = lines.name(plan.theta) if plan.theta is not None else ""
        main += [f"{theta} = {lines.name(each)}" for each in averaged]
        layers = [lines.name(each) for each in plan.assignments if each is not plan.theta]
        found = [f"{each}={part}" for each, part in cut(lines, plan.layout).items()]
        found += [f"{name}={name}" for name in layers]
        words = "".join(f"    {each},\n" for each in ("sys.argv[2]", *found))
        main.append(f"np.savez(\n{words})")
        return as_main(main)


def cut(lines: Lines, wanted: Iterable[Tensor]) -> dict[str, str]:
    """W1, b1, …: how each of those wanted is cut out of θ."""
    plan, kept, found = lines.plan, set(wanted), {}
    for each, part in plan.layout.items():
        if each in kept and plan.theta is not None:
            shape = f".reshape{each.shape}" if len(each.shape) > 1 else ""
            found[lines.name(each)] = f"{lines.name(plan.theta)}[{part.start}:{part.stop}]{shape}"
    return found


def counting(lines: Lines) -> list[str]:
    """n, the rows of the batch, where an equation reads it."""
    return [f"n = len({lines.name(lines.plan.inputs[0])})"] if lines.counts_rows else []
