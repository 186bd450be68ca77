"""Answers read from bytes: what they say, and that no bytes do harm."""

import contextlib
import random
import time

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.network.dns_exchange import NoAnswerError
from checks.network.dns_message import Asked, Said
from checks.network.dns_query import parse
from tests.support.network import records

ID = b"\x12\x34"


def asked(kind: str = "A", name: str = "a.example") -> Asked:
    return Asked(dns.name.from_text(name), dns.rdatatype.from_text(kind))


def reply(*rows: tuple[str, int, str, str], kind: str = "A", plain: bool = False) -> dns.message.QueryMessage:
    """An answer to the query that `asked` writes."""
    query = dns.message.from_wire(asked(kind).wire(ID, plain=plain))
    assert isinstance(query, dns.message.QueryMessage)
    return records(query, *rows)


CHAIN = reply(
    ("a.example", 60, "CNAME", "B.example."),
    ("b.example", 30, "A", "192.0.2.1"),
    ("b.example", 30, "A", "192.0.2.2"),
)
ANSWERS = [
    CHAIN.to_wire(),
    reply(
        ("a.example", 60, "MX", "10 mx1.a.example."), ("a.example", 60, "MX", "20 mx2.a.example."), kind="MX"
    ).to_wire(),
    reply(("a.example", 60, "TXT", '"v=spf1" " -all"'), kind="TXT").to_wire(),
    reply(("a.example", 60, "SOA", "ns. root. 1 2 3 4 5"), kind="SOA").to_wire(),
    reply(("a.example", 60, "HTTPS", '1 . alpn="h2" ipv4hint=192.0.2.1'), kind="HTTPS").to_wire(),
    reply(("a.example", 60, "CAA", '0 issue "ca.example"'), kind="CAA").to_wire(),
    reply(("a.example", 60, "NAPTR", '100 10 "S" "SIP+D2U" "" _sip._udp.a.example.'), kind="NAPTR").to_wire(),
]
KINDS = ["A", "MX", "TXT", "SOA", "HTTPS", "CAA", "NAPTR"]


def test_a_query_is_what_a_server_expects() -> None:
    query = dns.message.from_wire(asked("MX").wire(ID))
    assert (query.id, query.edns, query.payload, query.flags) == (0x1234, 0, 1232, dns.flags.RD)
    assert query.question[0].to_text() == "a.example. IN MX"
    assert dns.message.from_wire(asked("MX").wire(ID, plain=True)).edns == -1


def test_an_answer_is_followed_along_its_aliases() -> None:
    assert asked().read(ID, CHAIN.to_wire()) == Said(
        code="NOERROR", records=("192.0.2.1", "192.0.2.2"), aliases=("B.example.",), ttl_s=30
    )


def test_an_answer_seen_before_is_not_read_again_and_another_is() -> None:
    question = asked()
    first = question.read(ID, CHAIN.to_wire())
    again = question.read(b"\x99\x99", b"\x99\x99" + CHAIN.to_wire()[2:])
    other = question.read(ID, reply(("a.example", 60, "A", "192.0.2.9")).to_wire())
    assert again is first
    assert other.records == ("192.0.2.9",)


def test_an_answer_seen_before_under_another_id_is_a_stranger_s() -> None:
    question = asked()
    question.read(ID, CHAIN.to_wire())
    with pytest.raises(NoAnswerError, match="another question"):
        question.read(b"\x99\x99", CHAIN.to_wire())


def test_a_chain_that_leaves_the_server_s_knowledge_is_open() -> None:
    said = asked().read(ID, reply(("a.example", 60, "CNAME", "www.elsewhere.example.")).to_wire())
    assert said.open_at == dns.name.from_text("www.elsewhere.example")


@pytest.mark.parametrize(("soa", "is_open"), [(False, True), (True, False)])
def test_a_chain_that_is_known_to_end_without_records_is_closed(*, soa: bool, is_open: bool) -> None:
    message = reply(("a.example", 60, "CNAME", "b.example."))
    if soa:
        message.authority.append(dns.rrset.from_text("example.", 60, "IN", "SOA", "ns. root. 1 2 3 4 5"))
    assert (asked().read(ID, message.to_wire()).open_at is not None) == is_open


def test_other_servers_instead_of_an_answer_are_a_referral_only_without_authority() -> None:
    message = reply()
    message.authority.append(dns.rrset.from_text("example.", 60, "IN", "NS", "ns1.example.", "ns2.example."))
    referred = asked().read(ID, message.to_wire()).referred_to
    message.flags |= dns.flags.AA
    assert sorted(referred) == ["ns1.example.", "ns2.example."]
    assert asked().read(ID, message.to_wire()).referred_to == ()


