from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import Cause, Status
from checks.secret import secret_from_file
from tests.support.certificates import Authority, Pair, now, self_signed
from tests.support.peer import wait_until
from tests.support.postfix import PostfixServer
from tests.support.real_look import Eyes

pytestmark = pytest.mark.peer

EYES = Eyes()


def secured(postfix: PostfixServer) -> dict[str, object]:
    return {"host": postfix.host, "port": postfix.port, "tls": "starttls", "ca_file": postfix.ca_file}


def test_a_healthy_server_takes_mail_over_starttls_and_gets_none(postfix: PostfixServer) -> None:
    finding = EYES.only("smtp", **secured(postfix), rcpt="minister@office.example")
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)
    assert {"connect_s", "greeting_s", "tls_s", "total_s"} == {one.name for one in finding.measurements}
    assert postfix.messages() == []


def test_a_healthy_server_encrypts_from_the_first_byte(postfix: PostfixServer) -> None:
    finding = EYES.only("smtp", host=postfix.host, port=postfix.implicit_port, tls="implicit", ca_file=postfix.ca_file)
    assert finding.status is Status.OK


def test_both_families_of_a_server_are_judged(postfix: PostfixServer, hosts_file: Path) -> None:
    postfix.use_certificate(postfix.authority.leaf("mail.office.example"))
    options = {**secured(postfix), "host": "mail.office.example", "family": "both"}
    findings = Eyes(hosts_file=hosts_file).look("smtp", **options)
    assert [(one.subject, one.status) for one in findings] == [
        (f"mail.office.example:{postfix.port} IPv4", Status.OK),
        (f"mail.office.example:{postfix.port} IPv6", Status.OK),
    ]


def test_a_suspended_mailbox_is_told_as_such(postfix: PostfixServer) -> None:
    postfix.suspend("minister@office.example")
    finding = EYES.only("smtp", **secured(postfix), rcpt="minister@office.example")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.SUSPENDED)
    assert "550 5.2.1" in finding.evidence


def test_greylisting_is_no_outage(postfix: PostfixServer) -> None:
    postfix.greylist("minister@office.example")
    finding = EYES.only("smtp", **secured(postfix), rcpt="minister@office.example")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.GREYLISTED)


def test_an_unknown_mailbox_is_a_rejection(postfix: PostfixServer) -> None:
    postfix.answer_recipient("nobody@office.example", "550 5.1.1 User unknown")
    finding = EYES.only("smtp", **secured(postfix), rcpt="nobody@office.example")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.REJECTED)


def test_an_authority_we_do_not_know_is_not_trusted(postfix: PostfixServer) -> None:
    finding = EYES.only("smtp", host=postfix.host, port=postfix.port, tls="starttls")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_UNTRUSTED)


MISTAKES: dict[Cause, Callable[[Authority], Pair]] = {
    Cause.TLS_UNTRUSTED: lambda authority: self_signed(authority.folder, "127.0.0.1"),
    Cause.TLS_NAME_MISMATCH: lambda authority: authority.leaf("elsewhere.example"),
    Cause.EXPIRED: lambda authority: authority.leaf(
        "127.0.0.1", not_before=now() - timedelta(days=9), not_after=now() - timedelta(days=1)
    ),
    Cause.NOT_YET_VALID: lambda authority: authority.leaf("127.0.0.1", not_before=now() + timedelta(days=1)),
}


@pytest.mark.parametrize("cause", MISTAKES)
def test_a_mistaken_certificate_has_its_cause(postfix: PostfixServer, cause: Cause) -> None:
    postfix.use_certificate(MISTAKES[cause](postfix.authority))
    finding = EYES.only("smtp", **secured(postfix))
    assert (finding.status, finding.cause) == (Status.CRITICAL, cause)


def test_a_plain_port_offers_no_login(postfix: PostfixServer, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.touch(0o600)
    path.write_text("hunter2\n")
    finding = EYES.only("smtp", **secured(postfix), user="probe", password=secret_from_file(path))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.REJECTED)


def test_a_stopped_server_refuses_and_a_started_one_is_well_again(postfix: PostfixServer) -> None:
    postfix.stop()
    for kind in ("tcp", "smtp"):
        finding = EYES.only(kind, host=postfix.host, port=postfix.port)
        assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.REFUSED)
    postfix.start()
    for kind in ("tcp", "smtp"):
        assert EYES.only(kind, host=postfix.host, port=postfix.port).status is Status.OK


def test_a_mail_port_that_speaks_plain_text_fails_a_tls_handshake(postfix: PostfixServer) -> None:
    finding = EYES.only("smtp", host=postfix.host, port=postfix.port, tls="implicit", ca_file=postfix.ca_file)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_HANDSHAKE)


def test_our_session_leaves_no_complaint_in_the_server_s_log(postfix: PostfixServer) -> None:
    EYES.only("smtp", **secured(postfix), rcpt="tidy@office.example")
    wait_until(lambda: "rcpt=1 quit=1" in postfix.log, 60, "Postfix logged no orderly end")
    assert "tidy@office.example" not in postfix.log
