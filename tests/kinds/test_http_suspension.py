"""A provider's notice in a page's place is the cause "suspended", however it is served."""

import asyncio
import zlib

import pytest

from checks.model import Cause, Finding, Status
from checks.network.values import HttpHop, HttpResponse, TlsFault
from checks.web import http
from tests.support.fake_network import FakeNetwork, answer, context, look, tls

URL = "http://portal.example.org/"
NOTICE = b"<html><head><title>Account Suspended</title></head><body>This Account has been suspended.</body></html>"


def judged(response: HttpResponse, **options: object) -> Finding:
    (finding,) = asyncio.run(look(http.KIND, {"url": URL, **options}, context(FakeNetwork(response=response))))
    return finding


def page(status: int, text: bytes) -> HttpResponse:
    """An answer whose body nobody wanted."""
    return answer(status)._replace(beginning=text[:4096], body_bytes=len(text))


@pytest.mark.parametrize("status", [200, 302, 403, 404, 503, 509])
def test_a_notice_is_recognised_whatever_its_status(status: int) -> None:
    finding = judged(page(status, NOTICE), status="200-599")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.SUSPENDED)
    assert (
        "it seems: the page is titled 'Account Suspended' (likely reason: not told; begin with unpaid bills)"
        in finding.summary
    )
    assert "Account Suspended" in finding.evidence


def test_a_notice_is_recognised_where_a_weak_pattern_is_content_with_it() -> None:
    assert judged(answer(200, NOTICE), body_regex="</html>").cause is Cause.SUSPENDED


@pytest.mark.parametrize("status", [200, 404])
def test_a_notice_at_the_end_of_redirects_is_recognised_by_its_path(status: int) -> None:
    end = f"{URL}cgi-sys/suspendedpage.cgi?x=1"
    hops = (
        HttpHop(url=URL, status=302, location=end, address="192.0.2.1"),
        HttpHop(url=end, status=status, location=None, address="192.0.2.1"),
    )
    finding = judged(answer(status)._replace(url=end, hops=hops))
    assert finding.cause is Cause.SUSPENDED
    assert "a redirect leads to the provider's notice /cgi-sys/suspendedpage.cgi" in finding.summary


@pytest.mark.parametrize("location", ["/cgi-sys/suspendedpage.cgi", f"{URL}cgi-sys/defaultwebpage.cgi"])
def test_a_redirect_to_a_notice_is_recognised_though_not_followed(location: str) -> None:
    hop = HttpHop(url=URL, status=302, location=location, address="192.0.2.1")
    finding = judged(answer(302)._replace(hops=(hop,)), max_redirects=0)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.SUSPENDED)


@pytest.mark.parametrize(("coding", "window_bits"), [("gzip", 31), ("X-GZIP", 31), ("deflate", 15), ("deflate", -15)])
def test_a_notice_that_came_compressed_unasked_is_read(coding: str, window_bits: int) -> None:
    packer = zlib.compressobj(wbits=window_bits)
    packed = packer.compress(NOTICE) + packer.flush()
    response = page(200, packed)._replace(fields=((b"Content-Encoding", coding.encode()),))
    finding = judged(response)
    assert finding.cause is Cause.SUSPENDED
    assert "'Account Suspended'" in finding.summary


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br"])
def test_what_calls_itself_compressed_and_is_not_is_no_notice(coding: bytes) -> None:
    response = page(200, b"\xff" + NOTICE)._replace(fields=((b"Content-Encoding", coding),))
    assert judged(response).status is Status.OK


def test_an_unreadable_location_is_no_notice() -> None:
    hop = HttpHop(url=URL, status=302, location="http://[/cgi-sys/suspendedpage.cgi", address="192.0.2.1")
    assert judged(answer(302)._replace(hops=(hop,)), max_redirects=0).status is Status.OK


def test_payment_required_is_a_suspension_for_a_bill_unless_it_is_what_the_check_expects() -> None:
    finding = judged(answer(402))
    assert (finding.cause, "it answers 402 (likely reason: an unpaid bill)" in finding.summary) == (
        Cause.SUSPENDED,
        True,
    )
    assert judged(answer(402), status="402").status is Status.OK


def test_a_lapsed_domain_is_told_as_such() -> None:
    finding = judged(page(200, b"<title>This domain has expired!</title>"))
    assert "likely reason: a subscription or domain that has lapsed" in finding.summary


