"""What a fitted estimator trains by, and where its optimizer is: taken over, and given back.

scikit-learn's gradients are sums over the outputs of what is a mean here, and of ½(Ŷ − Y)²: the
weight of the loss makes up for that. Its Adam has ε where Keras has it (`optimizers/adam.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.executors.memory import views
from pellucid.layers import Dense
from pellucid.optimizers import SGD, Adam, Optimizer
from pellucid.training.engine import Engine

#: by the last activation: the loss, and what its gradient is times, given the number of outputs
LOSSES: dict[str, tuple[str, Callable[[int], float]]] = {
    "softmax": ("sparse_categorical_crossentropy", lambda outputs: 1.0),
    "logistic": ("binary_crossentropy", float),
    "identity": ("mse", lambda outputs: outputs / 2),
    "exp": ("poisson", float),
}
#: what an optimizer keeps: by our names, and by scikit-learn's
KEPT: dict[type[Optimizer], dict[str, str]] = {
    SGD: {"v": "velocities"},
    Adam: {"m": "ms", "v": "vs"},
}


def take_training(net: Any, mlp: Any, dense: Sequence[Dense]) -> None:
    """Compile the network as the estimator is fitted; one that is by L-BFGS keeps nothing."""
    kept, own = getattr(mlp, "_optimizer", None), optimizer_of(mlp)
    if kept is None or own is None:
        return
    loss, share = LOSSES[mlp.out_activation_]
    net.compile(own, loss, loss_weights=share(mlp.n_outputs_))
    net.engine.memory.steps = getattr(kept, "t", 0)
    for name, theirs in KEPT[type(own)].items():
        if name in net.engine.memory.optimizer:
            pairs = zip(parts(net.engine, name, dense), getattr(kept, theirs), strict=True)
            for part, array in pairs:
                part[...] = array


def optimizer_of(mlp: Any) -> Optimizer | None:
    """The rule that an estimator is fitted by, if its rate is the same in all steps."""
    rate = float(mlp.learning_rate_init)
    if mlp.solver == "adam":
        return Adam(rate, mlp.beta_1, mlp.beta_2, mlp.epsilon)
    if mlp.solver == "sgd" and mlp.learning_rate == "constant":
        return SGD(rate, mlp.momentum, bool(mlp.nesterovs_momentum and mlp.momentum))
    return None


def parts(engine: Engine, name: str, dense: Sequence[Dense]) -> list[np.ndarray]:
    """What is kept under a name, in scikit-learn's order: kernels, then biases."""
    known = engine.memory.parameters.weights
    held = views(engine.memory.optimizer[name], [each.shape for each in known])
    place = dict(zip(known, held, strict=True))
    return [place[layer.w] for layer in dense] + [place[layer.b] for layer in dense]


def settings(engine: Engine) -> dict[str, Any]:
    """What an estimator is told, to train as the network does."""
    own = engine.compiled.optimizer if engine.compiled is not None else None
    if own is None or type(own) not in KEPT or not isinstance(own.learning_rate, (int, float)):
        return {"solver": "sgd"}
    given: dict[str, Any] = {"learning_rate_init": float(own.learning_rate)}
    if isinstance(own, SGD):
        momentum = {"momentum": own.momentum, "nesterovs_momentum": own.nesterov}
        return given | {"solver": "sgd"} | momentum
    assert isinstance(own, Adam)
    betas = {"beta_1": own.beta_1, "beta_2": own.beta_2, "epsilon": own.epsilon}
    return given | {"solver": "adam"} | betas


def give_state(made: Any, engine: Engine, dense: Sequence[Dense]) -> None:
    """Set what the optimizer of an estimator keeps; without ours it begins anew."""
    own = engine.compiled.optimizer if engine.compiled is not None else None
    whole = all(layer.use_bias for layer in dense)
    if own is None or type(own) not in KEPT or not whole:
        del made._optimizer
        return
    for name, theirs in KEPT[type(own)].items():
        held = engine.memory.optimizer.get(name)
        if held is not None:
            given = [np.array(each) for each in parts(engine, name, dense)]
            setattr(made._optimizer, theirs, given)
    if hasattr(made._optimizer, "t"):
        made._optimizer.t = engine.memory.steps
