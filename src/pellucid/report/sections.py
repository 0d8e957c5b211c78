"""The sections of a report, each from a run."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid.extras import install, version
from pellucid.models.summary import flops_by_layer
from pellucid.plots.training import quantity_of
from pellucid.preprocessing.tables import take
from pellucid.report import page
from pellucid.report.explaining import explained
from pellucid.report.run import Run
from pellucid.report.searched import searched
from pellucid.report.words import headline, numbers, summary
from pellucid.tensor import show_shape

#: mistakes shown
MISTAKES = 16
PACKAGES = ("pellucid", "numpy", "scikit-learn", "matplotlib", "pyarrow")


def report_of(run: Run) -> str:
    """The whole page."""
    title = f"{run.name}: {headline(run)}"
    return page.page(title, filter(None, parts(run)))


def parts(run: Run) -> Iterator[str]:
    yield f"<h1>{page.escape(run.name)}</h1>" + page.paragraph(summary(run))
    yield page.tiles(numbers(run))
    yield curves(run)
    yield classes(run) if run.classes is not None else quantities(run)
    yield mistakes(run)
    yield explained(run)
    yield network(run)
    yield weights(run)
    yield sizes(run)
    yield page.section(
        "Data",
        page.table(["rows", "number"], _counts(run)),
        page.listed([*run.notes, *run.preparation.sentences()]),
    )
    yield searched(run)
    yield repeating(run)


def curves(run: Run) -> str:
    from pellucid import plots

    names = [name for name in run.history.history if quantity_of(name) == name]

    def drawing(name: str) -> Callable[[], Any]:
        return lambda: plots.curve(run.history, name)

    drawn = [picture(name.replace("_", " "), drawing(name)) for name in names]
    return page.section("Training", page.figures(*drawn))


def classes(run: Run) -> str:
    """Confusion, per-class scores, ROC and calibration."""
    from pellucid import plots

    truth, p, names = run.truth, run.probabilities, run.classes
    return page.section(
        "Predictions on rows held out",
        page.figures(
            picture(
                "Confusion",
                lambda: plots.confusion(truth, run.guess, names),
                "Rows: what it is. Columns: what the network says.",
            ),
            per_class(run),
        ),
        page.figures(
            picture(
                "ROC",
                lambda: plots.roc(truth, p, names),
                "Each class against the others; with many classes, the hardest.",
            ),
            picture(
                "Calibration",
                lambda: plots.calibration(truth, p),
                "On the dotted line, the network is right as often as it says.",
            ),
        ),
    )


def per_class(run: Run) -> str:
    """scikit-learn's precision, recall and F1 of each class."""
    try:
        from sklearn.metrics import precision_recall_fscore_support
    except ImportError:
        return page.paragraph(LACKING, soft=True)
    names = run.classes or []
    scored = precision_recall_fscore_support(
        run.truth, run.guess, labels=range(len(names)), zero_division=0.0
    )
    rows = [
        [name, *(f"{each[at]:.3f}" for each in scored[:3]), int(scored[3][at])]
        for at, name in enumerate(names)
    ]
    return page.figure(
        "Class by class",
        page.table(["class", "precision", "recall", "F1", "rows"], rows),
        "Precision: of those said to be it, how many are. "
        "Recall: of those that are, how many are found.",
    )


def quantities(run: Run) -> str:
    from pellucid import plots

    logarithmic = getattr(run.preparation.target, "logarithm", False)
    return page.section(
        "Predictions on rows held out",
        page.figures(
            picture(
                "Predicted against true", lambda: plots.predicted(run.truth, run.guess, logarithmic)
            ),
            picture(
                "Residuals",
                lambda: plots.residuals(run.truth, run.guess),
                "What is left should scatter evenly around the dotted line.",
            ),
        ),
    )


def mistakes(run: Run) -> str:
    """The rows that the network was most wrongly sure of, or furthest off."""
    if run.classes is None:
        error = np.abs(run.truth - run.guess)
        worst = np.argsort(-error, kind="stable")[:MISTAKES]
        lines = [[f"{run.truth[at]:.5g}", f"{run.guess[at]:.5g}"] for at in worst]
        return page.section("Largest errors", _rows(run, worst, ["true", "predicted"], lines))
    sure, wrong = run.probabilities.max(axis=1), np.flatnonzero(run.guess != run.truth)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:MISTAKES]
    if not len(worst):
        return page.section("Most confident mistakes", page.paragraph("There are none."))
    titles = [(run.classes[run.truth[at]], run.classes[run.guess[at]], sure[at]) for at in worst]
    if run.preparation.kind == "pictures":
        return page.section("Most confident mistakes", _pictures(run, worst, titles))
    lines = [[true, guess, f"{share:.1%}"] for true, guess, share in titles]
    return page.section(
        "Most confident mistakes", _rows(run, worst, ["true", "predicted", "how sure"], lines)
    )


