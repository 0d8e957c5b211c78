"""A browser for tests of pages: Playwright drives the Chromium that is installed, if it is."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

AXE = Path(__file__).parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser():
    """A browser for all tests of a file."""
    driver = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with driver.sync_playwright() as started:
        found = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def watched(browser, **looks):
    """A page and the addresses that it asks for; it may not fail in silence."""
    context = browser.new_context(**looks)
    page = context.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page, asked
    assert not faults, faults
    context.close()


@contextmanager
def shown(browser, path, **looks):
    """A page that is read from a file; it may not ask for anything else."""
    with watched(browser, **looks) as (page, asked):
        page.goto(path.as_uri())
        wait_for(page, "Boolean(window.pellucid)")
        yield page
        assert asked == [path.as_uri()]


def wait_for(page, condition, times=400):
    """Until it holds. Playwright's own way has the page evaluate text, which the page forbids."""
    for _ in range(times):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise TimeoutError(condition)


def tabbed_to(page, begins, times=80):
    """Tab until the name of what has the focus begins so, so many times at most."""
    for _ in range(times):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel ?? ''").startswith(begins):
            return


def violations(page):
    """What axe finds against people who see, hear or move otherwise."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        (each["id"], node["html"][:200], node["failureSummary"])
        for each in found["violations"]
        for node in each["nodes"]
    ]
