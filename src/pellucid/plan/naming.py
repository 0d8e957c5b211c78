"""The names that tensors go by in a printed plan: Z1, A1, W1, and dZ1 for a gradient."""

from __future__ import annotations

from collections import Counter

from pellucid.plan.listing import Listing
from pellucid.tensor import Tensor

TARGET, PREDICTION = "Y", "Ŷ"
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def name_tensors(plan: Listing) -> dict[Tensor, str]:
    """Each named tensor of the plan and its name; an unnamed one is printed where it is read."""
    names = Names()
    names.several(plan.inputs, "X")
    names.several(plan.targets, TARGET)
    names.several(plan.weights, "w")
    names.several(plan.outputs, PREDICTION)
    if plan.loss is not None:
        names.give(plan.loss, "L")
    for tensor, letter in ((plan.theta, "θ"), (plan.g, "g")):
        if tensor is not None:
            names.give(tensor, letter)
    names.walk(plan)
    names.shared(plan)
    return names.given


class Names:
    """Names given so far. A number counts the weighted layers so far, so that Z2 = A1·W2 + b2."""

    def __init__(self) -> None:
        self.given: dict[Tensor, str] = {}
        self.taken: Counter[str] = Counter()
        self.block = 0
        self.letters: Counter[str] = Counter()

    def several(self, tensors: tuple[Tensor, ...], letter: str) -> None:
        for at, tensor in enumerate(tensors, 1):
            self.give(tensor, letter if len(tensors) == 1 else f"{letter}{at}")

    def give(self, tensor: Tensor, name: str) -> None:
        if tensor not in self.given:
            while (primed := name + primes(self.taken[name])) in self.taken:
                self.taken[name] += 1
            self.given[tensor] = primed
            self.taken[primed] += 1

    def walk(self, plan: Listing) -> None:
        counted = None
        for line in plan.lines:
            fresh = [each for each in line.inputs if self.is_new_parameter(each)]
            if fresh and line.section == "forward" and line.layer != counted:
                self.block, counted = self.block + 1, line.layer
            for tensor in fresh:
                self.give(tensor, f"{tensor.name or 'W'}{self.block}")
            for tensor in line.inputs:
                if tensor.name and tensor.line is None:
                    self.give(tensor, tensor.name)
            if line.section == "forward" or line.output.gradient_of is None:
                self.give_outputs(line.outputs, numbered=line.section != "update")
        for line in plan.lines:
            source = line.output.gradient_of
            if source in self.given:
                self.give(line.output, f"d{self.given[source]}")

    def is_new_parameter(self, tensor: Tensor) -> bool:
        return tensor.role == "parameter" and tensor not in self.given

    def give_outputs(self, tensors: tuple[Tensor, ...], numbered: bool) -> None:
        number = str(self.block or "") if numbered else ""
        for tensor in tensors:
            if tensor.name and not tensor.is_setting:
                self.give(tensor, f"{tensor.name}{number}")

    def shared(self, plan: Listing) -> None:
        """Name what several lines read, so that it is printed once."""
        readers = Counter(tensor for line in plan.lines for tensor in set(line.inputs))
        apart = {*self.given, *plan.assignments.values()}
        for line in plan.lines:
            tensor = line.output
            if readers[tensor] > 1 and not tensor.is_setting and tensor not in apart:
                self.letters["T"] += 1
                self.give(tensor, f"T{self.letters['T']}")


def primes(count: int) -> str:
    """What tells a name that is given `count` times already: A1, A1′, A1′′, A1⁽³⁾, …"""
    return "′" * count if count < 3 else f"⁽{count}⁾".translate(SUPERSCRIPTS)