def _pictures(run: Run, worst: np.ndarray, titles: list[tuple[str, str, float]]) -> str:
    from pellucid import plots

    words = [f"{true}, not {guess}\n{share:.0%} sure" for true, guess, share in titles]
    shown = picture(
        "",
        lambda: plots.images(run.raw[worst], words),
        "What it is, what the network said, and how sure it was.",
    )
    return page.figures(shown)


def _rows(run: Run, chosen: np.ndarray, header: list[str], lines: list[list[str]]) -> str:
    columns = getattr(run.preparation, "columns", [])[:8]
    raw = take({name: run.raw[name] for name in columns}, chosen)
    rows = [[*line, *(_cell(raw[name][at]) for name in columns)] for at, line in enumerate(lines)]
    return page.table([*header, *columns], rows)


def _cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return "" if value != value else f"{value:.5g}"
    return "" if value is None else str(value).removesuffix("T00:00:00")


def network(run: Run) -> str:
    """Layers and equations."""
    net, work = run.net, flops_by_layer(run.net)
    rows = [
        [
            node.layer.layer_name,
            type(node.layer).__name__,
            show_shape(node.output.shape),
            f"{node.layer.count_params():,}",
            f"{work.get(node.layer.layer_name, 0):,}",
        ]
        for node in net.nodes
    ]
    header = ["layer", "kind", "output shape", "parameters", "FLOPs per row"]
    return page.section(
        "The network",
        page.table(header, rows),
        page.paragraph("The equations of a training step, exactly as they are run:"),
        page.preformatted(str(net.plan)),
    )


def weights(run: Run) -> str:
    from pellucid import plots

    if run.preparation.kind == "pictures":
        caption = "The weights of units of the first layer: orange against, purple for."
        shape = run.net.inputs[0].shape[1:]
        drawn = picture("", lambda: plots.weights(run.net, shape), caption)
        return page.section("What the first layer looks for", page.figures(drawn))
    names = feature_names(run)
    if len(names) > 200:
        return ""
    caption = "One row for each number that the network reads: orange −, purple +."
    drawn = picture("", lambda: plots.weight_matrix(run.net, names), caption)
    return page.section("First-layer weights", page.figures(drawn))


def feature_names(run: Run) -> list[str]:
    return [name for each in getattr(run.preparation, "encodings", []) for name in each.features()]


def sizes(run: Run) -> str:
    """How large activations and gradients were, epoch by epoch."""
    from pellucid import plots

    noted = run.sizes
    if noted is None or not noted.epochs:
        return ""
    return page.section(
        "Activations and gradients",
        page.figures(
            picture(
                "Activations",
                lambda: plots.sizes(noted.epochs, noted.activations, "√mean v²"),
                "The output of each layer, by its name in the equations.",
            ),
            picture(
                "Gradients",
                lambda: plots.sizes(noted.epochs, noted.gradients, "√mean v²"),
                "The gradient of the loss for each matrix of weights.",
            ),
        ),
    )


def repeating(run: Run) -> str:
    """All that it takes to get the same bits again."""
    found = [("Python", platform.python_version()), *((name, version(name)) for name in PACKAGES)]
    machine = f"{platform.system()} {platform.machine()}"
    executor = run.net.executor_report().splitlines()[0]
    facts = [
        *found,
        ("machine", machine),
        ("executor", executor),
        ("SHA-256 of the data", run.sha256),
    ]
    return page.section(
        "To repeat this run to the bit",
        page.preformatted(run.command, wrapped=True) if run.command else "",
        page.table(["setting", "value"], [[name, _shown(v)] for name, v in run.settings.items()]),
        "<br>",
        page.table(["version", ""], [list(fact) for fact in facts]),
    )


LACKING = f"Pictures and scores for each class need: {install('standard')}"


def picture(title: str, draw: Callable[[], Any], caption: str = "") -> str:
    """A figure, or nothing where the libraries for drawing are not there."""
    from pellucid.report.figures import svg

    try:
        return page.figure(title, svg(draw, title or caption), caption)
    except ImportError:
        return ""


def _counts(run: Run) -> list[list[str]]:
    return [[what, f"{count:,}"] for what, count in run.rows.items()]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
