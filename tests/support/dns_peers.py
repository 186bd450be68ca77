"""Name servers that mean no good, or know no better: over UDP and TCP on one port of loopback, in their own thread."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.support.hostile import Handler

#: From one query to the datagrams sent back.
Udp: TypeAlias = Callable[[bytes], Iterable[bytes]]
Connected: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]

_HEAD_BYTES = 12
_RESPONSE, _AUTHORITATIVE, _CUT = 0x8000, 0x0400, 0x0200
_A, _CNAME, _TXT, _OPT = 1, 5, 16, 41
#: The name that was asked for, as a pointer.
ASKED = b"\xc0\x0c"


def question_of(query: bytes) -> bytes:
    """The question section of a query; ours has one question and at most an OPT record behind it."""
    end = query.index(b"\0", _HEAD_BYTES) + 5
    return query[_HEAD_BYTES:end]


def answer(query: bytes, *records: bytes, flags: int = _AUTHORITATIVE, others: tuple[bytes, ...] = ()) -> bytes:
    """A reply to `query` with `records` as they are, valid or not."""
    head = struct.pack("!5H", _RESPONSE | flags, 1, len(records), 0, len(others))
    return query[:2] + head + question_of(query) + b"".join(records) + b"".join(others)


def record(owner: bytes, kind: int, data: bytes, ttl_s: int = 60) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, ttl_s, len(data)) + data


def address(owner: bytes = ASKED) -> bytes:
    return record(owner, _A, b"\xc0\x00\x02\x01")


def alias(owner: bytes, target: bytes) -> bytes:
    return record(owner, _CNAME, target)


def text(*strings: bytes) -> bytes:
    return record(ASKED, _TXT, b"".join(bytes([len(one)]) + one for one in strings))


def name(*labels: bytes) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def options(data: bytes, extended: int = 0) -> bytes:
    """An OPT record with `data` for its options."""
    return b"\0" + struct.pack("!HHIH", _OPT, 1232, extended << 24, len(data)) + data


def well(query: bytes) -> Iterable[bytes]:
    yield answer(query, address())


def silent(_query: bytes) -> Iterable[bytes]:
    return ()


def always(*records: bytes) -> Udp:
    return lambda query: [answer(query, *records)]


def cut(query: bytes) -> Iterable[bytes]:
    yield answer(query, flags=_CUT)


def code(number: dns.rcode.Rcode, note: str = "", *, why: dns.edns.EDECode = dns.edns.EDECode.DNSSEC_BOGUS) -> Udp:
    """Answers with an error, and with an extended one (RFC 8914) where there is a `note`."""

    def reply(query: bytes) -> Iterable[bytes]:
        message = dns.message.make_response(dns.message.from_wire(query))
        message.set_rcode(number)
        if note:
            message.use_edns(0, options=[dns.edns.EDEOption(why, note)])
        yield message.to_wire()

    return reply


def without_edns(refusal: dns.rcode.Rcode) -> Udp:
    """Knows nothing of EDNS and says so, without repeating the question."""

    def reply(query: bytes) -> Iterable[bytes]:
        if query[11]:
            yield query[:2] + struct.pack("!5H", _RESPONSE | refusal, 0, 0, 0, 0)
        else:
            yield answer(query, address())

    return reply


def endless_chain() -> Udp:
    """Every name is an alias of another that was never heard of."""
    chance = random.Random(7)
    return lambda query: [answer(query, alias(ASKED, name(chance.randbytes(8).hex().encode(), b"example")))]


def flood_of_strangers(query: bytes) -> Iterable[bytes]:
    good = answer(query, address())
    own_id = int.from_bytes(query[:2], "big")
    return [((own_id + number) % 65_536).to_bytes(2, "big") + good[2:] for number in range(1, 400)]


def another_question(query: bytes) -> Iterable[bytes]:
    yield answer(query[:_HEAD_BYTES] + name(b"another", b"example") + b"\0\1\0\1", address())


def colliding_names(count: int) -> tuple[bytes, ...]:
    """Texts of many names that dnspython's hash cannot tell apart: in it "b0" weighs as much as "a9"."""
    pairs = (b"b0", b"a9")
    labels = (b"".join(pairs[number >> place & 1] for place in range(12)) for number in range(count))
    return tuple(record(name(label, b"example"), _TXT, b"\x01x") for label in labels)


def framed(reply: bytes) -> bytes:
    return len(reply).to_bytes(2, "big") + reply


def over_tcp(udp: Udp) -> Handler:
    """What `udp` says, each behind its length."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        for reply in udp(query):
            writer.write(framed(reply))
        await writer.drain()
        await reader.read()

    return serve


def dripping(udp: Udp, pause_s: float = 0.5) -> Handler:
    """Its length at once, then a byte each half second."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        (reply,) = udp(query)
        writer.write(len(reply).to_bytes(2, "big"))
        for byte in reply:
            await asyncio.sleep(pause_s)
            writer.write(bytes([byte]))
            await writer.drain()

    return serve


def saying_then_closing(reply: bytes) -> Handler:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(512)
        writer.write(reply)
        await writer.drain()

    return serve


def _reply(udp: Udp, own: socket.socket) -> None:
    """A socket of its own: asyncio's transports send no empty datagram."""
    query, address = own.recvfrom(65_535)
    for reply in udp(query):
        own.sendto(reply, address)


async def _on_one_port(connected: Connected) -> tuple[socket.socket, asyncio.Server]:
    """A port that is free for datagrams may be taken for connections: another is tried."""
    while True:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        own.bind(("127.0.0.1", 0))
        try:
            return own, await asyncio.start_server(connected, *own.getsockname())
        except OSError:
            own.close()


class DnsHost:
    """Serves peers until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="name servers", daemon=True)
        self._thread.start()

    def serve(self, udp: Udp, tcp: Handler | None = None) -> str:
        """The "address:port" of a server; without `tcp` it refuses connections."""
        port = asyncio.run_coroutine_threadsafe(self._serve(udp, tcp), self._loop).result(60)
        return f"127.0.0.1:{port}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _serve(self, udp: Udp, tcp: Handler | None) -> int:
        async def until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await (tcp or saying_then_closing(b""))(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass  # the client has left, which is what we wait for
            finally:
                writer.close()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(until_gone(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        own, server = await _on_one_port(connected)
        port = int(own.getsockname()[1])
        self._loop.add_reader(own, _reply, udp, own)
        self._sockets.append(own)
        if tcp is None:
            server.close()
        else:
            self._servers.append(server)
        return port

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for own in self._sockets:
            self._loop.remove_reader(own)
            own.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports close in later turns of the loop


@contextmanager
def dns_host() -> Iterator[DnsHost]:
    host = DnsHost()
    try:
        yield host
    finally:
        host.close()
