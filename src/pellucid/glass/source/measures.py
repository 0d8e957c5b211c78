"""Metrics in a program: each as an expression of the targets, the predictions and the weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pellucid.equations.losses import Loss
from pellucid.glass.source.inlining import first_sentence, plainly
from pellucid.glass.source.lines import Lines
from pellucid.metrics import AUC, F1Score, MeanMetricWrapper, Metric, Precision, R2Score, Recall
from pellucid.metrics.classification import Counting, ratio
from pellucid.metrics.fscores import FScore
from pellucid.metrics.measures import OfLoss
from pellucid.metrics.ranking import _counts_by_threshold, pr_area, roc_area
from pellucid.plan import Plan
from pellucid.tensor import Tensor
from pellucid.training.compiled import Reported

#: a value for each row: metrics that are the mean of these
ROWS = {
    "Accuracy": "{y} == {p}",
    "BinaryAccuracy": "({y} > 0.5) == ({p} > {threshold})",
    "CategoricalAccuracy": "{y}.argmax(-1) == {p}.argmax(-1)",
    "SparseCategoricalAccuracy": "{y} == {p}.argmax(-1)",
    "TopKCategoricalAccuracy": "in_top({k}, {y}.argmax(-1), {p})",
    "SparseTopKCategoricalAccuracy": "in_top({k}, {y}, {p})",
    "MeanSquaredError": "({p} - {y}) ** 2",
    "MeanAbsoluteError": "abs({p} - {y})",
    "RootMeanSquaredError": "({p} - {y}) ** 2",
}
#: the score of each class, from its true and false positives and its false negatives
SCORES: dict[type[Counting], str] = {
    Precision: "ratio(tp, tp + fp)",
    Recall: "ratio(tp, tp + fn)",
    F1Score: "ratio(2 * tp, 2 * tp + fp + fn)",
}
#: the scores of the classes as one number
AVERAGES = {
    "micro": "tp, fp, fn = tp.sum(), fp.sum(), fn.sum()\n    return {score}",
    "macro": "return np.mean({score})",
    "weighted": "return ratio(np.sum({score} * (tp + fn)), np.sum(tp + fn))",
}
COUNTS = '''
def {name}(y, p, w=1.0):
    """{about}"""
    found, w = {found}, spread(w, p.shape)
    pairs = (y & found, ~y & found, y & ~found)
    tp, fp, fn = (np.sum((each * w).reshape(-1, p.shape[-1]), axis=0) for each in pairs)
    {result}
'''
AREA = '''
def {name}(y, p, w=1.0):
    """{about}"""
    w = spread(w, p.shape)
    {result}
'''
AREAS = {
    None: "return {area}(y.ravel(), p.ravel(), w.ravel())",
    "macro": (
        "y, p, w = (each.reshape(-1, p.shape[-1]) for each in (y, p, w))\n"
        "    return np.nanmean([{area}(*columns) for columns in zip(y.T, p.T, w.T)])"
    ),
}
R2 = '''
def {name}(y, p, w=1.0):
    """{about}"""
    y, p, w = (np.reshape(each, (-1, p.shape[-1])) for each in (y, p, spread(w, p.shape)))
    variation = np.sum(w * (y - np.average(y, axis=0, weights=w)) ** 2, axis=0)
    residual = np.sum(w * (y - p) ** 2, axis=0){together}
    unexplained = (residual != 0).astype(np.float64)
    return np.mean(1 - np.divide(residual, variation, out=unexplained, where=variation > 0))
'''
TOGETHER = (
    "\n    if np.any(variation > 0):\n        return 1 - np.sum(residual) / np.sum(variation)"
)
#: what the functions above call: what is looked for, and what is then written
SHARED = {
    "in_top": '''
def in_top(k, y, p):
    """Whether the class y has one of the k highest scores."""
    not_above = np.sum(p <= np.take_along_axis(p, y[..., None], -1), axis=-1)
    return not_above > p.shape[-1] - k
''',
    "highest": '''
def highest(p, k):
    """Whether each is among the k highest of its row."""
    found = np.zeros(p.shape, bool)
    np.put_along_axis(found, np.argsort(-p, axis=-1, kind="stable")[..., :k], True, axis=-1)
    return found
''',
    "average": '''
def average(values, w):
    """The mean of values, of which those of each row count w."""
    w = spread(w, values.shape)
    return ratio(np.sum(w * values), np.sum(w))
''',
    "roc_area": plainly(roc_area),
    "pr_area": plainly(pr_area),
    "_counts_by_threshold": plainly(_counts_by_threshold),
    "ratio": plainly(ratio),
    "spread": '''
def spread(w, shape):
    """The weight of each number of an array whose rows weigh w."""
    w = np.asarray(w, np.float64)
    return np.broadcast_to(w.reshape(w.shape + (1,) * (len(shape) - w.ndim)), shape)
''',
}


class Measure(NamedTuple):
    """What is reported of an epoch's rows, and the functions that it needs."""

    name: str
    expression: str
    functions: list[str]


