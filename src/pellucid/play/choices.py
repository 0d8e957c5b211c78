"""What is chosen of a playground, as plain data: the data, the layers, how they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from pellucid.activations import Activation
from pellucid.equations.activations import Pointwise
from pellucid.initializers import Initializer
from pellucid.optimizers import Optimizer
from pellucid.play.asking import Asked, RefusedError, is_number
from pellucid.play.inputs import INPUTS, PLAIN
from pellucid.settings import REQUIRED

#: data by name, and in words
DATA = {
    "moons": "two moons",
    "circles": "a circle in a circle",
    "spirals": "spirals",
    "blobs": "clouds",
    "xor": "four squares (xor)",
    "plane": "a slope: numbers to predict",
    "digits": "handwritten digits, 8 × 8",
    "mnist": "handwritten digits, 28 × 28 (MNIST)",
    "points": "points that are drawn",
    "table": "a table of one's own",
    "model": "the rows of a network that was read from a file",
}
#: data of which the network reads two coordinates
ON_A_PLANE = ("moons", "circles", "spirals", "blobs", "xor", "plane", "points")
WITH_CLASSES = ("spirals", "blobs")
#: data that are not drawn, so that there is no noise to choose
BROUGHT = ("digits", "mnist", "points", "table", "model")
TASKS = ("classification", "regression")
#: the largest of each that is taken
ROWS, POINTS, CLASSES, LAYERS, UNITS, TEXT = 20_000, 5_000, 8, 8, 256, 20_000_000
SEED = 2**32 - 1
#: settings of an optimizer that are not offered: the rate has a place of its own, and averages of
#: weights are no place to which one can go back
NOT_OFFERED = {
    "learning_rate",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "gradient_accumulation_steps",
    "undecayed",
}
#: bounds of a setting of an optimizer
SETTING = 1_000_000


@dataclass(frozen=True)
class DataChoice:
    """Which data: their name, how they are drawn, and what of them is held out to test."""

    name: str = "moons"
    n: int = 300
    noise: float = 0.1
    classes: int = 2
    test: float = 0.3
    seed: int = 0
    inputs: tuple[str, ...] = PLAIN
    points: tuple[tuple[float, float, int], ...] = ()
    text: str = ""
    file: str = ""
    target: str = ""
    columns: tuple[str, ...] = ()
    task: str = ""

    def changed(self, given: object) -> Self:
        """The same with what a client asks for."""
        asked = Asked(given, "data", self.__dataclass_fields__)
        names = [str(each) for each in asked.several("columns", 4096, self.columns)]
        return replace(
            self,
            name=asked.word("name", DATA, self.name),
            n=asked.whole("n", 4, ROWS, self.n),
            noise=asked.number("noise", 0, 5, self.noise),
            classes=asked.whole("classes", 2, CLASSES, self.classes),
            test=asked.number("test", 0, 0.9, self.test),
            seed=asked.whole("seed", 0, SEED, self.seed),
            inputs=chosen_inputs(asked.several("inputs", len(INPUTS), self.inputs)),
            points=tuple(map(point, asked.several("points", POINTS, self.points))),
            text=asked.text("text", TEXT, self.text),
            file=asked.text("file", 200, self.file),
            target=asked.text("target", 10_000, self.target),
            columns=tuple(name[:10_000] for name in names),
            task=asked.word("task", ("", *TASKS), self.task),
        )

    def as_data(self) -> dict[str, Any]:
        """What stands in an address: a table's text does not."""
        kept = ["name", "n", "test", "seed"]
        kept += ["noise"] if self.name not in BROUGHT else []
        kept += ["classes"] if self.name in WITH_CLASSES else []
        kept += ["inputs"] if self.name in ON_A_PLANE else []
        kept += ["file"] if self.name == "model" else []
        kept += ["points"] if self.name == "points" else []
        kept += ["file", "target", "columns", "task"] if self.name == "table" else []
        return {name: listed(getattr(self, name)) for name in kept}


@dataclass(frozen=True)
class LayerChoice:
    """A hidden layer: units, and what is around them."""

    units: int = 8
    activation: str = "tanh"
    initializer: str = "glorot_uniform"
    dropout: float = 0.0
    l2: float = 0.0

    @classmethod
    def read(cls, given: object) -> Self:
        asked = Asked(given, "a layer", cls.__dataclass_fields__)
        return cls(
            asked.whole("units", 1, UNITS, cls.units),
            asked.word("activation", activations(), cls.activation),
            asked.word("initializer", initializers(), cls.initializer),
            asked.number("dropout", 0, 0.95, cls.dropout),
            asked.number("l2", 0, 10, cls.l2),
        )


