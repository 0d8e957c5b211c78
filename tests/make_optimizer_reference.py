"""What PyTorch's optimizers do to a few parameters in ten steps, stored in data/optimizers.json.

Written anew by `python -m tests.make_optimizer_reference`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

#: name, PyTorch's class, and its settings
ROWS = [
    ("SGD", "SGD", {"lr": 0.1}),
    ("SGD momentum", "SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD nesterov", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", "Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 0.0}),
    ("Adadelta", "Adadelta", {"lr": 0.5, "rho": 0.95, "eps": 1e-6}),
    ("RMSprop", "RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 0.0}),
    (
        "RMSprop centered momentum", "RMSprop",
        {"lr": 0.01, "alpha": 0.9, "eps": 0.0, "centered": True, "momentum": 0.8},
    ),
    ("Adam", "Adam", {"lr": 0.01, "eps": 1e-3}),
    ("Adam amsgrad", "Adam", {"lr": 0.01, "eps": 1e-3, "betas": [0.9, 0.7], "amsgrad": True}),
    ("AdamW", "AdamW", {"lr": 0.01, "eps": 1e-3, "weight_decay": 0.1}),
    ("Nadam", "NAdam", {"lr": 0.01, "eps": 1e-3, "momentum_decay": 1.0}),
    ("Adamax", "Adamax", {"lr": 0.01, "eps": 0.0}),
]  # fmt: skip


def run_torch(torch, name, settings, given):
    """θ after each step of a PyTorch optimizer, which keeps numbers in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return path_of(torch, getattr(torch.optim, name), settings, given)
    finally:
        torch.set_default_dtype(before)


def path_of(torch, kind, settings, given):
    theta = torch.tensor(given["theta"], requires_grad=True)
    optimizer = kind([theta], **settings)
    path = []
    for g in given["gradients"]:
        theta.grad = torch.tensor(g)
        optimizer.step()
        path.append(theta.detach().tolist())
    return path


def main() -> None:
    import torch

    random = np.random.default_rng(11)
    given = {
        "theta": random.normal(size=4).tolist(),
        "gradients": (random.normal(size=(10, 4)) * [10, 1, 0.1, 0.01]).tolist(),
    }
    rows = [
        {"name": name, "torch": kind, "settings": settings,
         "path": run_torch(torch, kind, settings, given)}
        for name, kind, settings in ROWS
    ]  # fmt: skip
    path = Path(__file__).parent / "data" / "optimizers.json"
    path.write_text(json.dumps({"torch": torch.__version__, **given, "rows": rows}) + "\n")


if __name__ == "__main__":
    main()