class Given(NamedTuple):
    """A metric, and what it is about: target and prediction, and how they and the weight go."""

    metric: Metric
    lines: Lines
    target: Tensor
    output: Tensor
    w: str

    @property
    def letters(self) -> dict[str, str]:
        return {"y": self.lines.name(self.target), "p": self.lines.name(self.output)}

    def call(self, name: str, y: str = "{y}") -> str:
        w = f", {self.w}" if self.w else ""
        return f"{name}({y}, {{p}}{w})".format(**self.letters)

    def mean(self, values: str) -> str:
        return f"average({values}, {self.w})" if self.w else f"np.mean({values})"

    @property
    def truth(self) -> str:
        """The targets as True and False for each output."""
        classes = self.output.shape[-1]
        if self.target.dtype == "int" and len(self.target.shape) < len(self.output.shape):
            return f"{{y}}[..., None] == np.arange({classes})"
        return "{y} > 0.5"

    def function(self) -> tuple[str, dict[str, str]]:
        """A name for a function of its own, and what the text of it is filled with."""
        about = first_sentence(type(self.metric).__doc__ or "")
        name = self.lines.names.new(self.metric.registered_name())
        return name, {"name": name, "about": about}


def row_mean(given: Given) -> tuple[str, list[str]]:
    template = ROWS[type(given.metric).__name__]
    mean = given.mean(template.format(**given.letters, **given.metric.settings()))
    root = type(given.metric).__name__.startswith("Root")
    return (f"np.sqrt({mean})" if root else mean), []


def counted(given: Given) -> tuple[str, list[str]]:
    metric = given.metric
    assert isinstance(metric, Counting)
    if getattr(metric, "several", False) or (isinstance(metric, FScore) and not metric.average):
        raise LookupError("several numbers, and the program prints one")
    ((threshold, k),) = metric.rules(given.output.shape[-1] or 1)
    parts = [f"p > {threshold}"] if threshold is not None else []
    parts += [f"highest(p, {k})"] if k is not None else []
    found = parts[0] if len(parts) == 1 else " & ".join(f"({each})" for each in parts)
    average, chosen = getattr(metric, "average", None), getattr(metric, "class_id", None)
    result = AVERAGES[average or "micro"] if chosen is None else f"return {{score}}[{chosen}]"
    name, words = given.function()
    result = result.format(score=SCORES[type(metric)])
    return given.call(name, given.truth), [COUNTS.format(**words, found=found, result=result)]


def area(given: Given) -> tuple[str, list[str]]:
    assert isinstance(given.metric, AUC)
    if given.metric.by_thresholds or given.metric.multi_label or given.metric.label_weights:
        raise LookupError("an area over thresholds or labels, and the program ranks all scores")
    name, words = given.function()
    which = "roc_area" if given.metric.curve == "ROC" else "pr_area"
    result = AREAS[given.metric.average].format(area=which)
    return given.call(name, given.truth), [AREA.format(**words, result=result)]


