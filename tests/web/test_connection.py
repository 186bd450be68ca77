"""How long one connection may take, in virtual time."""

import asyncio

import uvicorn
from uvicorn.server import ServerState

from tests.support.virtual_loop import run_virtual
from watchdog.web.connection import ASK_WITHIN_S, TAKE_WITHIN_S, Connection
from watchdog.web.server import Receive, Scope, Send

GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


class Wire(asyncio.Transport):
    """The far end of a connection: notes what is said to it, and when it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed_at_s: float | None = None

    def get_extra_info(self, _name: str, default: object = None) -> object:
        return default

    def is_closing(self) -> bool:
        return self.closed_at_s is not None

    def write(self, _data: object) -> None:
        return

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return

    def abort(self) -> None:
        if self.closed_at_s is None:
            self.closed_at_s = asyncio.get_running_loop().time()

    close = abort


async def wait_for_the_end(_scope: Scope, receive: Receive, _send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def connected(wire: Wire) -> Connection:
    state = ServerState()
    connection = Connection(
        uvicorn.Config(wait_for_the_end, http=Connection, lifespan="off", log_config=None), state, {}
    )
    connection.connection_made(wire)
    return connection


def closed_at(*said: tuple[float, bytes]) -> float | None:
    """When a connection is closed that says these things at these times."""

    async def scene() -> float | None:
        wire = Wire()
        connection = connected(wire)
        loop = asyncio.get_running_loop()
        for at_s, words in said:
            loop.call_at(at_s, connection.data_received, words)
        await asyncio.sleep(3600)
        connection.connection_lost(None)
        return wire.closed_at_s

    return run_virtual(scene())


def test_who_never_asks_is_left_after_five_seconds() -> None:
    assert closed_at() == ASK_WITHIN_S


def test_a_head_that_drips_is_given_no_longer() -> None:
    drops = [(float(second), bytes([byte])) for second, byte in enumerate(GET[:4])]
    assert closed_at(*drops) == ASK_WITHIN_S


def test_who_asks_has_a_minute_to_take_the_answer() -> None:
    assert closed_at((2.0, GET)) == 2.0 + TAKE_WITHIN_S


def test_asking_again_and_again_wins_no_time() -> None:
    assert closed_at((2.0, GET), (30.0, GET), (55.0, GET)) == 2.0 + TAKE_WITHIN_S


def test_a_connection_that_is_gone_keeps_no_timer() -> None:
    async def scene() -> float | None:
        wire = Wire()
        connected(wire).connection_lost(ConnectionResetError())
        await asyncio.sleep(3600)
        return wire.closed_at_s

    assert run_virtual(scene()) is None
