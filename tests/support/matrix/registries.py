"""Registries that lie, limit or ramble: what they say is in the protocol's form, or nearly."""

from tests.support.hostile import answers, drip, endless
from tests.support.matrix import faces
from tests.support.matrix.grid import Grid, Peer, Row, listening
from tests.support.matrix.well import well
from tests.support.registry import (
    NO_MATCH,
    NOT_FOUND,
    QUOTA,
    http_answer,
    rdap_answer,
    rdap_document,
    whois_text,
)


def _told(by_rdap: bytes, by_whois: bytes) -> Peer:
    return lambda stage, face: str(stage.host.serve(answers(by_rdap if face.speaks == "rdap" else by_whois)))


def _whois(text: bytes) -> Peer:
    return listening(answers(text))


_SECOND_DATE = {"eventAction": "expiration", "eventDate": "2091-01-01T00:00:00Z"}


def _contradicting() -> bytes:
    document = rdap_document(expires="2090-01-01T00:00:00Z")
    events = document["events"]
    assert isinstance(events, list)
    return rdap_answer({**document, "events": [*events, _SECOND_DATE]})


def _dated_by_number() -> bytes:
    return rdap_answer({**rdap_document(), "events": [{"eventAction": "expiration", "eventDate": 9e99}]})


def _dated(date: str | None) -> Peer:
    return _told(rdap_answer(rdap_document(expires=date)), whois_text(expires=date))


_FOREIGN = _told(rdap_answer(rdap_document("example.org")), whois_text("example.org"))
_LIMITED = _told(http_answer(429, fields=[("Retry-After", "3600")]), QUOTA)
_HTML = b"<html><body>Expires: 2090-01-01</body></html>\r\n"
_MANY = b"".join(whois_text(f"a{number}.gov.pk") for number in range(200))

_DEEP = b'{"objectClassName":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
_WIDE = b'{"objectClassName":"domain","ldhName":"kp.gov.pk","events":[' + b",".join([b"{}"] * 60_000) + b"]}"

REGISTRIES = Grid(
    title="Who answers as a registry",
    faces=[faces.RDAP, faces.WHOIS],
    rows=[
        Row("as it should be", well),
        Row("no such name", _told(NOT_FOUND, NO_MATCH)),
        Row("asked too often", _LIMITED),
        Row("refuses us (403)", _told(http_answer(403), b""), "rdap"),
        Row("nothing", _told(http_answer(), b"")),
        Row("HTML", _told(http_answer(body=_HTML, content_type="text/html"), _HTML)),
        Row("a proxy's 404", _told(http_answer(404, _HTML, content_type="text/html"), b""), "rdap"),
        Row("another name", _FOREIGN),
        Row("a list of what was asked for", _told(rdap_answer([rdap_document()]), b""), "rdap"),
        Row("an error inside of a good answer", _told(rdap_answer({"errorCode": 500, "title": "oops"}), b""), "rdap"),
        Row("200,000 brackets", _told(http_answer(body=_DEEP), b""), "rdap"),
        Row("60,000 events", _told(http_answer(body=_WIDE), b""), "rdap"),
        Row("an event with a number for its date", _told(_dated_by_number(), b""), "rdap"),
        Row("two hundred names", _whois(_MANY), "whois"),
        Row("contradictory dates", _told(_contradicting(), whois_text(more=["Registry Expiry Date: 2091-01-01"]))),
        Row("a date that could be two days", _dated("03/04/2090")),
        Row("a day that there is not", _dated("2090-02-30")),
        Row("a year of another calendar", _dated("1448-01-01")),
        Row("no date", _dated(None)),
        Row("text without end", listening(endless(b"% and so on\r\n" * 1000)), "whois"),
        Row("a line of 10 MB", _whois(b"x" * 10_000_000), "whois"),
        Row("binary", _whois(bytes(range(256)) * 100), "whois"),
        Row("NUL bytes", _whois(b"\0" * 100_000), "whois"),
        Row("labels without end", _whois(b"a:" * 100_000 + b"\r\n"), "whois"),
        Row("80,000 lines without sense", _whois(b":\r\n" * 80_000), "whois"),
        Row("a byte each half second", listening(drip(whois_text())), "whois"),
    ],
)
