"""The measures of the house: how far one has to read, from the code itself.

make house
python -m tests.house fit    # the lines that a fit executes, file by file

Each measure is defined where it is taken, below. They are to get better with every landing; what
they were is in CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

import pellucid
from pellucid import layers
from tests.shape import FILES, circles, room_of, short, tree_of

BATCH = 32
#: not a part of the step: the words that every plan is written in, and the loop that asks for steps
AROUND = ("data/", "equations/", "metrics/", "training/loop.py")
#: the rooms that run a plan and train by it
RUNNING = ("executors", "training", "models")


def measured() -> dict[str, str]:
    """Every measure, in words."""
    groups = circles()
    step, fit = files_of_a_step(), files_of_a_fit()
    equations = sum(short(path).startswith("equations/") for path in fit)
    lengths = sorted(map(length, functions()))
    of_any, typed = shares_of_any()
    return {
        "circles of files": f"{len(groups)} ({sum(map(len, groups))} files)",
        "one NumPy step crosses": f"{len(step)} files with {lines(step):,} lines",
        "a NumPy fit crosses": f"{len(fit)} files, {equations} of them its equations",
        "parameters typed Any": f"{of_any / typed:.1%} of {typed:,}",
        "# fmt: skip": str(sum(text(path).count("# fmt: skip") for path in FILES)),
        "lines of a function": f"p90 {percentile(lengths, 0.9)}, the longest {lengths[-1]}",
        "lines": f"{lines(FILES):,} in {len(FILES)} files",
        "lines of " + ", ".join(RUNNING): f"{sum(rooms()[room] for room in RUNNING):,}",
    }


def network() -> pellucid.Sequential:
    """Two dense layers, Adam, NumPy; ready to go on training."""
    net = pellucid.Sequential(
        [layers.Input((8,)), layers.Dense(16, "relu"), layers.Dense(3, "softmax")]
    )
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], executor="numpy")
    return net


def trained(net: pellucid.Sequential, batches: int, share: float) -> Callable[[], object]:
    """A fit over so many batches, holding out a share for validation; done once before."""
    rng = np.random.default_rng(0)
    rows = BATCH * batches
    x, y = rng.normal(size=(rows, 8)).astype("float32"), rng.integers(0, 3, rows)

    def fit() -> object:
        return net.fit(x, y, BATCH, verbose=0, validation_split=share)

    fit()
    return fit


def files_of_a_step() -> list[Path]:
    """The files to read for one step.

    Those with a line that is executed more often when `fit` has one more batch to take, without
    those `AROUND` it; and the file of the optimizer's rule, which the step carries out.
    """
    net = network()
    fewer, more = trained(net, 3, 0.0), trained(net, 4, 0.0)
    extra = executed(more) - executed(fewer)
    rule = Path(inspect.getfile(type(net.optimizer)))
    crossed = {path for path, _ in extra if not short(path).startswith(AROUND)}
    return sorted(crossed | {rule})


def files_of_a_fit() -> list[Path]:
    """The files in which `fit` executes a line."""
    return sorted({path for path, _ in lines_of_a_fit()})


def lines_of_a_fit() -> Counter[tuple[Path, int]]:
    """What a network that was fitted before executes in another fit, with a validation part."""
    return executed(trained(network(), 20, 0.2))


def executed(run: Callable[[], object]) -> Counter[tuple[Path, int]]:
    """How often each line of the library is executed by `run`."""
    known = {str(path): path for path in FILES}
    count: Counter[tuple[Path, int]] = Counter()

    def line(frame, event, _):
        if event == "line":
            count[known[frame.f_code.co_filename], frame.f_lineno] += 1
        return line

    sys.settrace(lambda frame, *_: line if frame.f_code.co_filename in known else None)
    try:
        run()
    finally:
        sys.settrace(None)
    return count


def functions() -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for path in FILES for node in ast.walk(tree_of(path)) if isinstance(node, kinds)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of its body, without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def shares_of_any() -> tuple[int, int]:
    """How many parameters are typed `Any`, and how many have a type."""
    annotations = [
        each.annotation
        for function in functions()
        for each in ast.walk(function.args)
        if isinstance(each, ast.arg) and each.annotation is not None
    ]
    return sum(ast.unparse(each) == "Any" for each in annotations), len(annotations)


def percentile(numbers: list[int], share: float) -> int:
    return numbers[int(share * len(numbers))]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def lines(paths: list[Path]) -> int:
    return sum(text(path).count("\n") for path in paths)


def rooms() -> dict[str, int]:
    """Lines of Python by room."""
    count: Counter[str] = Counter()
    for path in FILES:
        count[room_of(path)] += lines([path])
    return dict(count.most_common())


def print_a_fit() -> None:
    """Each line that a fit executes, and how often, under its file."""
    count = lines_of_a_fit()
    for path in sorted({path for path, _ in count}):
        known = text(path).splitlines()
        numbers = sorted(number for each, number in count if each == path)
        print(f"\n{short(path)}: {len(numbers)} of {len(known)} lines")
        for number in numbers:
            print(f"{number:5} {count[path, number]:5}×  {known[number - 1]}")


def main() -> None:
    for name, value in measured().items():
        print(f"{name:38} {value}")
    print("\nthe step:", *map(short, files_of_a_step()))
    for group in circles():
        print("a circle:", *sorted(group))
    print("lines by room:", ", ".join(f"{room} {count:,}" for room, count in rooms().items()))


if __name__ == "__main__":
    print_a_fit() if sys.argv[1:] == ["fit"] else main()
