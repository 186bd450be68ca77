import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Cause
from checks.network import caps
from checks.network.errors import BodyError, ProbeError
from checks.network.http_answer import HttpAnswer
from tests.support.network import run_on_asyncio

TEXT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello"


def parsed(
    *pieces: bytes, is_head: bool = False, want_body: bool = True, ends: bool = True, lost: Exception | None = None
) -> HttpAnswer:
    """The answer after `pieces` and, with `ends`, the end of the connection. Raises its ProbeError."""

    async def look() -> HttpAnswer:
        answer = HttpAnswer("web", is_head=is_head, want_body=want_body, stopwatch=lambda: 1.0)
        for piece in pieces:
            answer.data_received(piece)
        if ends:
            answer.connection_lost(lost)
        assert answer.finished.done()
        answer.finished.result()
        return answer

    return run_on_asyncio(look())


def refused(*pieces: bytes, want_body: bool = True, ends: bool = True, lost: Exception | None = None) -> Cause:
    with pytest.raises(ProbeError) as raised:
        parsed(*pieces, want_body=want_body, ends=ends, lost=lost)
    return raised.value.cause


def test_an_answer_is_read_with_its_headers() -> None:
    answer = parsed(TEXT, ends=False)
    assert (answer.status, answer.body, answer.body_bytes) == (200, b"hello", 5)
    assert answer.fields == [(b"Content-Type", b"text/plain"), (b"X-Empty", b""), (b"Content-Length", b"5")]
    assert answer.field(b"content-type") == b"text/plain"
    assert answer.field(b"location") is None


def test_it_is_the_same_byte_by_byte() -> None:
    answer = parsed(*[TEXT[place : place + 1] for place in range(len(TEXT))], ends=False)
    assert (answer.body, len(answer.fields)) == (b"hello", 3)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nwhatever",
    ],
)
def test_some_answers_have_no_body(wire: bytes) -> None:
    assert parsed(wire, ends=False).body == b""


def test_the_answer_to_head_has_no_body_whatever_it_announces() -> None:
    assert parsed(TEXT[:-5], is_head=True, ends=False).body_bytes == 0


def test_interim_answers_are_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    answer = parsed(b"HTTP/1.1 100 Continue\r\n\r\n", early, early + TEXT, ends=False)
    assert (answer.status, len(answer.fields)) == (200, 3)
    assert refused(b"HTTP/1.1 100 Continue\r\n\r\n" * 50) is Cause.PROTOCOL


def test_chunks_are_joined_and_trailers_left_out() -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"
    answer = parsed(wire, ends=False)
    assert (answer.body, len(answer.fields)) == (b"hello", 1)


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert parsed(b"HTTP/1.0 200 OK\r\n\r\nhel", b"lo").body == b"hello"


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 200 OK\r\nConten",),
        (TEXT[:-1],),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",),
        (b"220 mx.example ESMTP\r\n",),
        (b"\x16\x03\x01\x02\x00",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all",),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"hello", mtime=0)[:-3]),
    ],
)
def test_what_is_broken_or_cut_short_is_the_protocol_s_fault(pieces: Sequence[bytes]) -> None:
    assert refused(*pieces) is Cause.PROTOCOL


