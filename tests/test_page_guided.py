"""What a page does beside showing a step: it guides, zooms, tells, takes steps, and is printed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.browsing import browser, shown, violations, wait_for  # noqa: F401, a fixture
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS, OPTIMIZERS
from tests.test_guides import OWN, STEPS
from tests.test_page import large, unpacked
from tests.test_page_words import step_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages of a small step, one with a ReLU, and a large one."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"small": step_of(small()), "relu": STEPS["alive"](), "large": step_of(large(4))}
    for name, each in made.items():
        each.save(folder / f"{name}.html")
    return {name: (each, folder / f"{name}.html") for name, each in made.items()}


def turned_to(page, guide, title):
    """A guide, gone through up to a page."""
    if not page.locator(".guide").count():
        page.get_by_role("button", name=guide).click()
    for _ in range(12):
        if page.locator(".guide h2").inner_text() == title:
            return
        page.get_by_role("button", name="Next page").click()
    raise AssertionError(title)


def test_a_guide_leads_and_sees_what_is_done(browser, pages):  # noqa: F811
    with shown(browser, pages["relu"][1]) as page:
        turned_to(page, "A forward pass", "A sum of products")
        assert page.locator(".card.lit .name").inner_text() == "Z1"
        assert page.locator(".guide .soft").inner_text() == "○ open a number of Z1"
        assert not violations(page)
        page.locator('.cells[aria-label^="Z1,"]').focus()
        for key in ("Control+Home", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        assert page.locator(".guide .good").inner_text() == "✓ done"
        turned_to(page, "A forward pass", "To the end")
        page.locator(".guide button.number").last.click()
        assert page.locator(".guide .good").count()
        page.get_by_label("Close the guide").click()
        assert page.get_by_role("navigation", name="Guides").is_visible()


def test_a_unit_is_killed_by_hand(browser, pages):  # noqa: F811
    with shown(browser, pages["relu"][1]) as page:
        turned_to(page, "A dead ReLU", "Kill a unit")
        assert page.locator(".head h2").inner_text().startswith("b1[")
        low = page.locator(".guide b").first.inner_text()
        field = page.get_by_label("What if it were", exact=True)
        field.fill(low)
        field.press("Enter")
        assert page.locator(".guide .good").is_visible()
        turned_to(page, "A dead ReLU", "So that it learns nothing")
        page.locator(".guide button.number").last.click()
        assert page.locator(".head output").inner_text().lstrip("−") == "0"


def test_a_guide_of_a_user_in_the_page(browser, pages, tmp_path):  # noqa: F811
    step, _ = pages["small"]
    (tmp_path / "own.md").write_text(OWN + "<img src=x onerror=alert(1)>", encoding="utf-8")
    step.save(tmp_path / "own.html", guides=[tmp_path / "own.md"])
    with shown(browser, tmp_path / "own.html") as page:
        page.get_by_role("button", name="My lesson").click()
        value = float(step.recording["Z1"][0, 1])
        assert f"Z1[0, 1] = {value:.6g}".replace("-", "−") in page.locator(".guide").inner_text()
        page.get_by_role("button", name="Next page").click()
        assert "<img" in page.locator(".guide").inner_text()
        assert page.locator(".guide .good").is_visible()


def digits_of(page, name):
    return page.locator(f'.cells[aria-label^="{name},"] canvas').first


def test_zooming(browser, pages):  # noqa: F811
    """Until digits stand in the cells; the cell that is asked for stays in sight."""
    with shown(browser, pages["large"][1]) as page:
        cells = page.locator('.cells[aria-label^="W1,"]')
        box = page.locator(".grid", has=cells)
        before = cells.bounding_box()["height"]
        cells.focus()
        for _ in range(9):
            page.keyboard.press("+")
        assert cells.bounding_box()["height"] == 784 * 24
        assert page.get_by_label("W1 larger").is_disabled()
        assert box.bounding_box()["height"] < 400
        page.keyboard.press("Control+End")
        bottom = box.evaluate("e => e.scrollTop + e.clientHeight")
        assert bottom == 784 * 24
        page.keyboard.press("Enter")
        assert page.locator(".head h2").inner_text().startswith("W1[783, 127]")
        assert not violations(page)
        where = box.bounding_box()
        page.mouse.move(where["x"] + 30, where["y"] + 30)
        page.keyboard.down("Control")
        for _ in range(9):
            page.mouse.wheel(0, 120)
        page.keyboard.up("Control")
        height = "document.querySelector('.cells[aria-label^=\"W1,\"]').clientHeight"
        wait_for(page, f"{height} <= {before + 1}")
        assert page.get_by_label("W1 smaller").is_disabled()


def test_a_click_opens_what_is_under_it_when_zoomed(browser, pages):  # noqa: F811
    with shown(browser, pages["large"][1]) as page:
        larger = page.get_by_label("W1 larger")
        while larger.is_enabled():
            larger.click()
        box = page.locator(".grid.zoomed")
        box.evaluate("e => e.scrollTo(54 * 20, 24 * 300)")
        where = box.bounding_box()
        page.mouse.click(where["x"] + 54 + 5, where["y"] + 24 + 5)
        assert page.locator(".head h2").inner_text().startswith("W1[301, 21] = ")


def test_tables_and_histograms(browser, pages):  # noqa: F811
    step, path = pages["small"]
    with shown(browser, path) as page:
        card = page.locator(".card", has=page.locator('.cells[aria-label^="W1,"]'))
        card.get_by_role("button", name="table").click()
        cells = card.locator("td button").all_inner_texts()
        expected = [f"{float(each):.6g}".replace("-", "−") for each in step.recording["W1"].flat]
        assert cells == expected
        assert not violations(page)
    step, path = pages["large"]
    with shown(browser, path) as page:
        card = page.locator(".card", has=page.locator('.cells[aria-label^="W1,"]'))
        card.get_by_role("button", name="table").click()
        weights = step.recording["W1"]
        best = np.unravel_index(int(np.argmax(np.abs(weights))), weights.shape)
        assert card.locator("tbody th").first.inner_text() == f"W1[{best[0]}, {best[1]}]"
        assert card.locator("tbody tr").count() == 50
        said = card.locator(".histogram").get_attribute("aria-label")
        assert said.startswith("100,352 numbers from ")
        shares = np.histogram(weights, 36)[0]
        assert f"; {shares.max():,} of them" in said or len(set(shares)) < 36


def near(one, other):
    return np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)


NEXT = """async (text) => {
    const { read, next } = window.pellucid, step = await read(text), after = next(step);
    if (typeof after === "string") return after;
    return Object.fromEntries(Object.keys(step.data.values).map(
        (key) => [key, Array.from(after.numbers(key), (each) => String(each))]));
}"""


@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, "sgd", "adagrad", "lion"], ids=repr)
def test_the_next_step_is_the_networks(browser, pages, optimizer):  # noqa: F811
    """What the page computes when it takes the step is what the network computes."""
    net, x, y = classifier(*NETWORKS["dense"], optimizer=optimizer)
    data = net.explain(x, y).as_data()
    net.step(x, y)
    after = net.explain(x, y).as_data()
    with shown(browser, pages["small"][1]) as page:
        found = page.evaluate(NEXT, json.dumps(data))
    for key, numbers in found.items():
        assert near(np.array(numbers, float), unpacked(after, key).reshape(-1)), key


def test_steps_that_a_page_cannot_take(browser, pages):  # noqa: F811
    with shown(browser, pages["small"][1]) as page:
        net, x, y = classifier(*NETWORKS["images"])
        said = page.evaluate(NEXT, json.dumps(net.explain(x, y).as_data()))
        assert said == "random numbers are drawn by Python alone"
        said = page.evaluate(NEXT, json.dumps(step_of(large(2)).as_data()))
        assert said == "only a part of the update is in this page"


def test_a_step_by_hand_and_back(browser, pages):  # noqa: F811
    step, path = pages["small"]
    rate = float(np.asarray(step.recording["η"]))
    with shown(browser, path, reduced_motion="reduce") as page:
        page.locator(".lines button").last.click()
        slider = page.locator(".along input")
        slider.focus()
        page.keyboard.press("End")
        assert f"η = {2 * rate:.4g}" in page.locator(".along").inner_text()
        twice = page.locator(".along output").inner_text().split(" ")[-1]
        page.get_by_role("button", name="take this step").click()
        said = page.locator(".changes", has_text="step 2 on these rows").inner_text()
        assert float(said.split("→ ")[1].split("\n")[0]) == pytest.approx(float(twice), rel=1e-4)
        page.locator(".count").first.click()
        page.keyboard.press(">")
        assert "step 3 on these rows" in page.locator(".top").inner_text()
        assert not violations(page)
        page.keyboard.press("<")
        page.keyboard.press("<")
        assert "on these rows" not in page.locator(".top").inner_text()
        loss = float(step.recording["L"])
        page.locator(".lines button", has_text="L = ").first.click()
        # what was held, the η, is still held: it reaches no loss of this step
        assert page.locator(".head output").inner_text() == f"{loss:.9g}"


@pytest.mark.parametrize("name", ["small", "large"])
def test_on_paper(browser, pages, name):  # noqa: F811
    """All lines, as a worked exercise."""
    step, path = pages[name]
    with shown(browser, path) as page:
        assert page.locator(".worked").count() == 0
        page.emulate_media(media="print")
        wait_for(page, "Boolean(document.querySelector('.worked'))")
        assert page.locator(".worked article").count() == len(step.lines)
        assert page.locator(".worked").is_visible()
        assert not page.locator(".body").is_visible()
        text = page.locator(".worked").inner_text()
        best = int(np.argmax(np.abs(step.recording["Z1"][0])))
        for line in step.why("Z1", 0, best, most=8).text().split("\n")[1:]:
            assert " ".join(line.split()) in " ".join(text.split())
        page.emulate_media(media="screen")
        wait_for(page, "!document.querySelector('.worked')")


def test_the_other_side_of_a_line(browser, pages):  # noqa: F811
    with shown(browser, pages["small"][1]) as page:
        side = page.locator(".otherside")
        names = side.locator(".unseen").all_inner_texts()
        assert any(each.startswith("dW1 = ") for each in names)
        side.locator("button").first.click()
        assert page.locator(".tag").last.inner_text() == "backward"
