"""Revocation is a subject of its own, so that a list that lapses neither hides nor heals a fault."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from checks.certificates import tls_certificate
from checks.model import Cause, Finding, Status
from checks.network.values import Revocation, TlsFault
from tests.support.fake_network import NOW, FakeConnection, FakeNetwork, context, look, tls

DAY = timedelta(days=1)
GOOD = Revocation(subject="CN=mail.example.org", issuer="CN=Test Issuer", listed_from=NOW - DAY, listed_until=NOW + DAY)
ISSUER = replace(GOOD, subject="CN=Test Issuer", issuer="CN=Test Root")
REVOKED = replace(GOOD, revoked_at=NOW - DAY, reason="key compromise")


def findings(*revocations: Revocation, faults: Sequence[TlsFault] = ()) -> Sequence[Finding]:
    session = replace(tls(faults=faults), revocations=revocations)
    net = FakeNetwork(lambda _family: FakeConnection(tls=session))
    options = {"host": "mail.example.org", "crl_file": Path("/etc/lists.crl")}
    return asyncio.run(look(tls_certificate.KIND, options, context(net)))


def revocation(*revocations: Revocation) -> Finding:
    _, _, finding = findings(*revocations)
    return finding


def test_without_a_file_there_is_no_such_subject() -> None:
    net = FakeNetwork(lambda _family: FakeConnection(tls=tls()))
    seen = asyncio.run(look(tls_certificate.KIND, {"host": "mail.example.org"}, context(net)))
    assert len(seen) == 2


def test_who_is_in_no_list_is_not_revoked_and_the_next_list_is_told() -> None:
    finding = revocation(GOOD, ISSUER)
    assert (finding.subject, finding.status) == ("mail.example.org:443 revocation", Status.OK)
    assert finding.summary == "certificate of mail.example.org:443 is not revoked"
    told = "not revoked by the list of CN=Test Issuer, whose next one is due at 11:00 on Sat 21 Nov 2026"
    assert finding.facts[0] == ("Revocation", f"CN=mail.example.org: {told}")


@pytest.mark.parametrize(
    ("revocations", "told"),
    [
        (
            (REVOKED, ISSUER),
            "was revoked at 11:00 on Thu 19 Nov 2026 (key compromise)",
        ),
        (
            (GOOD, replace(ISSUER, revoked_at=NOW)),
            "rests on the issuer CN=Test Issuer, which was revoked at 11:00 on Fri 20 Nov 2026",
        ),
        (
            (replace(REVOKED, listed_until=NOW - DAY), ISSUER),
            "was revoked at 11:00 on Thu 19 Nov 2026 (key compromise)",
        ),
    ],
    ids=["the leaf", "an issuer", "by a list that has lapsed since"],
)
def test_who_is_revoked_is_told_with_the_instant(revocations: tuple[Revocation, ...], told: str) -> None:
    finding = revocation(*revocations)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_REVOKED)
    assert finding.summary == f"certificate of mail.example.org:443 {told}"
    assert finding.evidence


@pytest.mark.parametrize(
    ("leaf", "cause", "why"),
    [
        (
            replace(GOOD, listed_until=NOW),
            Cause.STALE,
            "the list of CN=Test Issuer lapsed at 11:00 on Fri 20 Nov 2026",
        ),
        (
            replace(GOOD, listed_from=NOW + DAY),
            Cause.STALE,
            "the list of CN=Test Issuer does not hold before 11:00 on Sat 21 Nov 2026",
        ),
        (replace(GOOD, unjudged="nobody knows"), Cause.UNPARSABLE, "nobody knows"),
    ],
)
def test_a_list_that_cannot_tell_leaves_it_unknown(leaf: Revocation, cause: Cause, why: str) -> None:
    finding = revocation(leaf, ISSUER)
    assert (finding.status, finding.cause) == (Status.UNKNOWN, cause)
    assert finding.summary == f"certificate of mail.example.org:443 may be revoked or not: {why}"


def test_a_lapsed_list_of_an_issuer_leaves_it_unknown_too() -> None:
    assert revocation(GOOD, replace(ISSUER, listed_until=NOW)).status is Status.UNKNOWN


def test_a_list_of_the_leaf_s_issuer_is_enough_and_what_is_missing_is_said() -> None:
    finding = revocation(GOOD, replace(ISSUER, unjudged="no list of CN=Test Root"))
    assert finding.status is Status.OK
    assert ("Revocation", "CN=Test Issuer: not known: no list of CN=Test Root") in finding.facts


def test_a_list_without_an_end_holds() -> None:
    finding = revocation(replace(GOOD, listed_until=None))
    assert finding.status is Status.OK
    assert ("Revocation", "CN=mail.example.org: not revoked by the list of CN=Test Issuer") in finding.facts


def test_a_certificate_that_is_its_own_issuer_cannot_be_judged() -> None:
    assert revocation().status is Status.UNKNOWN


def test_other_faults_are_told_apart_from_it_and_not_denied() -> None:
    fault, _, revoked = findings(REVOKED)
    assert fault.status is Status.OK
    assert fault.summary == "mail.example.org:443 presents a certificate whose chain, name and key hold"
    fault, expiry, revoked = findings(REVOKED, faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="self-signed")])
    assert (fault.cause, revoked.cause) == (Cause.TLS_UNTRUSTED, Cause.TLS_REVOKED)
    assert expiry.measurements
