"""The values of a step as a page holds them: by name, each number once, all or the most telling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.glass.elements import NEW, StepElements
from pellucid.glass.page.packing import Packing
from pellucid.glass.page.programs import plain
from pellucid.lazy import once
from pellucid.tensor import Tensor

Data = dict[str, Any]

#: numbers of θ up to which a page holds all of its update; of a larger one, those of so many places
ALL, SOME = 16_384, 1_024
#: places of each parameter that are among them
OF_EACH = 16


class Values:
    """Names the values of a step, and packs those that were named."""

    def __init__(self, found: StepElements):
        self.found, self.plan = found, found.plan
        self.packing = Packing()
        self.names = self.plan.names
        self.keys: dict[Tensor, str] = {}
        self.tensors: dict[str, Tensor] = {}

    def key(self, tensor: Tensor) -> str:
        """What a value is called in the page: as in recordings, and so that none is meant twice."""
        if tensor not in self.keys:
            name = self.name(tensor)
            while name in self.tensors:
                name += "′"
            self.keys[tensor], self.tensors[name] = name, tensor
        return self.keys[tensor]

    def name(self, tensor: Tensor) -> str:
        if tensor in self.moved and tensor not in self.names:
            return f"{NEW}{self.names.get(self.moved[tensor], '?')}"
        return self.label(tensor)

    def label(self, tensor: Tensor) -> str:
        """What it is called where it is printed; what a state moves to goes by the state's name."""
        return self.found.names.get(tensor) or tensor.name or tensor.role

    def enter(self, tensors: Iterable[Tensor]) -> None:
        for tensor in tensors:
            self.key(tensor)

    def data(self) -> dict[str, Data]:
        """Each value that was named, θ and g before what is a part of them."""
        whole = [each for each in (self.plan.theta, self.plan.g) if each is not None]
        self.enter(whole)
        found = {key: self.one(tensor) for tensor, key in self.keys.items()}
        return self.parts_that_moved() | found

    def one(self, tensor: Tensor) -> Data:
        value = np.asarray(self.found.value(tensor))
        about = self.about(tensor, value)
        if tensor.is_setting:
            return about | {"value": plain(float(value))}
        vector, start = self.vector_of(tensor, value)
        if vector is not None:
            return about | {"part": self.key(vector), "start": start}
        if self.is_sparse(tensor, value):
            chosen = np.asarray(value)[self.chosen]
            return about | self.packing.add(chosen) | {"places": self.places}
        return about | self.packing.add(value)

    def about(self, tensor: Tensor, value: np.ndarray) -> Data:
        batch = bool(tensor.shape) and tensor.shape[0] is None
        about = {"label": self.label(tensor), "shape": list(value.shape), "role": tensor.role}
        return about | {"batch": batch}

    def vector_of(self, tensor: Tensor, value: np.ndarray) -> tuple[Tensor | None, int]:
        """θ or g, where a parameter or its gradient is a part of it, and where it begins there."""
        plan = self.plan
        if plan.theta is None or plan.g is None:
            return None, 0
        if tensor in plan.layout:
            return plan.theta, plan.layout[tensor].start
        parameter = self.parameters.get(tensor)
        if parameter is None:
            return None, 0
        part = plan.layout[parameter]
        same = np.array_equal(self.found.values[plan.g][part], value.reshape(-1), equal_nan=True)
        return (plan.g, part.start) if same else (None, 0)

    def is_sparse(self, tensor: Tensor, value: np.ndarray) -> bool:
        """Whether it belongs to the update of a θ that is too large for all of it."""
        theta, g = self.plan.flat or (None, None)
        if theta is None or tensor in (theta, g) or theta.size <= ALL:
            return False
        return value.shape == np.shape(self.found.values[theta])

    def parts_that_moved(self) -> dict[str, Data]:
        """What each state moved to, and each parameter, by their names: "new W1"."""
        plan, found = self.plan, {}
        for state, value in plan.assignments.items():
            if value in self.keys:
                found[f"{NEW}{self.names.get(state)}"] = self.part(state, value, 0)
        if plan.theta is not None and (new := plan.assignments[plan.theta]) in self.keys:
            read = [each for each in plan.layout.items() if each[0] in self.names]
            for parameter, part in read:
                key = f"{NEW}{self.names[parameter]}"
                found[key] = self.part(parameter, new, part.start)
        return found

    def part(self, of: Tensor, vector: Tensor, start: int) -> Data:
        """The value of a state or a parameter, as a part of one that is packed."""
        about = self.about(of, np.asarray(self.found.value(of)))
        return about | {"part": self.keys[vector], "start": start}

    @once
    def moved(self) -> dict[Tensor, Tensor]:
        """The state that each new value is of."""
        return {new: state for state, new in self.plan.assignments.items()}

    @once
    def parameters(self) -> dict[Tensor, Tensor]:
        """The parameter that each gradient is of."""
        return {gradient: each for each, gradient in self.plan.gradients.items()}

    @once
    def chosen(self) -> np.ndarray:
        """Places of θ with the largest gradients: of all, and some of each parameter."""
        sizes = np.abs(np.asarray(self.found.values[self.plan.flat[1]], np.float64))  # type: ignore[index]
        best = [np.argsort(-sizes, kind="stable")[:SOME]]
        for part in self.plan.layout.values():
            best.append(part.start + np.argsort(-sizes[part], kind="stable")[:OF_EACH])
        return np.unique(np.concatenate(best))

    @once
    def places(self) -> Data:
        return self.packing.add(self.chosen)
