"""L-BFGS: SciPy's, on the loss of the plan and its gradient over all rows, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

from pellucid.data import Batch
from pellucid.glass.recorder import start
from pellucid.models import Model
from pellucid.plan.interpret import interpret
from pellucid.plan.step import parameters


def minimised(net: Model, batch: Batch, options: dict[str, Any]) -> Any:
    """Move the weights of the network to the least loss that is found; gives SciPy's result."""
    plan, given = start(net.engine, batch)
    theta_of_plan = plan.theta
    assert theta_of_plan is not None
    theta = net.engine.memory.parameters.vector
    forward, backward = plan.section("forward"), plan.section("backward")

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        held = given | {theta_of_plan: at.astype(theta.dtype)}
        with np.errstate(all="ignore"):
            values = interpret(forward, held | parameters(plan, held, np), np)
            values = interpret(backward, values, np)
        gathered = [np.ravel(values[plan.gradients[each]]) for each in plan.layout]
        return float(values[plan.total]), np.concatenate(gathered).astype(np.float64)

    found = minimize(loss, theta.astype(np.float64), method="L-BFGS-B", jac=True, options=options)
    theta[...] = found.x
    return found