def test_a_reset_is_no_end_of_a_body() -> None:
    assert refused(b"HTTP/1.0 200 OK\r\n\r\nhel", lost=ConnectionResetError(104, "")) is Cause.PROTOCOL


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        (b"gzip", gzip.compress(b"hello", mtime=0)),
        (b"GZip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        (b"deflate", zlib.compress(b"hello")),
        (b"deflate", bare(b"hello")),
        (b"identity", b"hello"),
    ],
)
def test_a_compressed_body_is_decoded_in_any_pieces(coding: bytes, packed: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n"
    assert parsed(head + packed).body == b"hello"
    assert parsed(head, *[bytes([byte]) for byte in packed]).body == b"hello"


def test_a_gzip_bomb_is_cut_at_the_cap() -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024), mtime=0)
    assert refused(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", bomb, ends=False) is Cause.TOO_LARGE


def test_a_body_just_under_the_cap_is_taken() -> None:
    body = bytes(caps.BODY_BYTES)
    packed = gzip.compress(body, mtime=0)
    assert parsed(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", packed).body == body
    assert parsed(b"HTTP/1.0 200 OK\r\n\r\n", body).body == body


def test_a_body_over_the_cap_is_too_large_to_read_and_cut_when_only_counted() -> None:
    pieces = (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", *[bytes(100_000)] * 11)
    assert refused(*pieces, ends=False) is Cause.TOO_LARGE
    counted = parsed(*pieces, want_body=False, ends=False)
    assert (counted.status, counted.body) == (200, b"")
    assert caps.BODY_BYTES < counted.body_bytes < caps.BODY_BYTES + 100_000


def test_the_beginning_of_an_unwanted_body_is_kept_in_any_pieces() -> None:
    body = bytes(range(256)) * 40
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    for step in (1, 1000, len(body)):
        pieces = [body[place : place + step] for place in range(0, len(body), step)]
        answer = parsed(head, *pieces, want_body=False, ends=False)
        assert (answer.beginning, answer.body_bytes) == (body[: caps.BEGINNING_BYTES], len(body))


def test_a_wanted_body_has_no_beginning_of_its_own() -> None:
    assert parsed(TEXT, ends=False).beginning == b""


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/3 200 OK\r\n\r\n",
        b"HTTP/0.9 200 OK\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 99999 Far\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"<html>hello</html>",
        b"HTTP/1.1 200 OK\r\nA\0B: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
        b"HTTP/1.1 200 OK\rA: b\r\r",
    ],
)
@pytest.mark.parametrize("want_body", [True, False])
def test_what_is_no_http_1_is_the_protocol_s_fault(wire: bytes, *, want_body: bool) -> None:
    assert refused(wire, want_body=want_body) is Cause.PROTOCOL


def test_a_second_answer_behind_the_first_is_nobody_s() -> None:
    split = b"HTTP/1.1 500 Split\r\nContent-Length: 3\r\n\r\nbad"
    for want_body in (True, False):
        answer = parsed(TEXT + split, want_body=want_body, ends=False)
        assert (answer.status, answer.body_bytes) == (200, 5)


@pytest.mark.parametrize("announced", [1, 4])
def test_a_body_longer_than_announced_ends_where_it_was_announced_to(announced: int) -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nhello" % announced
    assert parsed(wire, ends=False).body == b"hello"[:announced]


@pytest.mark.parametrize(
    "piece",
    [b"Set-Cookie: a=" + b"x" * 1000 + b"\r\n", b"x" * 1000, b"A: b\r\n" * 100],
    ids=["cookies", "one endless name", "many small ones"],
)
def test_a_header_bomb_is_cut_at_the_cap(piece: bytes) -> None:
    assert refused(b"HTTP/1.1 200 OK\r\n", *[piece] * 200, ends=False) is Cause.TOO_LARGE


def test_headers_in_one_huge_piece_are_cut_too() -> None:
    bomb = b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n"
    assert refused(bomb, ends=False) is Cause.TOO_LARGE


def test_trailers_count_as_headers() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    assert refused(head, *[b"X-Late: " + b"y" * 1000 + b"\r\n"] * 100, ends=False) is Cause.TOO_LARGE


def test_framing_without_content_is_cut_too() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    extension = b"1;" + b"e" * 100_000 + b"\r\nx\r\n"
    assert refused(head, *[extension] * 50, ends=False) is Cause.TOO_LARGE


CODINGS: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"identity", bytes),
    (b"gzip", lambda body: gzip.compress(body, mtime=0)),
    (b"deflate", zlib.compress),
    (b"deflate", bare),
]

PIECES = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(
            [
                TEXT,
                b"HTTP/1.1 200 OK\r\n",
                b"HTTP/1.1 100 Continue\r\n\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"Content-Encoding: gzip\r\n",
                b"Content-Encoding: deflate\r\n",
                b"Content-Length: 18446744073709551615\r\n",
                b"\r\n",
                b"5\r\nhello\r\n",
                b"0\r\n\r\n",
                gzip.compress(b"hello", mtime=0),
                b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
            ]
        ),
    ),
    max_size=12,
)


