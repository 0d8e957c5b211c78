"""Make the picture at the head of the README: a network's plan as pellucid prints it.

python docs/pictures.py
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pellucid import layers, models

HERE = Path(__file__).parent


def plan_of_digits() -> str:
    net = models.Sequential([
        layers.Dense(128, "relu", input_shape=(784,)),
        layers.Dense(10, "softmax"),
    ])  # fmt: skip
    net.compile("adam", "categorical_crossentropy")
    return str(net.plan)


def coloured(text: str) -> Text:
    """Section names bold, notes green, gradients blue."""
    page = Text(text)
    page.highlight_regex(r"(?m)^(forward|backward|update.*?)(?=\s{2}|$)", "bold")
    page.highlight_regex(r"\bd[A-Z][0-9]|\bd[bW][0-9]", "blue")
    page.highlight_regex(r"softmax and cross-entropy cancel|simplified:.*", "green")
    return page


def main() -> None:
    text = plan_of_digits()
    width = max(map(len, text.splitlines())) + 2
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(coloured(text))
    picture = console.export_svg(title="print(net.plan)", unique_id="plan")
    # The font named by rich is fetched from the network; every machine has one of its own.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.S)
    (HERE / "plan.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
