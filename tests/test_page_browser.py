"""The page of a step in a browser: its numbers are Python's, and everybody can reach them."""

from __future__ import annotations

import pytest

from tests.attack.names import NAMES
from tests.browsing import browser, shown, tabbed_to, violations, wait_for  # noqa: F401, a fixture
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS
from tests.test_page import hostile_page, large

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages, and what they explain."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"small": small(), "large": large(), "images": classifier(*NETWORKS["images"])}
    found = {}
    for name, (net, x, y) in made.items():
        found[name] = (net.explain(x, y), folder / f"{name}.html")
        found[name][0].save(found[name][1])
    return found


def answers(page, asked):
    """Why each number is what it is, in the words of the page."""
    return page.evaluate(
        "asked => asked.map(([name, ...at]) => window.pellucid.why(name, ...at))", asked
    )


def test_a_large_network_in_the_page(browser, pages):  # noqa: F811
    explained, path = pages["large"]
    with shown(browser, path) as page:
        assert page.locator(".plan .lines > button").count() == len(explained.lines)
        asked = [["Z1", 3, 77], ["dW1", 300, 5], ["Ŷ", 0, 3], ["L"]]
        places = explained.as_data()["values"]["new θ"]
        assert places["count"] < 2_000
        for place, said in zip(asked, answers(page, asked), strict=True):
            assert said == explained.why(*place).text()
        best = int(abs(explained.recording["dW1"]).argmax())
        place = ["new W1", *divmod(best, 128)]
        assert answers(page, [place])[0] == explained.why(*place).text()
        page.evaluate("location.hash = ''")
        page.locator("#find").fill("m ←")
        page.locator("#find").press("Enter")
        assert page.get_by_text("largest gradients").first.is_visible()


def cell(page, name, right, down):
    """Where a cell of a picture stands on the screen."""
    box = page.locator(f'.cells[aria-label^="{name},"]').bounding_box()
    return box["x"] + right, box["y"] + down


