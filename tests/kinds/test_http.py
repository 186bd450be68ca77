import asyncio
from datetime import timedelta

import pytest
from pydantic import ValidationError

from checks.model import Cause, Finding, Status
from checks.network.errors import BodyError
from checks.network.values import HttpHop, HttpRequest, HttpResponse, TlsFault
from checks.web import http
from tests.support.fake_network import NOW, FakeNetwork, answer, certificate, context, look, tls

URL = "https://portal.example.org/"


def seen(response: HttpResponse, **options: object) -> Finding:
    (finding,) = asyncio.run(look(http.KIND, {"url": URL, **options}, context(FakeNetwork(response=response))))
    return finding


def test_a_page_that_answers_is_ok() -> None:
    finding = seen(answer(200, session=tls()))
    assert (finding.subject, finding.status) == (URL, Status.OK)
    assert {one.name: one.unit for one in finding.measurements}["tls_s"] == "s"


@pytest.mark.parametrize("status", [200, 503])
def test_what_is_asked_of_a_page_may_be_a_key_and_is_not_shown(status: int) -> None:
    finding = seen(answer(status), url=f"{URL}api?key=hunter2secret")
    assert finding.subject == f"{URL}api?***"
    assert "hunter2secret" not in repr(finding)


@pytest.mark.parametrize(
    ("status", "wanted", "well"),
    [
        (200, "200", True),
        (204, "200", False),
        (404, "200-299,404", True),
        (301, "200-399", True),
        (503, "200-399", False),
    ],
)
def test_the_status_is_judged_by_the_set_that_was_asked_for(status: int, wanted: str, *, well: bool) -> None:
    finding = seen(answer(status), status=wanted)
    assert (finding.status is Status.OK, finding.cause is Cause.NONE) == (well, well)
    assert well or finding.cause is Cause.MISMATCH


@pytest.mark.parametrize(("total_s", "words"), [(0.0021, "2 ms"), (0.9, "900 ms"), (1.5, "1.50 s")])
def test_how_long_it_took_is_told_in_readable_units(total_s: float, words: str) -> None:
    assert seen(answer(200, total_s=total_s)).summary == f"{URL} answers 200 in {words}"


def test_a_server_that_asks_for_patience_tells_nothing_about_the_page() -> None:
    finding = seen(answer(429))
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.RATE_LIMITED)


def test_words_that_are_missing_are_a_mismatch_with_the_body_as_evidence() -> None:
    finding = seen(answer(200, b"<h1>Maintenance</h1>"), body_regex="Portal|Login")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MISMATCH)
    assert "Maintenance" in finding.evidence


def test_words_that_are_there_are_ok() -> None:
    assert seen(answer(200, "<h1>نگہبان Portal</h1>".encode()), body_regex="نگہبان +Portal").status is Status.OK


@pytest.mark.parametrize(
    ("body", "pointer", "equals", "cause"),
    [
        (b'{"a": {"b": [1, "x"]}}', "/a/b/1", "x", Cause.NONE),
        (b'{"a": 1}', "/a", 1.0, Cause.NONE),
        (b'{"a": true}', "/a", 1, Cause.MISMATCH),
        (b'{"a": 1}', "/b", 1, Cause.MISMATCH),
        (b"<html>", "/a", 1, Cause.MISMATCH),
        (b"[" * 100_000, "/0", 1, Cause.MISMATCH),
        (b'{"a": ' + b"9" * 5000 + b"}", "/a", 1, Cause.MISMATCH),
        (b'{"": 5}', "/", 5, Cause.NONE),
        (b'{"a": null}', "/a", None, Cause.NONE),
        (b'{"a": 0}', "/a", None, Cause.MISMATCH),
    ],
)
def test_a_value_is_looked_up_by_its_pointer(body: bytes, pointer: str, equals: object, cause: Cause) -> None:
    assert seen(answer(200, body), json_pointer=pointer, equals=equals).cause is cause


