import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.eoffice.readable import MAX_SESSIONS, Reading, UnreadableError, read_instant, read_pointed
from checks.model import Cause
from tests.support.eoffice_day import instant
from tests.support.fake_network import NOW

SECONDS = NOW.timestamp()


@pytest.mark.parametrize(
    ("body", "pointer", "sessions"),
    [
        (b'{"sessions": 87}', "/sessions", 87),
        (b'{"sessions": 86.5}', "/sessions", 86.5),
        (b'{"load": [{"now": 0}]}', "/load/0/now", 0),
        (b"12", "", 12),
        (b"\xef\xbb\xbf12", "", 12),
        (b"8.7e1", "", 87),
        (b"-0", "", 0),
    ],
)
def test_the_number_at_the_pointer_is_read(body: bytes, pointer: str, sessions: float) -> None:
    assert read_pointed(body, pointer).sessions == sessions


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-1", "a negative number"),
        ("NaN", "beyond all measure"),
        ("Infinity", "beyond all measure"),
        ("-Infinity", "beyond all measure"),
        ("1e400", "beyond all measure"),
        ("1" + "0" * 400, "beyond all measure"),
        ("1" + "0" * 5000, "no JSON"),
        ("1e9", "nobody has so many sessions"),
        ('"87"', "the text '87'"),
        ("true", "true or false"),
        ("null", "null"),
        ("[87]", "a list"),
        ("{}", "an object"),
    ],
)
def test_nonsense_is_told_in_words(value: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        read_pointed(b'{"sessions": %s}' % value.encode(), "/sessions")
    assert caught.value.cause is Cause.UNPARSABLE
    assert len(caught.value.text) < 250


@pytest.mark.parametrize(
    ("body", "words", "cause"),
    [
        (b"<html>", "no JSON", Cause.UNPARSABLE),
        (b'{"s":1,"s":2}', "'s' stands twice in one object", Cause.UNPARSABLE),
        (b"", "no JSON", Cause.UNPARSABLE),
        (b"\xff\xfe", "no JSON", Cause.UNPARSABLE),
        (b"[" * 100_000, "nested too deeply", Cause.UNPARSABLE),
        (b'{"users": 3}', "has no 'sessions'", Cause.UNPARSABLE),
        (b'{"sessions": 1}' + b" " * 300_000, "too much JSON", Cause.TOO_LARGE),
    ],
)
def test_a_body_without_the_count_says_why(body: bytes, words: str, cause: Cause) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        read_pointed(body, "/sessions")
    assert caught.value.cause is cause


@pytest.mark.parametrize("kind", ["vector", "scalar"])
@pytest.mark.parametrize(("text", "sessions"), [("87", 87), ("86.5", 86.5), ("8.7e+01", 87), ("0", 0), ("+3", 3)])
def test_one_number_of_prometheus_is_read(kind: str, text: str, sessions: float) -> None:
    assert read_instant(instant(text, kind=kind), NOW).sessions == sessions


def test_what_prometheus_warns_of_goes_along() -> None:
    reading = read_instant(instant("87", warnings=["partial response", 7]), NOW)
    assert reading.warnings == ("partial response", "(no text)")


def of(data: object) -> bytes:
    return json.dumps({"status": "success", "data": data}).encode()


SERIES = {"metric": {}, "value": [SECONDS, "1"]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (of({"resultType": "vector", "result": []}), "finds nothing"),
        (of({"resultType": "vector", "result": [SERIES] * 3}), "gives 3 series"),
        (of({"resultType": "vector", "result": [{"metric": {}, "histogram": [SECONDS, {}]}]}), "no result in it"),
        (of({"resultType": "matrix", "result": [{"values": []}]}), "gives a matrix"),
        (of({"resultType": "string", "result": [SECONDS, "87"]}), "gives a string"),
        (of({"resultType": "scalar", "result": [SECONDS, 87]}), "no time and value"),
        (of({"resultType": "scalar", "result": [True, "87"]}), "no time and value"),
        (of({"resultType": "scalar", "result": None}), "no time and value"),
        (of({"resultType": ["vector"], "result": {}}), "no result in it"),
        (of([]), "a list where data belongs"),
        (b"[]", "a list where an answer belongs"),
        (b'{"sessions": 87}', r"an error: \(no text\)"),
        (b'{"status":"error","errorType":"bad_data","error":"parse error: 1:4"}', "bad_data: parse error: 1:4"),
        (instant("87", at=float("nan")), "no time and value"),
        (instant("87", at=1e300), "no time and value"),
        (instant("NaN"), "'NaN' in"),
        (instant("+Inf"), "'\\+Inf' in"),
        (instant("1_000"), "'1_000' in"),
        (instant("0x57"), "'0x57' in"),
        (instant("٨٧"), "'٨٧' in"),
        (instant(""), "'' in"),
        (instant("-3"), "a negative number"),
        (instant("1e300"), "nobody has so many"),
        (instant("1e999"), "beyond all measure"),
    ],
)
def test_an_answer_of_prometheus_without_one_number_says_why(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        read_instant(body, NOW)
    assert caught.value.cause is Cause.UNPARSABLE


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (SECONDS - 420, "7 min old"),
        (SECONDS + 420, "7 min ahead of our clock"),
        (0, "of another day"),
    ],
)
def test_an_answer_of_another_time_is_stale(at: float, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        read_instant(instant("87", at=at), NOW)
    assert caught.value.cause is Cause.STALE


@pytest.mark.parametrize("off_s", [-299, 0, 299])
def test_five_minutes_are_given(off_s: float) -> None:
    assert read_instant(instant("87", at=SECONDS + off_s), NOW).sessions == 87


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["success", "error", "vector", "scalar", "87", "NaN"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "data", "resultType", "result", "value", "metric", "sessions", "warnings"]),
            inner,
            max_size=8,
        )
    ),
    max_leaves=20,
)


def sessions_or_words(read: Callable[[bytes], Reading], body: bytes) -> float | str:
    try:
        return read(body).sessions
    except UnreadableError as error:
        return error.text


READS: list[Callable[[bytes], Reading]] = [
    lambda body: read_instant(body, NOW),
    lambda body: read_pointed(body, "/sessions"),
]


@pytest.mark.parametrize("read", READS, ids=["Prometheus", "pointer"])
@given(body=JSON.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=200))
def test_whatever_comes_is_a_count_or_words(read: Callable[[bytes], Reading], body: bytes) -> None:
    found = sessions_or_words(read, body)
    assert found != ""
    assert isinstance(found, str) or 0 <= found <= MAX_SESSIONS
