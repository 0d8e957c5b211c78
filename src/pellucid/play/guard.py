"""Who may ask the local server anything: this machine's own page, and nobody else.

Plain ASGI, so that sockets go through it like every other request.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: where the token is exchanged for a cookie
TOKEN = "/token"
#: what a page of ours may load: what is served here, and nothing that stands in it as text
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


class Keys:
    """The secrets of one server: the token in its address, and what its cookie holds."""

    def __init__(self, port: int):
        self.port = port
        self.token, self.session = (secrets.token_urlsafe(24) for _ in range(2))
        self.cookie = f"pellucid-{port}"

    @property
    def address(self) -> str:
        """What is opened; what stands behind # is sent to nobody."""
        return f"http://127.0.0.1:{self.port}/#token={self.token}"

    @property
    def hosts(self) -> set[str]:
        return {f"{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]")}

    @property
    def set_cookie(self) -> str:
        return f"{self.cookie}={self.session}; HttpOnly; SameSite=Strict; Path=/"


class Guard:
    """Lets through what names this host, comes from its own page, and has the cookie.

    The page itself, and what it is built of, hold no secret: they need no cookie.
    """

    def __init__(self, app: App, keys: Keys, open_to_all: Collection[str]):
        self.app, self.keys, self.open_to_all = app, keys, frozenset(open_to_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        refused = self.refusal(scope)
        if refused is not None:
            return await refuse(scope, send, *refused)
        return await self.app(scope, receive, with_headers(send))

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the sentence for who is not let through."""
        host, origin = (header(scope, name) for name in (b"host", b"origin"))
        if host not in self.keys.hosts:
            return 421, "this server is known by the address that it printed, and by no other"
        socket = scope["type"] == "websocket"
        asks = not socket and scope["method"] in ("GET", "HEAD")
        if origin != f"http://{host}" and not (asks and origin is None):
            return 403, "only the page of this server may ask this"
        is_open = asks and scope["path"] in self.open_to_all
        brings_token = not socket and scope["method"] == "POST" and scope["path"] == TOKEN
        if is_open or brings_token or self.is_known(scope):
            return None
        return 403, "open the address that `pellucid play` printed"

    def is_known(self, scope: Scope) -> bool:
        """Whether the cookie comes along, or the token as a bearer's."""
        given = header(scope, b"authorization") or ""
        bearer = given.removeprefix("Bearer ") if given.startswith("Bearer ") else ""
        cookie = cookies(header(scope, b"cookie") or "").get(self.keys.cookie, "")
        return same(cookie, self.keys.session) or same(bearer, self.keys.token)


def cookies(text: str) -> dict[str, str]:
    """The cookies by name; those of other servers of this machine may be of any form."""
    pairs = (each.strip().partition("=") for each in text.split(";"))
    return {name: value for name, _, value in pairs}


def same(given: str, secret: str) -> bool:
    """Compared in a time that does not tell how much of it is right."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def header(scope: Scope, name: bytes) -> str | None:
    """A header that came once; what came twice is taken for none that is known."""
    found = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return None if not found else found[0] if len(found) == 1 else "more than one"


def with_headers(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sent


async def refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1008, "reason": why})
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    return await send({"type": "http.response.body", "body": why.encode()})
