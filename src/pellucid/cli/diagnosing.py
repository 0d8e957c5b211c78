"""The doctor from the command line: of a model, or of what `pellucid train` would make of data."""

from __future__ import annotations

import pellucid
from pellucid.cli import building, training
from pellucid.cli.choices import Choices
from pellucid.cli.folder import MODEL, model_path
from pellucid.cli.using import opened
from pellucid.glass.doctor import Diagnosis
from pellucid.reading import path_of


def diagnosed(name: str, seconds: float, trials: bool, target: str | None = None) -> Diagnosis:
    """What is wrong with a model, as it was trained, or with a training of the data of a name."""
    path, made = path_of(name), training.prepared
    if path.suffix == ".safetensors" or (path / MODEL).is_file():
        if target is not None:
            raise ValueError(f"--target is for data: the model {name} has its target, leave it out")
        net, _ = opened(str(model_path(name)))
        choices = Choices(**net.preprocessing["choices"])
        _, arrays = made(training.divided(choices), choices.seed)
    else:
        choices = Choices(data=name, target=target)
        pellucid.set_random_seed(choices.seed)
        parts = training.divided(choices)
        rows = len(parts.train)
        choices = building.settled(choices, parts.source.pictures, parts.task, rows)
        preparation, arrays = made(parts, choices.seed)
        net = building.network(preparation, arrays[0][0], choices)
    return training.diagnosed(net, arrays[0], arrays[1], choices, seconds, trials)
