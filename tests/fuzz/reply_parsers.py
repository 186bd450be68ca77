"""Parsers of what mail servers and offices' own services say."""

from collections.abc import Sequence
from datetime import UTC, datetime

from checks.dialogues import imap_reply, pop3_reply, smtp_reply
from checks.eoffice.readable import UnreadableError, read_instant
from checks.suspension.library import find_suspension
from checks.suspension.page import find_suspended_page
from checks.suspension.signature import Layer
from tests.fuzz.parser import Parser

_NOW = datetime.fromtimestamp(1_795_000_000, UTC)


def _lines(data: bytes) -> list[str]:
    """As a dialogue hands them over: without their endings, bytes as latin-1."""
    return [line.removesuffix(b"\r").decode("latin-1") for line in data.split(b"\n")]


def _smtp(data: bytes) -> None:
    reply = smtp_reply.parse(_lines(data))
    smtp_reply.capabilities(reply)
    _say(reply.shown)


def _imap(data: bytes) -> None:
    assembly = imap_reply.ReplyAssembly()
    for line in _lines(data):
        reply = assembly.feed(line)
        if isinstance(reply, imap_reply.Reply):
            imap_reply.capabilities(reply.rest)
            _say(reply.shown)


def _pop3(data: bytes) -> None:
    first, *others = _lines(data)
    reply = pop3_reply.parse(first)
    pop3_reply.capabilities(others)
    _say(reply.shown)


def _say(shown: str) -> None:
    assert shown.isprintable(), "what could move a cursor is made visible"
    for layer in Layer:
        find_suspension(layer, shown)


def _page(data: bytes) -> None:
    find_suspended_page(data[:4096], len(data), 200)


def reply_parsers() -> Sequence[Parser]:
    return (
        Parser(
            name="SMTP reply",
            feed=_smtp,
            refusals=(smtp_reply.ReplyError,),
            seeds=(b"250-mail.example.org\r\n250-AUTH=PLAIN LOGIN\r\n250 STARTTLS", b"550 5.2.1 mailbox disabled"),
        ),
        Parser(
            name="IMAP response",
            feed=_imap,
            refusals=(imap_reply.ReplyError,),
            seeds=(
                b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready",
                b"a1 NO [AUTHENTICATIONFAILED] no\r\n* LIST () {4}\r\n* 23 EXISTS\r\n+ go on",
            ),
        ),
        Parser(
            name="POP3 response",
            feed=_pop3,
            refusals=(pop3_reply.ReplyError,),
            seeds=(b"+OK ready <1.2@mail.example.org>\r\nSASL PLAIN\r\nSTLS", b"-ERR [SYS/TEMP] later"),
        ),
        Parser(
            name="Prometheus answer",
            feed=lambda data: read_instant(data, _NOW),
            refusals=(UnreadableError,),
            seeds=(
                b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795000000,"7"]}]}}',
                b'{"status":"error","errorType":"bad_data","error":"no"}',
            ),
        ),
        Parser(
            name="suspension page",
            feed=_page,
            refusals=(),
            seeds=(
                b"<html><head><title>Account Suspended</title></head><body><h1>Account Suspended</h1></body></html>",
            ),
        ),
    )
