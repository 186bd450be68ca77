"""Bytes to one name server and back: over UDP, and over TCP where the answer is cut short. All of it is untrusted."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from checks.model import Cause
from checks.network.errnos import probe_error
from checks.network.errors import ProbeError
from checks.network.name_servers import NameServer

ReplyT = TypeVar("ReplyT")

#: From bytes to the reply they carry. Raises NoAnswerError for whatever does not answer the question.
Read: TypeAlias = Callable[[bytes], ReplyT]

#: Asked for or not, a datagram of this size at most is taken; what is longer ends in the middle.
_MAX_DATAGRAM_BYTES = 4096
_LENGTH_BYTES = 2

#: The first byte of flags, and its TC bit (RFC 1035 §4.1.1).
_FLAGS_BYTE = 2
_CUT = 0x02

#: A server that keeps answering other people's questions is left at this many.
_MAX_STRAYS = 100


class NoAnswerError(Exception):
    """A server did not answer this question.

    `heard` says whether it sent anything to us at all, `is_broken` whether that is its own answer to us, only that it
    cannot be used. `failure` is what is to be said of it where that is more than "it does not keep the protocol": what
    the kernel said, above all.
    """

    def __init__(self, detail: str, *, heard: bool, is_broken: bool = False, failure: ProbeError | None = None) -> None:
        super().__init__(detail)
        self.heard = heard
        self.is_broken = is_broken
        self.failure = failure

    @property
    def is_refused(self) -> bool:
        """Whether the machine is there, and refused the connection."""
        return self.failure is not None and self.failure.cause is Cause.REFUSED


async def exchange(
    server: NameServer, wires: Sequence[bytes], read: Read[ReplyT], pauses_s: Sequence[float] = ()
) -> tuple[ReplyT, bool]:
    """What `server` replies, and whether it took TCP to say it. Waits for ever: the caller sets the time limit.

    `wires` are one query in one or more forms. The first is sent at once, another after each of `pauses_s` without a
    reply, since packets get lost; whatever is answered first counts. Raises NoAnswerError. When it is cancelled, the
    CancelledError has a NoAnswerError for its cause that says what was waited for.
    """
    try:
        reply, cut_short = await _over_udp(server, wires, read, pauses_s)
        return (await _over_tcp(server, wires[0], read), True) if cut_short else (reply, False)
    except NoAnswerError as error:
        raise _placed(error, server) from None
    except asyncio.CancelledError as cut:
        raise cut from _placed(cut.__cause__, server)


def _placed(error: BaseException | None, server: NameServer) -> NoAnswerError:
    """`error` with the server named, else a refused connection would read as if the target had refused it."""
    match error:
        case NoAnswerError(heard=heard, is_broken=is_broken, failure=failure):
            return NoAnswerError(f"{_place(server)}: {error}", heard=heard, is_broken=is_broken, failure=failure)
        case _:
            return NoAnswerError(f"{_place(server)} has not been asked", heard=False)


def _place(server: NameServer) -> str:
    return f"name server {server.shown}"


def _unreached(error: OSError, server: NameServer, way: str = "", *, heard: bool = False) -> NoAnswerError:
    failure = probe_error(error, f"{_place(server)}{way}", server.address)
    return NoAnswerError(f"{way.strip()} {error.strerror or error}".strip(), heard=heard, failure=failure)


async def _over_udp(
    server: NameServer, wires: Sequence[bytes], read: Read[ReplyT], pauses_s: Sequence[float]
) -> tuple[ReplyT, bool]:
    """The reply, and whether it was cut short."""
    loop = asyncio.get_running_loop()
    try:
        asking = _connected_udp(server)
    except OSError as error:
        raise _unreached(error, server) from None
    waiting = _UdpExchange(asking, wires, read, pauses_s)
    # A watched socket costs a third less than a transport of the loop, and a dns look is little else.
    loop.add_reader(asking, waiting.receive)
    try:
        waiting.send()
        return await waiting.reply
    except OSError as error:
        raise _unreached(error, server) from None
    except asyncio.CancelledError as cut:
        raise cut from waiting.silence()
    finally:
        waiting.stop()
        loop.remove_reader(asking)
        asking.close()


def _connected_udp(server: NameServer) -> socket.socket:
    """A connected socket: the kernel picks a random port and drops what others send to it."""
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    asking = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        asking.connect((server.address, server.port))
    except OSError:
        asking.close()
        raise
    return asking


class _UdpExchange(Generic[ReplyT]):
    def __init__(
        self, asking: socket.socket, wires: Sequence[bytes], read: Read[ReplyT], pauses_s: Sequence[float]
    ) -> None:
        self._asking = asking
        self._wires = wires
        self._pauses_s = pauses_s
        self._read = read
        self._sent = 0
        self._strays = 0
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None
        self.reply: asyncio.Future[tuple[ReplyT, bool]] = self._loop.create_future()

    def send(self) -> None:
        if self.reply.done():
            return
        wire = self._wires[min(self._sent, len(self._wires) - 1)]
        try:
            self._asking.send(wire)
        except BlockingIOError:
            pass  # as if it were lost on the way
        except OSError as error:
            self.reply.set_exception(error)
            return
        if self._sent < len(self._pauses_s):
            self._again = self._loop.call_later(self._pauses_s[self._sent], self.send)
        self._sent += 1

    def receive(self) -> None:
        if self.reply.done():
            return
        try:
            data = self._asking.recv(_MAX_DATAGRAM_BYTES)
            self.reply.set_result((self._read(data), is_cut(data)))
        except BlockingIOError:
            pass  # the kernel dropped what it had announced
        except NoAnswerError as error:
            # A forged or stale packet proves nothing: keep listening, but not for ever. Broken bytes under our own
            # id, though, are this server's answer.
            self._strays += 1
            if error.is_broken or self._strays > _MAX_STRAYS:
                self.reply.set_exception(error)
        except OSError as error:
            self.reply.set_exception(error)

    def silence(self) -> NoAnswerError:
        """What there is to say when nobody waits any longer."""
        if self._strays:
            return NoAnswerError("only answers to other questions", heard=True)
        times = "once" if self._sent == 1 else f"{self._sent} times"
        return NoAnswerError(f"silent, asked {times}", heard=False)

    def stop(self) -> None:
        if self._again is not None:
            self._again.cancel()


def is_cut(data: bytes) -> bool:
    """Whether a message says of itself that it was cut to fit (TC)."""
    return len(data) > _FLAGS_BYTE and bool(data[_FLAGS_BYTE] & _CUT)


async def _over_tcp(server: NameServer, wire: bytes, read: Read[ReplyT]) -> ReplyT:
    loop = asyncio.get_running_loop()
    waiting = _TcpExchange(read)
    try:
        transport, _ = await loop.create_connection(lambda: waiting, server.address, server.port)
    except OSError as error:
        raise _unreached(error, server, " over TCP, which its answer needs", heard=True) from None
    except asyncio.CancelledError as cut:
        raise cut from NoAnswerError("silent over TCP, which its answer needs", heard=False)
    try:
        transport.write(len(wire).to_bytes(_LENGTH_BYTES, "big") + wire)
        return await waiting.reply
    except asyncio.CancelledError as cut:
        raise cut from waiting.silence()
    finally:
        transport.abort()


class _TcpExchange(asyncio.Protocol, Generic[ReplyT]):
    """One answer of at most 64 KiB behind its length (RFC 1035 §4.2.2)."""

    def __init__(self, read: Read[ReplyT]) -> None:
        self._read = read
        self._received = bytearray()
        self.reply: asyncio.Future[ReplyT] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if self.reply.done():
            return
        self._received += data
        if len(self._received) >= _LENGTH_BYTES and len(self._received) >= self._end:
            self._finish(bytes(self._received[_LENGTH_BYTES : self._end]))

    @property
    def _end(self) -> int:
        return _LENGTH_BYTES + int.from_bytes(self._received[:_LENGTH_BYTES], "big")

    def _finish(self, wire: bytes) -> None:
        try:
            reply = self._read(wire)
        except NoAnswerError as error:
            self.reply.set_exception(error)
            return
        if is_cut(wire):
            self.reply.set_exception(NoAnswerError("cut short even over TCP", heard=True, is_broken=True))
        else:
            self.reply.set_result(reply)

    def silence(self) -> NoAnswerError:
        came = max(0, len(self._received) - _LENGTH_BYTES)
        if len(self._received) < _LENGTH_BYTES:
            return NoAnswerError("silent over TCP, which its answer needs", heard=False)
        return NoAnswerError(f"only {came} of {self._end - _LENGTH_BYTES} bytes came over TCP", heard=False)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.reply.done():
            self.reply.set_exception(NoAnswerError("closed before its answer", heard=True))
            # Where the query was cancelled nobody fetches this error, and that is fine.
            self.reply.exception()
