"""Peers for the transport: scripted TCP servers and a real little DNS server, in the test's own loop on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import uvloop

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.lookup import Patience
from checks.network.network import ProbeNetwork, Transport
from checks.network.resolver import Resolver
from tests.support.certificates import Pair
from tests.support.peer import free_port

ResultT = TypeVar("ResultT")
Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_PATIENCE_S = 60.0
_PORTS_TRIED = 20
#: For servers that answer, however late a busy machine lets them.
_UNHURRIED = Patience(server_s=15.0, name_s=45.0)
#: For servers that keep silent.
HASTY = Patience(server_s=0.1, name_s=0.5)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def run(look: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run on uvloop, as the daemon does, for a minute at most."""
    return _run(look, uvloop.new_event_loop)


def run_on_asyncio(look: Coroutine[Any, Any, ResultT]) -> ResultT:
    return _run(look, asyncio.new_event_loop)


def _run(look: Coroutine[Any, Any, ResultT], loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> ResultT:
    async def bounded() -> ResultT:
        async with asyncio.timeout(_PATIENCE_S):
            return await look

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(bounded())


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve `handler` on a free port of 127.0.0.1; whatever still runs at the end is cut off."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has left, or the test is over
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def answering(text: bytes) -> Handler:
    """`text` to whatever first comes, then the end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(text)
        await writer.drain()

    return serve


def saying(text: bytes) -> Handler:
    """`text` at once, then silence for as long as the client stays."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        await reader.read()

    return serve


def tls_context(pair: Pair, *, ciphers: str = "DEFAULT:@SECLEVEL=0") -> ssl.SSLContext:
    """A server's context that accepts weak keys as well."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.load_cert_chain(pair.chain_file, pair.key_file)
    return context


def refused_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    return free_port()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@dataclass(slots=True)
class Stopwatch:
    """A clock that goes when told."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


def session(**resolving: Any) -> ProbeNetwork:  # noqa: ANN401  # the resolver's own keywords
    return Transport(Resolver(**resolving), lambda: NOW).session()


async def cause_of(look: Awaitable[object]) -> Cause:
    """The cause with which `look` fails; whatever else it raises goes through."""
    try:
        await look
    except ProbeError as error:
        return error.cause
    return Cause.NONE


#: Bytes to send for a query, or None for silence.
Answer: TypeAlias = Callable[[dns.message.QueryMessage, str], bytes | None]


@dataclass(slots=True)
class DnsServer:
    """A DNS server over UDP and TCP on one port. `answer` gets the query and "udp" or "tcp"."""

    answer: Answer
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def resolver(self, tmp_path: Path, **more: Any) -> Resolver:  # noqa: ANN401  # the resolver's own keywords
        """A resolver that knows nobody but this server."""
        (tmp_path / "hosts").touch()
        keywords = {"patience": _UNHURRIED, **more}
        return Resolver(servers=(self.address,), hosts_file=tmp_path / "hosts", **keywords)

    def reply(self, wire: bytes, way: str) -> bytes | None:
        query = dns.message.from_wire(wire)
        assert isinstance(query, dns.message.QueryMessage)
        question = query.question[0]
        self.asked.append(
            f"{way} {question.name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(question.rdtype)}"
        )
        return self.answer(query, way)

    async def over_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = self.reply(await reader.readexactly(length), "tcp")
        if reply is not None:
            writer.write(len(reply).to_bytes(2, "big") + reply)
            await writer.drain()


class _OverUdp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        reply = self._server.reply(data, "udp")
        if reply is not None:
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def dns_server(answer: Answer) -> AsyncIterator[DnsServer]:
    server = DnsServer(answer)
    async with AsyncExitStack() as stack:
        for _ in range(_PORTS_TRIED):
            server.port = await stack.enter_async_context(listening(server.over_tcp))
            try:
                udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _OverUdp(server), local_addr=("127.0.0.1", server.port)
                )
            except OSError:  # another has that port over UDP
                continue
            stack.callback(udp.close)
            yield server
            return
        raise AssertionError("no port that is free over TCP and UDP")


def records(query: dns.message.QueryMessage, *rows: tuple[str, int, str, str]) -> dns.message.QueryMessage:
    """An answer with `rows` of (name, ttl, type, data)."""
    reply = dns.message.make_response(query)
    assert isinstance(reply, dns.message.QueryMessage)
    for name, ttl, kind, data in rows:
        reply.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", kind, data))
    return reply


def zone(*rows: tuple[str, int, str, str]) -> Answer:
    """Answers from `rows` of (name, ttl, type, data) as an authority would; other names do not exist."""

    def answer(query: dns.message.QueryMessage, _way: str) -> bytes:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        reply = records(query, *[row for row in rows if row[0] == name and row[2] in {kind, "CNAME"}])
        if not any(row[0] == name for row in rows):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    return answer


def failing(code: dns.rcode.Rcode) -> Answer:
    def answer(query: dns.message.QueryMessage, _way: str) -> bytes:
        reply = dns.message.make_response(query)
        reply.set_rcode(code)
        return reply.to_wire()

    return answer


def silent(_query: dns.message.QueryMessage, _way: str) -> None:
    return None


def only(way: str, answer: Answer) -> Answer:
    """`answer` over one way, silence over the other."""
    return lambda query, over: answer(query, over) if over == way else None