def r2(given: Given) -> tuple[str, list[str]]:
    assert isinstance(given.metric, R2Score)
    name, words = given.function()
    together = given.metric.class_aggregation == "variance_weighted_average"
    return given.call(name), [R2.format(**words, together=TOGETHER if together else "")]


def mean_of_a_loss(given: Given) -> tuple[str, list[str]]:
    """The mean of ℓ over the rows, as a function of one line for each equation."""
    metric = given.metric
    if isinstance(metric, OfLoss):
        loss: object = metric.loss()
    else:
        assert isinstance(metric, MeanMetricWrapper)
        loss = getattr(metric.fn, "__self__", None)
    if not isinstance(loss, Loss):
        raise LookupError("a function of your own, which is not written as equations")
    p = Tensor(given.output.shape, "P")
    y = Tensor(given.target.shape, "Y", role="target", dtype=given.target.dtype)
    rows = loss.rows(y, p)
    lines = Lines(Plan([p], [rows], targets=[y]).simplified(), given.lines.dtype, given.lines)
    name = given.lines.names.new(loss.registered_name())
    body = [f"n = len({lines.name(p)})"] if lines.counts_rows else []
    body += [each.text for each in lines.statements]
    body.append(f"return {lines.name(lines.plan.outputs[0])}")
    head = f'def {name}({lines.name(y)}, {lines.name(p)}):\n    """ℓ of each row."""\n    '
    call = given.mean(f"{name}({{y}}, {{p}})".format(**given.letters))
    return call, [head + "\n    ".join(body)]


Writer = Callable[[Given], tuple[str, list[str]]]
#: by class name; a metric that is not here is left out, and said to be
WRITERS: dict[str, Writer] = {
    **dict.fromkeys(ROWS, row_mean),
    **{kind.__name__: counted for kind in SCORES},
    "AUC": area,
    "R2Score": r2,
    "MeanMetricWrapper": mean_of_a_loss,
}


def measures(
    reported: Sequence[Reported], targets: Sequence[Tensor | None], lines: Lines
) -> tuple[list[Measure], list[str]]:
    """What can be reported, and of each metric that is left out why."""
    found, without = [], []
    for each in reported:
        target, output = targets[each.output], lines.plan.outputs[each.output]
        w = lines.name(lines.plan.weights[0]) if each.weighted and lines.plan.weights else ""
        own = mean_of_a_loss if isinstance(each.metric, OfLoss) else None
        write = WRITERS.get(type(each.metric).__name__, own)
        try:
            if write is None:
                raise LookupError("a metric that is not written as arithmetic")
            if target is not None:
                made = write(Given(each.metric, lines, target, output, w))
                found.append(Measure(each.name, *made))
        except LookupError as error:
            without.append(f"{each.name} ({error})")
    return found, without


def measuring(found: Sequence[Measure], seen: Sequence[str]) -> list[str]:
    """The function of what is reported of an epoch beside the loss, and those that it calls."""
    if not found:
        return []
    functions = [each.strip("\n") for one in found for each in one.functions]
    listed = [f'        "{each.name}": {each.expression},' for each in found]
    head = [
        f"def measured({', '.join(seen)}):",
        '    """What is reported of the rows of an epoch."""',
    ]
    text = "\n".join([*head, "    return {", *listed, "    }"])
    return [*shared("\n".join([*functions, text])), *functions, text]


def shared(text: str) -> list[str]:
    """The functions that those in `text` call."""
    found: list[str] = []
    for call, function in SHARED.items():
        if any(re.search(rf"(?<![\w.]){call}\(", each) for each in (text, *found)):
            found.append(function.strip("\n"))
    return found
