"""Certificates of real servers, from the first byte and behind STARTTLS."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from checks.model import Cause, Change, Finding, Status
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.plugin import Json
from tests.support.certificates import Authority, Pair, now, self_signed, weak_key
from tests.support.dovecot import DovecotServer, running_dovecot
from tests.support.nginx import NginxServer
from tests.support.peer import wait_until
from tests.support.postfix import PostfixServer
from tests.support.real_look import Eyes, spec_of, surroundings
from tests.support.revocation_lists import revocation_list, serial_of, written
from watchdog.clock import system_clock
from watchdog.engine.runner import Run, run_check

pytestmark = pytest.mark.peer

EYES = Eyes()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotServer]:
    with running_dovecot() as server:
        yield server


@dataclass(frozen=True)
class Place:
    """Where a certificate is shown, and how it is put there."""

    options: Mapping[str, object]
    authority: Authority
    show: Callable[[Pair], None]

    def look(self, **more: object) -> Sequence[Finding]:
        return EYES.look("tls_certificate", **{**self.options, "ca_file": self.authority.ca_file, **more})

    def shows(self, pair: Pair, **more: object) -> Sequence[Finding]:
        self.show(pair)
        return self.look(**more)


@pytest.fixture(params=["nginx", "postfix", "postfix, implicit", "dovecot imap", "dovecot pop3"])
def place(request: pytest.FixtureRequest) -> Place:
    name = str(request.param)
    if name == "nginx":
        nginx: NginxServer = request.getfixturevalue("nginx")
        return Place({"host": nginx.host, "port": nginx.https_port}, nginx.authority, nginx.use_certificate)
    if name.startswith("postfix"):
        postfix: PostfixServer = request.getfixturevalue("postfix")
        options: dict[str, object] = {"host": postfix.host, "port": postfix.implicit_port}
        if name == "postfix":
            options = {"host": postfix.host, "port": postfix.port, "starttls": "smtp"}
        return Place(options, postfix.authority, postfix.use_certificate)
    dovecot: DovecotServer = request.getfixturevalue("dovecot")
    protocol = name.split(" ")[1]
    port = dovecot.imap_port if protocol == "imap" else dovecot.pop3_port
    options = {"host": dovecot.host, "port": port, "starttls": protocol}
    return Place(options, dovecot.authority, lambda pair: present(dovecot, pair))


def present(dovecot: DovecotServer, pair: Pair) -> None:
    """Started anew: its login processes are made beforehand, with the certificate of that time."""
    dovecot.stop()
    (dovecot.folder / "etc" / "server.pem").write_bytes(pair.chain_file.read_bytes())
    (dovecot.folder / "etc" / "server.key").write_bytes(pair.key_file.read_bytes())
    dovecot.start()


def test_a_good_certificate_holds(place: Place) -> None:
    fault, expiry = place.shows(place.authority.intermediate("Good Issuer").leaf("127.0.0.1"))
    assert (fault.status, expiry.status) == (Status.OK, Status.OK), fault.summary


MISTAKES: dict[str, tuple[Cause, Callable[[Authority], Pair]]] = {
    "self-signed": (Cause.TLS_UNTRUSTED, lambda authority: self_signed(authority.folder, "127.0.0.1")),
    "unknown root": (
        Cause.TLS_UNTRUSTED,
        lambda authority: Authority.root(authority.folder, "Somebody Else").leaf("127.0.0.1"),
    ),
    "missing intermediate": (
        Cause.TLS_UNTRUSTED,
        lambda authority: authority.intermediate("Absent Issuer").leaf("127.0.0.1", send_parents=False),
    ),
    "wrong name": (Cause.TLS_NAME_MISMATCH, lambda authority: authority.leaf("elsewhere.example")),
    "not yet valid": (Cause.NOT_YET_VALID, lambda authority: authority.leaf("127.0.0.1", not_before=now() + DAY)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistaken_certificate_has_its_cause_and_its_date(place: Place, mistake: str) -> None:
    cause, make = MISTAKES[mistake]
    fault, expiry = place.shows(make(place.authority))
    assert (fault.status, fault.cause) == (Status.CRITICAL, cause)
    assert dates(expiry), "the date is exported whatever is wrong"


def test_a_lapsed_certificate_is_a_deadline_that_has_passed(place: Place) -> None:
    fault, expiry = place.shows(place.authority.leaf("127.0.0.1", not_before=now() - 9 * DAY, not_after=now() - DAY))
    assert (fault.status, expiry.status, expiry.cause) == (Status.OK, Status.CRITICAL, Cause.EXPIRED)
    assert dates(expiry), "the date is exported whatever is wrong"


def test_a_weak_key_is_a_warning(nginx: NginxServer) -> None:
    nginx.use_certificate(nginx.authority.leaf("127.0.0.1", key=weak_key()))
    fault, expiry = EYES.look("tls_certificate", host=nginx.host, port=nginx.https_port, ca_file=nginx.ca_file)
    assert (fault.status, fault.cause) == (Status.WARNING, Cause.TLS_WEAK)
    assert dates(expiry)


def test_an_issuer_that_lapses_first_leaves_the_leaf_its_own_date(place: Place) -> None:
    lapses = now().replace(microsecond=0) + 2 * DAY
    fault, expiry = place.shows(place.authority.intermediate("Short Issuer", not_after=lapses).leaf("127.0.0.1"))
    assert dates(expiry) == [lapses.timestamp()]
    assert len(dates(fault)) == 1
    assert dates(fault) > dates(expiry)


def dates(finding: Finding) -> list[float]:
    return [one.value for one in finding.measurements if one.name == "certificate_not_after"]


def test_a_revoked_certificate_is_told_and_told_no_more_when_it_is_replaced(place: Place) -> None:
    issuer = place.authority.intermediate("Listing Issuer")
    bad, good = issuer.leaf("127.0.0.1"), issuer.leaf("127.0.0.1")
    reasons = {serial_of(bad): x509.ReasonFlags.key_compromise}
    crl_file = written(place.authority.folder, revocation_list(issuer, reasons), revocation_list(place.authority))
    _, _, revoked = place.shows(bad, crl_file=crl_file)
    assert (revoked.status, revoked.cause) == (Status.CRITICAL, Cause.TLS_REVOKED)
    assert revoked.summary.endswith("(key compromise)")
    _, _, replaced = place.shows(good, crl_file=crl_file)
    assert (replaced.status, replaced.cause) == (Status.OK, Cause.NONE)


def test_a_renewal_is_noticed_once_and_a_replacement_by_a_stranger_too(nginx: NginxServer, tmp_path: Path) -> None:
    options = {"host": nginx.host, "port": nginx.https_port, "ca_file": nginx.ca_file}
    spec = spec_of("tls_certificate", options, timeout_s=5)
    kept = dict[str, Json]()

    async def looked_at() -> Run:
        transport = Transport(Resolver(servers=()), system_clock)
        return await run_check(spec, surroundings(transport), now=now(), kept=kept, timeout_s=5)

    def changes(pair: Pair) -> list[Change]:
        nginx.use_certificate(pair)
        seen = asyncio.run(looked_at())
        kept.update(seen.memory)
        return [change for one in seen.observations for change in one.finding.changes]

    first = nginx.authority.leaf("127.0.0.1", not_after=now() + 9 * DAY)
    renewed = nginx.authority.leaf("127.0.0.1")
    assert changes(first) == []
    assert [change.is_routine for change in changes(renewed)] == [True]
    assert changes(first) == changes(renewed) == []
    (told,) = changes(Authority.root(tmp_path, "Stranger").leaf("127.0.0.1", not_after=now() + 999 * DAY))
    assert not told.is_routine
    assert told.summary.endswith("was replaced by one that cannot be trusted and of another issuer")


def test_a_port_that_speaks_another_protocol_says_so(postfix: PostfixServer, dovecot: DovecotServer) -> None:
    as_imap = EYES.only("tls_certificate", host=postfix.host, port=postfix.port, starttls="imap")
    as_smtp = EYES.only("tls_certificate", host=dovecot.host, port=dovecot.pop3_port, starttls="smtp")
    as_tls = EYES.only("tls_certificate", host=postfix.host, port=postfix.port)
    assert (as_imap.cause, as_smtp.cause, as_tls.cause) == (Cause.PROTOCOL, Cause.PROTOCOL, Cause.TLS_HANDSHAKE)


def test_our_look_ends_in_good_order(postfix: PostfixServer) -> None:
    EYES.look("tls_certificate", host=postfix.host, port=postfix.port, starttls="smtp", ca_file=postfix.ca_file)
    wait_until(lambda: "ehlo=1 starttls=1 quit=1" in postfix.log, 60, "Postfix logged no orderly end")
