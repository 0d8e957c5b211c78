"""A loss as a function of PyTorch: its own where it has one, else ℓ written out."""

from __future__ import annotations

from pellucid.equations.facing import class_axis
from pellucid.equations.losses import Loss
from pellucid.equations.weighing import MEANS
from pellucid.glass.source.graph import Refused, refused, row_of
from pellucid.glass.source.torch_names import BEFORE, LOSSES, ON_SCORES, REDUCED
from pellucid.glass.source.torch_parts import TORCH

LOSS = '''
def {name}(p, y{w}):
    """{about}"""
    {body}
'''


def loss_of(loss: Loss, name: str, scores: bool, weighted: bool, rank: int) -> str:
    """The function of predictions p, which are `scores` or what an activation makes of them."""
    values, body = values_of(loss, scores, rank)
    whole = REDUCED not in values
    if not weighted and not whole:
        body.append(f"return {values.replace(REDUCED, '')}")
    else:
        body.append(f"values = {values}")
        body += ["w = w.reshape(-1, *[1] * (values.ndim - 1))"] if weighted else []
        body.append("return (values * w).mean()" if weighted else "return values.mean()")
    about = f"{type(loss).__name__} of predictions p" + (
        ", before their activation" if scores else ""
    )
    w = ", w" if weighted else ""
    return LOSS.format(name=name, w=w, body="\n    ".join(body), about=about).strip("\n")


def values_of(loss: Loss, scores: bool, rank: int) -> tuple[str, list[str]]:
    """ℓ of each row, and the statements before it."""
    kind = type(loss).__name__
    row_of(LOSSES, loss, "loss", TORCH)
    if loss.reduction not in MEANS:
        raise refused(f"the loss {loss!r}", TORCH, "leave out its reduction")
    if class_axis(loss) != -1 or getattr(loss, "ignore_class", None) is not None:
        raise refused(f"the loss {loss!r}", TORCH, "leave out axis and ignore_class")
    found = (ON_SCORES if scores else LOSSES).get(kind)
    template = None if isinstance(found, Refused) else found
    settings = loss.settings()
    smoothing, binary = settings.get("label_smoothing"), kind.startswith("Binary")
    if template is None or (smoothing and not scores):
        raise refused(f"the loss {loss!r}", TORCH, "end the network with softmax or sigmoid")
    before = [BEFORE[kind]] if kind in BEFORE else []
    if smoothing and binary:
        before.append(f"y = (1 - {smoothing}) * y + {smoothing} / 2")
    elif smoothing:
        template = template.replace("{reduced}", f", label_smoothing={smoothing}{{reduced}}")
    alpha, balanced = settings.get("alpha"), settings.get("apply_class_balancing")
    balance = f"({alpha} * y + (1 - {alpha}) * (1 - y)) * " if balanced else ""
    values = template.format(reduced=REDUCED, balance=balance, **settings)
    if scores and not binary and rank > 2:
        values = values.replace("(p, y", "(p.movedim(-1, 1), y")
        values = values if loss.sparse else values.replace(" y,", " y.movedim(-1, 1),")
    return values, before
