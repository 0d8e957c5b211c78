"""The parts of a program around its equations: random numbers, the loop over epochs, the start."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence

from pellucid.equations.embedding import added_in_order
from pellucid.glass.source.lines import Statement
from pellucid.randomness import PURPOSE
from pellucid.training.compiled import Reported

#: the widest equation beside whose end shapes are written
COLUMN = 60

GENERATOR = f'''
key = np.array([seed, {PURPOSE:#x}], np.uint64)


def generator(purpose, step):
    """Random numbers that depend on the seed, a purpose and a step alone: Philox counts."""
    counter = np.array([0, purpose, step, 0], np.uint64)
    return np.random.Generator(np.random.Philox(counter=counter, key=key))
'''
UNIFORM = '''
def uniform(stream, step, shape, dtype=np.{dtype}):
    """Random numbers from 0 up to 1."""
    return generator(stream, step).random(shape, dtype=dtype)
'''
NORMAL = '''
def normal(stream, step, shape):
    """Random numbers of mean 0 and variance 1, by Box and Muller."""
    u, v = uniform(stream, step, (2, *shape), np.float64)
    r = np.sqrt(np.log1p(-u) * -2.0)
    return (r * np.cos(v * (2.0 * math.pi))).astype(np.{dtype})
'''
TRAIN = '''
def train({given}, {states}):
    """Epochs over the rows, in an order that is drawn for each; a step for each batch."""
    {counter}for epoch in range(epochs_done, epochs_done + epochs):
        order = {order}
        total = {zeros}
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            {count}{results} = one_step({arguments})
            total += np.array([{measures}]) * len(rows)
        print(f"epoch {{epoch + 1}}: {shown}")
    return {returned}
'''
METRICS = {
    "SparseCategoricalAccuracy": "np.mean({p}.argmax(-1) == {y})",
    "CategoricalAccuracy": "np.mean({p}.argmax(-1) == {y}.argmax(-1))",
    "BinaryAccuracy": "np.mean(({y} > 0.5) == ({p} > {threshold}))",
    "MeanSquaredError": "np.mean(({p} - {y}) ** 2)",
    "MeanAbsoluteError": "np.mean(abs({p} - {y}))",
}


def indented(lines: Sequence[str]) -> str:
    return textwrap.indent("\n".join(lines), "    ")


def equations(statements: Sequence[Statement], title: str = "") -> list[str]:
    """The statements by section, the shapes behind them."""
    shown = [each for each in statements if len(each.text) <= COLUMN]
    width = max((len(each.text) for each in shown), default=0)
    lines, section = [], ""
    for each in statements:
        if each.section != section:
            section = each.section
            lines.append(f"# {section}" + (f": {title}" if section == "update" else ""))
        lines.append(f"{each.text:<{width}}  # {each.shape}" if each.shape else each.text)
    return lines


def helpers(text: str, dtype: str) -> list[str]:
    """The functions that a program needs beside its equations."""
    found = []
    if "normal(" in text or "uniform(" in text:
        found.append(UNIFORM.format(dtype=dtype))
    if "normal(" in text:
        found.append(NORMAL.format(dtype=dtype))
    if "added_in_order(" in text:
        found.append("\n" + plainly(inspect.getsource(added_in_order)))
    return found


def plainly(text: str) -> str:
    """A function of ours without its annotations."""
    head, body = text.split(":\n", 1)
    names = [part.split(":")[0].strip() for part in head.split("(", 1)[1].split(",")]
    return f"{head.split('(')[0]}({', '.join(names)}):\n{body}"


def measured(
    reported: Sequence[Reported], outputs: Sequence[str], targets: Sequence[str]
) -> dict[str, str]:
    """The metrics by name, of those that a program can write."""
    found = {}
    for each in reported:
        template = METRICS.get(type(each.metric).__name__)
        if template is not None and len(targets) == len(outputs):
            threshold = getattr(each.metric, "threshold", "")
            found[each.name] = template.format(
                p=outputs[each.output], y=f"{targets[each.output]}[rows]", threshold=threshold
            )
    return found
