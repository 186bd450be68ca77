import contextlib

import dns.exception
import dns.message
import dns.rdatatype
from hypothesis import example, given
from hypothesis import strategies as st

from checks.network.dns_query import NoAnswerError, parse, question
from tests.support.network import records

QUERY = question("a.example", dns.rdatatype.A)
REPLY = records(
    QUERY,
    ("a.example", 60, "CNAME", "b.example."),
    ("b.example", 60, "A", "192.0.2.1"),
    ("b.example", 60, "A", "192.0.2.2"),
).to_wire()


def test_two_questions_do_not_share_their_id() -> None:
    ids = {question("a.example", dns.rdatatype.A).id for _ in range(50)}
    assert len(ids) > 40


@given(st.binary(max_size=600))
@example(b"")
@example(REPLY[:11])
def test_no_bytes_escape_as_anything_but_no_answer(wire: bytes) -> None:
    with contextlib.suppress(NoAnswerError):
        assert parse(wire, QUERY).id == QUERY.id


@given(st.lists(st.tuples(st.integers(0, len(REPLY) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_no_mutated_answer_escapes_as_anything_but_no_answer(changes: list[tuple[int, int]]) -> None:
    wire = bytearray(REPLY)
    for place, byte in changes:
        wire[place] = byte
    with contextlib.suppress(NoAnswerError):
        answer = parse(bytes(wire), QUERY)
        assert isinstance(answer, dns.message.QueryMessage)
        with contextlib.suppress(dns.exception.DNSException):
            answer.resolve_chaining()
