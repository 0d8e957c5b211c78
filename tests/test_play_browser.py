"""The playground in a browser: it trains, opens, goes back, and everybody can use it."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import pellucid
from tests.browsing import browser, tabbed_to, violations, wait_for, watched  # noqa: F401, a fixture

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
PLANE = {"name": "moons", "n": 200, "noise": 0.1, "test": 0.3, "seed": 0, "inputs": ["x1", "x2"]}
TRAINED = {"optimizer": {"name": "adam"}, "rate": 0.05, "batch": 32, "seed": 0}
MOONS = {"data": PLANE, "layers": [{"units": 4, "activation": "tanh"}], **TRAINED}
DIGITS = MOONS | {"data": {"name": "digits", "n": 400, "test": 0.3}}
LOOKS = {"wide": {}, "phone": PHONE, "dark": {"color_scheme": "dark"}}
UNIT = ".spot:not(.row-of-data) canvas"
TABS = ("Data", "Net", "Result", "Plan")


@pytest.fixture(scope="module")
def address():
    """A playground of its own, and the address that opens it."""
    pytest.importorskip("uvicorn", reason="the extra play is not installed")
    command = [str(Path(sys.executable).with_name("pellucid")), "play", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            yield next(filter(None, map(found, server.stdout)))
        finally:
            server.terminate()


def found(line):
    match = re.search(r"http://127\.0\.0\.1:\d+/#token=[\w-]+", line)
    return match and match[0]


@contextmanager
def visited(browser, address, settings=MOONS, more="", **looks):  # noqa: F811
    """The page, with these settings; it asks only its own server, and nothing fails in it."""
    with watched(browser, **looks) as (page, asked):
        page.goto(address + more)
        wait_for(page, "Boolean(window.pellucid?.send)")
        if settings is not None:
            done(page, "set", settings=settings)
        yield page
        done(page, "pause")
        origin = address.split("/#")[0]
        assert all(each.startswith((origin, "data:", "blob:")) for each in asked), asked


def done(page, what, **settings):
    """A command as the page gives it; what the answer says, without arrays."""
    ask = "async command => (await window.pellucid.send(command)).header"
    answer = page.evaluate(ask, {"do": what, **settings})
    assert "error" not in answer, answer["error"]
    return answer


def shown(page, selector):
    """What a canvas shows, as text."""
    script = "(selector) => document.querySelector(selector).toDataURL()"
    page.locator(selector).first.wait_for(state="attached")
    return page.evaluate(script, selector)


def update(page):
    text = page.locator(".where-now").inner_text()
    return int(re.search(r"update\s+([\d,]+)", text)[1].replace(",", ""))


def painted(page, selector):
    """A picture when it has come to rest: numbers are on the page before they are drawn."""
    picture, before = shown(page, selector), ""
    while picture != before:
        page.wait_for_timeout(300)
        picture, before = shown(page, selector), picture
    return picture


def test_it_plays_and_pauses(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        pictures = (".sheet canvas", "[aria-label^=layer] canvas", ".curves canvas", ".links")
        before = [painted(page, each) for each in pictures]
        page.get_by_role("button", name="Play", exact=True).click()
        wait_for(page, "+/update\\s+(\\d+)/.exec(document.body.innerText)[1] > 20")
        page.get_by_role("button", name="Pause").click()
        for was, each in zip(before, pictures, strict=True):
            assert shown(page, each) != was, each
        stands = update(page)
        page.wait_for_timeout(150)
        assert update(page) == stands
        page.get_by_role("button", name="Rewind").click()
        wait_for(page, "document.body.innerText.match(/update\\s+0/)")
        assert painted(page, pictures[0]) == before[0]


def test_a_line_an_update_an_epoch(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        step = page.get_by_role("button", name=re.compile("Step by one"))
        page.get_by_label("Step by", exact=True).select_option("epoch")
        step.click()
        wait_for(page, "document.body.innerText.match(/epoch\\s+1/)")
        assert update(page) == 5
        page.get_by_label("Step by", exact=True).select_option("update")
        step.click()
        wait_for(page, "document.body.innerText.match(/update\\s+6/)")
        page.get_by_label("Step by", exact=True).select_option("line")
        step.click()
        step.click()
        wait_for(page, "document.body.innerText.match(/line\\s+2/)")
        here = page.locator("[aria-current=step]")
        assert here.locator(".found").inner_text()
        assert update(page) == 6
        said = page.locator("[role=status]").inner_text()
        assert said.startswith("line 2 of")


def test_a_weight_is_changed_and_put_back(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        page.locator(".spot .unit").nth(2).click()
        card = page.get_by_role("dialog")
        assert card.get_by_role("heading").inner_text().startswith("A1[")
        card.locator(".in", has_text="x1").click()
        was = card.locator("output").inner_text()
        card.get_by_label("value", exact=True).fill("−0,75")
        card.get_by_label("value", exact=True).press("Enter")
        wait_for(page, "document.querySelector('.opened output').textContent === '−0.75'")
        [edit] = done(page, "hello")["state"]["edits"]
        assert (edit["name"], edit["index"], edit["to"]) == ("W1", [0, 0], -0.75)
        card.get_by_role("button", name="put back").click()
        wait_for(page, f"document.querySelector('.opened output').textContent === '{was}'")
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0


def test_a_link_is_clicked(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        left, right = (page.locator(".spot .unit").nth(at).bounding_box() for at in (0, 2))
        x = (left["x"] + left["width"] + right["x"]) / 2
        y = (left["y"] + right["y"] + right["height"]) / 2
        page.mouse.move(x, y)
        assert page.locator(".tip").inner_text().startswith("W1[0, 0] = ")
        page.mouse.click(x, y)
        assert page.get_by_role("dialog").get_by_role("heading").inner_text() == "W1[0, 0]"


def test_layers_and_units(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        page.get_by_label("One more layer").click()
        wait_for(page, "document.querySelectorAll('.unit').length === 2 + 4 + 4 + 1")
        page.get_by_label("One more unit in layer 2").click()
        wait_for(page, "document.querySelectorAll('.unit').length === 2 + 4 + 5 + 1")
        page.get_by_label("Activation of layer 1").select_option("relu")
        wait_for(page, "document.querySelector('.plan-lines').textContent.includes('relu')")
        for _ in range(3):
            page.get_by_label("One more unit in layer 1").click()
        wait_for(page, "document.querySelectorAll('.unit').length === 2 + 7 + 5 + 1")
        units = [each["units"] for each in done(page, "hello")["state"]["layers"]]
        assert units == [7, 5, 1]


def test_numbers_that_are_not_finite(browser, address):  # noqa: F811
    """The page says where it stopped, and goes on after a rewind."""
    with visited(browser, address) as page:
        wild = {"data": {"name": "plane"}, "layers": [], "optimizer": {"name": "sgd"}, "rate": 100}
        done(page, "set", settings=wild)
        page.get_by_role("button", name="Play", exact=True).click()
        page.locator(".told").wait_for()
        assert "The weights are those from before this step" in page.locator(".told").inner_text()
        page.get_by_role("button", name="Rewind").click()
        page.locator(".told").wait_for(state="detached")


def test_with_the_keyboard_alone(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        press, active = page.keyboard.press, "document.activeElement.ariaLabel ?? ''"
        press("Space")
        wait_for(page, "+/update\\s+(\\d+)/.exec(document.body.innerText)[1] > 2")
        press("Space")
        wait_for(page, "!window.pellucid.playing.value")
        at = update(page)
        press(">")
        wait_for(page, f"document.body.innerText.match(/update\\s+{at + 1}/)")
        press("<")
        wait_for(page, f"!document.body.innerText.match(/update\\s+{at + 1}/)")
        tabbed_to(page, "inputs, ")
        press("ArrowRight")
        press("ArrowDown")
        wait_for(page, f"({active}).startsWith('layer 1, A1[')")
        press("Enter")
        card = page.get_by_role("dialog")
        card.locator(".in").first.wait_for()
        press("Escape")
        wait_for(page, f"({active}).startsWith('layer 1, A1[')")
        tabbed_to(page, "The plane of")
        press("ArrowRight")
        assert "%" in page.locator(".told-here").inner_text()
        press("c")
        page.get_by_role("dialog", name="The same in code").wait_for()
        press("Escape")
        assert page.get_by_role("dialog").count() == 0


def settled(page, selector):
    """Until a part of the page says the same for a second: what is counted comes after a run."""
    said, before = page.locator(selector).inner_text(), ""
    while said != before:
        page.wait_for_timeout(1000)
        said, before = page.locator(selector).inner_text(), said


def test_what_is_taken_for_what_and_why(browser, address):  # noqa: F811
    with visited(browser, address, DIGITS) as page:
        done(page, "run", updates=20)
        settled(page, ".confusion")
        page.locator(".confusion td button:enabled").first.click()
        page.locator(".cell .one").first.click()
        page.locator(".explained .plan").wait_for()
        assert page.locator(".explained h1").inner_text().startswith("digits")
        page.locator(".explained .lines button").nth(1).click()
        page.get_by_role("button", name="back to the playground").click()
        assert page.locator(".explained").count() == 0
        assert page.locator(".panel.network").is_visible()


def test_digits_train_visibly(browser, address):  # noqa: F811
    with visited(browser, address, DIGITS) as page:
        before = shown(page, UNIT)
        loss = done(page, "hello")["now"]["loss"]["train"]
        done(page, "run", updates=60)
        assert done(page, "look")["now"]["loss"]["train"] < loss / 2
        assert shown(page, UNIT) != before
        page.get_by_role("button", name="draw a digit").click()
        page.get_by_text("Nothing is drawn yet").wait_for()
        slate = page.locator(".slate canvas").bounding_box()
        page.mouse.move(slate["x"] + 140, slate["y"] + 40)
        page.mouse.down()
        page.mouse.move(slate["x"] + 138, slate["y"] + 240, steps=8)
        page.mouse.up()
        page.locator(".verdict b").wait_for()
        assert page.locator(".bars tr").count() == 10
        page.get_by_role("button", name="clear").click()
        page.get_by_text("Nothing is drawn yet").wait_for()


def test_the_address_holds_the_settings(browser, address):  # noqa: F811
    with visited(browser, address) as page:
        page.get_by_role("button", name="circles").click()
        wait_for(page, "location.hash.includes('data.name=circles')")
        link = page.evaluate("location.hash").removeprefix("#")
        wanted = done(page, "hello")["state"]["settings"]
        assert "token" not in link
    with visited(browser, address, MOONS) as page:
        pass
    with visited(browser, address, None, "&" + link + "&hide=plan,doctor") as page:
        assert done(page, "hello")["state"]["settings"] == wanted
        assert page.locator(".equations").count() == page.locator(".doctor").count() == 0
        assert page.locator(".panel.network").is_visible()


def test_points_by_hand_and_a_table(browser, address):  # noqa: F811
    table = "size,<img src=x onerror=alert(1)>,kind\n" + "1,2,a\n2,1,b\n3,4,a\n4,3,b\n" * 6
    with visited(browser, address) as page:
        page.get_by_role("button", name="draw", exact=True).click()
        page.get_by_label("class 2").click()
        count = "document.querySelector('.hand').textContent.match(/(\\d+) points/)[1]"
        before = int(page.evaluate(count))
        page.locator(".sheet").click(position={"x": 20, "y": 20})
        wait_for(page, f"{count} == {before + 1}")
        assert done(page, "hello")["state"]["settings"]["data"]["points"][-1][2] == 2
        page.locator("summary").get_by_text("own table").click()
        page.get_by_label("Paste a table").fill(table)
        page.get_by_role("button", name="read it").click()
        page.get_by_role("button", name="learn from 24 rows").click()
        wait_for(page, "location.hash.includes('data.name=table')")
        assert "<img" in page.locator(".panel.network").inner_text()
        assert page.locator("img").count() == 0


#: how many names of inputs stand upon another, upon a unit or upon the head of a column
UPON = """() => {
  const boxes = (what) => [...document.querySelectorAll(what)].map(e => e.getBoundingClientRect());
  const across = (a, b) => a.left < b.right && b.left < a.right;
  const upon = (a, b) => across(a, b) && a.top < b.bottom && b.top < a.bottom;
  const names = boxes('.unit-name');
  const others = boxes('.spot:not(.chip-of-data) .unit, .column-head button');
  return names.filter((one, at) =>
    [...names.slice(at + 1), ...others].some(other => upon(one, other))).length;
}"""


@pytest.mark.parametrize("looks", ["wide", "phone"])
def test_names_of_many_inputs_have_room(browser, address, looks):  # noqa: F811
    names = [f"a long name of column {at}" for at in range(14)]
    rows = [",".join(str((at * k) % 7) for k in range(1, 16)) for at in range(40)]
    text = "\n".join([",".join([*names, "y"]), *rows])
    data = {"name": "table", "text": text, "columns": names, "target": "y"}
    with visited(browser, address, MOONS | {"data": data}, **LOOKS[looks]) as page:
        if looks == "phone":
            page.locator(".tabs").get_by_text("Net").click()
        wait_for(page, "document.querySelectorAll('.unit-name').length > 9")
        assert page.evaluate(UPON) == 0


def test_the_code_is_the_session(browser, address, tmp_path):  # noqa: F811
    with visited(browser, address) as page:
        done(page, "run", updates=7)
        page.get_by_role("button", name="Code").click()
        text = page.locator(".code-text")
        text.wait_for()
        assert text.inner_text().strip() == done(page, "code")["python"].strip()
        page.get_by_role("button", name="LaTeX").click()
        assert "\\cdot" in text.inner_text() or "W" in text.inner_text()
        with page.expect_download() as saved:
            page.get_by_role("button", name="save the network").click()
        saved.value.save_as(tmp_path / "net.safetensors")
    assert pellucid.load(tmp_path / "net.safetensors").count_params() == 2 * 4 + 4 + 4 + 1


@pytest.mark.parametrize("settings", [MOONS, DIGITS], ids=["moons", "digits"])
def test_on_a_small_screen(browser, address, settings):  # noqa: F811
    with visited(browser, address, settings, **PHONE) as page:
        for tab in TABS:
            page.locator(".tabs").get_by_text(tab).click()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_light_and_dark(browser, address):  # noqa: F811
    paper = "getComputedStyle(document.body).backgroundColor"
    with visited(browser, address, color_scheme="dark") as page:
        dark = shown(page, ".sheet canvas")
        assert max(map(int, page.evaluate(paper)[4:-1].split(","))) < 50
        page.get_by_label("Light or dark").click()
        assert min(map(int, page.evaluate(paper)[4:-1].split(","))) > 200
        assert shown(page, ".sheet canvas") != dark


def test_nothing_moves_for_who_wants_none(browser, address):  # noqa: F811
    durations = (
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
    )
    with visited(browser, address, reduced_motion="reduce") as page:
        assert set(page.evaluate(durations)) == {"0s"}
        assert update(page) == 0


@pytest.mark.parametrize("looks", LOOKS)
def test_nothing_against_anybody(browser, address, looks):  # noqa: F811
    with visited(browser, address, DIGITS, **LOOKS[looks]) as page:
        done(page, "run", updates=5)
        for tab in TABS if looks == "phone" else ():
            page.locator(".tabs").get_by_text(tab).click()
            assert not violations(page), tab
        assert not violations(page)
        if looks != "phone":
            page.get_by_role("button", name="draw a digit").click()
            assert not violations(page)
            page.keyboard.press("Escape")
        done(page, "set", settings=MOONS)
        page.get_by_role("button", name="Code").click()
        assert not violations(page)
        page.keyboard.press("Escape")
        if looks == "phone":
            page.locator(".tabs").get_by_text("Net").click()
        page.locator(".spot .unit").nth(3).click()
        page.locator(".opened .in").first.wait_for()
        assert not violations(page)
