"""IMAP and POP3 against Debian's Dovecot."""

import asyncio
from pathlib import Path

import pytest

from checks.dialogues.imap import ImapDialogue
from checks.dialogues.pop3 import Pop3Dialogue
from checks.model import Cause, Finding, Status
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import TlsTerms
from checks.secret import secret_from_file
from tests.support.dovecot import ELSEWHERE, ODD_USERS, PASSWORD, SUSPENDED, USER, DovecotServer
from tests.support.peer import wait_until
from tests.support.real_look import Eyes
from watchdog.clock import system_clock

pytestmark = pytest.mark.peer

EYES = Eyes()
BOTH = pytest.mark.parametrize("kind", ["imap", "pop3"])


@pytest.fixture
def keys(tmp_path: Path) -> "Keys":
    return Keys(tmp_path)


class Keys:
    """Passwords as the program takes them: in files of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, user: str = USER, password: str = PASSWORD) -> dict[str, object]:
        path = self._folder / "password"
        path.touch(0o600)
        path.write_text(password)
        return {"user": user, "password": secret_from_file(path)}


def place(dovecot: DovecotServer, kind: str, tls: str = "starttls") -> dict[str, object]:
    plain, implicit = {
        "imap": (dovecot.imap_port, dovecot.imaps_port),
        "pop3": (dovecot.pop3_port, dovecot.pop3s_port),
    }[kind]
    port = implicit if tls == "implicit" else plain
    return {"host": dovecot.host, "port": port, "tls": tls, "ca_file": dovecot.ca_file}


def logins(dovecot: DovecotServer) -> int:
    return dovecot.log.count(": Login: ") + dovecot.log.count("auth failed")


@BOTH
@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_a_healthy_server_is_well_however_it_is_reached(dovecot: DovecotServer, kind: str, tls: str) -> None:
    assert EYES.only(kind, **place(dovecot, kind, tls)).status is Status.OK


@BOTH
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_user_is_let_in_and_the_message_stays_unseen(dovecot: DovecotServer, keys: Keys, kind: str, tls: str) -> None:
    box: dict[str, object] = {"mailbox": "INBOX"} if kind == "imap" else {}
    finding = EYES.only(kind, **place(dovecot, kind, tls), **keys.of(), **box)
    assert finding.status is Status.OK
    values = {one.name: one.value for one in finding.measurements}
    assert values["messages"] == 1
    assert {"connect_s", "greeting_s", "tls_s", "login_s", "total_s"} <= set(values)
    assert dovecot.unseen == 1


@BOTH
def test_a_wrong_password_is_told(dovecot: DovecotServer, keys: Keys, kind: str) -> None:
    finding = EYES.only(kind, **place(dovecot, kind), **keys.of(password="wrong horse"))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.AUTH_FAILED)
    assert "wrong horse" not in repr(finding)


@BOTH
@pytest.mark.parametrize("user", ODD_USERS)
def test_an_odd_password_lets_the_user_in(dovecot: DovecotServer, keys: Keys, kind: str, user: str) -> None:
    assert EYES.only(kind, **place(dovecot, kind), **keys.of(user, ODD_USERS[user])).status is Status.OK


@BOTH
def test_a_user_whose_login_is_switched_off_is_a_customer_cut_off(
    dovecot: DovecotServer, keys: Keys, kind: str
) -> None:
    finding = EYES.only(kind, **place(dovecot, kind), **keys.of(SUSPENDED))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.SUSPENDED)
    assert "Likely reason" in dict(finding.facts)


def test_a_missing_mailbox_is_a_rejection_and_one_of_another_script_opens(dovecot: DovecotServer, keys: Keys) -> None:
    missing = EYES.only("imap", **place(dovecot, "imap"), **keys.of(), mailbox="Archive")
    assert (missing.status, missing.cause) == (Status.CRITICAL, Cause.REJECTED)
    dovecot.add_mailbox("&BkgGJwYxBi8-")
    assert EYES.only("imap", **place(dovecot, "imap"), **keys.of(), mailbox="وارد").status is Status.OK


@BOTH
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_is_not_trusted_gets_no_password(
    dovecot: DovecotServer, keys: Keys, kind: str, tls: str
) -> None:
    before = logins(dovecot)
    options = {**place(dovecot, kind, tls), "ca_file": None}
    finding = EYES.only(kind, **options, **keys.of(), allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_UNTRUSTED)
    assert logins(dovecot) == before


@BOTH
def test_a_server_that_takes_no_plain_password_hears_none(dovecot: DovecotServer, keys: Keys, kind: str) -> None:
    before = logins(dovecot)
    options = {**place(dovecot, kind, "none"), "host": ELSEWHERE}
    finding = EYES.only(kind, **options, **keys.of(), allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_MISSING)
    assert "takes no password without TLS" in finding.summary
    assert logins(dovecot) == before


@BOTH
def test_a_port_that_encrypts_from_the_first_byte_is_no_port_for_plain_text(dovecot: DovecotServer, kind: str) -> None:
    options = {**place(dovecot, kind), "tls": "implicit"}
    finding = EYES.only(kind, **options)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_HANDSHAKE)


@pytest.mark.parametrize(("kind", "other"), [("imap", "pop3"), ("pop3", "imap")])
def test_the_other_protocol_s_port_is_found_out(dovecot: DovecotServer, kind: str, other: str) -> None:
    finding = EYES.only(kind, **place(dovecot, other))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.PROTOCOL)


@BOTH
def test_both_families_are_judged(dovecot: DovecotServer, hosts_file: Path, kind: str) -> None:
    options = {**place(dovecot, kind, "none"), "host": "mail.office.example", "family": "both"}
    findings = Eyes(hosts_file=hosts_file).look(kind, **options)
    assert [(one.subject[-4:], one.status) for one in findings] == [("IPv4", Status.OK), ("IPv6", Status.OK)]


@BOTH
def test_our_session_ends_in_good_order(dovecot: DovecotServer, keys: Keys, kind: str) -> None:
    before = dovecot.log.count("Logged out")
    EYES.only(kind, **place(dovecot, kind), **keys.of())
    wait_until(lambda: dovecot.log.count("Logged out") > before, 60, "Dovecot logged no orderly end")


@BOTH
def test_a_stopped_server_refuses_and_a_started_one_is_well_again(dovecot: DovecotServer, kind: str) -> None:
    def look() -> Finding:
        return EYES.only(kind, **place(dovecot, kind))

    dovecot.stop()
    try:
        down = look()
    finally:
        dovecot.start()
    assert (down.status, down.cause) == (Status.CRITICAL, Cause.REFUSED)
    assert look().status is Status.OK


@pytest.mark.parametrize("user", ODD_USERS)
def test_an_odd_password_lets_the_user_in_without_plain_too(dovecot: DovecotServer, user: str) -> None:
    """By IMAP's literals and by POP3's PASS, as for servers that offer nothing better."""

    async def let_in() -> None:
        terms = TlsTerms(server_name=dovecot.host, ca_file=dovecot.ca_file)
        transport = Transport(Resolver(servers=()), system_clock)
        async with transport.session() as net:
            imap = ImapDialogue(await net.dialogue(dovecot.host, dovecot.imaps_port, "any", terms))
            await imap.greet()
            imap.offers -= {"AUTH=PLAIN"}
            await imap.log_in(user, ODD_USERS[user])
            pop3 = Pop3Dialogue(await net.dialogue(dovecot.host, dovecot.pop3s_port, "any", terms))
            await pop3.greet()
            del pop3.offers["SASL"]
            await pop3.log_in(user, ODD_USERS[user])
            assert await pop3.count() == 0
            assert ODD_USERS[user] not in net.transcript()

    asyncio.run(let_in())