@dataclass(frozen=True)
class Choices:
    """All that is chosen. Of it follow the data, the network and its training, to the bit."""

    data: DataChoice = DataChoice()
    layers: tuple[LayerChoice, ...] = (LayerChoice(), LayerChoice())
    optimizer: tuple[tuple[str, Any], ...] = (("name", "adam"),)
    rate: float = 0.01
    batch: int = 32
    seed: int = 0

    def changed(self, given: object) -> Self:
        """The same with what a client asks for."""
        asked = Asked(given, "settings", self.__dataclass_fields__)
        layers: Any = asked.several("layers", LAYERS, [asdict(each) for each in self.layers])
        return replace(
            self,
            data=self.data.changed(asked.raw("data", {})),
            layers=tuple(map(LayerChoice.read, layers)),
            optimizer=optimizer(asked.raw("optimizer", dict(self.optimizer))),
            rate=rate(asked, self.rate),
            batch=asked.whole("batch", 1, 4096, self.batch),
            seed=asked.whole("seed", 0, SEED, self.seed),
        )

    def as_data(self) -> dict[str, Any]:
        """The choices as JSON holds them."""
        return {
            "data": self.data.as_data(),
            "layers": [asdict(each) for each in self.layers],
            "optimizer": dict(self.optimizer),
            "rate": self.rate,
            "batch": self.batch,
            "seed": self.seed,
        }


def suggested(name: str) -> dict[str, Any]:
    """Settings to begin with for data of a name: how many rows, and a network that suits them."""
    pictures, table = name in ("digits", "mnist"), name == "table"
    layers = [LayerChoice(64, "relu")] if pictures else [LayerChoice(16, "relu")] * 2
    few = not (pictures or table)
    return {
        "data": {"name": name, "n": 300 if few else ROWS},
        "layers": [asdict(each) for each in (Choices.layers if few else layers)],
        "rate": Choices.rate if few else 0.002,
    }


def rate(asked: Asked, default: float) -> float:
    """A learning rate: above 0, up to 100."""
    found = asked.number("rate", 0, 100, default)
    if found == 0:
        raise asked.wrong("rate", found, "a number above 0, up to 100")
    return found


def optimizer(given: object) -> tuple[tuple[str, Any], ...]:
    """An optimizer's name and settings, of those that it has."""
    asked = Asked(given, "optimizer")
    name = asked.word("name", optimizers())
    found: dict[str, Any] = {"name": name}
    known = offered(name)
    for key in Asked(given, "optimizer", ("name", *known)).given:
        value = asked.raw(key)
        if key != "name" and value is not None and not isinstance(value, bool):
            read = asked.whole if type(known.get(key)) is int else asked.number
            value = read(key, -SETTING, SETTING)
        found[key] = name if key == "name" else value
    return tuple(found.items())


def offered(name: str) -> dict[str, Any]:
    """The settings of an optimizer that can be chosen, with their defaults."""
    fields: Mapping[str, Any] = Optimizer.find(name)._fields
    plain = {key: value for key, value in fields.items() if key not in NOT_OFFERED}
    return {key: value for key, value in plain.items() if value is None or is_plain(value)}


def is_plain(value: object) -> bool:
    return isinstance(value, bool) or is_number(value)


def chosen_inputs(names: Any) -> tuple[str, ...]:
    found = tuple(name for name in INPUTS if name in names)
    if not found or len(found) != len(names):
        raise RefusedError(f"data: inputs are some of {', '.join(INPUTS)}, each once")
    return found


def point(given: object) -> tuple[float, float, int]:
    if not isinstance(given, (list, tuple)) or len(given) != 3:
        raise RefusedError("a point is a list of three: x, y, and the number of its class")
    asked = Asked(dict(zip(("x", "y", "class"), given, strict=True)), "a point")
    at = asked.number("x", -1000, 1000), asked.number("y", -1000, 1000)
    return (*at, asked.whole("class", 0, CLASSES - 1))


def listed(value: Any) -> Any:
    """Tuples as the lists that JSON has."""
    return [listed(each) for each in value] if isinstance(value, tuple) else value


def activations() -> list[str]:
    """Those that work number by number, so that a unit stays a unit."""
    return [name for name in own_names(Activation) if issubclass(Activation.find(name), Pointwise)]


def initializers() -> list[str]:
    return own_names(Initializer)


def optimizers() -> list[str]:
    return own_names(Optimizer)


def own_names(family: Any) -> list[str]:
    """The members of a family that need no setting, each by one name."""
    names: dict[Any, str] = {}
    for name, member in family.table.items():
        names.setdefault(member, name)
    return [name for member, name in names.items() if not needs_settings(member)]


def needs_settings(member: Any) -> bool:
    return any(default is REQUIRED for default in member._fields.values())