def test_a_pointer_alone_asks_only_that_something_is_there() -> None:
    assert seen(answer(200, b'{"a": null}'), json_pointer="/a").status is Status.OK


def test_a_slow_answer_is_a_warning() -> None:
    finding = seen(answer(200, total_s=2.5), max_latency="2s")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.SLOW)


def test_a_slow_wrong_answer_is_critical_and_says_both() -> None:
    finding = seen(answer(500, total_s=2.5), max_latency="2s")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MISMATCH)
    assert any("took 2.50 s" in text for _, text in finding.facts)


def test_an_untrusted_certificate_is_critical_though_the_page_answers() -> None:
    session = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="unknown authority")])
    assert seen(answer(200, session=session)).cause is Cause.TLS_UNTRUSTED


def test_dates_of_the_certificate_are_judged_by_the_check_s_own_time() -> None:
    lapsed = tls(certificate(lives=(NOW - timedelta(days=90), NOW - timedelta(seconds=1))))
    assert seen(answer(200, session=lapsed)).cause is Cause.EXPIRED
    early = tls(certificate(lives=(NOW + timedelta(seconds=1), NOW + timedelta(days=1))))
    assert seen(answer(200, session=early)).cause is Cause.NOT_YET_VALID


def test_what_the_options_ask_for_is_what_is_fetched() -> None:
    net = FakeNetwork(response=answer())
    options = {"url": f"{URL}a#part", "method": "HEAD", "max_redirects": 0, "family": "4"}
    asyncio.run(look(http.KIND, options, context(net)))
    (request,) = net.requests
    assert (request.url, request.method, request.max_redirects, request.family) == (f"{URL}a", "HEAD", 0, "4")
    assert not request.want_body


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"url": "ftp://example.org/"}, "is no web address"),
        ({"url": "portal.example.org"}, "is no web address"),
        ({"url": "https://user:secret@example.org/"}, "must not hold a user or password"),
        ({"url": "http://example.org:99999/"}, "a port is a number from 1 to 65535"),
        ({"url": "https://x..example/"}, "names a host that is no host name"),
        ({"url": "https://256.1.1.1/"}, "names a host that ends in a number"),
        ({"url": "https://[fe80::1%25eth0]/"}, "names a host that is no host name"),
        ({"status": "2xx"}, "expected status codes"),
        ({"status": "300-200"}, "expected status codes"),
        ({"body_regex": "("}, "is no regular expression"),
        ({"json_pointer": "a/b"}, "expected a JSON pointer"),
        ({"json_pointer": "/~2"}, "expected a JSON pointer"),
        ({"equals": 1}, "equals needs json_pointer"),
        ({"method": "HEAD", "body_regex": "x"}, "HEAD brings no body"),
        ({"max_redirects": 6}, "less than or equal to 5"),
        ({"max_latency": "0s"}, "no answer takes no time"),
        ({"status": 99}, "expected status codes"),
        ({"status": True}, "valid string"),
        ({"family": 5}, "'any', '4', '6' or 'both'"),
        ({"max_latency": "2"}, "expected a whole number and a unit"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint) as refused:
        http.KIND.options.model_validate({"url": URL, **options})
    assert "secret" not in str(refused.value)


def test_numbers_that_yaml_reads_as_such_are_taken() -> None:
    options = http.KIND.options.model_validate({"url": URL, "status": 200, "family": 4})
    assert (options.model_dump()["status"], options.model_dump()["family"]) == ("200", "4")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_nowhere_is_a_warning_unless_it_was_asked_for(status: int) -> None:
    finding = seen(answer(status))
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.MISMATCH)
    assert f"answers {status}, a redirect, without saying where to" in finding.summary
    assert seen(answer(status), status=str(status)).status is Status.OK


