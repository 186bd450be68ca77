"""Name servers that mean no good, over UDP, and over TCP behind an answer that says it was cut short."""

import dns.rcode

from tests.support.dns_peers import (
    ASKED,
    Udp,
    address,
    alias,
    always,
    another_question,
    answer,
    code,
    colliding_names,
    cut,
    dripping,
    endless_chain,
    flood_of_strangers,
    framed,
    name,
    options,
    over_tcp,
    question_of,
    record,
    saying_then_closing,
    silent,
    text,
    well,
    without_edns,
)
from tests.support.hostile import Handler, tarpit
from tests.support.matrix import faces
from tests.support.matrix.grid import Face, Grid, Peer, Place, Row, Stage
from tests.support.network import refused_port


def _udp(reply: Udp) -> Peer:
    return lambda stage, _face: stage.names.serve(reply)


def _tcp(handler: Handler | None) -> Peer:
    return lambda stage, _face: stage.names.serve(cut, handler)


def _nobody(_stage: Stage, _face: Face) -> Place:
    return f"127.0.0.2:{refused_port()}"  # where no other peer will be, whatever its port


def _pointers_to_pointers(query: bytes) -> bytes:
    """A ladder of pointers, each to the one before it, hidden in a text; then a record that climbs down all of it."""
    begin = 12 + len(question_of(query)) + 12 + 1
    rungs = [ASKED, *((0xC000 | begin + 2 * number).to_bytes(2, "big") for number in range(119))]
    ladder = b"".join(rungs)
    return answer(query, text(ladder), address((0xC000 | begin + len(ladder) - 2).to_bytes(2, "big")))


_LONG_CHAIN = [
    alias(ASKED, name(b"0")),
    *(alias(name(b"%d" % number), name(b"%d" % (number + 1))) for number in range(60)),
]
_CIRCLE = [alias(ASKED, name(b"b", b"example")), alias(name(b"b", b"example"), ASKED)]
_ODD_OPTIONS = options(b"\x00\x0f\xff\xff\x00")
_MANY_OPTIONS = options(b"\x00\x0f\x00\x02\x00\x06" * 400)
_BOGUS = code(dns.rcode.SERVFAIL, "signature \x1b[2J expired\r\n\x00")
_LARGE_TEXT = text(*[b"\0\x1b[2J" * 51] * 254)
_DISTINCT = [record(ASKED, 16, b"\x02" + number.to_bytes(2, "big")) for number in range(500)]


def _with_option(option: bytes) -> Peer:
    return _udp(lambda query: [answer(query, address(), others=(option,))])


def _lying_counts(query: bytes) -> list[bytes]:
    good = answer(query)
    return [good[:6] + b"\xff" * 6 + good[12:]]


OVER_UDP = Grid(
    title="Who answers as a name server, over UDP",
    faces=[faces.DNS],
    rows=[
        Row("as it should be", _udp(well)),
        Row("nobody", _nobody),
        Row("silence", _udp(silent)),
        Row("an empty datagram", _udp(lambda _query: [b""])),
        Row("bytes at random", _udp(lambda _query: [bytes(range(256))])),
        Row("the same behind our id", _udp(lambda query: [query[:2] + b"\xff" * 200])),
        Row("our own query", _udp(lambda query: [query])),
        Row("an answer cut in a record", _udp(lambda query: [answer(query, address())[:-3]])),
        Row("an answer to another question", _udp(another_question)),
        Row("a flood of wrong ids", _udp(flood_of_strangers)),
        Row("a hundred answers", _udp(lambda query: [answer(query, address())] * 100)),
        Row("a name compressed into itself", _udp(always(address(b"\xc0\x1f")))),
        Row("a name compressed forwards", _udp(always(address(b"\xff\xff")))),
        Row("a ladder of compressed names", _udp(lambda query: [_pointers_to_pointers(query)])),
        Row("an alias of itself", _udp(always(alias(ASKED, ASKED)))),
        Row("aliases in a circle", _udp(always(*_CIRCLE))),
        Row("aliases without end", _udp(endless_chain())),
        Row("60 aliases at once", _udp(always(*_LONG_CHAIN))),
        Row("two aliases of one name", _udp(always(alias(ASKED, name(b"b")), alias(ASKED, name(b"c"))))),
        Row("options that lie about their length", _with_option(_ODD_OPTIONS)),
        Row("400 options of one kind", _with_option(_MANY_OPTIONS)),
        Row("another version of EDNS for ever", _udp(lambda query: [answer(query, others=(options(b"", 1),))])),
        Row("no word of EDNS", _udp(without_edns(dns.rcode.FORMERR))),
        Row("EDNS not implemented", _udp(without_edns(dns.rcode.NOTIMP))),
        Row("far more than was asked for", _udp(lambda query: [answer(query, *[address()] * 2500)])),
        Row("counts that lie", _udp(_lying_counts)),
        Row("a bogus zone (SERVFAIL)", _udp(_BOGUS)),
        Row("another zone (REFUSED)", _udp(code(dns.rcode.REFUSED))),
        Row("no such name (NXDOMAIN)", _udp(code(dns.rcode.NXDOMAIN))),
        Row("a code nobody knows", _udp(code(dns.rcode.Rcode(11)))),
    ],
)
OVER_TCP = Grid(
    title="Who says over UDP that its answer was cut short, then over TCP",
    faces=[faces.DNS_TEXT],
    rows=[
        Row("a text", _tcp(over_tcp(always(text(b"x"))))),
        Row("nobody", _tcp(None)),
        Row("silence", _tcp(tarpit)),
        Row("a byte each half second", _tcp(dripping(well))),
        Row("the end", _tcp(saying_then_closing(b""))),
        Row("cut short again", _tcp(over_tcp(cut))),
        Row("less than announced", _tcp(saying_then_closing(framed(b"x" * 1000)[:20]))),
        Row("more than announced", _tcp(saying_then_closing(b"\x00\x05" + b"x" * 100_000))),
        Row("nothing announced", _tcp(saying_then_closing(b"\0\0"))),
        Row("an answer to another question", _tcp(over_tcp(another_question))),
        Row("a text of 64 KiB", _tcp(over_tcp(always(_LARGE_TEXT)))),
        Row("names that collide in a hash table", _tcp(over_tcp(always(*colliding_names(499), text(b"x"))))),
        Row("500 records", _tcp(over_tcp(always(*_DISTINCT)))),
        Row("2,000 records", _tcp(over_tcp(always(*[text(b"x")] * 2000)))),
    ],
)
