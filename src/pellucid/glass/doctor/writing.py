"""A blueprint as a person would write it: a program of a few lines that makes the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.source.graph import same
from pellucid.settings import REQUIRED, Named, Settings

#: the module in which members of a family are found
HOMES = {
    "layer": "layers",
    "optimizer": "optimizers",
    "loss": "losses",
    "metric": "metrics",
    "schedule": "schedules",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
}
#: what the network that is replaced is called, where something of it is used again
BEFORE = "before"
#: the names that a program may import
IMPORTED = ("Model", "Sequential", *HOMES.values())
#: arrays of up to so many numbers are written out
WRITTEN_OUT = 8
WIDTH = 96


def program(net: Blueprint) -> list[str]:
    """The lines that make the network and compile it."""
    lines = [line for part in net.parts for line in part.before]
    lines += row(net) if net.chain else graph(net)
    if not net.trainable:
        lines.append("net.trainable = False")
    return lines + compilation(net)


def row(net: Blueprint) -> list[str]:
    shape, kind, _ = net.inputs[0]
    first = [] if shape is None else [input_text(shape, kind)]
    inside = [f"        {text}," for text in (*first, *map(part_text, net.parts))]
    end = "    ]" if net.dtype == "float32" else f"    ],\n    dtype={net.dtype!r},"
    return ["net = Sequential(", "    [", *inside, *end.split("\n"), ")"]


def graph(net: Blueprint) -> list[str]:
    """A line for each input, for each layer and for each call of one."""
    lines = []
    for at, (shape, kind, name) in enumerate(net.inputs):
        lines.append(f"input_{at} = {input_text(shape or (None,), kind, name)}")
    lines += [f"layer_{at} = {part_text(part)}" for at, part in enumerate(net.parts)]
    for at, (called, read) in enumerate(net.calls):
        given = ", ".join(value_name(each) for each in read)
        inside = f"[{given}]" if len(read) > 1 else given
        lines.append(f"h{at} = layer_{called}({inside})")
    outputs = ", ".join(value_name(each) for each in net.outputs)
    inputs = ", ".join(f"input_{at}" for at in range(len(net.inputs)))
    dtype = "" if net.dtype == "float32" else f", dtype={net.dtype!r}"
    return [*lines, f"net = Model([{inputs}], [{outputs}]{dtype})"]


def value_name(number: int) -> str:
    return f"input_{-1 - number}" if number < 0 else f"h{number}"


def input_text(shape: tuple[int | None, ...], kind: str, name: str = "") -> str:
    more = ', dtype="int64"' if kind == "int" else ""
    named = f", name={name!r}" if name and name != "X" else ""
    return f"layers.Input({tuple(shape[1:])!r}{more}{named})"


def part_text(part: Part) -> str:
    if part.text:
        return part.text
    source = f"{BEFORE}.layers[{part.origin}]"
    if part.layer is not None:
        return source
    ours = part.kind.__module__.startswith("pellucid")
    kind = f"layers.{part.kind.__name__}" if ours else f"type({source})"
    return f"{kind}({', '.join(arguments(part.kind, part.settings, source))})"


def arguments(kind: type[Settings], settings: dict[str, Any], source: str) -> Iterator[str]:
    """The settings that are not the defaults; those without one go by their place."""
    for name, default in kind._fields.items():
        value = settings.get(name, default)
        if default is not REQUIRED and same(value, default):
            continue
        text = written(value, f"{source}.{name}")
        yield text if default is REQUIRED else f"{name}={text}"


def written(value: Any, source: str) -> str:
    """Python for a value; what cannot be written out is read from where it is."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return quoted(value) if isinstance(value, str) else repr(value)
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, (list, tuple, dict)):
        return of_several(value, source)
    if isinstance(value, type) and issubclass(value, Named):
        return f"{HOMES[value.family]}.{value.__name__}" if home(value) else source
    if isinstance(value, Named) and home(type(value)):
        return member(value, source)
    if isinstance(value, np.ndarray) and value.size <= WRITTEN_OUT:
        return repr(value.tolist())
    return source


def of_several(value: Any, source: str) -> str:
    if isinstance(value, dict):
        pairs = (f"{key!r}: {written(each, f'{source}[{key!r}]')}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    inside = [written(each, f"{source}[{at}]") for at, each in enumerate(value)]
    if isinstance(value, list):
        return f"[{', '.join(inside)}]"
    return f"({', '.join(inside)}{',' * (len(inside) == 1)})"


def quoted(text: str) -> str:
    """With the quotes that people use."""
    return f'"{text}"' if text.isprintable() and not set(text) & set("\"\\'") else repr(text)


def home(kind: type[Named]) -> bool:
    return kind.family in HOMES and kind.__module__.startswith("pellucid") and public(kind)


def public(kind: type[Named]) -> bool:
    return not kind.abstract and kind in kind.table.values()


def member(value: Named, source: str) -> str:
    """An object of a family: its name where all settings are the defaults, else its call."""
    kind = type(value)
    inside = list(arguments(kind, value.settings(), source))
    defaults = kind.family in ("optimizer", "loss", "initializer") and not inside
    if defaults:
        return quoted(kind.registered_name())
    return f"{HOMES[kind.family]}.{kind.__name__}({', '.join(inside)})"


def compilation(net: Blueprint) -> list[str]:
    """The line that compiles it."""
    if net.compiled is None:
        return []
    asked, running = net.compiled, net.running or {}
    given = [optimizer_text(asked["optimizer"]), written(asked.get("loss"), f"{BEFORE}.loss")]
    for name in ("loss_weights", "metrics", "weighted_metrics"):
        if asked.get(name) is not None:
            text = written(asked[name], f'{BEFORE}._asked["{name}"]')
            given.append(f"{name}={text}")
    if running.get("choice", "auto") != "auto":
        given.append(f"executor={running['choice']!r}")
    if running.get("threads") is not None:
        given.append(f"threads={running['threads']}")
    return call("net.compile", given)


def optimizer_text(optimizer: Any) -> str:
    """Adam with nothing changed goes by its name, "adam"."""
    defaults = type(optimizer)._fields
    given = optimizer.settings()
    if home(type(optimizer)) and all(same(given[name], defaults[name]) for name in given):
        return quoted(type(optimizer).registered_name())
    return written(optimizer, f"{BEFORE}.optimizer")


def call(function: str, given: list[str]) -> list[str]:
    """A call in one line, or with a line for each argument where that is too long."""
    line = f"{function}({', '.join(given)})"
    if len(line) <= WIDTH:
        return [line]
    return [f"{function}(", *(f"    {each}," for each in given), ")"]


def imports(lines: list[str]) -> list[str]:
    """What the lines need to know."""
    text = "\n".join(lines)
    names = [name for name in IMPORTED if uses(text, name)]
    found = ["import numpy as np"] if "np." in text else []
    return [*found, *([f"from pellucid import {', '.join(names)}"] if names else [])]


def uses(text: str, name: str) -> bool:
    import re

    follows = r"\(" if name[0].isupper() else r"\."
    return re.search(rf"(?<![\w.]){name}{follows}", text) is not None
