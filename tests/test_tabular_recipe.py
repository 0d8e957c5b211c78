"""The recipes for tables beside RealMLP's formulas as published, written out in PyTorch.

The published network has kernels W of deviation 1 and z = x·W/√d + b; ours hold W/√d. Both start
from the same weights and take the same batches; each step has to find the same loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from pellucid import layers, losses
from pellucid.models import Model
from pellucid.randomness import drawing_from

torch = pytest.importorskip("torch", reason="the formulas are written out in PyTorch")
pytest.importorskip("sklearn", minversion="1.6")

from pellucid.models.recipe import (  # noqa: E402
    RECIPES,
    SMOOTHING,
    Body,
    Recipe,
    adam,
    draw_by,
    network,
)

STEPS, BATCH, ROWS, CLASSES = 30, 16, 60, 3
BODY = Body(6, 4, [11], [24, 24], CLASSES, "softmax", STEPS)


class Weight(NamedTuple):
    """A weight of the published network: the factors on its learning rate and on its decay."""

    value: Any
    rate: float = 1.0
    decay: float = 1.0


def held(net: Model, kind: type[layers.Layer]) -> list[list[np.ndarray]]:
    return [each.get_weights() for each in net.layers if isinstance(each, kind)]


def published(net: Model) -> dict[str, Weight]:
    """The weights of a network of ours as the published one has them."""
    found: dict[str, Weight] = {}
    for at, (kernel, bias) in enumerate(held(net, layers.Dense)):
        found[f"W{at}"] = Weight(kernel * math.sqrt(len(kernel)))
        found[f"b{at}"] = Weight(bias, 0.1, 0.0)
    found["scale"] = Weight(held(net, layers.Scaling)[0][0], 6.0, 6.0**2)
    for at, (slope,) in enumerate(held(net, layers.ParametricActivation)):
        found[f"a{at}"] = Weight(slope, 0.1, 0.1**2)
    for w, phase, kernels, biases in held(net, layers.PeriodicEmbedding):
        names = ("w", "phase", "k1", "k2", "k3", "c1", "c2", "c3")
        parts = zip(names, (w, phase, *kernels, *biases), strict=True)
        found.update({name: Weight(array, 0.1, 0.1**2) for name, array in parts})
    found["table"] = Weight(held(net, layers.Embedding)[0][0])
    tensors = {name: torch.tensor(each.value.astype(float)) for name, each in found.items()}
    return {
        name: each._replace(value=tensors[name].requires_grad_()) for name, each in found.items()
    }


def outputs(p: dict[str, Any], recipe: Recipe, x: list[Any]) -> Any:
    (numbers, marks), codes = torch.split(x[0], (4, 2), dim=1), x[1]
    if recipe.full:
        waves = torch.cos(2 * math.pi * numbers[:, :, None] * p["w"] + p["phase"])
        sums = [(waves * p[f"k{at}"]).sum(-1) + p[f"c{at}"] for at in (1, 2, 3)]
        numbers = torch.cat([*sums, numbers], 1)
    a = torch.cat([numbers, marks, p["table"][codes[:, 0]]], 1) * p["scale"]
    bend = getattr(torch.nn.functional, recipe.activation)
    for at in range(len(BODY.hidden) + 1):
        z = a @ p[f"W{at}"] / math.sqrt(a.shape[1]) + p[f"b{at}"]
        a = z + (bend(z) - z) * p.get(f"a{at}", 1.0)
    return z


def loss_of(classes: bool) -> Callable[[Any, Any], Any]:
    if classes:
        return torch.nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    return torch.nn.MSELoss()


def published_losses(net: Model, recipe: Recipe, classes: bool, batches: list[Any]) -> list[float]:
    """The loss of each step, by Adam with β = (0.9, 0.95) and decay beside it."""
    weights = published(net)
    p = {name: each.value for name, each in weights.items()}
    m = {name: torch.zeros_like(each) for name, each in p.items()}
    v = {name: torch.zeros_like(each) for name, each in p.items()}
    found = []
    for step, (x, y) in enumerate(batches):
        t = step / STEPS
        rate = recipe.learning_rate * 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t)))
        decay = recipe.decay * (1.0 if t < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * t - 1))))
        loss = loss_of(classes)(outputs(p, recipe, x), y)
        found.append(loss.item())
        slopes = torch.autograd.grad(loss, [*p.values()])
        with torch.no_grad():
            for (name, each), g in zip(p.items(), slopes, strict=True):
                m[name] += 0.1 * (g - m[name])
                v[name] += 0.05 * (g * g - v[name])
                up, down = m[name] / (1 - 0.9 ** (step + 1)), v[name] / (1 - 0.95 ** (step + 1))
                each *= 1 - rate * decay * weights[name].decay
                each -= rate * weights[name].rate * up / (down.sqrt() + 1e-8)
    return found


def test_networks_start_as_published() -> None:
    recipe = RECIPES["realmlp"][0]
    with drawing_from(0):
        net = network(recipe, BODY._replace(hidden=[256, 256]))
    (w, phase, kernel, *_), (table,) = (
        held(net, kind)[0] for kind in (layers.PeriodicEmbedding, layers.Embedding)
    )
    dense = held(net, layers.Dense)
    normal = [(w, 0.1), (table, 1.0), (dense[1][1], 1.0)]
    normal += [(kernel, 1 / math.sqrt(len(kernel))) for kernel, _ in dense]
    for drawn, deviation in normal:
        few = 5 * deviation / math.sqrt(drawn.size)
        assert abs(drawn.mean()) < few
        assert abs(drawn.std() - deviation) < few
    for drawn, bound in ((phase, math.pi), (kernel, 0.25)):
        assert 0.6 * bound < abs(drawn).max() <= bound
    (net,) = [network(RECIPES["standard"][0], BODY)]
    assert not any(each.any() for each in held(net, layers.Dense)[-1])


def test_networks_are_drawn_by_their_rows() -> None:
    """Every unit has deviation 1 on the rows, and is 0 somewhere among them."""
    recipe, rng = RECIPES["realmlp"][1], np.random.RandomState(0)
    x = [rng.normal(size=(400, 4)), rng.randint(0, 2, (400, 2)), rng.randint(0, 11, (400, 1))]
    net = network(recipe, BODY)
    x = [np.concatenate(x[:2], axis=1).astype(np.float32), x[2]]
    draw_by(net, x, rng)
    for node in net.nodes:
        if isinstance(node.layer, layers.Dense):
            kernel, bias = node.layer.get_weights()
            z = Model(net.inputs, node.inputs[0]).predict(x, verbose=0) @ kernel + bias
            np.testing.assert_allclose(z.std(axis=0), 1.0, rtol=1e-3)
            assert ((z.min(axis=0) < 0) & (z.max(axis=0) > 0)).all()


@pytest.mark.parametrize("preset", ["standard", "realmlp"])
@pytest.mark.parametrize("task", [0, 1], ids=["classes", "numbers"])
def test_each_step_has_the_published_loss(preset: str, task: int) -> None:
    alone = RECIPES[preset][task].by_itself()
    assert alone.hidden == (256, 256, 256)
    assert (alone.epochs, alone.members, alone.learning_rate, alone.decay) == (
        (256, 1, (0.04, 0.2)[task], 0.02) if alone.full else (256, 1, (0.04, 0.07)[task], 0.0)
    )
    recipe, rng = alone._replace(dropout=0.0), np.random.default_rng(0)
    ending: dict[str, Any] = {} if task == 0 else {"units": 1, "activation": None}
    net = network(recipe, BODY._replace(**ending))
    loss = losses.SparseCategoricalCrossentropy(label_smoothing=SMOOTHING)
    net.compile(adam(recipe, STEPS), losses.MeanSquaredError() if task else loss, threads=1)
    plain = [rng.normal(size=(ROWS, 4)), rng.integers(0, 2, (ROWS, 2))]
    x = [np.concatenate(plain, axis=1), rng.integers(0, 11, (ROWS, 1))]
    y = x[0][:, :1] + x[0][:, 4:5] if task else rng.integers(0, CLASSES, ROWS)
    picked = [rng.choice(ROWS, BATCH, replace=False) for _ in range(STEPS)]
    batches = [([torch.tensor(each[at]) for each in x], torch.tensor(y[at])) for at in picked]
    expected = published_losses(net, recipe, task == 0, batches)
    found = [net.train_on_batch([each[at] for each in x], y[at]) for at in picked]
    np.testing.assert_allclose(found, expected, rtol=2e-3)
