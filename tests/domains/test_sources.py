"""Asking registries over real sockets: trust, redirects, referrals, turns, and the time that each source has."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from checks.model import Cause, Finding, Status
from tests.support.certificates import Authority
from tests.support.hostile import HostileHost, hostile_host, server_context, tarpit
from tests.support.real_look import Eyes
from tests.support.registry import (
    DOMAIN,
    NOT_FOUND,
    Teller,
    http_answer,
    rdap_answer,
    rdap_document,
    serve,
    whois_text,
)


@pytest.fixture(scope="module")
def host() -> Iterator[HostileHost]:
    with hostile_host() as host:
        yield host


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.root(tmp_path_factory.mktemp("authority"))


def look(timeout_s: float = 5.0, **options: object) -> Sequence[Finding]:
    return Eyes(timeout_s=timeout_s).look("domain_expiry", domain=DOMAIN, **options)


def test_rdap_tells_date_and_standing(host: HostileHost) -> None:
    served = serve(host, rdap_answer(rdap_document()))
    fault, expiry = look(rdap_url=served.rdap)
    assert (fault.status, expiry.deadline is not None) == (Status.OK, True)
    assert dict(fault.facts)["Registrar"] == "PKNIC"
    assert served.teller.questions == [f"GET /rdap/domain/{DOMAIN} HTTP/1.1"]


def test_any_content_type_will_do_where_the_body_is_rdap(host: HostileHost) -> None:
    body = json.dumps(rdap_document()).encode()
    served = serve(host, http_answer(body=body, content_type="text/plain"))
    assert look(rdap_url=served.rdap)[1].deadline is not None


def over_https(host: HostileHost, authority: Authority, answer: bytes, *names: str) -> str:
    return f"https://127.0.0.1:{host.serve(Teller(answer), server_context(authority.leaf(*names or ('127.0.0.1',))))}"


def test_https_that_can_be_trusted_is_believed(host: HostileHost, authority: Authority) -> None:
    url = over_https(host, authority, rdap_answer(rdap_document()))
    assert look(rdap_url=url, ca_file=authority.ca_file)[1].deadline is not None


def test_https_that_cannot_be_trusted_is_not_believed(host: HostileHost, authority: Authority) -> None:
    url = over_https(host, authority, rdap_answer(rdap_document()))
    fault, expiry = look(rdap_url=url)
    assert (fault.status, fault.cause, expiry.deadline) == (Status.UNKNOWN, Cause.TLS_UNTRUSTED, None)


def test_a_certificate_for_another_name_is_not_believed(host: HostileHost, authority: Authority) -> None:
    url = over_https(host, authority, rdap_answer(rdap_document()), "rdap.example.org")
    fault, expiry = look(rdap_url=url, ca_file=authority.ca_file)
    assert (fault.status, fault.cause, expiry.deadline) == (Status.UNKNOWN, Cause.TLS_NAME_MISMATCH, None)


def test_a_redirect_from_https_to_http_is_not_believed(host: HostileHost, authority: Authority) -> None:
    plain = serve(host, rdap_answer(rdap_document()))
    url = over_https(host, authority, http_answer(302, fields=[("Location", plain.rdap)]))
    fault, expiry = look(rdap_url=url, ca_file=authority.ca_file)
    assert (fault.status, fault.cause, expiry.deadline) == (Status.UNKNOWN, Cause.TLS_MISSING, None)


def test_a_redirect_is_followed(host: HostileHost) -> None:
    there = serve(host, rdap_answer(rdap_document()))
    here = serve(host, http_answer(302, fields=[("Location", there.rdap)]))
    assert look(rdap_url=here.rdap)[1].deadline is not None


def test_the_date_comes_from_whois_where_rdap_withholds_it(host: HostileHost) -> None:
    rdap = serve(host, rdap_answer(rdap_document(expires=None, statuses=("client hold",))))
    whois = serve(host, whois_text(expires="2027-06-30"))
    fault, expiry = look(rdap_url=rdap.rdap, whois_server=whois.whois)
    assert (fault.status, fault.cause) == (Status.CRITICAL, Cause.ON_HOLD)
    assert expiry.deadline is not None
    assert f"its date {whois.whois}" in dict(expiry.facts)["Seen"]


def test_two_sources_that_know_no_such_name_leave_no_doubt(host: HostileHost) -> None:
    whois = serve(host, f"No match for {DOMAIN}\r\n".encode())
    fault, _ = look(rdap_url=serve(host, NOT_FOUND).rdap, whois_server=whois.whois)
    assert (fault.status, fault.cause) == (Status.CRITICAL, Cause.NOT_REGISTERED)
    assert "No match" not in dict(fault.facts).get("Also", "")


def test_a_silent_rdap_server_leaves_whois_its_time(host: HostileHost) -> None:
    whois = serve(host, whois_text())
    whois.teller.hold_s = 0.3
    silent = f"http://127.0.0.1:{host.serve(tarpit)}"
    fault, expiry = look(2.0, rdap_url=silent, whois_server=whois.whois)
    assert (fault.status, expiry.deadline is not None) == (Status.OK, True)
    assert "no complete answer within 1 s" in dict(fault.facts)["Also"]


def thin(referral: str) -> bytes:
    return whois_text(expires=None, more=[f"Registrar WHOIS Server: {referral}"])


def test_a_registrar_is_asked_where_its_registry_leaves_the_date_to_it(host: HostileHost) -> None:
    registrar = serve(host, whois_text())
    fault, expiry = look(whois_server=serve(host, thin(registrar.whois)).whois)
    assert (fault.status, expiry.deadline is not None) == (Status.OK, True)
    assert registrar.teller.questions == [DOMAIN]


def test_a_referral_goes_one_step_and_no_further(host: HostileHost) -> None:
    third = serve(host, whois_text())
    second = serve(host, thin(third.whois))
    _, expiry = look(whois_server=serve(host, thin(second.whois)).whois)
    assert (expiry.status, expiry.deadline) == (Status.UNKNOWN, None)
    assert (len(second.teller.questions), len(third.teller.questions)) == (1, 0)


@pytest.mark.parametrize("place", ["10.0.0.1", "169.254.169.254", "192.168.1.1:22", "no server", "127.0.0.1:99999"])
def test_a_referral_to_where_nobody_outside_may_send_us_is_not_followed(host: HostileHost, place: str) -> None:
    fault, expiry = look(whois_server=serve(host, thin(place)).whois)
    assert (fault.status, expiry.status, expiry.deadline) == (Status.UNKNOWN, Status.UNKNOWN, None)
    assert "it leaves the date to" in expiry.summary


def test_a_bootstrap_file_says_whom_to_ask(host: HostileHost, authority: Authority, tmp_path: Path) -> None:
    url = over_https(host, authority, rdap_answer(rdap_document()))
    listed = {"version": "1.0", "publication": "2026-11-01T00:00:00Z", "services": [[["pk"], [f"{url}/"]]]}
    file = tmp_path / "dns.json"
    file.write_text(json.dumps(listed))
    fault, _ = look(rdap_bootstrap_file=file, whois_server=serve(host, whois_text()).whois)
    assert fault.status is Status.OK
    assert "cannot be trusted" in dict(fault.facts)["Also"], "it was asked, and is not one of the system's"


def test_a_bootstrap_file_that_cannot_be_read_is_said_where_it_matters(host: HostileHost, tmp_path: Path) -> None:
    fault, _ = look(rdap_bootstrap_file=tmp_path / "none.json", whois_server=serve(host, b"").whois)
    assert "none.json cannot be used (No such file or directory)" in fault.summary
