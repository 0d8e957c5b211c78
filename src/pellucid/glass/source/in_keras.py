"""A network as a program of Keras: its layers, loss and optimizer by their names there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.constraints import Constraint
from pellucid.equations.activations import Activation
from pellucid.equations.losses import Loss
from pellucid.glass.source.graph import (
    Step,
    activation_of,
    changed,
    check_goal,
    only,
    row_of,
)
from pellucid.glass.source.keras_classes import CLASSES
from pellucid.glass.source.keras_names import (
    ACTIVATIONS,
    ALL,
    CONSTRAINTS,
    EPSILON,
    KERAS,
    LAYERS,
    LOSSES,
    METRICS,
    NEVER_BY_NAME,
    OPTIMIZERS,
    REGULARIZERS,
    SCHEDULES,
    UNSAID,
)
from pellucid.glass.source.operations import KERAS as OPERATIONS
from pellucid.glass.source.operations import operation
from pellucid.glass.source.outside import Program, listed, one_or_list
from pellucid.glass.source.program import called
from pellucid.glass.source.spelling import broken
from pellucid.glass.source.spelling import said as shown
from pellucid.layers import Normalization
from pellucid.layers.base import Layer
from pellucid.layers.operation import Operation
from pellucid.optimizers import Adam
from pellucid.regularizers import Regularizer
from pellucid.schedules import Schedule
from pellucid.settings import REQUIRED, Settings
from pellucid.tensor import Tensor


class KerasProgram(Program):
    """The program of a network in Keras."""

    library = KERAS

    def imports(self) -> list[str]:
        wide = ["", 'keras.config.set_floatx("float64")'] if self.dtype == "float64" else []
        return ["import keras", "import numpy as np", "from keras import layers", *wide]

    def architecture(self) -> list[str]:
        """The layers, and how they read each other."""
        graph, inputs = self.graph, self.engine.inputs
        if graph.chain:
            lines = [self.input(inputs[0]), *(self.layer(each) for each in graph.steps)]
            return [
                "model = keras.Sequential(\n    [",
                *(f"        {each}," for each in lines),
                "    ]\n)",
            ]
        found = []
        for tensor, given in zip(graph.network.inputs, inputs, strict=True):
            found.append(f"{graph.variables[tensor]} = {self.input(given)}")
        shared = {each.name for each in graph.steps if self.calls(each) > 1}
        made = set[str]()
        for step in graph.steps:
            if isinstance(step.layer, Operation):
                found.append(f"{step.written} = {operation(step, OPERATIONS, KERAS, of_keras)}")
                continue
            layer = self.layer(step)
            if step.name in shared:
                found += [f"{step.name} = {layer}"] if step.name not in made else []
                made.add(step.name)
                layer = step.name
            read = f"[{', '.join(step.read)}]" if step.layer.several_inputs else step.read[0]
            found.append(f"{step.written} = {layer}({read})")
        ins = ", ".join(graph.variables[each] for each in graph.network.inputs)
        outs = ", ".join(graph.variables[each] for each in graph.outputs)
        return [*found, f"model = keras.Model([{ins}], [{outs}])"]

    def input(self, tensor: Tensor) -> str:
        kind = ', dtype="int64"' if tensor.dtype == "int" else ""
        return f"keras.Input({tensor.shape[1:]}{kind})"

    def calls(self, step: Step) -> int:
        return sum(each.layer is step.layer for each in self.graph.steps)

    def layer(self, step: Step) -> str:
        names = names_of(step.layer, RATES if self.predicts else ())
        extra = {"name": shown(step.name)}
        if isinstance(step.layer, Normalization):
            mean, variance = self.arrays_of(step)
            extra |= {"mean": mean, "variance": variance}
        elif not step.trained and step.layer.weights:
            extra |= {"trainable": "False"}
        return constructor(step.layer, kind_of(step.layer), names, extra)

    def loading(self) -> list[str]:
        """The weights of each layer, put into it."""
        held = [each for each in self.graph.once if not isinstance(each.layer, Normalization)]
        held = [each for each in held if each.layer.weights]
        parts = [broken(f'"{each.name}": [', self.arrays_of(each), "],", 4) for each in held]
        listed = [f"    {line}" for part in parts for line in part]
        put = ["for name in weights:", "    model.get_layer(name).set_weights(weights[name])"]
        return ["weights = {", *listed, "}", *put]

    def compiling(self) -> list[str]:
        aim = self.engine.aim
        check_goal(aim.goal, "keras")
        losses = [self.loss(each) for each in aim.goal.losses]
        words = {"optimizer": self.optimizer(), "loss": one_or_list(losses)}
        if any(share != 1 for share in aim.goal.shares):
            words["loss_weights"] = repr(list(aim.goal.shares))
        words |= self.metrics()
        return ["model.compile(", *(f"    {name}={text}," for name, text in words.items()), ")"]

    def loss(self, loss: Loss | None) -> str:
        if loss is None:
            return "None"
        names = row_of(LOSSES, loss, "loss", KERAS)
        only(loss, names.split(), "loss", KERAS)
        return constructor(loss, f"keras.losses.{type(loss).__name__}", names, {})

    def optimizer(self) -> str:
        optimizer = self.engine.optimizer
        names = f"{row_of(OPTIMIZERS, optimizer, 'optimizer', KERAS)} {' '.join(ALL)}"
        own = "" if self.is_adam() else "keras.optimizers."
        return constructor(optimizer, f"{own}{type(optimizer).__name__}", names, {})

    def classes(self) -> list[str]:
        """What the program defines: layers that Keras has not, Adam, whose ε is elsewhere there."""
        found = list(called(CLASSES, "\n".join(self.architecture())).values())
        if self.is_adam():
            found.append(EPSILON.format(name=type(self.engine.optimizer).__name__))
        return [each.strip("\n") for each in found]

    def is_adam(self) -> bool:
        """Whether it trains by Adam, with an ε."""
        optimizer = self.engine.aim.optimizer if self.engine.compiled else None
        return isinstance(optimizer, Adam) and bool(optimizer.epsilon) and not self.predicts

    def metrics(self) -> dict[str, str]:
        """The arguments of compile that say what is reported."""
        outputs = len(self.graph.outputs)
        found: dict[str, list[list[str]]] = {}
        for metric, output, name, weighted in self.engine.meters.metrics:
            names = METRICS.get(type(metric).__name__)
            apart = names is None or changed(
                metric, [each for each in metric.settings() if each not in (*names.split(), "name")]
            )
            if names is None or apart:
                self.without.append(f"{name} (Keras has no such metric, or another of its name)")
                continue
            call = f"keras.metrics.{type(metric).__name__}"
            text = constructor(metric, call, names, {"name": shown(metric.name)})
            kind = "weighted_metrics" if weighted else "metrics"
            found.setdefault(kind, [[] for _ in range(outputs)])[output].append(text)
        return {kind: listed(each) for kind, each in found.items()}

    def checking(self) -> list[str]:
        given = one_or_list([f"check_{each}" for each in self.inputs])
        expected = [f"check_{each}" for each in self.outputs]
        if len(expected) == 1:
            return [f"close(model.predict({given}, verbose=0), {expected[0]})"]
        found = f"found = model.predict({given}, verbose=0)"
        return [found, *(f"close(found[{at}], {each})" for at, each in enumerate(expected))]

    def training(self) -> list[str]:
        rows, course = self.rows, self.course
        w = rows.w * len(self.lines.plan.weights)
        words = [one_or_list(self.inputs), one_or_list(self.targets)]
        words += ["batch_size=batch_size", "epochs=epochs", f"shuffle={course.shuffle}"]
        words += [f"sample_weight={one_or_list(rows.w * len(w))}"] if w else []
        if course.validates:
            held = [
                one_or_list([f"{each}_val" for each in some])
                for some in (self.inputs, self.targets)
            ]
            held += [one_or_list([f"{rows.w[0]}_val"] * len(w))] if w else []
            words.append(f"validation_data=({', '.join(held)})")
        return broken("model.fit(", [*words, "verbose=2"], ")", 8)

    def saving(self) -> list[str]:
        return [
            "found = {name: model.get_layer(name).get_weights() for name in weights}",
            "listed = [(name, at, each) for name in found for at, each in enumerate(found[name])]",
            'np.savez(sys.argv[2], **{f"{name}_{at}": each for name, at, each in listed})',
        ]

    def predicting(self) -> list[str]:
        given = one_or_list(self.inputs)
        names = ", ".join(self.outputs)
        return [f"{names} = model.predict({given}, verbose=0)"]


def kind_of(layer: Layer) -> str:
    """What a program calls to make a layer: one of Keras, or of its own."""
    name = type(layer).__name__
    return name if name in CLASSES else f"layers.{name}"


#: what says how weights move, which is nothing to a prediction
RATES = ("rates", "decays")


def names_of(layer: Layer, also: Sequence[str] = ()) -> str:
    """The settings of a layer that Keras has too, if it has no others, but those of `also`."""
    names: str = row_of(LAYERS, layer, "layer", KERAS)
    known = (*names.replace("!", "").split(), *UNSAID, "mean", "variance", *also)
    only(layer, known, "layer", KERAS)
    return names


def constructor(thing: Settings, call: str, names: str, extra: Mapping[str, str]) -> str:
    """A call with the settings of these names, those left out that are as by default."""
    given, fields, words = thing.settings(), type(thing)._fields, list[str]()
    for said in names.split():
        name = said.rstrip("!")
        if fields[name] is REQUIRED:
            words.append(written(name, given[name]))
        elif said != name or changed(thing, [name]):
            words.append(f"{name}={written(name, given[name])}")
    return f"{call}({', '.join([*words, *(f'{name}={text}' for name, text in extra.items())])})"


def written(name: str, value: Any) -> str:
    """The value of a setting, as the program says it."""
    if name.endswith("layer") and value is not None:
        inner = Layer.get(value)
        still = {} if inner.trainable else {"trainable": "False"}
        return constructor(inner, kind_of(inner), names_of(inner), still)
    if name.endswith("activation"):
        return activation(activation_of(value, KERAS))
    if name.endswith("regularizer") and value is not None:
        found = Regularizer.get(value)
        names = row_of(REGULARIZERS, found, "regularizer", KERAS)
        return constructor(found, f"keras.regularizers.{type(found).__name__}", names, {})
    if name.endswith("constraint") and value is not None:
        bound = Constraint.get(value)
        names = row_of(CONSTRAINTS, bound, "constraint", KERAS)
        return constructor(bound, f"keras.constraints.{type(bound).__name__}", names, {})
    if isinstance(value, Schedule):
        names = row_of(SCHEDULES, value, "schedule", KERAS)
        return constructor(value, f"keras.optimizers.schedules.{type(value).__name__}", names, {})
    return shown(value)


def activation(found: Activation) -> str:
    """An activation by its name, or as a function where it has settings."""
    template = row_of(ACTIVATIONS, found, "activation", KERAS)
    return shown(found.registered_name()) if by_name(found) else template.format(**found.settings())


def by_name(found: Activation) -> bool:
    """Whether Keras's activation of that name does the same."""
    return type(found).__name__ not in NEVER_BY_NAME and not changed(found, [*found.settings()])


def of_keras(found: Activation, x: str) -> str:
    """An activation of x."""
    if by_name(found):
        return f"keras.activations.{found.registered_name()}({x})"
    return f"({activation(found)})({x})"
