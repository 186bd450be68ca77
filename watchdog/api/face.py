"""The API as a face of the daemon: its socket, and the server on it."""

import contextlib
from collections.abc import Coroutine, Mapping
from pathlib import Path
from socket import socket as Socket  # noqa: N812  # a type here, nothing is opened

import structlog

from watchdog.api.application import application
from watchdog.api.connection import ApiConnection
from watchdog.api.desk import Desk
from watchdog.api.place import SOCKET_NAME, NoSocketError, default_place, opened_socket
from watchdog.web.server import serve_app

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def api_face(desk: Desk, environ: Mapping[str, str]) -> Coroutine[None, None, None]:
    """Opens the socket now, and answers on it for as long as the coroutine runs.

    Without a socket there is no way in for people, which is logged: but watching goes on.
    """
    api = desk.daemon.settings.api
    path = (api.socket or default_place(environ, desk.state_dir)).absolute()
    closing = contextlib.ExitStack()
    try:
        sock = closing.enter_context(opened_socket(path, api.group, beside_state=_link_of(desk.state_dir)))
    except NoSocketError as error:
        log.error("no way in for people: nobody can reload, acknowledge or ask", error=str(error))
        return _nothing()
    log.info("answering people", socket=str(path))
    return _answer(desk, sock, closing)


def _link_of(state_dir: Path) -> Path:
    return state_dir.absolute() / SOCKET_NAME


async def _answer(desk: Desk, sock: Socket, closing: contextlib.ExitStack) -> None:
    with closing:
        await serve_app(application(desk), sock, ApiConnection)


async def _nothing() -> None:
    """A face that shows nothing."""
