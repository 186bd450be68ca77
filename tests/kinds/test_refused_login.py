"""A wrong password is tried a few times, then seldom: guards against guessers would lock the account."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from checks.mail import pop3, smtp
from checks.model import Cause, Finding, Status
from checks.plugin import AnyKind
from checks.secret import Secret
from tests.support.fake_network import NOW, DictMemory, FakeNetwork, ScriptedServer, context, look, tls

PASSWORD = Secret("mail", lambda: "hunter2")
#: What each kind needs to hear up to the login, and the line by which the password travels.
TALKS: Mapping[str, tuple[AnyKind, str, Mapping[str, Sequence[str]], str]] = {
    "smtp": (smtp.KIND, "220 mail", {"EHLO": ("250-x", "250 AUTH PLAIN")}, "AUTH PLAIN AHByb2JlAGh1bnRlcjI="),
    "pop3": (pop3.KIND, "+OK", {"CAPA": ("+OK", "USER", "."), "USER": ("+OK",), "STAT": ("+OK 0 0",)}, "PASS hunter2"),
}
REFUSALS = {"smtp": "535 5.7.8 no", "pop3": "-ERR [AUTH] no"}
WELCOMES = {"smtp": "235 in", "pop3": "+OK in"}


class Mailbox:
    """One check over many runs, with one memory."""

    def __init__(self, name: str) -> None:
        self._kind, self._greeting, self._answers, self._line = TALKS[name]
        self._memory = DictMemory()
        self.tries = 0

    def look(self, said: str, minute: float, user: str = "probe") -> Finding:
        server = ScriptedServer(
            {**self._answers, self._line: (said,), "AUTH PLAIN": (said,)}, greeting=(self._greeting,), session=tls()
        )
        now = NOW + timedelta(minutes=minute)
        options = {"host": "mail.example.org", "tls": "implicit", "user": user, "password": PASSWORD}
        ctx = context(FakeNetwork(server=server), now=now, memory=self._memory)
        (finding,) = asyncio.run(look(self._kind, options, ctx))
        self.tries += any(line.startswith(("AUTH PLAIN", "PASS")) for line in server.sent)
        return finding


KINDS = pytest.mark.parametrize("name", TALKS)


@KINDS
def test_a_wrong_password_is_tried_three_times_and_then_every_five_minutes(name: str) -> None:
    mailbox = Mailbox(name)
    findings = [mailbox.look(REFUSALS[name], minute) for minute in (0, 0.2, 0.4, 0.6, 1, 2, 5.3, 5.5, 6, 10.2)]
    assert mailbox.tries == 4
    assert {(one.status, one.cause) for one in findings} == {(Status.CRITICAL, Cause.AUTH_FAILED)}
    assert findings[3].summary.endswith(
        "refused the login 3 times, last at 11:00 on Fri 20 Nov 2026; tried again at 11:05 on Fri 20 Nov 2026, "
        "so that the account is not locked"
    )


@KINDS
def test_a_password_that_was_mended_is_well_at_the_next_try_and_all_is_forgotten(name: str) -> None:
    mailbox = Mailbox(name)
    for minute in (0, 1, 2):
        mailbox.look(REFUSALS[name], minute)
    assert mailbox.look(WELCOMES[name], 3).status is Status.CRITICAL
    assert mailbox.look(WELCOMES[name], 7).status is Status.OK
    for minute in (8, 9, 10):
        mailbox.look(REFUSALS[name], minute)
    assert mailbox.tries == 7


@KINDS
def test_another_user_s_login_is_tried_at_once(name: str) -> None:
    mailbox = Mailbox(name)
    for minute in (0, 1, 2):
        mailbox.look(REFUSALS[name], minute)
    mailbox.look(REFUSALS[name], 3, user="somebody.else")
    assert mailbox.tries == 4


@pytest.mark.parametrize(
    ("name", "said"),
    [("smtp", "535 account suspended"), ("smtp", "454 4.7.0 later"), ("pop3", "-ERR [SYS/TEMP] later")],
)
def test_what_says_nothing_of_the_password_is_tried_as_often_as_asked(name: str, said: str) -> None:
    mailbox = Mailbox(name)
    for minute in range(6):
        mailbox.look(said, minute)
    assert mailbox.tries == 6


def test_a_clock_that_was_set_back_does_not_make_it_wait_for_ever() -> None:
    mailbox = Mailbox("pop3")
    for minute in (100, 101, 102, 0):
        mailbox.look(REFUSALS["pop3"], minute)
    assert mailbox.tries == 4
