"""What a page is told of a playground: its state as plain data, and what frames hold."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from pellucid.play import pictures
from pellucid.play.choices import (
    BROUGHT,
    DATA,
    WITH_CLASSES,
    Choices,
    activations,
    initializers,
    offered,
    optimizers,
    suggested,
)
from pellucid.play.inputs import INPUTS
from pellucid.play.pictures import Arrays, Plane, Show
from pellucid.play.rows import Data
from pellucid.play.training import MEASURED, Course
from pellucid.play.values import all_in_short, plain
from pellucid.play.walking import Walk, plan_lines

Told = dict[str, Any]


def now(course: Course, walk: Walk | None) -> Told:
    """Where the training is, and what the losses are."""
    losses, data = course.losses(), course.data
    return {
        "update": course.update,
        "epoch": course.update // course.steps,
        "within": course.within,
        "rate": course.eta,
        "loss": {"train": plain(losses.train), "test": plain(losses.test)},
        "metric": {"train": plain(losses.metric), "test": plain(losses.test_metric)},
        "line": None if walk is None else place(walk),
        "stopped": course.stopped,
        "measured": {
            "train": min(MEASURED, len(data.train)),
            "test": min(MEASURED, len(data.test)),
        },
    }


def place(walk: Walk) -> Told:
    return {key: walk.as_data()[key] for key in ("at", "of", "value")}


def state(choices: Choices, course: Course, show: Show, plane: Plane | None) -> Told:
    """All that does not change by training on."""
    net, wired = course.net, course.wired
    return {
        "settings": choices.as_data() | {"rate": course.eta},
        "data": data(course.data, plane),
        "layers": [layer(choices, course.data, each) for each in wired.layers],
        "parameters": sum(weight.size for weight in net.weights),
        "title": title(choices, course),
        "plan": plan_lines(net),
        "steps": course.steps,
        "metric": net.metrics_names[-1],
        "edits": course.edits(),
        "show": asdict(show),
    }


def title(choices: Choices, course: Course) -> str:
    name = choices.data.file or choices.data.name
    widths = [len(course.data.inputs), *(each["units"] for each in course.wired.layers)]
    return f"{name}, {'-'.join(map(str, widths))}"


def data(found: Data, plane: Plane | None) -> Told:
    return {
        "kind": "numbers" if found.names is None else "classes",
        "classes": found.names or [],
        "inputs": found.inputs,
        "train": len(found.train),
        "test": len(found.test),
        "picture": None if found.picture is None else list(found.picture),
        "plane": None if plane is None else plane.as_data(),
        "notes": found.notes,
    }


def layer(choices: Choices, found: Data, each: Told) -> Told:
    """A layer; those of a file's network are none of the chosen ones."""
    own = {"of": None} if choices.data.name == "model" else {}
    return each | {"pictures": pictured(found, each)} | own


def pictured(found: Data, layer: Told) -> bool:
    """Whether frames may have a picture of each unit of a layer."""
    on_a_plane = found.picture is None and len(found.inputs) > 1
    return found.drawn or on_a_plane or layer["from"] == "X"


def frame(course: Course, show: Show, plane: Plane | None) -> tuple[Told, Arrays]:
    """The values and the arrays that `show` asks for."""
    arrays: Arrays = {}
    if plane is not None and show.plane:
        arrays["plane"] = pictures.answer(course, plane, show.plane)
    if show.units:
        arrays |= of_units(course, show, plane)
    if show.weights:
        numbers = course.wired.weights.items()
        arrays |= {f"weight:{name}": each.value.copy() for name, each in numbers}
    if show.curves:
        arrays |= curves(course)
    return (of_a_sample(course, show) if show.values else {}), arrays


def of_units(course: Course, show: Show, plane: Plane | None) -> Arrays:
    if plane is not None:
        return pictures.units(course, plane, show.units, show.most)
    return pictures.incoming(course, show.most) if course.data.picture else {}


def curves(course: Course) -> Arrays:
    """The losses so far, and where one can go back to."""
    names = ("train", "test", "metric", "test metric")
    columns = course.ring.losses().T
    found = {f"curve:{name}": column for name, column in zip(names, columns, strict=True)}
    updates = course.ring.updates()
    return {"curve:update": updates, **found, "ring": updates}


def of_a_sample(course: Course, show: Show) -> Told:
    """Every value of the next step on one row."""
    part, rows = course.data.part(show.part), slice(show.sample, show.sample + 1)
    return {"values": all_in_short(course.net.record(part.x[rows], part.y[rows]))}


def choices_there_are() -> Told:
    """What can be chosen of, by name."""
    return {
        "data": [
            {
                "name": name,
                "title": words,
                "kind": "numbers" if name == "plane" else "classes",
                "noise": name not in BROUGHT,
                "classes": name in WITH_CLASSES,
                "suggested": suggested(name),
            }
            for name, words in DATA.items()
            if name != "model"
        ],
        "activations": activations(),
        "initializers": initializers(),
        "optimizers": [{"name": name, "settings": settings(name)} for name in optimizers()],
        "inputs": list(INPUTS),
    }


def settings(name: str) -> list[Told]:
    return [{"name": key, "default": value} for key, value in offered(name).items()]


def equation(course: Course, at: tuple[int, int]) -> Told:
    """A unit: its equation in numbers, and its weights one by one."""
    layer, number = course.wired.layers[at[0]], at[1]
    kernel = course.wired.weight(layer["kernel"]).value
    bias = None if layer["bias"] is None else course.wired.weight(layer["bias"]).value[number]
    before = course.data.inputs if layer["from"] == "X" else None
    weights = [
        {
            "from": f"{layer['from']}[{row}]" if before is None else before[row],
            "name": layer["kernel"],
            "index": [row, number],
            "value": plain(kernel[row, number]),
        }
        for row in range(len(kernel))
    ]
    text = written(layer, number, weights, bias)
    found = None
    if bias is not None:
        found = {"name": layer["bias"], "index": [number], "value": plain(bias)}
    return {"name": layer["a"], "equation": text, "weights": weights, "bias": found}


def written(layer: Told, number: int, weights: list[Told], bias: float | None) -> str:
    """The equation of a unit with its numbers; of many inputs only the sum's sign."""
    terms = [f"{figure(each['value'])}·{each['from']}" for each in weights[:6]]
    terms += [f"… ({len(weights) - 6} more)"] if len(weights) > 6 else []
    inner = " + ".join([*terms, *([] if bias is None else [figure(bias)])]).replace("+ −", "− ")
    name = layer["activation"]
    inner = inner if name == "linear" else f"{name}({inner})"
    return f"{layer['a']}[{number}] = {inner}"


def figure(value: float | None) -> str:
    return "NaN" if value is None or np.isnan(value) else f"{value:.3g}".replace("-", "−")
