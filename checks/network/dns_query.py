"""One question to one name server: over UDP, and over TCP where the answer is cut short. Bytes are untrusted."""

import asyncio
import secrets
import socket

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype

from checks.network.name_servers import NameServer

# The size that passes every path unfragmented (DNS flag day 2020).
_UDP_PAYLOAD_BYTES = 1232
_LENGTH_BYTES = 2
_ID_BYTES = 2
_MAX_ID = 0xFFFF

#: The first byte of flags, and its TC bit (RFC 1035 §4.1.1).
_FLAGS_BYTE = 2
_CUT = 0x02

#: A server that keeps answering other people's questions is left at this many.
_MAX_STRAYS = 100


class NoAnswerError(Exception):
    """A server did not answer this question.

    `heard` says whether it sent anything to us at all, `is_broken` whether what it sent cannot be read.
    """

    def __init__(self, detail: str, *, heard: bool, is_broken: bool = False) -> None:
        super().__init__(detail)
        self.heard = heard
        self.is_broken = is_broken


def question(name: str, kind: dns.rdatatype.RdataType, *, plain: bool = False) -> dns.message.QueryMessage:
    """A query with an unguessable id; `plain` leaves EDNS out, for servers that know nothing of it."""
    return dns.message.make_query(
        dns.name.from_text(name),
        kind,
        id=secrets.randbelow(_MAX_ID + 1),
        use_edns=-1 if plain else 0,
        payload=_UDP_PAYLOAD_BYTES,
    )


async def ask(server: NameServer, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    """The server's answer to exactly this query. Waits for ever: the caller sets the time limit.

    Raises NoAnswerError where the server refuses the connection or sends what cannot be read.
    """
    try:
        answer = await _ask_udp(server, query)
        return await _ask_tcp(server, query) if answer.flags & dns.flags.TC else answer
    except NoAnswerError as error:
        # Else a refused connection would read as if the target had refused it.
        text = f"name server {server.shown}: {error}"
        raise NoAnswerError(text, heard=error.heard, is_broken=error.is_broken) from None


async def _ask_udp(server: NameServer, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_datagram_endpoint(lambda: _UdpExchange(query), sock=_udp(server))
    except OSError as error:
        raise NoAnswerError(error.strerror or str(error), heard=False) from None
    try:
        transport.sendto(query.to_wire())
        return await protocol.answer
    finally:
        transport.abort()


def _udp(server: NameServer) -> socket.socket:
    """A connected socket: the kernel picks a random port and drops what others send to it."""
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    asking = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        asking.connect((server.address, server.port))
    except OSError:
        asking.close()
        raise
    return asking


class _UdpExchange(asyncio.DatagramProtocol):
    def __init__(self, query: dns.message.QueryMessage) -> None:
        self._query = query
        self._strays = 0
        self.answer: asyncio.Future[dns.message.QueryMessage] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        del addr
        if self.answer.done():
            return
        try:
            answer = parse(data, self._query)
        except NoAnswerError as error:
            self._strays += 1
            # A forged or stale packet proves nothing: keep listening, but not for ever. Broken bytes under our own
            # id, though, are this server's answer.
            is_ours = data[:_ID_BYTES] == self._query.id.to_bytes(_ID_BYTES, "big")
            if (is_ours and error.is_broken) or self._strays > _MAX_STRAYS:
                self.answer.set_exception(error)
            return
        self.answer.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        self._fail(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("closed"))

    def _fail(self, error: Exception) -> None:
        if not self.answer.done():
            text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.answer.set_exception(NoAnswerError(text, heard=False))
            # Where the query was cancelled nobody fetches this error, and that is fine.
            self.answer.exception()


async def _ask_tcp(server: NameServer, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_connection(lambda: _TcpExchange(query), server.address, server.port)
    except OSError as error:
        raise NoAnswerError(f"over TCP: {error.strerror or error}", heard=True) from None
    try:
        wire = query.to_wire()
        transport.write(len(wire).to_bytes(_LENGTH_BYTES, "big") + wire)
        return await protocol.answer
    finally:
        transport.abort()


class _TcpExchange(asyncio.Protocol):
    """One answer of at most 64 KiB behind its length (RFC 1035 §4.2.2)."""

    def __init__(self, query: dns.message.QueryMessage) -> None:
        self._query = query
        self._received = bytearray()
        self.answer: asyncio.Future[dns.message.QueryMessage] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if self.answer.done():
            return
        self._received += data
        if len(self._received) < _LENGTH_BYTES:
            return
        end = _LENGTH_BYTES + int.from_bytes(self._received[:_LENGTH_BYTES], "big")
        if len(self._received) >= end:
            self._finish(bytes(self._received[_LENGTH_BYTES:end]))

    def _finish(self, wire: bytes) -> None:
        try:
            self.answer.set_result(parse(wire, self._query))
        except NoAnswerError as error:
            self.answer.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.answer.done():
            self.answer.set_exception(NoAnswerError("closed before its answer", heard=True))
            self.answer.exception()


def parse(wire: bytes, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    """The message in `wire`, if it answers `query`: same id, same question. Raises NoAnswerError otherwise.

    A compression loop cannot hang it: dnspython follows pointers only backwards.
    """
    # What follows the question of a cut answer may end in the middle of a record, and is not used anyway.
    is_cut = len(wire) > _FLAGS_BYTE and bool(wire[_FLAGS_BYTE] & _CUT)
    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True, question_only=is_cut)
    except (dns.exception.DNSException, ValueError, IndexError, KeyError, AssertionError) as error:
        raise NoAnswerError(f"unreadable answer ({type(error).__name__})", heard=True, is_broken=True) from None
    if not isinstance(answer, dns.message.QueryMessage) or not query.is_response(answer):
        raise NoAnswerError("an answer to another question", heard=True)
    return answer
