"""Make the pictures of the pages: a printed plan, the page of a step, and the same gone through.

python docs/pictures.py        all but the first need Playwright and Chromium
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.text import Text

import pellucid
from pellucid import datasets, layers, models

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
#: how many lines are gone through, and how long each is seen, in milliseconds
LINES, LASTING = 12, 1700


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


def page_of_digits(path: Path) -> None:
    """A step of a small network on eight digits that it has not seen."""
    pellucid.set_random_seed(1)
    (x, y), (x_test, y_test) = datasets.digits.load_data()
    net = models.Sequential(
        [layers.Dense(64, "relu", input_shape=(64,)), layers.Dense(10, "softmax")]
    )
    net.compile("adam", "sparse_categorical_crossentropy")
    net.fit(x.reshape(-1, 64) / 16, y, epochs=8, verbose=0)
    rows = x_test.reshape(-1, 64)[:8] / 16
    net.explain(rows, y_test[:8]).save(path, "Eight digits, one step of Adam: 64-64-10")


@contextmanager
def opened(address: str, width: int, height: int) -> Iterator[Page]:
    """A page in a browser that nobody sees."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(address)
        page.wait_for_timeout(1000)
        yield page
        browser.close()


def seen(path: Path, picture: Path) -> None:
    """The page, with a number opened, in few colours."""
    with opened(f"{path.as_uri()}#Z1,0,15", 1320, 1040) as page:
        page.screenshot(path=picture)
    Image.open(picture).convert("RGB").quantize(96).save(picture, optimize=True)


def walked(path: Path, picture: Path) -> None:
    """The page from line to line, with a number of each opened: a moving picture."""
    frames = []
    with opened(f"{path.as_uri()}#Z1,0,15", 1240, 1010) as page:
        for _ in range(LINES):
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            frames.append(
                shot.crop((0, 170, 1240, 1010)).resize((885, 600), Image.Resampling.LANCZOS)
            )
            page.keyboard.press(".")
            page.wait_for_timeout(900)
    frames[0].save(
        picture, save_all=True, append_images=frames[1:], duration=LASTING, loop=0, quality=60
    )


def main() -> None:
    plan()
    with tempfile.TemporaryDirectory() as folder:
        page_of_digits(Path(folder) / "why.html")
        seen(Path(folder) / "why.html", HERE / "page.png")
        walked(Path(folder) / "why.html", HERE / "step.webp")


def plan() -> None:
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
