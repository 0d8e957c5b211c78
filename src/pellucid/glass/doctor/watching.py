"""What the losses of a training that runs say of it, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pellucid.glass.doctor.finding import Finding

Curves = Mapping[str, Sequence[float]]

#: a loss of so many times its least one, after which it has run away
AWAY = 2.0
#: epochs that are looked back upon, the share of them in which the loss rises, and how far
BACK, RISES, SWING = 8, 0.5, 0.1
#: epochs without a better validation loss, and how many times the least it then is
WAITED, RISEN = 10, 1.1
#: the share of the loss that the last epoch took away, where it had not converged
FALLING = 0.05


def watched(curves: Curves) -> Iterator[Finding]:
    """What can be said after an epoch, from the losses so far."""
    losses = np.asarray(curves.get("loss", ()), dtype=float)
    if len(losses) > 2 and losses[-1] > AWAY * losses[:-1].min():
        yield Finding(
            "PL401",
            "warning",
            f"the loss has risen from {losses.min():.3g} to {losses[-1]:.3g}",
            "Steps that are too long overshoot. Lower the learning rate.",
            {"least loss": float(losses.min()), "loss": float(losses[-1])},
            {"epoch": len(losses)},
        )
    yield from swings(losses)
    yield from too_long(np.asarray(curves.get("val_loss", ()), dtype=float))


def swings(losses: np.ndarray) -> Iterator[Finding]:
    back = losses[-BACK:]
    if len(back) < BACK:
        return
    moves = np.diff(back)
    up = float(np.mean(moves > 0))
    size = float(np.abs(moves).mean() / max(back.mean(), 1e-12))
    if up >= RISES and size > SWING:
        yield Finding(
            "PL404",
            "warning",
            f"the loss goes to and fro by {size:.0%} from epoch to epoch",
            "Momentum or a high rate carries the weights past where they were to go.",
            {"share of epochs in which it rises": up, "size of a move": size},
            {"epoch": len(losses)},
        )


def too_long(validation: np.ndarray) -> Iterator[Finding]:
    if len(validation) < 2:
        return
    best = int(np.argmin(validation))
    waited = len(validation) - 1 - best
    if waited >= WAITED and validation[-1] > RISEN * validation[best]:
        yield Finding(
            "PL503",
            "warning",
            f"the validation loss was least after epoch {best + 1}, {waited} epochs ago",
            "From then on the network learns its rows by heart: callbacks.EarlyStopping ends that.",
            {"least": float(validation[best]), "now": float(validation[-1])},
            {"epoch": best + 1},
        )


def ended(curves: Curves) -> Iterator[Finding]:
    """What can be said when the epochs are over."""
    losses = curves.get("loss", ())
    if len(losses) > 1 and losses[-1] < (1 - FALLING) * losses[-2]:
        fell = 1 - losses[-1] / losses[-2]
        yield Finding(
            "PL413",
            "note",
            f"the last epoch took away {fell:.0%} of the loss: it had not converged",
            "More epochs would make it lower, by how much on new rows only a validation says.",
            {"loss before": float(losses[-2]), "loss": float(losses[-1])},
            {"epoch": len(losses)},
        )
