"""Whole training steps of small networks in PyTorch, in float64, stored in data/steps.json.

Written anew by `python -m tests.make_step_reference`. Arrays keep pellucid's layouts: rows, height,
width, channels; a kernel multiplies from the right.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.make_optimizer_reference import ROWS as OPTIMIZERS

STEPS, ROWS, CLASSES = 3, 6, 3
STORED = Path(__file__).parent / "data" / "steps.json"
SHAPES = {
    "dense": [(5, 4), (4,), (4, CLASSES), (CLASSES,)],
    "convolutional": [(3, 3, 2, 3), (3,), (12, CLASSES), (CLASSES,)],
}
INPUTS = {"dense": (5,), "convolutional": (6, 6, 2)}

#: each loss: what the last layer does, which targets it takes, and PyTorch's formula of both
LOSSES = {
    "mean_squared_error": (None, "numbers", lambda F, z, y: F.mse_loss(z, y)),
    "mean_absolute_error": (None, "numbers", lambda F, z, y: F.l1_loss(z, y)),
    "mean_absolute_percentage_error": (
        None, "numbers", lambda F, z, y: 100 * ((z - y) / y.abs().clamp(min=1e-7)).abs().mean(),
    ),
    "mean_squared_logarithmic_error": (
        "softplus", "positive",
        lambda F, z, y: ((y + 1).log() - (F.softplus(z) + 1).log()).square().mean(),
    ),
    "huber": (None, "numbers", lambda F, z, y: F.huber_loss(z, y)),
    "log_cosh": (None, "numbers", lambda F, z, y: (z - y).cosh().log().mean()),
    "binary_crossentropy": (
        "sigmoid", "chances", lambda F, z, y: F.binary_cross_entropy_with_logits(z, y),
    ),
    "categorical_crossentropy": ("softmax", "shares", lambda F, z, y: F.cross_entropy(z, y)),
    "sparse_categorical_crossentropy": (
        "softmax", "classes", lambda F, z, y: F.cross_entropy(z, y),
    ),
    "kl_divergence": (
        "softmax", "shares", lambda F, z, y: F.kl_div(z.log_softmax(-1), y, reduction="batchmean"),
    ),
    "poisson": (
        "softplus", "positive",
        lambda F, z, y: F.poisson_nll_loss(F.softplus(z), y, log_input=False, eps=1e-7),
    ),
    "hinge": (None, "signs", lambda F, z, y: (1 - y * z).clamp(min=0).mean()),
    "squared_hinge": (None, "signs", lambda F, z, y: (1 - y * z).clamp(min=0).square().mean()),
    "categorical_hinge": (
        None, "one-hot",
        lambda F, z, y: (
            ((1 - y) * z).amax(-1) - (y * z).sum(-1) + 1
        ).clamp(min=0).mean(),
    ),
    "binary_focal_crossentropy": (
        "sigmoid", "chances",
        lambda F, z, y: (
            (1 - (y * z.sigmoid() + (1 - y) * (1 - z.sigmoid()))).square()
            * F.binary_cross_entropy_with_logits(z, y, reduction="none")
        ).mean(),
    ),
    "categorical_focal_crossentropy": (
        "softmax", "shares",
        lambda F, z, y: (
            -0.25 * (1 - z.softmax(-1)).square() * y * z.log_softmax(-1)
        ).sum(-1).mean(),
    ),
}  # fmt: skip

#: (network, loss, number of the optimizer): every optimizer on both networks, and every loss
CASES = [
    *((net, "categorical_crossentropy", at) for net in SHAPES for at in range(len(OPTIMIZERS))),
    *((net, loss, 1) for net in SHAPES for loss in LOSSES),
]


def draw(shape, seed):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def given(net):
    """Rows, and weights to start from."""
    starts = [0.5 * draw(shape, seed) for seed, shape in enumerate(SHAPES[net])]
    return draw((ROWS, *INPUTS[net]), 99), starts


def targets(kind):
    numbers, classes = draw((ROWS, CLASSES), 7), np.arange(ROWS) % CLASSES
    chances = 1 / (1 + np.exp(-numbers))
    return {
        "numbers": 0.3 * numbers + 1, "positive": np.exp(numbers), "chances": chances,
        "shares": chances / chances.sum(-1, keepdims=True), "classes": classes,
        "one-hot": np.eye(CLASSES)[classes], "signs": np.sign(numbers),
    }[kind]  # fmt: skip


def scores(torch, net, x, weights):
    F, (kernel_1, bias_1, kernel_2, bias_2) = torch.nn.functional, weights
    if net == "dense":
        return (x @ kernel_1 + bias_1).tanh() @ kernel_2 + bias_2
    h = F.conv2d(x.permute(0, 3, 1, 2), kernel_1.permute(3, 2, 0, 1), bias_1).relu()
    h = F.max_pool2d(h, 2).permute(0, 2, 3, 1).reshape(len(x), -1)
    return h @ kernel_2 + bias_2


def run_torch(torch, net, loss, at):
    """The losses of the steps, and the weights after the last."""
    x, starts = given(net)
    _, kind, formula = LOSSES[loss]
    x, y = torch.tensor(x), torch.tensor(targets(kind))
    weights = [torch.tensor(start, requires_grad=True) for start in starts]
    _, name, settings = OPTIMIZERS[at]
    optimizer = getattr(torch.optim, name)(weights, **settings)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = formula(torch.nn.functional, scores(torch, net, x, weights), y)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return {"losses": losses, "weights": [w.detach().reshape(-1).tolist() for w in weights]}


def main() -> None:
    import torch

    torch.set_default_dtype(torch.float64)
    rows = [{"case": list(case), **run_torch(torch, *case)} for case in CASES]
    lines = ",\n".join(json.dumps(row) for row in rows)
    STORED.write_text(f'{{"torch": "{torch.__version__}", "rows": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
