"""The causes that a case may have, in plain words, and the doctor's codes that name each of them.

`CODES[cause]` lists the codes of findings that are the right answer where a case has that cause,
such as `["PL203"]`. A cause may have several codes, and a code may serve several causes. The lists
are filled by whoever writes the checks, from the words alone; a cause without a code is counted as
not found.
"""

from __future__ import annotations

CODES: dict[str, list[str]] = {
    # outputs and losses
    "softmax over one unit": [],
    "scores taken for probabilities": [],
    "softmax or sigmoid twice": [],
    "sigmoids for exclusive classes": [],
    "softmax for labels that are not exclusive": [],
    "output cannot reach the targets": [],
    "regression loss for classes": [],
    "classification loss for regression": [],
    "accuracy for regression": [],
    "targets do not fit the loss": [],
    "shapes of target and output differ": [],
    "too few outputs": [],
    "too many outputs": [],
    "labels do not start at 0": [],
    "labels with gaps": [],
    "labels are text": [],
    "loss does not depend on the network": [],
    "everything is frozen": [],
    # data
    "NaN or infinity in the data": [],
    "constant column": [],
    "unscaled inputs": [],
    "targets far from unit size": [],
    "outliers": [],
    "identifier or date as a number": [],
    "column gives the target away": [],
    "same rows with different labels": [],
    "rows in both training and validation": [],
    "sorted rows without shuffling": [],
    "validation from another distribution": [],
    "imbalanced classes": [],
    "class missing in a part": [],
    "wrong labels": [],
    "too few rows for the parameters": [],
    # first state
    "symmetric weights": [],
    "weights start too large": [],
    "weights start too small": [],
    "dead units": [],
    "saturated units": [],
    "vanishing gradients": [],
    "exploding gradients": [],
    "loss at start far from chance": [],
    "normalisation after the output": [],
    "dropout of almost everything": [],
    "dropout on the output": [],
    "bottleneck of one": [],
    "no activation between layers": [],
    "dead inputs": [],
    # dynamics
    "rate too high": [],
    "rate too low": [],
    "oscillates": [],
    "penalty outweighs the loss": [],
    "clipping always clips": [],
    "batch too large for the budget": [],
    "batch too small": [],
    "averages of batch normalisation lag": [],
    "state of a recurrent layer explodes": [],
    "warm-up needed": [],
    "ends before it converged": [],
    # generalisation
    "memorises": [],
    "underfits": [],
    "trained too long": [],
    "validation too small to tell": [],
    "overconfident": [],
    "a baseline is as good": [],
}
