"""The optimizer in PyTorch: its own where the rule is the same, else the plan's update."""

from __future__ import annotations

import re

import numpy as np

from pellucid.glass.source.lines import Lines
from pellucid.glass.source.program import called, calls, equations, indented
from pellucid.glass.source.torch_names import OPTIMIZERS
from pellucid.optimizers.checking import CLIPS
from pellucid.schedules import Schedule
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: how PyTorch writes what NumPy writes otherwise, in the update of an optimizer
WORDS = {
    r"\bnp\.maximum\(": "maximum(",
    r"\bnp\.minimum\(": "minimum(",
    r"\bnp\.concatenate\(": "torch.cat(",
    r"\.astype\(np\.(\w+)\)": r".to(torch.\1)",
    r"\bnp\.": "torch.",
}
BOUNDS = {
    "maximum": """
def maximum(a, b):
    return torch.clamp(a, min=b)
""",
    "minimum": """
def minimum(a, b):
    return torch.clamp(a, max=b)
""",
}


#: settings by which the plan's update is written as a whole
WHOLE = ("use_ema", "gradient_accumulation_steps", "undecayed")


class Update:
    """What moves the parameters of a model; of one that is `rated`, some by rates of their own."""

    def __init__(self, engine: Engine, lines: Lines, rated: bool):
        self.optimizer, self.memory = engine.optimizer, engine.memory
        self.lines, self.plan, self.rated = lines, lines.plan, rated
        self.scheduled = isinstance(self.optimizer.learning_rate, Schedule)
        #: whether anything is trained
        self.moves = bool(self.plan.layout)

    @property
    def is_own(self) -> bool:
        """Whether the plan's update is written, since PyTorch has no optimizer of its rule."""
        return self.moves and not self.of_torch()

    def of_torch(self) -> str:
        """The optimizer of PyTorch with the same rule; nothing where it has none."""
        optimizer = self.optimizer
        template = OPTIMIZERS.get(type(optimizer).__name__)
        ours = type(optimizer).__module__.startswith("pellucid.")
        apart = any(getattr(optimizer, each) for each in (*CLIPS, *WHOLE))
        fades = isinstance(optimizer.weight_decay, Schedule)
        decays = fades or (optimizer.weight_decay and type(optimizer).__name__ != "AdamW")
        pushed = self.scheduled and bool(optimizer.settings().get("momentum"))
        if template is None or not ours or apart or decays or pushed or self.rated:
            return ""
        settings = optimizer.settings() | {"p": "model.parameters()"}
        settings["weight_decay"] = optimizer.weight_decay or 0.0
        settings["learning_rate"] = optimizer.rate(self.memory.steps)
        return template.format(**settings)

    def constants(self) -> list[str]:
        """The numbers of the plan's update, by name."""
        if not self.is_own:
            return []
        found, rate = dict(self.lines.constants), self.plan.numbers.get("η")
        if rate is not None and not self.scheduled:
            found[self.lines.name(rate)] = repr(self.optimizer.rate(0))
        return [f"{name} = {value}" for name, value in found.items()] + self.multipliers()

    def multipliers(self) -> list[str]:
        """What multiplies η and λ for each part of θ: numbers that stay."""
        step, found = self.memory.step, list[str]()
        for name, tensor in step.states.items() if step else ():
            held = step.initial[name] if step else 0.0
            if tensor in self.plan.assignments or not isinstance(held, np.ndarray):
                continue
            first = np.flatnonzero(np.diff(held, prepend=np.nan) != 0)
            counts = np.diff([*first, held.size]).tolist()
            listed = f"np.repeat({held[first].tolist()}, {counts})"
            kind = "dtype=torch.get_default_dtype()"
            found.append(f"{self.lines.name(tensor)} = torch.tensor({listed}, {kind})")
        return found

    def functions(self) -> list[str]:
        """The plan's own update, of an optimizer that PyTorch has not, or has otherwise."""
        if not self.is_own:
            return []
        plan, lines = self.plan, self.lines
        assert plan.theta is not None
        assert plan.g is not None
        g = lines.name(plan.g)
        update = [each for each in lines.statements if each.section == "update"]
        update = [
            each._replace(text=in_torch(each.text))
            for each in update
            if not each.text.startswith(f"{g} = ")
        ]
        moved = [lines.name(plan.assignments[each]) for each in self.kept()]
        signature = ", ".join([*map(lines.name, self.kept()), g, *self.changing()])
        body = ['"""θ and what the optimizer keeps, after a step."""']
        body += [*equations(update), f"return {', '.join(moved)}"]
        text = f"def update({signature}):\n{indented(body)}"
        functions = called(dict(lines.functions.values()), text)
        texts = [*map(in_torch, functions.values()), text]
        bounds = [
            each.strip("\n") for name, each in BOUNDS.items() if calls(name, "\n".join(texts))
        ]
        return [*bounds, *texts]

    def kept(self) -> list[Tensor]:
        """θ, and what the optimizer keeps."""
        step = self.memory.step
        assert step is not None
        known = [step.theta, *step.states.values()]
        return [each for each in known if each in self.plan.assignments]

    def changing(self) -> list[str]:
        """The plain numbers that the update takes."""
        numbers = self.plan.numbers
        keys = [key for key in numbers if key == "t" or (key == "η" and self.scheduled)]
        return [self.lines.name(numbers[key]) for key in keys]

    def moving(self) -> list[str]:
        """The statements of a step after the loss is there; none where nothing is trained."""
        return ["model.zero_grad()", "found.backward()", *self.stepping()] if self.moves else []

    def stepping(self) -> list[str]:
        """The statements after the gradients are there."""
        found = "rate = float(learning_rate(np.array([float(steps_done + steps)]))[0])"
        rates = [found] if self.scheduled else []
        if self.of_torch():
            setting = ['optimizer.param_groups[0]["lr"] = rate'] if self.scheduled else []
            return [*rates, *setting, "optimizer.step()"]
        lines, plan = self.lines, self.plan
        assert plan.theta is not None
        assert plan.g is not None
        theta, g = lines.name(plan.theta), lines.name(plan.g)
        numbers = {"t": "steps + 1.0"}
        numbers |= {"η": "rate"} if self.scheduled else {}
        given = [numbers[key] for key in plan.numbers if key in numbers]
        names = list(map(lines.name, self.kept()))
        return [
            *rates,
            "slopes = [torch.zeros_like(q) if q.grad is None else q.grad for q in parameters]",
            f"{g} = parameters_to_vector(slopes)",
            f"{', '.join(names)} = update({', '.join([*names, g, *given])})",
            f"vector_to_parameters({theta}, parameters)",
        ]

    def before(self) -> list[str]:
        """What the optimizer starts from."""
        step = self.memory.step
        if not self.is_own or step is None:
            return []
        theta = self.lines.name(step.theta)
        found = [f"{theta} = parameters_to_vector(parameters).detach()"]
        for name, tensor in step.states.items():
            if tensor not in self.plan.assignments:
                continue
            first = step.initial[name]
            value = f"{theta}.clone()" if first == "θ" else f"torch.full_like({theta}, {first})"
            found.append(f"{self.lines.name(tensor)} = {first if tensor.is_setting else value}")
        return found

    def after(self) -> list[str]:
        average, step = self.optimizer.average, self.memory.step
        if average is None or step is None or not self.moves:
            return []
        return [f"vector_to_parameters({self.lines.name(step.states[average])}, parameters)"]


def in_torch(text: str) -> str:
    """Statements of NumPy as those of PyTorch."""
    for pattern, word in WORDS.items():
        text = re.sub(pattern, word, text)
    return text
