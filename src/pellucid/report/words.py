"""The result of a run in words and in a few numbers."""

from __future__ import annotations

import numpy as np

from pellucid.report.run import Run


def headline(run: Run) -> str:
    """The result in half a line."""
    scores = run.scores
    if run.classes is not None:
        return f"{scores['accuracy']:.1%} of {len(run.truth):,} held-out rows right"
    return f"R² {scores['r2']:.3f} on {len(run.truth):,} held-out rows"


def summary(run: Run) -> str:
    """What was done and what came out, in sentences."""
    history = run.history.history
    losses = history.get("val_loss") or history["loss"]
    best = int(np.argmin(losses)) + 1
    sentence = run.preparation.target.sentence()
    text = f"{sentence[0].upper()}{sentence[1:]}. {headline(run)}; {_guessing(run)}"
    return text + (
        f" Trained for {len(losses)} epochs; the weights are those of epoch {best}, where the "
        "validation loss was lowest."
    )


def _guessing(run: Run) -> str:
    scores = run.scores
    if run.classes is not None:
        share = scores["accuracy_of_the_commonest_class"]
        return f"always naming the commonest class would get {share:.1%}."
    return (
        f"the mean absolute error is {scores['mean_absolute_error']:.4g}, "
        f"that of always naming the median {scores['mean_absolute_error_of_the_median']:.4g}."
    )


def numbers(run: Run) -> list[tuple[str, str]]:
    scores = run.scores
    if run.classes is not None:
        found = [
            (f"{scores['accuracy']:.2%}", "accuracy, held out"),
            (f"{scores['log_loss']:.4f}", "log loss, held out"),
        ]
    else:
        found = [
            (f"{scores['r2']:.4f}", "R², held out"),
            (f"{scores['mean_absolute_error']:.4g}", "mean absolute error"),
        ]
    return [
        *found,
        (str(len(run.history.epoch)), "epochs"),
        (f"{run.seconds:.1f} s", "from start to end"),
        (f"{sum(weight.size for weight in run.net.weights):,}", "parameters"),
    ]
