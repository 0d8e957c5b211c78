"""The playground in a browser: a server for this machine alone, until Ctrl-C."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import Any

from pellucid.extras import needed
from pellucid.play.guard import Keys
from pellucid.play.player import Player
from pellucid.play.session import Session
from pellucid.play.working import Worker

HOST = "127.0.0.1"
#: the longest message: the largest table, and what it is wrapped in
MESSAGE = 21_000_000
WHO = "the playground"


def serve(
    session: Session,
    port: int = 0,
    browser: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Carry a session to a browser until Ctrl-C. With port 0, on one that is free."""
    uvicorn = needed("uvicorn", "play", WHO)
    for module in ("starlette", "websockets"):
        needed(module, "play", WHO)
    listening = bound(port)
    keys, worker = Keys(listening.getsockname()[1]), Worker(Player(session))
    server = uvicorn.Server(settings(uvicorn, worker, keys))
    worker.thread.start()
    say(f"the playground is at {keys.address}   (Ctrl-C ends it)")
    if browser:
        threading.Thread(target=webbrowser.open, args=(keys.address,), daemon=True).start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        worker.end()


def settings(uvicorn: Any, worker: Worker, keys: Keys) -> Any:
    """How uvicorn runs it: no logs of requests, no long goodbye."""
    from pellucid.play.site import Site, static_files

    return uvicorn.Config(
        Site(worker, keys, static_files()).app(),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=MESSAGE,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )


def bound(port: int) -> socket.socket:
    """A socket on this machine's own address, which no other machine reaches."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
    except OSError as error:
        found.close()
        raise OSError(
            f"port {port} cannot be had ({error.strerror}): choose another with --port, or leave "
            "it out for one that is free"
        ) from error
    found.listen()
    return found
