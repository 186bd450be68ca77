"""What leaves at the end of a handshake, write by write: the server end is OpenSSL's own, over memory."""

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import cast

from checks.network.lines import LineBuffer
from checks.network.tls import TlsLayer, client_context
from tests.support.certificates import Authority
from tests.support.network import run, tls_context


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
