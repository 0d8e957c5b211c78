"""A network as a Module of PyTorch: its layers, its weights, the check of its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.equations.crossentropy import CANCELLING
from pellucid.equations.losses import Loss
from pellucid.glass.source.graph import Step, activation_of, changed
from pellucid.glass.source.outside import Program
from pellucid.glass.source.program import called, indented
from pellucid.glass.source.torch_helpers import helpers
from pellucid.glass.source.torch_layers import has_rates, made, row
from pellucid.glass.source.torch_parts import TORCH, Made, applied
from pellucid.glass.source.torch_recurrent import two_biases
from pellucid.glass.source.torch_update import Update
from pellucid.layers import BatchNormalization
from pellucid.lazy import once
from pellucid.tensor import Tensor
from pellucid.weights import Weight

PREDICT = '''
def predict({inputs}):
    """The outputs, as the network predicts."""
    model.eval()
    with torch.no_grad():
        {p} = model({given})
        return {outputs}
'''
VECTORS = "from torch.nn.utils import parameters_to_vector, vector_to_parameters"


class TorchModel(Program):
    """The part of a program that is the model."""

    library = TORCH
    shuffles = True

    @once
    def update(self) -> Update:
        rated = any(has_rates(step.layer) for step in self.graph.once)
        return Update(self.engine, self.lines, rated)

    def starting(self) -> dict[str, np.ndarray]:
        self.tails = self.left_out()
        self.made = {id(step.layer): self.row(step) for step in self.graph.once}
        found = {}
        for step in self.graph.once:
            row, held = self.made[id(step.layer)], step.layer.weights
            arrays = {name: how(held[at].value) for name, at, how in row.parts} | row.fixed
            for name, array in arrays.items():
                found[self.names.new(f"{step.name}_{name}")] = np.ascontiguousarray(array)
        return found

    def row(self, step: Step) -> Made:
        bare = step._replace(bare=step.writes in self.tails.values())
        moves = not self.predicts and two_biases(step.layer)
        return made(bare) if moves else row(bare)

    def left_out(self) -> dict[int, Tensor]:
        """The outputs, by number, whose activation goes together with the loss."""
        if self.predicts:
            return {}
        read = {tensor for step in self.graph.steps for tensor in step.reads}
        pairs = enumerate(zip(self.graph.outputs, self.engine.aim.goal.losses, strict=True))
        return {
            at: output
            for at, (output, loss) in pairs
            if loss is not None and output not in read and self.cancels(output, loss)
        }

    def last(self, output: Tensor) -> Step:
        """The step that writes an output."""
        return next(each for each in self.graph.steps if each.writes is output)

    def cancels(self, output: Tensor, loss: Loss) -> bool:
        """Whether loss and activation are one function of the scores."""
        if not any(each.writes is output for each in self.graph.steps):
            return False
        layer: Any = self.last(output).layer
        if type(layer).__name__ not in ("Dense", "Conv2D", "Activation"):
            return False
        found = activation_of(layer.activation, TORCH)
        if getattr(loss, "from_logits", False) or changed(found, [*found.settings()]):
            return False
        return (type(found), type(loss)) in CANCELLING

    def imports(self) -> list[str]:
        wide = ["", "torch.set_default_dtype(torch.float64)"] if self.dtype == "float64" else []
        vectors = [VECTORS] if not self.predicts and self.update.is_own else []
        return [
            "import numpy as np",
            "import torch",
            "import torch.nn.functional as F",
            "from torch import nn",
            *vectors,
            *wide,
        ]

    def classes(self) -> list[str]:
        """The network as a Module."""
        inputs = [self.graph.variables[each] for each in self.engine.network.inputs]
        makes, gives = [], []
        for step in self.graph.once:
            row = self.made[id(step.layer)]
            makes += [f"self.{step.name} = {row.module}"] if row.module else []
            if not row.module:
                makes += [
                    f'self.register_buffer("{step.name}_{name}", torch.zeros({array.shape}))'
                    for name, array in row.fixed.items()
                ]
        for step in self.graph.steps:
            row = self.row(step)
            fixed = {name: f"self.{step.name}_{name}" for name in row.fixed}
            call = row.call.format(m=f"self.{step.name}", fixed=fixed)
            gives += [f"{step.written} = {call}"] if call != step.written else []
        outputs = [self.graph.variables[each] for each in self.graph.outputs]
        start = [
            "def __init__(self):",
            "    super().__init__()",
            *(f"    {each}" for each in makes),
        ]
        forward = [f"def forward(self, {', '.join(inputs)}):", *(f"    {each}" for each in gives)]
        body = [*start, "", *forward, f"    return {', '.join(outputs)}"]
        text = "class Net(nn.Module):\n" + indented(body)
        return [*called(helpers(), text).values(), text]

    def architecture(self) -> list[str]:
        return ["model = Net()"]

    def loading(self) -> list[str]:
        names = list(self.start)
        keys = []
        for step in self.graph.once:
            row = self.made[id(step.layer)]
            sign = "." if row.module else "_"
            inside = [name for name, *_ in row.parts] + list(row.fixed)
            keys += [f"{step.name}{sign}{name}" for name in inside]
        pairs = zip(keys, names, strict=False)
        found = ["state = {", *(f'    "{key}": {name},' for key, name in pairs), "}"]
        found.append("state = {name: torch.from_numpy(each) for name, each in state.items()}")
        found.append("model.load_state_dict(state, strict=False)")
        for step in self.graph.once:
            row = self.made[id(step.layer)]
            still = [f"model.{step.name}.{name}" for name in row.still]
            if row.module and step.layer.weights and not step.trained:
                still = [f"model.{step.name}"]
            found += [f"{each}.requires_grad_(False)" for each in still]
        return found

    def settings(self) -> list[str]:
        memory = self.engine.memory
        done = f"epochs_done, steps_done = {memory.epochs}, {memory.steps}"
        return [*super().settings(), done, *self.update.constants()]

    def compiling(self) -> list[str]:
        if not self.update.is_own:
            return [f"optimizer = {self.update.of_torch()}"] if self.update.moves else []
        listed = [
            f"    {each},"
            for weight in self.engine.memory.parameters.weights
            for each in self.parameters(weight)
        ]
        return ["parameters = [", *listed, "]"]

    def parameters(self, weight: Weight) -> list[str]:
        """The parameters of the model that a weight of the network is."""
        for step in self.graph.once:
            parts = self.made[id(step.layer)].parts
            held = [name for name, at, _ in parts if step.layer.weights[at] is weight]
            if held:
                return [f"model.{step.name}.{name}" for name in held]
        return []

    @property
    def p(self) -> list[str]:
        """What the model gives for each output."""
        count = len(self.graph.outputs)
        return ["p"] if count == 1 else [f"p{at}" for at in range(1, count + 1)]

    def finished(self, at: int) -> str:
        """An output, from what the model gives."""
        if at not in self.tails:
            return self.p[at]
        layer: Any = self.last(self.tails[at]).layer
        return applied(activation_of(layer.activation, TORCH), self.p[at])

    def prediction(self) -> str:
        given = ", ".join(f"torch.from_numpy({each})" for each in self.inputs)
        outputs = ", ".join(f"{self.finished(at)}.numpy()" for at in range(len(self.p)))
        words = {"inputs": ", ".join(self.inputs), "p": ", ".join(self.p), "given": given}
        return PREDICT.format(outputs=outputs, **words).strip("\n")

    def batch_normalizations(self) -> list[Step]:
        return [each for each in self.graph.once if isinstance(each.layer, BatchNormalization)]

    def checking(self) -> list[str]:
        given = ", ".join(f"check_{each}" for each in self.inputs)
        if len(self.outputs) == 1:
            return [f"close(predict({given}), check_{self.outputs[0]})"]
        found = f"found = predict({given})"
        return [
            found,
            *(f"close(found[{at}], check_{each})" for at, each in enumerate(self.outputs)),
        ]

    def training(self) -> list[str]:
        return [f"train({', '.join([*self.rows.arrays, *self.rows.held])})"]

    def saving(self) -> list[str]:
        return [
            "state = {name: each.numpy() for name, each in model.state_dict().items()}",
            "np.savez(sys.argv[2], **state)",
        ]

    def predicting(self) -> list[str]:
        return [f"{', '.join(self.outputs)} = predict({', '.join(self.inputs)})"]

    def notes(self) -> list[str]:
        found = super().notes()
        followed = any(each.trained for each in self.batch_normalizations())
        if followed and not self.predicts:
            found.append(
                "The moving variance of PyTorch's BatchNorm follows that of the batch times "
                "n / (n − 1)."
            )
        if not self.predicts and not self.update.moves:
            found.append("Nothing of it is trained, so that its epochs only measure.")
        if not self.predicts and self.update.is_own:
            name = type(self.engine.optimizer).__name__
            found.append(f"PyTorch has no {name} of the same rule: update is the network's own.")
        return found