def test_the_notice_goes_before_the_bad_certificate_that_often_comes_with_it() -> None:
    session = tls(faults=[TlsFault(cause=Cause.TLS_NAME_MISMATCH, text="is for host.example.net")])
    finding = judged(page(200, NOTICE)._replace(tls=session))
    assert finding.cause is Cause.SUSPENDED
    assert any("host.example.net" in text for _, text in finding.facts)


def test_hostile_titles_are_made_visible() -> None:
    finding = judged(page(200, b"<title>Account Suspended \x1b[\xe2\x80\xae " + b"!" * 3000 + b"</title>"))
    assert finding.cause is Cause.SUSPENDED
    assert finding.summary.isprintable()
    assert len(finding.summary) < 400


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"ok",
        b"<title>Portal</title><h1>Welcome</h1>",
        b"<title>Suspended animation, a film | Arts Council</title><h1>Suspended animation</h1>",
        b"<title>Bridge news</title><p>Account suspended: the story of a minister who was.</p>" + b"<p>word</p>" * 500,
        b"<title>Help</title><h1>What to do when an account is suspended</h1>" + b"<p>word</p>" * 100,
        b"<title>Account suspended</title>" + b"<p>a page of a forum that goes on and on</p>" * 2000,
        b"<title>Accounts</title><!-- This account has been suspended --><p>All is well</p>",
        b"<title>Accounts</title><script>alert('this account has been suspended')</script><p>All is well</p>",
        b'{"error": null, "suspended": false}',
        b'{"user":"x","status":"this account has been suspended"}',
        b"<title>Service suspended: BRT Peshawar closed on Friday</title>",
        b"<title>Account suspended - Help Center</title>",
        b"<title>Domain suspended? What to do - PKNIC</title>",
        b"<title>Service suspended - maintenance until 5 pm</title>",
        b"<title>Account suspended</title>" + b"<p>the story of a minister</p>" * 90,
        b"<p>They say that this website has been suspended is a rumour</p>",
        b"<p>See /cgi-sys/suspendedpage.cgi for how it looks</p>",
    ],
    ids=str,
)
def test_a_page_that_merely_has_such_words_is_no_notice(text: bytes) -> None:
    assert judged(page(200, text)).status is Status.OK


@pytest.mark.parametrize(
    "text",
    [
        b"<title>portal.example.org - Account Suspended</title>",
        b"<title>Website Suspended | Example Hosting</title>",
        b"<title>This account is currently suspended</title>",
        b"<title>Site is suspended</title>",
        b"<title>Suspended</title>",
        b"<title>Suspended Domain</title>",
        b"<title>Account Disabled</title>",
        b"<title>Website disabled</title>",
        b"<title>Account Suspended</title>" + b"<p>word</p>" * 300 + b"contact your hosting provider",
        b"<p>This domain has expired</p><p>Renew it</p>",
        b"<svg><title>Logo</title></svg><title>Account Suspended</title>",
        b"<svg><title>Logo</title></svg><title>Account Suspended</title>" + b"<!-- -->" * 400,
        b'<META HTTP-EQUIV="refresh" CONTENT="0;URL=/cgi-sys/suspendedpage.cgi">',
        b"<META HTTP-EQUIV='refresh' CONTENT='0;URL=/cgi-sys/defaultwebpage.cgi'>",
        b"<script>window.location.href = '/cgi-sys/suspendedpage.cgi'</script>",
        b"<script>location.replace('http://portal.example.org/cgi-sys/suspendedpage.cgi?x')</script>",
        b'<iframe width="100%" src="/cgi-sys/suspendedpage.cgi"></iframe>',
    ],
)
def test_notices_come_in_many_forms(text: bytes) -> None:
    assert judged(page(200, text)).cause is Cause.SUSPENDED


@pytest.mark.parametrize(
    "text",
    [
        b"<title>Account suspended for nonpayment</title>",
        b"<p>This account has been suspended for non-payment. Call us.</p>",
    ],
    ids=str,
)
def test_a_notice_that_names_the_bill_is_told_with_it(text: bytes) -> None:
    assert "likely reason: an unpaid bill" in judged(page(200, text)).summary


def test_the_status_of_used_up_bandwidth_is_a_suspension_by_itself() -> None:
    assert judged(page(509, b"")).cause is Cause.SUSPENDED
