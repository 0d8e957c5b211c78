"""The local server of the playground: who is let in, who is not, and what goes over its socket."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from pellucid.play import Player, Session
from pellucid.play.frames import unpacked

pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("httpx2", reason="httpx2, which drives the server in tests, is missing")

from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pellucid.play.guard import Keys
from pellucid.play.seats import Seat
from pellucid.play.site import Site, static_files
from pellucid.play.working import Worker

PORT = 8123
HERE = f"http://127.0.0.1:{PORT}"
#: who this server is not, pages that are not its own, and files that are not the page's
HOSTS = ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", "",
         f"127.0.0.1:{PORT}.evil.example", f"127.0.0.2:{PORT}"]  # fmt: skip
ORIGINS = ["http://evil.example", f"https://127.0.0.1:{PORT}", "null", "http://127.0.0.1:8124",
           f"http://localhost:{PORT}", HERE + "/"]  # fmt: skip
PATHS = ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/..%2fplay.js", "/static/play.js",
         "/play.js/", "/%00", "/server.py", "/play.js/../../server.py"]  # fmt: skip
OLD = "the token of a server that has ended"
FILES = {"play.html": b"<!doctype html><title>play</title>", "play.js": b"'use strict'"}


class House:
    """A server in this process: its worker, its keys, and clients of it."""

    def __init__(self):
        self.worker, self.keys = Worker(Player(Session())), Keys(PORT)
        self.app = Site(self.worker, self.keys, FILES).app()
        self.worker.thread.start()

    def client(self, known=True, base=HERE):
        client = TestClient(self.app, base_url=base)
        if known:
            client.cookies.set(self.keys.cookie, self.keys.session, domain="127.0.0.1")
        return client

    def socket(self, client=None, origin=HERE, **headers):
        headers |= {} if origin is None else {"origin": origin}
        place = f"ws://127.0.0.1:{PORT}/socket"
        return (client or self.client()).websocket_connect(place, headers=headers)


@pytest.fixture(scope="module")
def house():
    found = House()
    yield found
    found.worker.end()


def turned_away(opening):
    """Whether a socket is refused before it is opened."""
    with pytest.raises(WebSocketDisconnect) as refused, opening:
        pass
    return refused.value.code == 1008


def test_the_page_needs_no_key_and_says_what_it_may_load(house):
    answer = house.client(known=False).get("/")
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    script = house.client(known=False).get("/play.js")
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_not_this_server(house, host):
    assert house.client().get("/", headers={"host": host}).status_code == 421
    assert turned_away(house.socket(origin=f"http://{host}", host=host))


@pytest.mark.parametrize("origin", ORIGINS)
def test_another_origin_may_ask_nothing(house, origin):
    client, headers = house.client(), {"origin": origin}
    assert client.get("/", headers=headers).status_code == 403
    assert client.post("/token", content=house.keys.token, headers=headers).status_code == 403
    assert turned_away(house.socket(origin=origin))


def test_no_origin_opens_no_socket_and_sends_nothing(house):
    assert turned_away(house.socket(origin=None))
    assert house.client().post("/token", content=house.keys.token).status_code == 403


def test_without_a_key_there_is_the_page_alone(house):
    stranger = house.client(known=False)
    assert turned_away(house.socket(stranger))
    for path in ("/socket", "/other", "/play.html2"):
        assert stranger.get(path).status_code == 403
    assert stranger.request("DELETE", "/", headers={"origin": HERE}).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "é", OLD])
def test_a_wrong_or_an_old_token_opens_nothing(house, token):
    client = house.client(known=False)
    token = Keys(PORT).token if token == OLD else token
    answer = client.post("/token", content=token.encode(), headers={"origin": HERE})
    assert answer.status_code == (413 if len(token) > 200 else 403)
    assert "set-cookie" not in answer.headers
    assert turned_away(house.socket(client))


def test_the_token_is_exchanged_for_a_cookie(house):
    client = house.client(known=False)
    sent = client.post("/token", content=house.keys.token, headers={"origin": HERE})
    assert sent.status_code == 204
    cookie = sent.headers["set-cookie"]
    assert cookie.startswith(f"pellucid-{PORT}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert house.keys.token not in cookie
    with house.socket(client) as socket:
        socket.send_text('{"do": "choices"}')
        assert unpacked(socket.receive_bytes()).header["inputs"][0] == "x1"


@pytest.mark.parametrize("name", [f"pellucid-{PORT}", f"pellucid-{PORT + 1}"])
def test_the_cookie_of_another_server_opens_nothing(house, name):
    other, client = Keys(PORT + 1), house.client(known=False)
    client.cookies.set(name, other.session, domain="127.0.0.1")
    assert turned_away(house.socket(client))
    client = house.client(known=False)
    client.cookies.set(f"pellucid-{PORT + 1}", house.keys.session, domain="127.0.0.1")
    assert turned_away(house.socket(client))


def test_the_token_as_a_bearers(house):
    client = house.client(known=False)
    with house.socket(client, authorization=f"Bearer {house.keys.token}") as socket:
        socket.send_text('{"do": "choices"}')
        socket.receive_bytes()
    assert turned_away(house.socket(client, authorization=f"Bearer {house.keys.session}"))


@pytest.mark.parametrize("path", PATHS)
def test_only_the_pages_files_are_served(house, path):
    assert house.client().get(path).status_code == 404
    assert house.client(known=False).get(path).status_code in (403, 404)


def test_two_hosts_are_none(house):
    headers = [("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")]
    assert house.client().get("/", headers=headers).status_code == 421


def asked(socket, number, do):
    """The answer to a command; frames before it are acknowledged, as if they were drawn."""
    socket.send_text(json.dumps({"id": number, "do": do}))
    while (header := unpacked(socket.receive_bytes()).header).get("id") != number:
        assert header["kind"] == "frame"
        socket.send_text(json.dumps({"ack": header["frame"]}))
    return header


def test_commands_and_answers(house):
    with house.socket() as socket:
        asked(socket, 99, "hello")
        for number, command in enumerate(({"do": "hello"}, {"do": "run", "updates": 5})):
            socket.send_text(json.dumps(command | {"id": number}))
            answer = unpacked(socket.receive_bytes())
            assert (answer.header["kind"], answer.header["id"]) == ("answer", number)
        assert answer.header["now"]["update"] == 5
        for text, said in (("{", "no JSON"), ("[1]", "an object"), ('{"do": NaN}', "NaN is no"),
                           ("[" * 100_000, "no JSON")):  # fmt: skip
            socket.send_text(text)
            assert said in unpacked(socket.receive_bytes()).header["error"]
        socket.send_bytes(b"\0")
        assert "as JSON" in unpacked(socket.receive_bytes()).header["error"]


def test_more_than_can_wait_is_told_so(house):
    with house.socket() as socket:
        asked(socket, 999, "hello")
        for number in range(200):
            socket.send_text(json.dumps({"id": number, "do": "run", "updates": 50}))
        answers = [unpacked(socket.receive_bytes()).header for _ in range(200)]
        assert sorted(each["id"] for each in answers) == list(range(200))
        told = [each.get("error", "") for each in answers]
        assert sum("too many" in each for each in told) + told.count("") == 200
        assert told.count("") >= 63


def test_frames_wait_until_they_are_drawn(house):
    with house.socket() as socket:
        assert asked(socket, 1, "play")["playing"]
        first = unpacked(socket.receive_bytes()).header
        assert first["kind"] == "frame"
        socket.send_text('{"id": 2, "do": "choices"}')
        assert unpacked(socket.receive_bytes()).header["id"] == 2
        socket.send_text(json.dumps({"ack": first["frame"]}))
        second = unpacked(socket.receive_bytes()).header
        assert second["frame"] > first["frame"]
        assert second["now"]["update"] > first["now"]["update"]
        assert not asked(socket, 3, "pause")["playing"]


def test_a_seat_holds_the_newest_frame_alone():
    async def seen():
        seat = Seat(asyncio.get_running_loop())
        for frame in (b"1", b"2", b"3"):
            seat.offer(frame)
        seat.answer(b"answer")
        await asyncio.sleep(0.01)
        before = [seat.outgoing.get_nowait() for _ in range(seat.outgoing.qsize())]
        seat.drawn()
        after = [seat.outgoing.get_nowait() for _ in range(seat.outgoing.qsize())]
        return before, after, seat.ready

    assert asyncio.run(seen()) == ([b"1", b"answer"], [b"3"], False)


def said(socket):
    """What it says next, to whom it would."""
    socket.send_text('{"do": "choices"}')
    return socket.receive_bytes()


def test_others_see_what_one_changes_and_a_fifth_finds_no_seat(house):
    sockets = [house.socket() for _ in range(4)]
    first, second, *_ = [each.__enter__() for each in sockets]
    try:
        asked(first, 0, "hello")
        asked(second, 0, "hello")
        first.send_text('{"id": 1, "do": "new"}')
        revision = unpacked(first.receive_bytes()).header["revision"]
        seen = unpacked(second.receive_bytes()).header
        assert (seen["kind"], seen["revision"]) == ("frame", revision)
        assert seen["state"]["settings"]["seed"] >= 1
        with pytest.raises(WebSocketDisconnect) as full, house.socket() as fifth:
            said(fifth)
        assert full.value.code == 1013
    finally:
        for each in sockets:
            each.__exit__(None, None, None)


def test_what_is_built_is_there():
    assert "explain.js" in static_files()


@pytest.fixture
def served():
    """`pellucid play`, as somebody starts it; its address, and the process."""
    pytest.importorskip("uvicorn", reason="uvicorn is not installed")
    code = "from pellucid.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "play", "--no-browser"], stderr=subprocess.PIPE, text=True
    )
    found = re.search(r"http://127\.0\.0\.1:(\d+)/#token=(\S+)", process.stderr.readline())
    yield process, int(found[1]), found[2]
    process.kill()
    process.wait()
    process.stderr.close()


def asked_too_much(socket):
    socket.send("x" * 22_000_000)
    socket.recv()


def test_a_real_server_from_its_start_to_its_end(served):
    client = pytest.importorskip("websockets.sync.client", reason="websockets is not installed")
    from websockets.exceptions import ConnectionClosed

    process, port, token = served
    address = f"http://127.0.0.1:{port}"
    asked = urllib.request.Request(
        f"{address}/token", token.encode(), {"Origin": address}, method="POST"
    )
    with urllib.request.urlopen(asked) as answer:
        cookie = answer.headers["set-cookie"].partition(";")[0]
    place = f"ws://127.0.0.1:{port}/socket"
    given = {"origin": address, "additional_headers": {"Cookie": cookie}, "max_size": None,
             "open_timeout": 60}  # fmt: skip
    with client.connect(place, **given) as socket:
        socket.send('{"id": 1, "do": "hello"}')
        answer = unpacked(socket.recv())
        assert answer.header["state"]["title"] == "moons, 2-8-8-1"
        assert answer.arrays["plane"].shape == (100, 100, 1)
        with pytest.raises(ConnectionClosed):
            asked_too_much(socket)
    with client.connect(place, **given) as socket:
        socket.send('{"id": 2, "do": "choices"}')
        assert unpacked(socket.recv()).header["id"] == 2
    with pytest.raises(Exception, match="403"):
        client.connect(place, origin="http://evil.example", additional_headers={"Cookie": cookie})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(address, headers={"Host": "evil.example"}))
    assert refused.value.code == 421
    refused.value.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert process.stderr.read() == ""


def test_the_command_begins_with_what_is_named(tmp_path):
    from pellucid.cli.playing import settings_of

    assert Session(settings_of("blobs")).stage.course.data.choice.name == "blobs"
    digits = Session(settings_of("digits")).stage.course
    assert len(digits.data.train) == 1257
    with pytest.raises(FileNotFoundError, match="did you mean 'moons'"):
        settings_of("mons")
    pytest.importorskip("sklearn")
    pytest.importorskip("pyarrow")
    path = tmp_path / "houses.csv"
    rows = "1,5;10\n2,5;20\n3,5;31\n4,5;39\n5,5;52\n" * 9
    path.write_bytes(f"größe;preis\n{rows}".encode("latin-1"))
    found = Session(settings_of(str(path)))
    assert found.stage.course.data.inputs == ["größe"]
    assert f"read_table({str(path)!r})" in found.handle({"do": "code"}).header["python"]


def test_what_is_missing_is_said(monkeypatch):
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(app, ["play", "--no-browser"])
    assert result.exit_code == 1
    assert 'the playground needs uvicorn: pip install "pellucid[play]"' in result.stderr


def test_a_port_that_is_taken_is_said():
    import socket

    from pellucid.play.server import bound

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="choose another with --port"):
            bound(taken.getsockname()[1])
