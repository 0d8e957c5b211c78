"""What the local server serves: the page, the token's exchange for a cookie, and the socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mimetypes
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

import pellucid
from pellucid.play.frames import Answer, packed
from pellucid.play.guard import TOKEN, Guard, Keys, same
from pellucid.play.seats import Seat
from pellucid.play.session import sentence
from pellucid.play.working import Worker, as_answer

STATIC = Path(pellucid.__file__).parent / "web" / "static"
PAGE = "play.html"
#: pages that may watch at once, and the code that tells one more to come back later
SEATS, FULL = 4, 1013
#: what who sends commands faster than they are done is told of those that are not
TOO_MANY = "too many commands wait: send more when they are answered"
#: bytes of a token that is sent
LONGEST = 200


class Site:
    """The handlers of a server, around the worker that trains."""

    def __init__(self, worker: Worker, keys: Keys, files: dict[str, bytes]):
        self.worker, self.keys, self.files = worker, keys, files

    def app(self) -> Guard:
        """The application, with its guard before everything."""
        routes = [
            Route("/", self.file),
            Route(TOKEN, self.token, methods=["POST"]),
            Route("/{name}", self.file),
            WebSocketRoute("/socket", self.socket),
        ]
        site = Starlette(routes=routes)
        site.router.redirect_slashes = False
        return Guard(site, self.keys, {"/", *(f"/{name}" for name in self.files)})

    async def file(self, request: Request) -> Response:
        """A file of the page, by its name alone; all were read before."""
        name = request.path_params.get("name", PAGE)
        if name not in self.files:
            return Response("there is no such file", 404, media_type="text/plain")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self.files[name], media_type=kind)

    async def token(self, request: Request) -> Response:
        """The token, which stands in the address that was printed, for a cookie."""
        sent = b""
        async for part in request.stream():
            sent += part
            if len(sent) > LONGEST:
                return Response("that is no token", 413, media_type="text/plain")
        if not same(sent.decode("utf-8", "replace").strip(), self.keys.token):
            return Response("that is not the token of this server", 403, media_type="text/plain")
        return Response(status_code=204, headers={"set-cookie": self.keys.set_cookie})

    async def socket(self, socket: WebSocket) -> None:
        await socket.accept()
        if len(self.worker.seats) >= SEATS:
            return await socket.close(FULL, f"{SEATS} pages are open already: close one")
        seat = Seat(asyncio.get_running_loop())
        self.worker.join(seat)
        sending = asyncio.create_task(send(socket, seat))
        try:
            return await self.receive(socket, seat)
        except asyncio.CancelledError:
            return None  # the server ends
        finally:
            self.worker.leave(seat)
            sending.cancel()

    async def receive(self, socket: WebSocket, seat: Seat) -> None:
        """Commands, as they come, until the socket is closed."""
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            command = read(message.get("text"))
            if "ack" in command and "do" not in command:
                seat.drawn()
                continue
            seat.waiting += 1
            why = TOO_MANY if seat.is_full else command.get("unread")
            if why is None:
                self.worker.ask(seat, command)
            else:
                told = {"revision": self.worker.player.session.stage.revision, "error": why}
                seat.answered(packed(as_answer(command.get("id"), Answer(told, {}))))


async def send(socket: WebSocket, seat: Seat) -> None:
    """What is on its way, until the socket is closed."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_bytes(await seat.outgoing.get())


def read(text: str | None) -> dict[str, Any]:
    """A command, or under "unread" why it is none."""
    if text is None:
        return {"unread": "commands are text, as JSON"}
    try:
        found = json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        return {"unread": f"that is no JSON: {sentence(error)}"}
    return found if isinstance(found, dict) else {"unread": "a command is an object"}


def no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def static_files(folder: Path = STATIC) -> dict[str, bytes]:
    """The built files of the pages, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
