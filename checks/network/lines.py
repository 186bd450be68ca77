"""A protocol of lines, in the clear or over TLS (SMTP, IMAP, POP3)."""

import asyncio
import re

from checks.model import Cause
from checks.network import caps
from checks.network.errnos import lost_error
from checks.network.errors import ProbeError
from checks.network.handshake import Handshakes
from checks.network.tls import TlsLayer
from checks.network.transcript import Transcript, clipped
from checks.network.values import TlsSession, TlsTerms

_LF = 0x0A
_BREAK = re.compile(r"[\r\n\0]")
#: Of what is read to the end, in the transcript.
_LINES_SHOWN = 60


class LineBuffer(asyncio.Protocol):
    """Collects what the peer sends and hands it out line by line, under the caps."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._buffer = bytearray()
        self._received_bytes = 0
        self._error: ProbeError | None = None
        self._is_ended = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def is_empty(self) -> bool:
        return not self._buffer

    async def line(self) -> bytes:
        """The next line without its ending. Lines that came before an error are handed out before it is raised."""
        while (end := self._buffer.find(_LF, 0, caps.LINE_BYTES + 2)) < 0:
            if len(self._buffer) > caps.LINE_BYTES + 1:
                raise self._too_large(f"a line over {caps.LINE_BYTES} bytes")
            if self._error is not None:
                raise self._error
            await self._more()
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        if len(line) > caps.LINE_BYTES:
            raise self._too_large(f"a line over {caps.LINE_BYTES} bytes")
        return line

    async def exactly(self, count: int) -> bytes:
        """The next `count` bytes, lines or not."""
        if count > caps.DIALOGUE_BYTES:
            raise self._too_large(f"{count} bytes announced, over {caps.DIALOGUE_BYTES // 1024} KiB")
        while len(self._buffer) < count:
            if self._error is not None:
                raise self._error
            await self._more()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def to_end(self) -> bytes:
        """All that comes until the peer closes in good order."""
        while self._error is None:
            await self._more()
        if not self._is_ended:
            raise self._error
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def data_received(self, data: bytes) -> None:
        self._received_bytes += len(data)
        if self._received_bytes > caps.DIALOGUE_BYTES:
            self._error = self._too_large(f"the dialogue is over {caps.DIALOGUE_BYTES // 1024} KiB")
        else:
            self._buffer += data
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        closed = ProbeError(Cause.PROTOCOL, f"{self._place}: closed by the peer in mid-dialogue")
        self._is_ended = exc is None and self._error is None
        self._error = self._error or lost_error(exc, self._place) or closed
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _too_large(self, text: str) -> ProbeError:
        return ProbeError(Cause.TOO_LARGE, f"{self._place}: {text}")


class OpenDialogue:
    """What `dialogue` answers; see checks.network.values.LineDialogue."""

    def __init__(
        self,
        transport: asyncio.Transport,
        buffer: LineBuffer,
        *,
        address: str,
        place: str,
        connect_s: float,
        handshakes: Handshakes,
        transcript: Transcript,
    ) -> None:
        self.address = address
        self.connect_s = connect_s
        self.tls: TlsSession | None = None
        self._transport = transport
        self._buffer = buffer
        self._layer: TlsLayer[LineBuffer] | None = None
        self._place = place
        self._handshakes = handshakes
        self._transcript = transcript
        self._lines_in_a_row = 0

    @property
    def has_unread(self) -> bool:
        return not self._buffer.is_empty

    async def read_line(self) -> str:
        self._lines_in_a_row += 1
        if self._lines_in_a_row > caps.REPLY_LINES:
            text = f"{self._place}: more than {caps.REPLY_LINES} lines in one reply"
            raise ProbeError(Cause.TOO_LARGE, text)
        line = (await self._buffer.line()).decode("latin-1")
        self._transcript.add("< {}", clipped(self.redacted(line)))
        return line

    async def read_bytes(self, count: int) -> bytes:
        taken = await self._buffer.exactly(count)
        self._transcript.add("< {} bytes", str(count))
        return taken

    async def read_to_end(self) -> bytes:
        taken = await self._buffer.to_end()
        for line in taken.splitlines()[:_LINES_SHOWN]:
            self._transcript.add("< {}", clipped(self.redacted(line.decode("utf-8", errors="replace"))))
        self._transcript.add("< {} bytes to the end", str(len(taken)))
        return taken

    async def send_line(self, line: str, *, shown: str | None = None) -> None:
        """Send `line` and CRLF. Raises ValueError where the line would be two: that is a bug or an injection."""
        if _BREAK.search(line):
            raise ValueError("a line to be sent holds a line break or NUL")
        self._lines_in_a_row = 0
        if shown is not None:
            self._transcript.hidden.remember(line, shown)
        self._transcript.add("> {}", clipped(line if shown is None else shown))
        (self._layer or self._transport).write(line.encode("utf-8") + b"\r\n")

    def hide(self, secret: str, user: str = "") -> None:
        self._transcript.hidden.hide(secret, user)

    def redacted(self, text: str) -> str:
        return self._transcript.hidden.taken_out(text)

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        if self.tls is not None:
            raise ProbeError(Cause.PROTOCOL, f"{self._place}: STARTTLS inside TLS")
        if self.has_unread:
            text = f"{self._place}: plaintext behind the go-ahead for TLS, as in a command injection (CVE-2011-0411)"
            raise ProbeError(Cause.PROTOCOL, text)
        layer = self._handshakes.layer(terms, self._buffer, self._place)
        self._transport.set_protocol(layer)
        layer.connection_made(self._transport)
        return await self.secure(layer, terms)

    async def secure(self, layer: TlsLayer[LineBuffer], terms: TlsTerms) -> TlsSession:
        """Wait for the handshake that `layer` has begun, then talk through it."""
        self.tls = await self._handshakes.session(layer, terms, self._transcript)
        self._layer = layer
        self._lines_in_a_row = 0
        return self.tls

    def close(self) -> None:
        if self._layer is not None:
            self._layer.flush()
        # A peer that no longer reads would keep a closing connection open for its last bytes.
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()
