"""A module of PyTorch as a graph of operators: its calls in order, as torch.fx has them.

What a module does is read off its calls, not run; what a call is as operators stands in tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import brief, quoted
from pellucid.interop.operators.graph import Given, Graph, Operator

#: a value's name, or several; a plain number or a tuple; nothing
Found = Any
Module = Callable[["Translation", Any, str, str], Found]
Function = Callable[["Translation", list[Any], dict[str, Any]], Found]
MODULES: dict[str, Module] = {}
FUNCTIONS: dict[str, Function] = {}
#: modules that are read whole, though they are made of others
RECURRENT = ("RNN", "LSTM", "GRU")


def module(*kinds: str) -> Callable[[Module], Module]:
    def enter(read: Module) -> Module:
        MODULES.update(dict.fromkeys(kinds, read))
        return read

    return enter


def function(*names: str) -> Callable[[Function], Function]:
    def enter(read: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, read))
        return read

    return enter


class Name(str):
    """A value of the graph, by its name; other texts are plain."""


class Translation:
    """The operators written so far, and the arrays that they read."""

    def __init__(self, root: Any):
        self.root, self.torch = root, needed("torch")
        self.operators: list[Operator] = []
        self.held: dict[str, np.ndarray] = {}
        self.values: dict[Any, Found] = {}
        self.inputs: list[Given] = []

    def emit(
        self, kind: str, reads: Sequence[str], *, called: str = "", writes: int = 1, **given: Any
    ) -> Any:
        """Write an operator; gives the names of what it writes."""
        names = [Name(f"v{len(self.operators)}_{at}") for at in range(writes)]
        operator = Operator(kind, tuple(reads), tuple(names), given, called)
        self.operators.append(operator)
        return names[0] if writes == 1 else names

    def array(self, tensor: Any, name: str = "") -> str:
        """Known numbers; "" for none."""
        if tensor is None:
            return ""
        key = name or f"c{len(self.held)}"
        found = tensor if isinstance(tensor, np.ndarray) else tensor.detach().cpu().numpy()
        self.held[key] = found
        return Name(key)

    def numbers(self, *numbers: int) -> str:
        return self.array(np.array(numbers, np.int64))

    def operand(self, given: Any) -> str:
        """A value, or a number as one."""
        if isinstance(given, Name):
            return given
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return self.array(np.asarray(float(given)))
        raise unread(f"arithmetic with {type(given).__name__}")

    def graph(self, shapes: list[tuple[int, ...]] | None) -> Graph:
        """All calls of the module, from inputs of these shapes."""
        traced = self.traced()
        places = [node for node in traced.nodes if node.op == "placeholder"]
        if shapes is not None and len(shapes) != len(places):
            raise ValueError(f"the module has {len(places)} inputs, input_shape has {len(shapes)}")
        for at, node in enumerate(places):
            self.inputs.append(self.input(node, None if shapes is None else shapes[at]))
            self.values[node] = Name(node.name)
        outputs: list[str] = []
        for node in traced.nodes:
            if node.op == "output":
                outputs = self.outputs(node.args[0])
            elif node.op != "placeholder":
                self.values[node] = self.call(node)
        floats = {each.dtype for each in self.root.parameters() if each.is_floating_point()}
        if not floats <= {self.torch.float32, self.torch.float64}:
            raise unread(f"numbers of the kind {quoted(sorted(map(str, floats))[0])}")
        wide = self.torch.float64 in floats
        return Graph(
            self.inputs, self.operators, self.held, outputs, "float64" if wide else "float32"
        )

    def traced(self) -> Any:
        """Its calls, those of modules of torch.nn whole."""
        root, was = self.root, self.root.training
        wrapped = root if type(root).__name__ not in MODULES else self.torch.nn.Sequential(root)
        self.root = wrapped
        try:
            wrapped.eval()
            return needed("torch.fx").Tracer().trace(wrapped)
        except Exception as error:
            raise ValueError(
                f"what the module does depends on its numbers ({brief(error, 200)}); modules "
                "whose forward always makes the same calls are read: write it by "
                "torch.onnx.export, and pellucid.load the .onnx file"
            ) from None
        finally:
            root.train(was)

    def input(self, node: Any, shape: tuple[int, ...] | None) -> Given:
        """An input, by the module that reads it first where nobody says what it is."""
        first = [
            self.root.get_submodule(str(each.target))
            for each in node.users
            if each.op == "call_module"
        ]
        whole = any(type(each).__name__ == "Embedding" for each in first)
        if shape is None:
            wide = next((each for each in first if type(each).__name__ == "Linear"), None)
            if wide is None:
                raise ValueError(
                    "the module does not say how large its input is: from_torch(module, "
                    "input_shape=(…)), the shape of one row, such as (3, 32, 32)"
                )
            shape = (wide.in_features,)
        steps_first = any(
            type(each).__name__ in RECURRENT and not each.batch_first for each in first
        )
        if steps_first and len(shape) == 2:
            return Given(node.name, (shape[0], None, shape[1]), whole)
        return Given(node.name, (None, *shape), whole)

    def outputs(self, given: Any) -> list[str]:
        listed = list(given) if isinstance(given, (tuple, list)) else [given]
        found = [self.argument(each) for each in listed]
        if not found or any(not isinstance(each, Name) for each in found):
            raise unread("an output that is no tensor")
        return found

    def argument(self, given: Any) -> Any:
        """What stands for an argument of a call: names of values, plain things as they are."""
        if isinstance(given, needed("torch.fx").Node):
            return self.values[given]
        if isinstance(given, (list, tuple)) and not hasattr(given, "_fields"):
            return type(given)(self.argument(each) for each in given)
        if isinstance(given, slice):
            return slice(*(self.argument(each) for each in (given.start, given.stop, given.step)))
        return given

    def call(self, node: Any) -> Found:
        given = [self.argument(each) for each in node.args]
        named = {key: self.argument(each) for key, each in node.kwargs.items()}
        if node.op == "get_attr":
            found = self.root
            for part in str(node.target).split("."):
                found = getattr(found, part)
            return self.array(found, str(node.target))
        if node.op == "call_module":
            return self.module(str(node.target), given)
        name = str(node.target) if node.op == "call_method" else node.target.__name__
        if name not in FUNCTIONS:
            raise unread(f"the call {quoted(name)}")
        try:
            return FUNCTIONS[name](self, given, named)
        except (IndexError, TypeError, KeyError) as error:
            raise unread(f"the call {quoted(name)} ({brief(error, 100)})") from error

    def module(self, target: str, given: list[Any]) -> Found:
        found = self.root.get_submodule(target)
        kind = type(found).__name__
        if kind not in MODULES or not type(found).__module__.startswith("torch.nn"):
            raise unread(f"the module {quoted(kind)} ({quoted(target)})")
        if len(given) != 1 or not isinstance(given[0], Name):
            raise unread(f"the module {quoted(kind)} ({quoted(target)}) on {len(given)} values")
        return MODULES[kind](self, found, given[0], target.replace(".", "_"))


def unread(what: str) -> ValueError:
    return ValueError(f"{what} of PyTorch has no equations here")
