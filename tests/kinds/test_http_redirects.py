"""Redirects, hop by hop: what a reader's browser would have shown on the way."""

import asyncio

import pytest

from checks.model import Cause, Finding, Status
from checks.network.values import HttpHop, TlsFault, TlsSession
from checks.web import http
from tests.support.fake_network import FakeNetwork, answer, context, look, tls

UNTRUSTED = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="unknown authority")])


def led(*urls: str, location: str | None = None, sessions: dict[int, TlsSession] | None = None) -> Finding:
    """The finding of a look that was led over `urls`; `location` is where the last one leads on."""
    places = [*urls[1:], location]
    hops = tuple(
        HttpHop(
            url=url,
            status=302 if places[number] else 200,
            location=places[number],
            address="192.0.2.1",
            tls=(sessions or {}).get(number, tls() if url.startswith("https:") else None),
        )
        for number, url in enumerate(urls)
    )
    response = answer(hops[-1].status, session=hops[-1].tls)._replace(url=urls[-1], hops=hops)
    (finding,) = asyncio.run(look(http.KIND, {"url": urls[0]}, context(FakeNetwork(response=response))))
    return finding


def test_from_http_to_https_is_how_it_should_be() -> None:
    finding = led("http://a.example.org/", "https://a.example.org/")
    assert finding.status is Status.OK
    assert ("Redirects", "http://a.example.org/ → https://a.example.org/") in finding.facts
    assert not [fact for fact in finding.facts if fact[0] == "Other hosts"]


def test_from_https_to_http_is_a_warning_in_words() -> None:
    finding = led("https://a.example.org/in?token=4711", "http://a.example.org/")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.TLS_MISSING)
    words = "redirects from https to http, from https://a.example.org/in?… to http://a.example.org/: all can read it"
    assert words in finding.summary


def test_from_https_over_http_and_back_is_a_warning_though_it_ends_well() -> None:
    finding = led("https://a.example.org/", "http://a.example.org/x", "https://a.example.org/x")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.TLS_MISSING)


@pytest.mark.parametrize("location", ["http://a.example.org/", "HTTP://a.example.org/"])
def test_a_redirect_to_http_that_was_not_followed_is_seen_too(location: str) -> None:
    assert led("https://a.example.org/", location=location).cause is Cause.TLS_MISSING


@pytest.mark.parametrize("location", ["/relative", "https://b.example.org/", "http", "//b.example.org/", "http:[", ""])
def test_a_location_that_was_not_followed_and_leads_to_no_http_is_ok(location: str) -> None:
    finding = led("https://a.example.org/", location=location)
    assert (finding.cause is Cause.TLS_MISSING) == location.startswith("http:")


def test_other_hosts_on_the_way_are_named() -> None:
    finding = led(
        "http://a.example.org/", "http://www.a.example.org/", "https://b.example.net/", "https://b.example.net/x"
    )
    assert ("Other hosts", "www.a.example.org, b.example.net") in finding.facts


def test_queries_never_show() -> None:
    finding = led("http://a.example.org/", "http://a.example.org/in?token=4711")
    assert ("Redirects", "http://a.example.org/ → http://a.example.org/in?…") in finding.facts
    assert "4711" not in repr(finding)


def test_a_hop_with_a_bad_certificate_is_named_with_its_place() -> None:
    finding = led(
        "http://a.example.org/", "https://sso.example.net/in?t=1", "https://a.example.org/", sessions={1: UNTRUSTED}
    )
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_UNTRUSTED)
    assert "leads over https://sso.example.net/in?…, which cannot be trusted: unknown authority" in finding.summary


def test_the_first_hop_needs_no_place_since_it_is_the_subject() -> None:
    finding = led("https://a.example.org/", "https://b.example.org/", sessions={0: UNTRUSTED})
    assert finding.summary == "https://a.example.org/ cannot be trusted: unknown authority"


def test_one_fault_on_several_hops_is_told_once() -> None:
    finding = led("https://a.example.org/", "https://a.example.org/x", sessions={0: UNTRUSTED, 1: UNTRUSTED})
    assert repr(finding).count("unknown authority") == 1
