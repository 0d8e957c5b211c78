"""Figures for a page: inline SVG whose lines and letters take the colour of the page."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

from pellucid.report.page import escape

#: a colour that nothing else has, replaced by the colour of the page's text
INK = "#010203"


def svg(draw: Callable[[], Any], label: str) -> str:
    """What `draw` draws, as an SVG element that fits its place; `label` says what it shows."""
    import matplotlib

    from pellucid.plots.style import pyplot

    rules: Any = dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK
    ) | {
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.frameon": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.fonttype": "none",
        "svg.hashsalt": escape(label),
        "font.family": "sans-serif",
        "axes.linewidth": 0.8,
    }
    plt = pyplot()
    before = matplotlib.get_backend()
    plt.switch_backend("agg")
    try:
        with matplotlib.rc_context(rules), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # the reader's fonts have it
            drawn = draw()
            figure = (drawn[0] if isinstance(drawn, list) else drawn).figure
            page = io.StringIO()
            figure.savefig(page, format="svg", metadata={"Date": None}, transparent=True)
            plt.close(figure)
    finally:
        plt.switch_backend(before)
    return _inline(page.getvalue(), label)


def _inline(text: str, label: str) -> str:
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ([^;\"]*?)'[^;\"]*sans-serif", r"font: \1sans-serif", text)
    prefix = re.sub(r"\W+", "-", label)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", text)
    width = re.search(r'width="([\d.]+)pt"', text)
    points = float(width[1]) if width else 345.0
    text = re.sub(r'\s(width|height)="[\d.]+pt"', "", text, count=2)
    return text.replace(
        "<svg",
        f'<svg role="img" aria-label="{escape(label)}" style="width:{points * 1.333:.0f}px"',
        1,
    )
