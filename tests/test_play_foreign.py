"""A page of somebody else in a browser that has a playground open: it reads and moves nothing."""

from __future__ import annotations

import http.server
import threading

import pytest

from tests.browsing import browser, wait_for  # noqa: F401, a fixture
from tests.test_play_browser import address, done  # noqa: F401, a fixture

pytestmark = pytest.mark.browser

#: what the page tries, and what it comes to
PAGE = """<!doctype html><meta charset="utf-8"><title>somebody else</title><body><script>
const here = HERE, tried = {}, attempt = async (name, work) => {
  try { tried[name] = await work(); } catch (error) { tried[name] = "refused"; }
};
const socket = (place) => new Promise((done) => {
  const opened = new WebSocket(place);
  opened.onopen = () => opened.send('{"do": "new"}');
  opened.onmessage = () => done("opened");
  opened.onclose = () => done("refused");
});
const element = (name, source) => new Promise((done) => {
  const made = document.createElement(name);
  made.onload = () => done("loaded");
  made.onerror = () => done("refused");
  made.src = source;
  document.body.append(made);
});
(async () => {
  await attempt("read the page", async () => (await fetch(here + "/")).text());
  await attempt("ask without looking", async () =>
    (await fetch(here + "/", { mode: "no-cors" })).type);
  await attempt("with its cookie", async () =>
    (await fetch(here + "/socket", { mode: "no-cors", credentials: "include" })).type);
  await attempt("send a token", async () =>
    (await fetch(here + "/token", { method: "POST", body: "x" })).status);
  await attempt("open a socket", () => socket(here.replace("http", "ws") + "/socket"));
  await attempt("take its script", () => element("script", here + "/play.js"));
  const opened = window.open(here);
  await new Promise((later) => setTimeout(later, 2000));
  await attempt("look into its window", async () => opened.document.title + opened.location.href);
  window.tried = tried;
})();
</script><iframe src="HERE"></iframe>"""


@pytest.fixture
def stranger():
    """Serves the page from another port of this machine: its address, for a server's."""
    places = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = PAGE.replace("= HERE", f"= {places['here']!r}").replace(
                "HERE", places["here"]
            )
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield places, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_foreign_page_reads_and_moves_nothing(browser, address, stranger):  # noqa: F811
    places, elsewhere = stranger
    places["here"] = address.partition("/#")[0]
    context = browser.new_context()
    own, foreign = context.new_page(), context.new_page()
    own.goto(address)
    wait_for(own, "Boolean(window.pellucid?.send)")
    before = done(own, "hello")
    foreign.goto(elsewhere)
    wait_for(foreign, "Boolean(window.tried)")
    tried = foreign.evaluate("window.tried")
    assert len(tried) == 7
    assert set(tried.values()) == {"refused"}, tried
    framed = [each.url for each in foreign.frames if each is not foreign.main_frame]
    assert all(each.startswith("chrome-error:") for each in framed), framed
    after = done(own, "hello")
    assert (after["revision"], after["now"]) == (before["revision"], before["now"])
    context.close()
