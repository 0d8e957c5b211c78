"""Names of columns, classes, layers and files that are HTML, orders to a terminal, or formulas."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import pellucid as keras
from pellucid import Input, Sequential, layers, losses, metrics, plots
from pellucid.cli import output
from pellucid.cli.folder import model_path
from pellucid.preprocessing import Classes, as_table, fit, open_data
from pellucid.preprocessing.opening import BUILT_IN
from pellucid.reading import path_of
from pellucid.report import Run, page, sections
from pellucid.report.figures import svg
from tests.attack.judging import assert_refused
from tests.attack.mutating import TEXTS, pick

NAMES = [
    *TEXTS, "<img src=x onerror=alert(1)>", '"><b onmouseover="x', "' onload='x", "</pre><script>",
    "&lt;&#60;&amp;", "<!-- -->", "]]>", "javascript:alert(1)", "$x$", "$\\frac", "a$b$c",
    "[/]", "[red]x[/red]", "[link=file:///etc]x[/link]", "\\", "\x1b]0;title\x07", "\x1b[2J\x1b[H",
    "\u2066a\u2069", "\u200f", "\ufeff", "é́́", "名前", "🙂", "\r\n", "\u2028", "\x7f", "-o",
    "~", "%", "_hidden",
]  # fmt: skip


def case(rng: np.random.Generator, folder: Path) -> str:
    what = pick(rng, [in_errors, in_errors, in_tables, in_networks, in_pages, in_pages, in_cli])
    return f"{what.__name__[3:]}: {what(lambda: name(rng), rng, folder)}"


def name(rng: np.random.Generator) -> str:
    return "".join(pick(rng, NAMES) for _ in range(int(rng.integers(1, 4))))


def in_errors(name: Callable[[], str], rng: np.random.Generator, folder: Path) -> str:
    """What is looked up, read or compared under the name is refused in a line."""
    one = name()
    attempt = pick(rng, [
        lambda: open_data(one or "?"), lambda: model_path(one or "?"),
        lambda: losses.get(one + "!"), lambda: metrics.get(one + "!"),
        lambda: keras.load(folder / "none" / one[:100].replace("\0", "?")),
        lambda: layers.Dense(2, one + "!"), lambda: NET.get_layer(one + "!"),
        lambda: as_table({one: np.array([1.0, np.inf])}),
        lambda: fit({one: np.ones(20), "y": np.arange(20) % 2}, "y"),
        lambda: fit({"a": np.arange(20.0), one: np.array(["x"] * 20, object)}, one),
        lambda: PREPARED[0].transform({one: np.ones(3)}),
        lambda: Classes(one, [name(), name()]).encode(np.array([one + "!"], object)),
        lambda: NET.compile("adam", loss={one + "!": "mse"}),
    ])  # fmt: skip
    if one in BUILT_IN or there(one):
        return "there"
    try:
        attempt()
    except Exception as error:
        assert_refused(error)
        return "refused"
    raise AssertionError(f"{one!r} is taken")


def there(name: str) -> bool:
    try:
        return path_of(name).exists()
    except OSError:
        return False


def in_tables(name: Callable[[], str], rng: np.random.Generator, folder: Path) -> str:
    """A table with such columns and classes, in a file with such a name; what is said of it."""
    path = folder / (file_name(name()) + pick(rng, [".csv", ".csv", ".xlsx"]))
    columns = [name() for _ in range(3)]
    values = [[name() for _ in range(4)], ["1", "2", "3"], ["x", name()]]
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        lines = [[pick(rng, each) for each in values] for _ in range(30)]
        csv.writer(file).writerows([columns, *lines])
    try:
        table = open_data(str(path)).train.x
        preparation, _, _ = fit(table, pick(rng, list(table)))
    except Exception as error:
        assert_refused(error)
        return "refused"
    finally:
        path.unlink()
    for line in (*preparation.sentences(), *preparation.notes(table)):
        assert line.isprintable(), repr(line)
        assert len(line) < 2000, line
    return "told"


def file_name(name: str) -> str:
    encoded = os.fsencode(name.encode("utf-8", "replace").decode())[:200].replace(b"\0", b"")
    return os.fsdecode(encoded.replace(b"/", b"_"))


def in_networks(name: Callable[[], str], rng: np.random.Generator, folder: Path) -> str:
    """Layers, inputs, networks and metrics of such names: refused, or shown as they are."""
    whole, first = name(), name()
    shown = io.StringIO()
    try:
        x = Input((3,), name=name())
        net = keras.Model(x, layers.Dense(2, name=first)(x), name=whole)
        net.compile("sgd", "mse", metrics=[metrics.MeanAbsoluteError(name=name())])
        with contextlib.redirect_stdout(shown):
            net.summary()
            print(net.plan, net.layers, net.executor_report())
            net.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=2)
    except Exception as error:
        assert_refused(error)
        return "refused"
    assert_printable(shown.getvalue())
    squeezed = "".join(shown.getvalue().split())
    assert "".join(first.split())[:20] in squeezed, f"{first!r} is not in {shown.getvalue()!r}"
    parsed(net.plan._repr_html_())
    return "shown"


def in_pages(name: Callable[[], str], rng: np.random.Generator, folder: Path) -> str:
    """Parts of a report about such names: no element and no attribute of it is made by one."""
    preparation, run = PREPARED
    old = preparation.target.names
    preparation.target.names = [name() for _ in old]
    run.name, run.command, run.notes = name(), name(), [name(), name()]
    part = pick(rng, [
        sections.per_class, sections.mistakes, lambda run: page.page(run.name, [run.notes[0]][:0]),
        lambda run: page.listed([*run.notes, *preparation.sentences()]),
        lambda run: page.preformatted(run.command, wrapped=True),
        lambda run: page.table([name(), name()], [[name(), name()]]),
        lambda run: page.tiles([(name(), name())]), lambda run: page.section(name(), "<p></p>"),
        lambda run: page.figure(name(), "", name()),
        lambda run: svg(lambda: plots.confusion(run.truth, run.guess, run.classes), run.name),
        lambda run: svg(lambda: plots.roc(run.truth, run.probabilities, run.classes), run.name),
        lambda run: svg(lambda: plots.curve({run.name: [1.0, 2.0]}, run.name), run.name),
        lambda run: svg(lambda: plots.images(np.zeros((1, 2, 2)), [name()]), run.name),
    ])  # fmt: skip
    try:
        made = part(run)
    finally:
        preparation.target.names = old
    assert_printable(made)
    parsed(made)
    return "inert"


def in_cli(name: Callable[[], str], rng: np.random.Generator, folder: Path) -> str:
    """What the command line prints of such names."""
    results, remarks = io.StringIO(), io.StringIO()

    @output.told
    def command() -> None:
        output.say(name())
        output.print_line(name())
        output.print_json({name(): [name(), 1.5]})
        output.print_table([name(), name()], [[name(), 1], [name(), None]], title="t")
        raise ValueError(name())

    told = contextlib.redirect_stdout(results), contextlib.redirect_stderr(remarks)
    with told[0], told[1], contextlib.suppress(SystemExit):
        command()
    assert "error:" in remarks.getvalue()
    assert_printable(results.getvalue())
    assert_printable(remarks.getvalue())
    return "printed"


def assert_printable(text: str) -> None:
    odd = {each for each in text if not each.isprintable() and each != "\n"}
    assert not odd, f"{odd} in {text!r}"


class Elements(HTMLParser):
    """The elements and attributes of a page, as (element, attribute)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, attribute) for attribute, _ in attrs} | {(tag, "")}
        for attribute, value in attrs:
            outside = attribute.endswith(("href", "src")) and not (value or "").startswith(
                ("#", "data:")
            )
            assert not outside, f"{tag} leads to {value}"

    def handle_comment(self, data: str) -> None:
        self.found.add(("comment", ""))


