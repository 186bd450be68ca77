import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dialogues.refusal_words import status_of
from checks.dialogues.smtp import Stage
from checks.dialogues.smtp_reply import parse
from checks.dialogues.smtp_verdict import cause_of
from checks.model import Cause, Status


@pytest.mark.parametrize(
    ("stage", "line", "cause"),
    [
        (Stage.RCPT, "550 5.1.1 <x@example.org>: no such user", Cause.REJECTED),
        (Stage.RCPT, "554 5.7.1 Relay access denied", Cause.REJECTED),
        (Stage.RCPT, "451 4.3.0 Temporary lookup failure", Cause.REJECTED),
        (Stage.RCPT, "450 4.7.1 Please come back later", Cause.GREYLISTED),
        (Stage.RCPT, "450 4.2.0 <x@example.org>: Recipient address rejected: Greylisted, see help", Cause.GREYLISTED),
        (Stage.RCPT, "451 Graylisting in action", Cause.GREYLISTED),
        (Stage.MAIL, "451 4.7.1 grey-listed", Cause.GREYLISTED),
        (Stage.RCPT, "550 5.7.1 you are greylisted for ever", Cause.REJECTED),
        (Stage.BANNER, "421 4.7.0 Too many connections from your address", Cause.RATE_LIMITED),
        (Stage.BANNER, "554 no SMTP service here", Cause.REJECTED),
        (Stage.BANNER, "421 Service shutting down", Cause.REJECTED),
        (Stage.RCPT, "550 5.2.1 The email account that you tried to reach is inactive", Cause.SUSPENDED),
        (Stage.RCPT, "450 4.2.1 mailbox off for now", Cause.REJECTED),
        (Stage.RCPT, "550 5.2.1 Mailbox unavailable", Cause.REJECTED),
        (Stage.RCPT, "550 5.2.1 This mailbox has been deactivated", Cause.SUSPENDED),
        (Stage.RCPT, "550 5.7.13 no", Cause.SUSPENDED),
        (Stage.RCPT, "450 4.2.1 The user you are trying to contact is receiving mail too quickly", Cause.RATE_LIMITED),
        (Stage.RCPT, "450 4.2.1 The user is receiving mail at a rate that prevents delivery", Cause.RATE_LIMITED),
        (Stage.RCPT, "451 4.7.650 The mail server has been temporarily rate limited", Cause.RATE_LIMITED),
        (Stage.RCPT, "450 4.7.1 Client host rejected: cannot find your reverse hostname", Cause.REJECTED),
        (Stage.RCPT, "450 4.7.1 Service refused, try again later", Cause.GREYLISTED),
        (Stage.RCPT, "451 4.7.500 Server busy. Please try again later", Cause.REJECTED),
        (Stage.BANNER, "421 Too many concurrent SMTP connections; please try again later.", Cause.RATE_LIMITED),
        (
            Stage.BANNER,
            "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing",
            Cause.RATE_LIMITED,
        ),
        (
            Stage.RCPT,
            "451 192.0.2.1 is not yet authorized to deliver mail from <> to <x@example.org>",
            Cause.GREYLISTED,
        ),
        (Stage.RCPT, "451 Temporary local problem - please try later", Cause.REJECTED),
        (Stage.AUTH, "535 5.7.8 Account is locked after 5 failed attempts", Cause.AUTH_FAILED),
        (Stage.AUTH, "535 5.7.8 authentication failed: account is locked", Cause.AUTH_FAILED),
        (Stage.AUTH, "535 Incorrect data: account disabled after too many failures", Cause.AUTH_FAILED),
        (Stage.AUTH, "535 account locked, unpaid invoice", Cause.SUSPENDED),
        (Stage.STARTTLS, "421 4.7.0 too many connections", Cause.RATE_LIMITED),
        (Stage.AUTH, "421 4.7.0 Too many login attempts, please try again later", Cause.RATE_LIMITED),
        (Stage.AUTH, "535 5.7.8 too many login attempts", Cause.AUTH_FAILED),
        (Stage.RCPT, "525 5.7.13 User account disabled", Cause.SUSPENDED),
        (Stage.RCPT, "550 This Account Has Been SUSPENDED", Cause.SUSPENDED),
        (Stage.AUTH, "535 5.7.8 Error: authentication failed", Cause.AUTH_FAILED),
        (Stage.AUTH, "535 account suspended", Cause.SUSPENDED),
        (Stage.AUTH, "454 4.7.0 Temporary authentication failure", Cause.REJECTED),
        (Stage.STARTTLS, "454 4.7.0 TLS not available", Cause.TLS_MISSING),
        (Stage.EHLO, "354 go ahead", Cause.PROTOCOL),
        (Stage.RCPT, "452 4.2.2 Mailbox full", Cause.REJECTED),
        (Stage.RCPT, "552 5.2.2 Over quota", Cause.REJECTED),
        (Stage.RCPT, "552 5.2.3 Message too long", Cause.REJECTED),
        (Stage.MAIL, "452 4.3.1 Insufficient system storage", Cause.REJECTED),
        (Stage.BANNER, "421 4.3.2 System not accepting network messages", Cause.REJECTED),
        (Stage.RCPT, "550 5.7.25 Reverse DNS validation failed", Cause.REJECTED),
        (Stage.RCPT, "556 5.1.10 Recipient address has null MX", Cause.REJECTED),
        (Stage.AUTH, "534 5.7.9 Application-specific password required", Cause.AUTH_FAILED),
        (Stage.AUTH, "432 4.7.12 A password transition is needed", Cause.AUTH_FAILED),
        (Stage.AUTH, "454 5.7.8 bad credentials by an odd code", Cause.REJECTED),
        (Stage.AUTH, "500 5.7.8 bad credentials by an odd code", Cause.AUTH_FAILED),
        (Stage.AUTH, "535 5.7.13 no", Cause.SUSPENDED),
        (Stage.AUTH, "538 5.7.11 Encryption required for requested authentication mechanism", Cause.TLS_MISSING),
        (Stage.MAIL, "523 5.7.10 Encryption Needed", Cause.TLS_MISSING),
        (Stage.MAIL, "530 5.7.0 Must issue a STARTTLS command first", Cause.TLS_MISSING),
        (Stage.AUTH, "530 5.7.0 Must issue a STARTTLS command first", Cause.TLS_MISSING),
        (Stage.MAIL, "530 5.7.0 Authentication required", Cause.REJECTED),
        (Stage.RCPT, "450 4.7.28 unusual amount of mail", Cause.RATE_LIMITED),
        (Stage.RCPT, "550 5.7.28 unusual amount of mail", Cause.REJECTED),
        (Stage.RCPT, "550 5.7.1 Domain example.org suspended for non-payment", Cause.SUSPENDED),
    ],
)
def test_a_refusal_has_its_cause(stage: Stage, line: str, cause: Cause) -> None:
    assert cause_of(stage, parse([line])) is cause


def test_words_of_suspension_are_found_across_lines() -> None:
    assert cause_of(Stage.RCPT, parse(["550-Your service has been", "550 suspended."])) is Cause.SUSPENDED


def test_greylisting_is_a_warning_and_a_full_house_tells_nothing() -> None:
    assert status_of(Cause.GREYLISTED) is Status.WARNING
    assert status_of(Cause.RATE_LIMITED) is Status.UNKNOWN
    assert status_of(Cause.SUSPENDED) is Status.CRITICAL


@given(
    st.sampled_from(Stage), st.integers(200, 599), st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"))
)
def test_every_reply_has_a_cause_that_says_something_is_wrong(stage: Stage, code: int, text: str) -> None:
    assert cause_of(stage, parse([f"{code} {text}"])) is not Cause.NONE
