"""What may follow the first command to a mailbox server: literals, lines and lists without measure."""

import asyncio
from collections.abc import Callable

from tests.support.hostile import Handler, answers, drip, endless, tarpit
from tests.support.hostile_mailbox import ImapPeer, MailboxPeer, Pop3Peer
from tests.support.matrix import faces
from tests.support.matrix.grid import Grid, Peer, Row, listening
from tests.support.matrix.well import well


def _at_once(handler: Handler) -> Handler:
    """`handler` instead of the answer to a command that was read already."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken = asyncio.StreamReader()
        spoken.feed_data(b"command")
        await handler(spoken, writer)
        writer.close()

    return serve


def _foul(make: Callable[..., MailboxPeer], handler: Handler) -> Peer:
    return lambda stage, _face: str(stage.host.serve(make(foul=_at_once(handler))))


def _imap(block: bytes, first: bytes = b"") -> Peer:
    return _foul(ImapPeer, endless(block, first))


_LITERAL = b"* LIST () {%s}\r\n"
_MUCH = b"a" * 65_536

IMAP = Grid(
    title="Who greets as an IMAP server, then",
    faces=[faces.IMAP],
    rows=[
        Row("goes on well", well),
        Row("greets without end", listening(endless(b"* OK ready\r\n" * 1000))),
        Row("greets a byte each half second", listening(drip(b"* OK re"))),
        Row("greets in one line without end", listening(endless(_MUCH, b"* OK "))),
        Row("greets by a number without end", listening(endless(b"9" * 65_536, b"* "))),
        Row("sends a literal of 4 GiB", _imap(_MUCH, _LITERAL % b"4294967295")),
        Row("sends a literal that waits for nobody", _imap(_MUCH, _LITERAL % b"999999999+")),
        Row("sends a literal whose size has 1,500 digits", _imap(_MUCH, _LITERAL % (b"9" * 1500))),
        Row("sends a literal that only just fits, and more", _imap(_MUCH, _LITERAL % b"262144")),
        Row("announces a literal, then keeps silent", _foul(ImapPeer, answers(_LITERAL % b"200000", stays=True))),
        Row("sends small literals without end", _imap(b"* LIST {3}\r\nabc\r\n" * 1000)),
        Row("sends literals on one line without end", _imap(b" {1}\r\na" * 1000, b"* LIST {1}\r\na")),
        Row("sends a literal in a response code", _imap(_MUCH, b"* OK [X {4294967295}\r\n")),
        Row("sends untagged lines without end", _imap(b"* 1 EXISTS\r\n" * 1000)),
        Row("sends alerts without end", _imap(b"* OK [ALERT] hear me\r\n" * 1000)),
        Row("names capabilities without end", _imap(b" X" * 30_000, b"* CAPABILITY")),
        Row("asks for more without end", _imap(b"+ go on\r\n" * 1000)),
        Row("answers with a foreign tag", _foul(ImapPeer, answers(b"A1 OK done\r\n", stays=True))),
        Row("keeps silent", _foul(ImapPeer, tarpit)),
        Row("says good-bye", _foul(ImapPeer, answers(b"* BYE and off\r\n"))),
    ],
)
POP3 = Grid(
    title="Who greets as a POP3 server, then",
    faces=[faces.POP3],
    rows=[
        Row("goes on well", well),
        Row("greets without end", listening(endless(b"+OK ready\r\n" * 1000))),
        Row("greets a byte each half second", listening(drip(b"+OK re"))),
        Row("refuses in one line without end", listening(endless(_MUCH, b"-ERR "))),
        Row("sends a list without end", _foul(Pop3Peer, endless(b"X-MORE\r\n" * 1000, b"+OK\r\n"))),
        Row("sends a list, a byte each half second", _foul(Pop3Peer, drip(b"+OK\r\nTOP\r\n"))),
        Row("closes amid a list", _foul(Pop3Peer, answers(b"+OK\r\nTOP\r\n"))),
        Row("keeps silent", _foul(Pop3Peer, tarpit)),
    ],
)