def test_a_server_s_own_words_are_heard_and_escaped() -> None:
    message = reply()
    message.set_rcode(dns.rcode.SERVFAIL)
    options: list[dns.edns.Option] = [
        dns.edns.EDEOption(dns.edns.EDECode.DNSSEC_BOGUS, "no \x1b[2J signature\r\n"),
        dns.edns.EDEOption(dns.edns.EDECode.NO_REACHABLE_AUTHORITY),
    ]
    message.use_edns(0, options=options)
    said = asked().read(ID, message.to_wire())
    assert (said.code, said.note) == ("SERVFAIL", "DNSSEC bogus: no \\x1b[2J signature\\r\\n; No reachable authority")


def test_words_of_a_server_that_are_no_text_spoil_nothing() -> None:
    message = reply()
    message.use_edns(
        0, options=[dns.edns.GenericOption("EDE", b"\x77\x77\xff\xfe"), dns.edns.GenericOption("EDE", b"\0")]
    )
    assert asked().read(ID, message.to_wire()).note == "extended error 30583: \ufffd\ufffd"


def test_the_upper_bits_of_a_code_are_read() -> None:
    message = reply()
    message.set_rcode(dns.rcode.BADVERS)
    assert asked().read(ID, message.to_wire()).code == "BADVERS"


def test_a_time_to_live_beyond_all_bounds_is_none() -> None:
    wire = bytearray(reply(("a.example", 1, "A", "192.0.2.1")).to_wire())
    at = wire.index(b"\0\0\0\x01\0\x04")
    wire[at : at + 4] = b"\xff\xff\xff\xff"
    assert asked().read(ID, bytes(wire)).ttl_s == 0


@pytest.mark.parametrize("kind", ["TYPE65280", "TYPE250", "HIP"])
def test_a_type_nobody_knows_is_read_as_bytes(kind: str) -> None:
    message = reply(("a.example", 60, "TYPE65280", "\\# 4 0a000001"), kind="TYPE65280")
    assert asked("TYPE65280").read(ID, message.to_wire()).records == ("\\# 4 0a000001",)
    assert asked(kind).wire(ID)


@given(st.binary(max_size=600))
@example(b"")
@example(ID)
@example(CHAIN.to_wire()[:11])
def test_no_bytes_escape_as_anything_but_no_answer(wire: bytes) -> None:
    with contextlib.suppress(NoAnswerError):
        assert isinstance(asked().read(ID, wire), Said)


@given(
    st.sampled_from(range(len(KINDS))),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 40),
)
def test_no_mutated_answer_escapes_as_anything_but_no_answer(
    which: int, changes: list[tuple[int, int]], cut: int
) -> None:
    wire = bytearray(ANSWERS[which])
    for place, byte in changes:
        wire[2 + place % (len(wire) - 2)] = byte
    with contextlib.suppress(NoAnswerError):
        said = asked(KINDS[which]).read(ID, bytes(wire[: len(wire) - cut]))
        assert all(one.isprintable() for one in (*said.records, *said.aliases, said.note))


@pytest.mark.slow
def test_a_hundred_thousand_mutations_of_valid_answers_neither_hang_nor_escape() -> None:
    """FAULTS row 25. The resolver's reader and ours take the same bytes."""
    chance = random.Random(25)
    questions = [asked(kind) for kind in KINDS]
    queries = [dns.message.from_wire(question.wire(ID)) for question in questions]
    slowest_s, answered = 0.0, 0  # of our own work: other processes may have the cores
    for number in range(100_000):
        which = number % len(KINDS)
        wire = _mutated(ANSWERS[which], chance)
        began_s = time.thread_time()
        with contextlib.suppress(NoAnswerError):
            questions[which].read(ID, wire)
            answered += 1
        with contextlib.suppress(NoAnswerError):
            query = queries[which]
            assert isinstance(query, dns.message.QueryMessage)
            parse(wire, query)
        slowest_s = max(slowest_s, time.thread_time() - began_s)
    assert slowest_s < 0.5
    assert answered > 1_000  # else nothing of the later sections was ever read


def _mutated(wire: bytes, chance: random.Random) -> bytes:
    """Some bytes other, some more, some fewer; the id stays, so that the rest is looked at."""
    body = bytearray(wire[2:])
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body))
        match chance.randrange(4):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                body[place] ^= 1 << chance.randrange(8)
            case 2:
                del body[place : place + chance.randint(1, 4)]
            case _:
                body[place:place] = chance.randbytes(chance.randint(1, 4))
    return wire[:2] + bytes(body)
