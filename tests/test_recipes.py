"""Every recipe runs on the digits, shows its table, is short, and uses public names only."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import json
import sys
import tokenize

import pytest

import pellucid
from pellucid import recipes
from pellucid.recipes.recipe import Lab, seed_numbers
from pellucid.recipes.result import Row, number_text

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

NAMES = (
    "activations-gallery", "dense-512", "digit-gallery", "logits-mistake", "magic-numbers",
    "one-hot", "random-image", "relu-adam", "sgd-by-hand", "shallow-binary", "sigmoid-1024",
    "ten-digits", "why-not-deeper", "zero-hidden", "zero-neuron",
)  # fmt: skip
PICTURES = {"activations-gallery", "digit-gallery", "one-hot", "random-image"}
#: what the doctor says of notebooks, by codes of which one is found
DIAGNOSED = {
    "zero-hidden": {"PL302", "PL308"},
    "logits-mistake": {"PL101"},
    "sigmoid-1024": {"PL207"},
    "relu-adam": {"PL302"},
    "ten-digits": {"PL302"},
    "sgd-by-hand": {"PL107"},
}
PLUMBING = {"pellucid.recipes.pictures", "pellucid.recipes.recipe"}
FOREIGN = {"numpy", "sklearn.datasets", "warnings"}


def source(name):
    return inspect.getsource(sys.modules[type(recipes.get(name)).__module__])


def code_lines(text):
    """The numbers of the lines that are neither blank, nor comment, nor docstring."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING,
               tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}  # fmt: skip
    docstrings = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            docstrings |= set(range(first.lineno, first.end_lineno + 1))
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skipped:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines - docstrings


def test_names():
    assert tuple(recipes.names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_runs_on_digits(name, tmp_path):
    result = recipes.run(name, data="digits", quick=True)
    text = str(result)
    assert result.rows
    assert all(row.version in text for row in result.rows)
    assert all(word in text for word in ("the notebook", "pellucid"))
    assert json.loads(json.dumps(result.record()))["name"] == name
    assert all(path.stat().st_size > 1000 for path in result.save(tmp_path))
    assert name not in PICTURES or result.figures
    assert result.explained
    assert all(
        f"explained on one row, {version}" in text and " = " in shown
        for version, shown in result.explained.items()
    )
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )


def test_the_doctor_finds_what_the_notebooks_did():
    for name, codes in DIAGNOSED.items():
        text = recipes.run(name, data="digits", quick=True).diagnosed["as written"]
        assert any(code in text for code in codes), (name, text)


@pytest.mark.parametrize("name", NAMES)
def test_is_short(name):
    assert len(code_lines(source(name))) < 60


@pytest.mark.parametrize("name", NAMES)
def test_uses_public_names_only(name):
    tree = ast.parse(source(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= FOREIGN
        elif isinstance(node, ast.ImportFrom):
            check_import(node.module, [alias.name for alias in node.names])
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr
            check_attribute(node)


def check_import(module, names):
    if module in FOREIGN:
        return
    if module != "pellucid":
        assert module in PLUMBING
    public = dir(importlib.import_module(module))
    assert set(names) <= set(public)
    assert not [name for name in names if name.startswith("_")]


def check_attribute(node):
    """`layers.Dense` must be among the names that `pellucid.layers` offers."""
    if isinstance(node.value, ast.Name) and node.value.id in pellucid.__all__:
        room = getattr(pellucid, node.value.id)
        assert node.attr in getattr(room, "__all__", dir(room)), node.attr


@pytest.mark.parametrize("name", NAMES)
def test_says_what_the_notebook_did(name):
    recipe = recipes.get(name)
    assert recipe.title
    assert recipe.original
    assert bool(recipe.wrong) == bool(recipe.remedy)


def test_no_recipe_adds_to_the_families_of_the_library():
    recipes.names()
    assert "uncorrected_adam" not in pellucid.optimizers.Optimizer.table


def test_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'ten-digits'"):
        recipes.get("ten-digit")


def test_nearest_data():
    with pytest.raises(ValueError, match="did you mean 'digits'"):
        recipes.run("one-hot", data="digit")


@pytest.mark.parametrize("seeds", [0, [], -1])
def test_no_seed(seeds):
    with pytest.raises(ValueError, match="at least one"):
        seed_numbers(seeds)


def test_seeds_give_mean_and_spread():
    row = Row("a", [{"x": 1.0}, {"x": 3.0}], [1.0, 2.0])
    assert (row.numbers, row.seconds) == ({"x": 2.0}, 1.5)
    assert row.spread["x"] == pytest.approx(2**0.5)
    assert row.found("x") == "2 ± 1.4"


def test_same_seed_same_numbers():
    one, other = (recipes.run("zero-neuron", "digits", quick=True, seeds=[7]) for _ in range(2))
    assert one.numbers == other.numbers


def test_epochs_of_smaller_runs_are_said():
    lab = Lab("digits", quick=True)
    assert lab.epochs(10, on_digits=100) == 10
    assert lab.epochs(3) == 1
    assert lab.notes == ["epochs: 1 in place of 3"]


def test_progress_is_told():
    told = []
    recipes.run("zero-neuron", "digits", seeds=2, quick=True, progress=told.append)
    assert told == ["as written, seed 0", "as written, seed 1"]


def test_the_faults_show():
    found = recipes.run("logits-mistake", "digits").numbers
    assert found["as written"]["test accuracy"] < 0.3
    assert found["the remedy"]["test accuracy"] > 0.93
    assert recipes.run("magic-numbers").numbers["the first solution"]["kg for (40, 180)"] == 1375


@pytest.mark.parametrize(("value", "text"), [(8973.0, "8,973"), (0.99123, "0.9912"), (0.0, "0")])
def test_number_text(value, text):
    assert number_text(value) == text


def test_a_recipe_of_ones_own():
    class Coin(recipes.Recipe):
        name, title, original = "coin", "A coin", "tosses it"

        def study(self, lab):
            lab.state("heads", {"share": 0.5}, {"share": 0.6})

    result = Coin().run("digits")
    assert result.numbers == {"heads": {"share": 0.5}}
    assert result.reported == {"heads": {"share": 0.6}}
    assert "coin" not in recipes.names()


def test_what_is_explained_is_what_the_network_computes():
    """In the notebook's letters; each version once, by its first seed."""
    lab, nets = Lab("digits", seeds=2, quick=True), []
    images = lab.images()

    def train():
        net = pellucid.Sequential([pellucid.layers.Dense(1, activation="sigmoid")])
        net.compile("sgd", "binary_crossentropy")
        net.fit(images.x, images.y == 0, verbose=0)
        lab.explain(net, images.x_test, images.y_test == 0, "Z1", "dZ1", at="Z1")
        nets.append(net)
        return {"parameters": net.count_params()}

    lab.measure("one", train)
    (shown,) = lab.explained.values()
    step = nets[0].explain(images.x_test[:1], images.y_test[:1] == 0)
    assert shown == "\n".join(step.why(name, 0, 0, most=3).text() for name in ("Z1", "dZ1"))
    assert shown.startswith("Z1 = X·W1 + b1\n")
