"""The playground without a server: the same page with the library in Pyodide, in a browser.

`PELLUCID_PYODIDE` names a folder with the files of npm's `pyodide` 0.27.7 and the wheel of NumPy
that its lock names.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

import pellucid
from tests.browsing import browser, wait_for  # noqa: F401, a fixture

pytestmark = pytest.mark.browser

STATIC = Path(pellucid.__file__).parent / "web" / "static"
WHEEL = "pellucid-0.1.0-py3-none-any.whl"
#: what each file begins with, of its SHA-256
FILES = {
    "pyodide.mjs": "04c052c815abb0bf",
    "pyodide.asm.js": "6b4c90de5b717287",
    "pyodide.asm.wasm": "a50dd1843f805a0b",
    "python_stdlib.zip": "16611534726e5d8a",
    "pyodide-lock.json": "fb0ad28408332c4e",
    "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl": "ebb61241d962b98b",
}
WHERE = f'<div id="app" data-pyodide="pyodide/" data-wheel="{WHEEL}" data-packages="numpy">'


@pytest.fixture
def pyodide():
    """The folder of Pyodide, every file of which is the one that is meant."""
    folder = os.environ.get("PELLUCID_PYODIDE")
    if not folder:
        pytest.skip("PELLUCID_PYODIDE names no folder with Pyodide 0.27.7 and its NumPy")
    for name, begins in FILES.items():
        digest = hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()
        assert digest.startswith(begins), name
    return Path(folder)


@pytest.fixture
def site(pyodide, tmp_path):
    """A site of static files, and its address."""
    shutil.copytree(STATIC, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pyodide").mkdir()
    for name in FILES:
        shutil.copy(pyodide / name, tmp_path / "pyodide" / name)
    page = (tmp_path / "play.html").read_text(encoding="utf-8")
    (tmp_path / "play.html").write_text(page.replace('<div id="app">', WHERE), encoding="utf-8")
    packed(tmp_path / WHEEL)
    handler = functools.partial(Silent, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/play.html"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *told):
        """Nothing is told."""


def packed(path):
    """The library, without what is compiled, as a wheel would have it."""
    source = Path(pellucid.__file__).parent
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for each in source.rglob("*"):
            if each.is_file() and each.suffix not in (".so", ".pyc"):
                wheel.write(each, f"pellucid/{each.relative_to(source)}")
        about = "Metadata-Version: 2.1\nName: pellucid\nVersion: 0.1.0\n"
        wheel.writestr("pellucid-0.1.0.dist-info/METADATA", about)


def test_the_library_in_the_page(browser, site):  # noqa: F811
    page = browser.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site)
    assert "about 10 MB, from this site" in page.locator("#app").inner_text()
    assert not any("pyodide" in url for url in asked), "nothing is fetched before it is wanted"
    page.get_by_role("button", name="Start Python").click()
    wait_for(page, "Boolean(window.pellucid?.send)", 6000)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, "+/update\\s+(\\d+)/.exec(document.body.innerText)[1] > 3")
    page.get_by_role("button", name="Pause").click()
    ask = "async () => (await window.pellucid.send({do: 'look'})).header.now.loss.train"
    assert page.evaluate(ask) < 1
    page.locator(".sheet").focus()
    page.keyboard.press("e")
    page.locator(".explained h1").wait_for()
    assert all(url.startswith(site.rsplit("/", 1)[0]) for url in asked), asked
    assert not faults, faults
    page.close()