@given(pieces=PIECES, is_head=st.booleans(), want_body=st.booleans())
def test_whatever_comes_ends_as_an_answer_or_a_probe_error(
    pieces: list[bytes], *, is_head: bool, want_body: bool
) -> None:
    with contextlib.suppress(ProbeError):
        answer = parsed(*pieces, is_head=is_head, want_body=want_body)
        assert 100 <= answer.status < 1000
        assert len(answer.body) <= caps.BODY_BYTES
        assert len(answer.beginning) <= min(answer.body_bytes, caps.BEGINNING_BYTES)


@given(body=st.binary(max_size=600), cuts=st.lists(st.integers(0, 700), max_size=8), coding=st.sampled_from(CODINGS))
def test_a_well_formed_answer_is_read_whole_wherever_it_is_cut(
    body: bytes, cuts: list[int], coding: tuple[bytes, Callable[[bytes], bytes]]
) -> None:
    name, packed = coding[0], coding[1](body)
    wire = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (name, len(packed), packed)
    places = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    answer = parsed(*[wire[start:end] for start, end in pairwise(places)], ends=False)
    assert (answer.status, answer.body) == (200, body)


@given(chunks=st.lists(st.binary(min_size=1, max_size=50), max_size=8), cuts=st.lists(st.integers(0, 500), max_size=8))
def test_chunks_are_joined_wherever_they_are_cut(chunks: list[bytes], cuts: list[int]) -> None:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % framed
    places = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    answer = parsed(*[wire[start:end] for start, end in pairwise(places)], ends=False)
    assert answer.body == b"".join(chunks)


def test_a_finished_answer_takes_no_more() -> None:
    async def look() -> bytes:
        answer = HttpAnswer("web", is_head=False, want_body=True, stopwatch=lambda: 1.0)
        answer.data_received(TEXT)
        answer.data_received(TEXT)
        answer.connection_lost(None)
        await asyncio.wait_for(answer.finished, 1)
        return answer.body

    assert run_on_asyncio(look()) == b"hello"


def packed_answer(body: bytes, codings: bytes = b"Content-Encoding: gzip\r\n", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, codings, len(body), body)


@pytest.mark.parametrize("behind", [b"\0" * 600, b"\r\n", b"\x1f", b"<!-- cached -->"])
def test_what_stands_behind_a_whole_compressed_body_is_passed_over(behind: bytes) -> None:
    wire = packed_answer(gzip.compress(b"hello", mtime=0) + behind)
    assert parsed(wire, ends=False).body == b"hello"
    assert parsed(*[wire[place : place + 1] for place in range(len(wire))], ends=False).body == b"hello"


def test_a_second_member_that_is_broken_off_is_still_a_broken_body() -> None:
    body = gzip.compress(b"hello", mtime=0) + gzip.compress(bytes(range(256)) * 9, mtime=0)[:-60]
    assert refused(packed_answer(body), ends=False) is Cause.PROTOCOL


@pytest.mark.parametrize(
    ("codings", "text"),
    [
        (b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", "gzip, br"),
        (b"Content-Encoding: gzip, gzip\r\n", "gzip, gzip"),
    ],
)
def test_several_codings_are_named_together_with_the_status_that_stands_before_them(codings: bytes, text: str) -> None:
    with pytest.raises(BodyError, match=text) as raised:
        parsed(packed_answer(b"x", codings, b"500 Broken"), ends=False)
    assert raised.value.status == 500


def test_a_coding_that_changes_nothing_is_no_second_one() -> None:
    codings = b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"
    assert parsed(packed_answer(gzip.compress(b"hello", mtime=0), codings), ends=False).body == b"hello"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "Content-Length"),
        (b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "chunk"),
        (b"X: a\r\n b\r\n\r\n", "header"),
    ],
)
def test_what_breaks_http_is_named(lines: bytes, text: str) -> None:
    with pytest.raises(ProbeError, match=f"not HTTP/1.1: .*{text}"):
        parsed(b"HTTP/1.1 200 OK\r\n" + lines)
