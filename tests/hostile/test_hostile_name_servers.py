"""The kind `dns` against name servers that mean no good: the right cause, in time, in little memory, alone affected."""

from collections.abc import Iterator, Mapping

import dns.rcode
import pytest

from tests.support.dns_peers import (
    ASKED,
    DnsHost,
    Udp,
    address,
    alias,
    always,
    another_question,
    answer,
    code,
    colliding_names,
    cut,
    dns_host,
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
from tests.support.look_child import Cost, Looker

TIMEOUT_S = 1.0
#: FAULTS rows 20 and 25.
LATE_S = 0.5
GROWTH_MIB = 20.0
HEALTHY_S = 0.5


@pytest.fixture(scope="module")
def servers() -> Iterator[DnsHost]:
    with dns_host() as host:
        yield host


def bounded(cost: Cost) -> None:
    assert cost.duration_s <= TIMEOUT_S + LATE_S
    assert cost.growth_mib < GROWTH_MIB
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < HEALTHY_S


def _pointers_to_pointers(query: bytes) -> bytes:
    """A ladder of pointers, each to the one before it, hidden in a text; then a record that climbs down all of it."""
    begin = 12 + len(question_of(query)) + 12 + 1
    rungs = [ASKED, *((0xC000 | begin + 2 * number).to_bytes(2, "big") for number in range(119))]
    ladder = b"".join(rungs)
    return answer(query, text(ladder), address((0xC000 | begin + len(ladder) - 2).to_bytes(2, "big")))


OVER_UDP: Mapping[str, tuple[Udp, str, str]] = {
    "silence": (silent, "critical", "timeout"),
    "an empty datagram": (lambda _query: [b""], "critical", "protocol"),
    "garbage": (lambda _query: [bytes(range(256))], "critical", "protocol"),
    "garbage behind our id": (lambda query: [query[:2] + b"\xff" * 200], "critical", "protocol"),
    "our own query": (lambda query: [query], "critical", "protocol"),
    "an answer cut in a record": (lambda query: [answer(query, address())[:-3]], "critical", "protocol"),
    "an answer to another question": (another_question, "critical", "protocol"),
    "a flood of other ids": (flood_of_strangers, "critical", "protocol"),
    "a hundred answers": (lambda query: [answer(query, address())] * 100, "ok", "none"),
    "a name that points at itself": (always(address(b"\xc0\x1f")), "critical", "protocol"),
    "a name that points forward": (always(address(b"\xff\xff")), "critical", "protocol"),
    "pointers to pointers": (lambda query: [_pointers_to_pointers(query)], "critical", "protocol"),
    "an alias of itself": (always(alias(ASKED, ASKED)), "critical", "protocol"),
    "aliases in a circle": (
        always(alias(ASKED, name(b"b", b"example")), alias(name(b"b", b"example"), ASKED)),
        "critical",
        "protocol",
    ),
    "a chain without end": (endless_chain(), "critical", "protocol"),
    "a long chain at once": (
        always(
            alias(ASKED, name(b"0")),
            *(alias(name(str(number).encode()), name(str(number + 1).encode())) for number in range(60)),
        ),
        "critical",
        "protocol",
    ),
    "two aliases of one name": (always(alias(ASKED, name(b"b")), alias(ASKED, name(b"c"))), "critical", "protocol"),
    "options that lie about their length": (
        lambda query: [answer(query, address(), others=(options(b"\x00\x0f\xff\xff\x00"),))],
        "ok",
        "none",
    ),
    "options of the same kind, thousands": (
        lambda query: [answer(query, address(), others=(options(b"\x00\x0f\x00\x02\x00\x06" * 400),))],
        "ok",
        "none",
    ),
    "another version of EDNS for ever": (
        lambda query: [answer(query, others=(options(b"", extended=1),))],
        "critical",
        "protocol",
    ),
    "no word of EDNS": (without_edns(dns.rcode.FORMERR), "ok", "none"),
    "EDNS not implemented": (without_edns(dns.rcode.NOTIMP), "ok", "none"),
    "a datagram far over what was asked for": (
        lambda query: [answer(query, *[address()] * 2500)],
        "critical",
        "too_large",
    ),
    "counts that lie": (
        lambda query: [answer(query)[:6] + b"\xff\xff\xff\xff\xff\xff" + answer(query)[12:]],
        "critical",
        "too_large",
    ),
    "a bogus zone": (code(dns.rcode.SERVFAIL, "signature \x1b[2J expired\r\n\x00"), "critical", "name_failed"),
    "another zone": (code(dns.rcode.REFUSED), "critical", "rejected"),
    "a code nobody knows": (code(dns.rcode.Rcode(11)), "critical", "name_failed"),
}


@pytest.mark.parametrize("peer", OVER_UDP)
def test_a_hostile_server_over_udp(servers: DnsHost, looker: Looker, peer: str) -> None:
    udp, status, cause = OVER_UDP[peer]
    place = servers.serve(udp)
    cost = looker.look("dns", {"name": "a.example", "server": place}, TIMEOUT_S)
    assert (cost.status, cost.cause) == (status, cause)
    bounded(cost)


_LARGE_TEXT = always(text(*[b"\0\x1b[2J" * 51] * 254))

#: Behind an answer over UDP that says it was cut short.
OVER_TCP: Mapping[str, tuple[Handler | None, str, str]] = {
    "nobody there": (None, "critical", "refused"),
    "silence": (tarpit, "critical", "timeout"),
    "cut short again": (over_tcp(cut), "critical", "protocol"),
    "a byte each half second": (dripping(well), "critical", "timeout"),
    "less than announced": (saying_then_closing(framed(b"x" * 1000)[:20]), "critical", "protocol"),
    "more than announced": (saying_then_closing(b"\x00\x05" + b"x" * 100_000), "critical", "protocol"),
    "nothing announced": (saying_then_closing(b"\0\0"), "critical", "protocol"),
    "an early end": (saying_then_closing(b""), "critical", "protocol"),
    "another query": (over_tcp(another_question), "critical", "protocol"),
    "a text of 64 KiB": (over_tcp(_LARGE_TEXT), "ok", "none"),
    "names that collide": (over_tcp(always(*colliding_names(499), text(b"x"))), "ok", "none"),
    "many records": (over_tcp(always(*[text(b"x")] * 4000)), "critical", "too_large"),
    "as many records as are read": (
        over_tcp(always(*[record(ASKED, 16, b"\x02" + number.to_bytes(2, "big")) for number in range(500)])),
        "ok",
        "none",
    ),
}


@pytest.mark.parametrize("peer", OVER_TCP)
def test_a_hostile_server_over_tcp(servers: DnsHost, looker: Looker, peer: str) -> None:
    tcp, status, cause = OVER_TCP[peer]
    place = servers.serve(cut, tcp)
    cost = looker.look("dns", {"name": "a.example", "type": "TXT", "server": place}, TIMEOUT_S)
    assert (cost.status, cost.cause) == (status, cause)
    bounded(cost)


def test_records_beyond_counting_are_compared_in_time(servers: DnsHost, looker: Looker) -> None:
    place = servers.serve(cut, OVER_TCP["as many records as are read"][0])
    cost = looker.look("dns", {"name": "a.example", "type": "TXT", "server": place, "equals": "y"}, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", "mismatch")
    bounded(cost)