def test_pointing_and_clicking(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    with shown(browser, path) as page:
        page.mouse.move(*cell(page, "Z1", 80, 36))
        assert page.locator(".card.result .here").inner_text().startswith("Z1[1, 1] = ")
        page.mouse.click(*cell(page, "Z1", 80, 36))
        head = page.locator(".head h2").inner_text()
        value = float(explained.recording["Z1"][1, 1])
        assert head == f"Z1[1, 1] = {value:.9g}".replace("-", "−")
        page.get_by_label("all figures").check()
        exact = page.locator(".head output").inner_text().replace("−", "-")
        assert float(exact) == value
        page.locator(".terms .number").first.click()
        assert page.locator(".head h2").inner_text().startswith(("X[1", "W1[", "b1["))
        assert page.locator(".inspector").get_by_text("back").is_visible()
        page.get_by_text("← back").click()
        assert page.locator(".head h2").inner_text().startswith("Z1[1, 1]")


def test_a_name_lights_its_value(browser, pages):  # noqa: F811
    with shown(browser, pages["small"][1]) as page:
        page.locator('.equation.large [data-t="W1"]').hover()
        assert page.locator(".card.lit .name").inner_text() == "W1"
        page.locator(".lines button").nth(1).click()
        page.locator('.equation.large [data-t="Z1"]').click()
        assert page.locator('[aria-current="step"]').inner_text().startswith("Z1 =")


def test_with_the_keyboard_alone(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    count = len(explained.lines)
    with shown(browser, path) as page:
        press = page.keyboard.press
        press(".")
        assert page.locator(".count").inner_text() == f"2/{count}"
        press(",")
        tabbed_to(page, "Z1,", times=60)
        press("Control+Home")
        press("ArrowDown")
        press("End")
        active = page.evaluate(
            "document.getElementById(document.activeElement.getAttribute("
            "'aria-activedescendant')).textContent"
        )
        assert active.startswith("Z1[1, 2] = ")
        press("Enter")
        assert page.locator(".head h2").inner_text().startswith("Z1[1, 2]")
        assert page.locator("[role=status]").inner_text().startswith("Z1[1, 2] = ")
        press("b")
        assert page.locator(".head h2").inner_text().startswith("dZ1[1, 2]")
        press("Backspace")
        assert page.locator(".head h2").inner_text().startswith("Z1[1, 2]")
        press("w")
        wait_for(page, "document.activeElement.matches('.whatif input')")
        page.keyboard.type("0.5")
        press("Enter")
        wait_for(page, "document.querySelector('.head output').textContent === '0.5'")
        page.locator(".head h2").click()
        press("f")
        assert page.evaluate("document.activeElement.id") == "find"
        press(".")
        assert page.locator(".count").inner_text().startswith("1/")


AT_ONCE = """Object.defineProperty(window, "pellucid", {
    get() { return this.found; },
    set(found) {
        this.found = found;
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: ".", bubbles: true }));
    },
})"""


def test_keys_are_heard_when_it_says_that_it_is_ready(browser, pages):  # noqa: F811
    page = browser.new_page()
    page.add_init_script(AT_ONCE)
    page.goto(pages["small"][1].as_uri())
    wait_for(page, "Boolean(window.pellucid)")
    assert page.locator(".count").inner_text().startswith("2/")
    page.close()


def test_the_curve_of_a_function_of_one_number(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    with shown(browser, path) as page:
        page.locator(".lines button").nth(1).click()
        place = page.locator(".head h2").inner_text().split(" =")[0]
        at = tuple(map(int, place[3:-1].split(", ")))
        slope = 1 - float(explained.recording["A1"][at]) ** 2
        assert f"here it rises {slope:.3g} for each 1" in page.locator(".curve").inner_text()
        page.locator(".lines button").nth(0).click()
        assert page.locator(".curve").count() == 0


def test_columns_as_pictures(browser, pages):  # noqa: F811
    """What a unit of the first layer looks for, with the number that is opened among them."""
    with shown(browser, pages["large"][1]) as page:
        page.evaluate("location.hash = ''")
        card = page.locator(".card", has=page.locator('.cells[aria-label^="W1,"]'))
        assert card.locator(".cells").get_attribute("aria-rowcount") == "784"
        card.get_by_role("button", name="pictures").click()
        assert card.locator(".cells").get_attribute("aria-rowcount") == "28"
        assert "of 128" in card.inner_text()
        card.locator(".cells").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        unit = int(page.locator(".head h2").inner_text().split(" ")[1].strip("]"))
        assert page.locator(".head h2").inner_text().startswith(f"W1[28, {unit}] = ")


def test_other_rows(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    with shown(browser, path) as page:
        page.locator(".sample").nth(2).click()
        assert page.locator(".head h2").inner_text().startswith("Z1[2, ")
        said = explained.as_data()["verdicts"][2]
        assert page.locator(".sample").nth(2).inner_text().startswith(said["said"])


def test_it_plays(browser, pages):  # noqa: F811
    with shown(browser, pages["small"][1]) as page:
        page.clock.install()
        page.get_by_label("Play").click()
        page.clock.run_for(1700)
        page.get_by_label("Pause").click()
        assert page.locator(".count").inner_text().startswith("2/")


@pytest.mark.parametrize("name", ["small", "large", "images"])
def test_on_a_small_screen(browser, pages, name):  # noqa: F811
    with shown(browser, pages[name][1], **PHONE) as page:
        for _ in range(4):
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            page.get_by_label("Next line").click()
        assert page.locator(".inspector h2").is_visible()


def test_light_and_dark(browser, pages):  # noqa: F811
    paper = "getComputedStyle(document.body).backgroundColor"
    with shown(browser, pages["small"][1], color_scheme="dark") as page:
        dark = page.evaluate(paper)
        assert max(map(int, dark[4:-1].split(","))) < 50
        page.get_by_label("Light or dark").click()
        assert min(map(int, page.evaluate(paper)[4:-1].split(","))) > 200


def test_nothing_moves_for_who_wants_none(browser, pages):  # noqa: F811
    durations = (
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
    )
    with shown(browser, pages["small"][1], reduced_motion="reduce") as page:
        assert set(page.evaluate(durations)) == {"0s"}
    with shown(browser, pages["small"][1]) as page:
        assert len(set(page.evaluate(durations))) > 1


LOOKS = {"wide": {}, "phone": PHONE, "dark": {"color_scheme": "dark"}}


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("name", ["large", "images"])
def test_nothing_against_anybody(browser, pages, name, looks):  # noqa: F811
    with shown(browser, pages[name][1], **LOOKS[looks]) as page:
        assert not violations(page)
        page.get_by_label("Next line").click()
        page.locator("#help").click()
        assert not violations(page)


def test_names_do_nothing_in_the_page(browser, tmp_path):  # noqa: F811
    hostile = next(each for each in NAMES if "onerror" in each)
    made, _ = hostile_page(hostile)
    path = tmp_path / "why.html"
    names = [hostile, "</script><script>document.title = 'taken'"]
    made.save(path, title=hostile, classes=names)
    with shown(browser, path) as page:
        assert page.locator("h1").inner_text() == hostile
        assert page.locator(".sample b").first.inner_text() in names
        assert page.locator("img").count() == 0
        assert page.title() == f"{hostile} · pellucid"


def test_in_a_frame_of_a_notebook(browser, pages, tmp_path):  # noqa: F811
    """It works where it may not see what is around it."""
    explained, _ = pages["small"]
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><title>n</title>{explained._repr_html_()}", encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".lines button").nth(2).click()
    assert frame.locator(".count").inner_text().startswith("3/")
    page.close()


def test_what_has_changed_is_seen(browser, pages, tmp_path):  # noqa: F811
    explained, _ = pages["small"]
    path = tmp_path / "changed.html"
    explained.changed("A1", (0, 1), 0.75).save(path)
    with shown(browser, path) as page:
        assert "changed A1[0, 1]" in page.locator(".top .changed").inner_text()
        page.evaluate("location.hash = ''")
        page.locator(".lines button").nth(2).click()
        assert page.locator(".head .changed").inner_text().startswith("it was ")


def test_what_if_a_number_were_another(browser, pages):  # noqa: F811
    """Later lines follow, what moved is marked, and all is as it was again."""
    explained, path = pages["small"]
    after = explained.changed("Z1", (1, 2), -0.25)
    was, now = (f"{float(each.recording['L']):.6g}" for each in (explained, after))
    with shown(browser, path) as page:
        page.mouse.click(*cell(page, "Z1", 130, 36))
        assert page.locator(".head h2").inner_text().startswith("Z1[1, 2] = ")
        field = page.get_by_label("What if it were", exact=True)
        field.fill("−0,25")
        field.press("Enter")
        head = page.locator(".changes").inner_text()
        assert f"L {was} → {now}" in " ".join(head.split())
        assert page.locator(".head output").inner_text() == "−0.25"
        assert "Without that it would be" in page.locator(".inspector").inner_text()
        moved = [text.split(" ")[0] for text in page.locator(".lines .unseen").all_inner_texts()
                 if text.endswith(", moved")]  # fmt: skip
        assert {"Z1", "A1", "L", "dW1"} <= set(moved)
        field.fill("much")
        assert "write a number" in page.locator(".whatif").inner_text()
        page.get_by_label("What if, by a slider").focus()
        page.keyboard.press("End")
        assert page.locator(".head output").inner_text() in ("1", "2")
        page.get_by_role("button", name="all as it was").click()
        assert page.locator(".changes").count() == 0
        value = float(explained.recording["Z1"][1, 2])
        assert page.locator(".head output").inner_text() == f"{value:.9g}".replace("-", "−")
        assert not page.locator(".lines .unseen", has_text=", moved").count()


def test_what_is_said_follows_a_change(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    step = explained.changed("b2", (0,), 9.0)
    with shown(browser, path) as page:
        page.locator(".lines button").nth(2).click()
        page.mouse.click(*cell(page, "b2", 20, 10))
        page.get_by_label("What if it were", exact=True).fill("9")
        page.get_by_label("What if it were", exact=True).press("Tab")
        for at, verdict in enumerate(step.as_data()["verdicts"]):
            said = page.locator(".sample").nth(at).inner_text()
            assert said.startswith(verdict["said"])
            assert ("right" in said) == verdict["right"]


def test_the_derivative_and_the_step_are_checked(browser, pages):  # noqa: F811
    explained, path = pages["small"]
    with shown(browser, path, reduced_motion="reduce") as page:
        page.get_by_role("button", name="check the derivative").click()
        said = page.locator(".ways [role=status]").inner_text().replace("−", "-")
        difference, derived = (float(each.split(" ")[-1]) for each in said.split(","))
        assert difference == pytest.approx(derived, rel=1e-4)
        page.locator(".lines button").last.click()
        before = float(explained.recording["L"])
        assert f"{before:.5g} before it" in page.locator(".along").inner_text()
        assert not violations(page)