ALLOWED = {
    "p", "pre", "table", "tr", "td", "th", "h2", "h3", "b", "span", "div", "ul", "li", "figure",
    "figcaption", "html", "head", "meta", "title", "style", "body", "main",
    "svg", "g", "defs", "path", "use", "rect", "text", "tspan", "clippath", "image",
}  # fmt: skip


def parsed(text: str) -> None:
    elements = Elements()
    elements.feed(text)
    elements.close()
    for tag, attribute in elements.found:
        assert tag in ALLOWED, f"<{tag}> in {text[:3000]!r}"
        assert not attribute.startswith("on"), f"{attribute} in {text[:3000]!r}"
    bold = text.count("<b>") if "tile" in text else 0
    assert ("b", "") not in elements.found or bold, text


def classifier() -> Any:
    net = Sequential([layers.Dense(2, "softmax", input_shape=(2,))])
    net.compile("adam", "sparse_categorical_crossentropy")
    return net


def prepared() -> tuple[Any, Run]:
    """A preparation for three classes, and a run of a network that guesses."""
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(size=60), "class": np.array(["x", "y", "z"] * 20, object)}
    preparation, _, y = fit(table, "class")
    p = rng.dirichlet(np.ones(3), 60)
    history = SimpleNamespace(history={"loss": [1.0]}, epoch=[0])
    return preparation, Run("data", NET, history, preparation, table, y, p)


#: made once, so that no case waits for them; and matplotlib loaded
NET = classifier()
PREPARED = prepared()
svg(lambda: plots.curve({"loss": [1.0, 2.0]}), "a first picture")