@pytest.mark.parametrize(
    ("body", "equals", "words"),
    [
        (b'{"a": 2}', True, "has 2 at JSON '/a', expected true"),
        (b'{"a": false}', None, "has false at JSON '/a', expected null"),
        (b'{"a": 1e400}', 1, "has too large a number at JSON '/a', expected 1"),
        (b'{"a": [true, "x"]}', "up", "has [true, \"x\"] at JSON '/a', expected 'up'"),
    ],
)
def test_values_are_told_as_json_writes_them(body: bytes, equals: object, words: str) -> None:
    assert words in seen(answer(200, body), json_pointer="/a", equals=equals).summary


def test_a_wait_before_now_is_no_wait() -> None:
    assert "come back" not in seen(answer(503)._replace(fields=((b"Retry-After", b"-5"),))).summary


def test_a_hop_that_cannot_be_trusted_is_critical_though_the_last_one_can() -> None:
    untrusted = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="unknown authority")])
    hop = HttpHop(url=URL, status=302, location="https://www.example.org/", address="192.0.2.1", tls=untrusted)
    finding = seen(answer(200, session=tls())._replace(hops=(hop,)))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_UNTRUSTED)


class UndecodablePage(FakeNetwork):
    async def fetch(self, request: HttpRequest) -> HttpResponse:
        del request
        raise BodyError(Cause.PROTOCOL, "the compressed body cannot be decoded", 500)


def test_an_error_page_that_cannot_be_decoded_is_an_error_page() -> None:
    (finding,) = asyncio.run(look(http.KIND, {"url": URL, "body_regex": "x"}, context(UndecodablePage())))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MISMATCH)
    assert finding.summary == f"{URL} answers 500, expected 200-399"
    assert ("Also", "the compressed body cannot be decoded") in finding.facts


def test_a_page_that_cannot_be_decoded_is_told_so_where_its_status_is_well() -> None:
    with pytest.raises(BodyError, match="cannot be decoded"):
        asyncio.run(look(http.KIND, {"url": URL, "body_regex": "x", "status": "500"}, context(UndecodablePage())))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "asks for a login (401), expected 200-399"),
        (403, "refuses access (403), to this machine or to all who are not logged in, expected 200-399"),
        (407, "is reached over a proxy that asks for a login (407), expected 200-399"),
        (404, "answers 404, expected 200-399"),
    ],
)
def test_a_refusal_is_told_in_words(status: int, words: str) -> None:
    finding = seen(answer(status))
    assert (finding.summary, finding.cause) == (f"{URL} {words}", Cause.MISMATCH)


@pytest.mark.parametrize(
    ("status", "field", "words"),
    [
        (429, b"120", "is asked too often and answers 429; it asks to come back in 120 s"),
        (503, b"60", "answers 503, expected 200-399; it asks to come back in 60 s"),
        (429, b"Fri, 20 Nov 2026 07:00:00 GMT", "answers 429; it asks to come back at Fri, 20 Nov 2026 07:00:00 GMT"),
        (429, b"\x1b[2J" + b"9" * 100, "come back at \\x1b[2J99999"),
    ],
)
def test_how_long_a_server_asks_to_wait_is_told(status: int, field: bytes, words: str) -> None:
    finding = seen(answer(status)._replace(fields=((b"Retry-After", field),)))
    assert words in finding.summary
    assert finding.summary.isprintable()


def test_a_slow_answer_names_what_took_longest() -> None:
    finding = seen(answer(200, total_s=2.5)._replace(first_byte_s=2.3), max_latency="2s")
    assert finding.summary.endswith("took 2.50 s, expected at most 2 s; most of it waiting for the first byte (2.30 s)")


def test_time_spent_in_redirects_counts_as_latency_and_is_named() -> None:
    hop = HttpHop(url=URL, status=302, location=URL, address="192.0.2.1")
    finding = seen(answer(200, total_s=3.0)._replace(hops=(hop, hop)), max_latency="2s")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.SLOW)
    assert "most of it in redirects (2.94 s)" in finding.summary
