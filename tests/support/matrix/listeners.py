"""Servers that mean no good whatever they are asked: plain, over TLS, and behind STARTTLS."""

import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from tests.support.certificates import Authority, Pair, now, self_signed, weak_key
from tests.support.hostile import (
    BIG_BODY,
    ENDLESS_BANNER,
    ENDLESS_REPLY,
    GARBAGE,
    HALF_HANDSHAKE,
    HEADER_BOMB,
    Handler,
    SmtpPeer,
    answers,
    drip,
    reset,
    server_context,
    tarpit,
)
from tests.support.hostile_mailbox import ImapPeer, MailboxPeer, Pop3Peer
from tests.support.matrix import faces
from tests.support.matrix.grid import Face, Grid, Peer, Place, Row, Stage, listening
from tests.support.matrix.well import speaker, well
from tests.support.network import tls_context
from tests.support.tls_peers import GARBAGE_CERTIFICATE, HELLO_ONLY, NO_CERTIFICATES, slowly


def nobody(stage: Stage, _face: Face) -> Place:
    """A port that is held and not listened at, so that no other peer is given it."""
    held = stage.kept.enter_context(socket.socket())
    held.bind(("127.0.0.1", 0))
    return str(held.getsockname()[1])


#: Whether what they say is awaited in plain text or before STARTTLS.
_ANYBODY = (
    Row("as it should be", well),
    Row("nobody", nobody),
    Row("reset", listening(reset)),
    Row("silence", listening(tarpit)),
    Row("a byte each half second", listening(drip(b"220 "))),
    Row("an endless banner", listening(ENDLESS_BANNER)),
    Row("endless `220-` lines", listening(ENDLESS_REPLY)),
)

PLAIN = Grid(
    title="Whoever listens, in plain text",
    faces=faces.PLAIN,
    rows=[
        *_ANYBODY,
        Row("bytes at random", listening(GARBAGE)),
        Row("half a TLS handshake", listening(HALF_HANDSHAKE)),
        Row("endless headers", listening(HEADER_BOMB)),
        Row("a body of 1 GB", listening(BIG_BODY)),
    ],
)


def _presenting(pair: Callable[[Authority], Pair]) -> Peer:
    """A good server of the column's protocol with that certificate."""

    made = cache(lambda stage: tls_context(pair(stage.authority)))  # some take a second to make

    def put_up(stage: Stage, face: Face) -> Place:
        context = made(stage)
        handler = speaker(face.speaks, context)
        return str(stage.host.serve(handler, context if face.is_wrapped else None))

    return put_up


def _inside(handler: Handler) -> Peer:
    """Foul only once the handshake is done."""
    return lambda stage, _face: str(stage.host.serve(handler, server_context(stage.authority.leaf("127.0.0.1"))))


def _huge_chain(authority: Authority) -> Pair:
    return authority.leaf("127.0.0.1", extra=[authority.intermediate(f"Junk {n}").certificate for n in range(50)])


def _many_names(count: int) -> Callable[[Authority], Pair]:
    return lambda authority: authority.leaf("127.0.0.1", *(f"host-{n}.example.org" for n in range(count)))


def _expired(authority: Authority) -> Pair:
    return authority.leaf("127.0.0.1", not_before=now() - timedelta(days=90), not_after=now() - timedelta(days=1))


WRAPPED = Grid(
    title="TLS from the first byte",
    faces=faces.WRAPPED,
    rows=[
        Row("as it should be", well),
        Row("nobody", nobody),
        Row("reset", listening(reset)),
        Row("silence", listening(tarpit)),
        Row("a byte each half second", listening(slowly(HELLO_ONLY))),
        Row("an endless banner", listening(ENDLESS_BANNER)),
        Row("endless `220-` lines", listening(ENDLESS_REPLY)),
        Row("bytes at random", listening(GARBAGE)),
        Row("a body of 1 GB, in plain text", listening(BIG_BODY)),
        Row("half a handshake", listening(HALF_HANDSHAKE)),
        Row("hello, then silence", listening(answers(HELLO_ONLY, stays=True))),
        Row("hello, then the end", listening(answers(HELLO_ONLY))),
        Row("no certificate", listening(answers(NO_CERTIFICATES, stays=True))),
        Row("garbage for one", listening(answers(GARBAGE_CERTIFICATE, stays=True))),
        Row("a chain of 50", _presenting(_huge_chain)),
        Row("100,000 names", _presenting(_many_names(100_000))),
        Row("3,500 names", _presenting(_many_names(3_500))),
        Row("self-signed", _presenting(lambda one: self_signed(one.folder, "127.0.0.1"))),
        Row("for another name", _presenting(lambda one: one.leaf("a.example"))),
        Row("expired", _presenting(_expired)),
        Row("a weak key", _presenting(lambda one: one.leaf("127.0.0.1", key=weak_key()))),
        Row("silence inside of TLS", _inside(tarpit)),
        Row("endless `220-` inside of TLS", _inside(ENDLESS_REPLY)),
        Row("a body of 1 GB inside of TLS", _inside(BIG_BODY)),
    ],
)


def _stripped(stage: Stage, face: Face) -> Place:
    """As somebody in the middle does: all is well but for the offer to encrypt."""
    match face.speaks:
        case "smtp":
            return str(stage.host.serve(SmtpPeer(offers=(b"SIZE 1000",))))
        case "imap":
            return str(stage.host.serve(ImapPeer(offers=("IMAP4rev1",))))
        case _:
            return str(stage.host.serve(Pop3Peer(offers=("USER",))))


def _after_go_ahead(handler: Handler, injected: bytes = b"") -> Peer:
    def put_up(stage: Stage, face: Face) -> Place:
        match face.speaks:
            case "smtp":
                peer: SmtpPeer | MailboxPeer = SmtpPeer(after_go_ahead=handler, injected=injected)
            case "imap":
                peer = ImapPeer(after_go_ahead=handler, injected=injected)
            case _:
                peer = Pop3Peer(after_go_ahead=handler, injected=injected)
        return str(stage.host.serve(peer))

    return put_up


async def _greeting(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await tarpit(reader, writer)


_PLAIN_TEXT = b"250 plain\r\n* OK plain\r\n+OK plain\r\n"

STARTTLS = Grid(
    title="STARTTLS",
    faces=faces.STARTTLS,
    rows=[
        *_ANYBODY,
        Row("the greeting of SMTP, then silence", listening(_greeting)),
        Row("STARTTLS stripped", _stripped),
        Row("silence after the go-ahead", _after_go_ahead(tarpit)),
        Row("bytes at random after it", _after_go_ahead(GARBAGE)),
        Row("half a handshake after it", _after_go_ahead(HALF_HANDSHAKE)),
        Row("hello after it, then silence", _after_go_ahead(answers(HELLO_ONLY, stays=True))),
        Row("plain text slipped in with it", _after_go_ahead(tarpit, _PLAIN_TEXT)),
        Row("a chain of 50", _presenting(_huge_chain)),
        Row("100,000 names", _presenting(_many_names(100_000))),
        Row("self-signed", _presenting(lambda one: self_signed(one.folder, "127.0.0.1"))),
    ],
)
