"""What leaves at the end of a handshake, write by write: the server end is OpenSSL's own, over memory."""

import asyncio
import contextlib
import select
import ssl
from pathlib import Path
from typing import Any, cast

import pytest

from checks.network.dial import dial
from checks.network.lines import LineBuffer
from checks.network.tls import TlsLayer, client_context
from tests.support.background import in_background
from tests.support.certificates import Authority
from tests.support.network import listening, run, run_on_asyncio, saying, tls_context


class Recording:
    """Stands in for a transport: keeps every write apart."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def is_closing(self) -> bool:
        return False


class Server:
    """Shakes hands over memory."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def answer(self, data: bytes) -> bytes:
        """What it sends for what came."""
        self._incoming.write(data)
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
        return self._outgoing.read()

    def read(self, data: bytes) -> bytes:
        """What was said in `data`, once the handshake is over."""
        self._incoming.write(data)
        self._tls.do_handshake()
        return self._tls.read(1000)


def almost_shaken(folder: Path) -> tuple[TlsLayer[LineBuffer], Recording, Server]:
    """A layer that has just understood the server's last word, and said nothing since."""
    pair = Authority.root(folder).leaf("mx.example")
    layer = TlsLayer(client_context(), "mx.example", (), LineBuffer("mx.example:25"), "mx.example:25")
    wire, server = Recording(), Server(tls_context(pair))
    layer.connection_made(cast("asyncio.Transport", wire))
    (hello,) = wire.writes
    wire.writes.clear()
    layer.data_received(server.answer(hello))
    assert layer.shaken.done()
    return layer, wire, server


def test_what_is_said_at_once_goes_out_with_the_end_of_the_handshake(tmp_path: Path) -> None:
    async def scene() -> tuple[int, bytes]:
        layer, wire, server = almost_shaken(tmp_path)
        layer.write(b"EHLO prober.example\r\n")
        await asyncio.sleep(0)
        return len(wire.writes), server.read(b"".join(wire.writes))

    assert run(scene()) == (1, b"EHLO prober.example\r\n")


def test_the_end_of_the_handshake_waits_for_nobody_who_says_nothing(tmp_path: Path) -> None:
    async def scene() -> tuple[int, int]:
        _, wire, _ = almost_shaken(tmp_path)
        before = len(wire.writes)
        await asyncio.sleep(0)
        return before, len(wire.writes)

    assert run(scene()) == (0, 1)


class CutShort(TlsLayer[LineBuffer]):
    """Its run's time is up while the loop is busy, and the server has answered by then."""

    def __init__(self) -> None:
        super().__init__(client_context(), "mx.example", (), LineBuffer("mx.example:25"), "mx.example:25")
        self.dialling: asyncio.Future[Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        answered, _, _ = select.select([transport.get_extra_info("socket").fileno()], [], [], 10)
        assert answered
        assert self.dialling is not None
        self.dialling.cancel()


def test_a_dial_that_is_cut_short_in_the_middle_of_the_handshake_leaves_no_trouble_in_the_loop(tmp_path: Path) -> None:
    async def scene(port: int) -> list[dict[str, Any]]:
        trouble: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: trouble.append(context))
        layer = CutShort()
        layer.dialling = asyncio.ensure_future(dial(["127.0.0.1"], port, lambda: layer, "mx.example:25"))
        with pytest.raises(asyncio.CancelledError):
            await layer.dialling
        for _ in range(5):
            await asyncio.sleep(0)
        return trouble

    pair = Authority.root(tmp_path).leaf("mx.example")
    with in_background(listening(saying(b""), tls_context(pair))) as port:
        assert run(scene(port)) == []
        assert run_on_asyncio(scene(port)) == []
