"""The causes that a case may have, in plain words, and the doctor's codes that name each of them.

`CODES[cause]` lists the codes of findings that are the right answer where a case has that cause,
such as `["PL203"]`. A cause may have several codes, and a code may serve several causes. The lists
are filled by whoever writes the checks, from the words alone; a cause without a code is counted as
not found.
"""

from __future__ import annotations

CODES: dict[str, list[str]] = {
    # outputs and losses
    "softmax over one unit": ["PL103"],
    "scores taken for probabilities": ["PL101"],
    "softmax or sigmoid twice": ["PL102"],
    "sigmoids for exclusive classes": ["PL104"],
    "softmax for labels that are not exclusive": ["PL105"],
    "output cannot reach the targets": ["PL106"],
    "regression loss for classes": ["PL107"],
    "classification loss for regression": ["PL108"],
    "accuracy for regression": ["PL109"],
    "targets do not fit the loss": ["PL110", "PL111", "PL116"],
    "shapes of target and output differ": ["PL116"],
    "too few outputs": ["PL112"],
    "too many outputs": ["PL113"],
    "labels do not start at 0": ["PL114"],
    "labels with gaps": ["PL114"],
    "labels are text": ["PL115"],
    "loss does not depend on the network": ["PL118", "PL119"],
    "everything is frozen": ["PL117"],
    # data
    "NaN or infinity in the data": ["PL201", "PL203"],
    "constant column": ["PL204"],
    "unscaled inputs": ["PL207", "PL208"],
    "targets far from unit size": ["PL210"],
    "outliers": ["PL211"],
    "identifier or date as a number": ["PL213"],
    "column gives the target away": ["PL215"],
    "same rows with different labels": ["PL216"],
    "rows in both training and validation": ["PL217"],
    "sorted rows without shuffling": ["PL218"],
    "validation from another distribution": ["PL220"],
    "imbalanced classes": ["PL221"],
    "class missing in a part": ["PL222"],
    "wrong labels": ["PL223"],
    "too few rows for the parameters": ["PL224"],
    # first state
    "symmetric weights": ["PL301"],
    "weights start too large": ["PL302"],
    "weights start too small": ["PL303"],
    "dead units": ["PL304"],
    "saturated units": ["PL305"],
    "vanishing gradients": ["PL306"],
    "exploding gradients": ["PL307"],
    "loss at start far from chance": ["PL308"],
    "normalisation after the output": ["PL310"],
    "dropout of almost everything": ["PL311"],
    "dropout on the output": ["PL312"],
    "bottleneck of one": ["PL313"],
    "no activation between layers": ["PL314"],
    "dead inputs": ["PL315"],
    # dynamics
    "rate too high": ["PL401"],
    "rate too low": ["PL402"],
    "oscillates": ["PL404"],
    "penalty outweighs the loss": ["PL406"],
    "clipping always clips": ["PL407"],
    "batch too large for the budget": ["PL408"],
    "batch too small": ["PL409"],
    "averages of batch normalisation lag": ["PL410"],
    "state of a recurrent layer explodes": ["PL411"],
    "warm-up needed": ["PL412"],
    "ends before it converged": ["PL413"],
    # generalisation
    "memorises": ["PL501"],
    "underfits": ["PL502"],
    "trained too long": ["PL503"],
    "validation too small to tell": ["PL504"],
    "overconfident": ["PL505"],
    "a baseline is as good": ["PL506"],
}
