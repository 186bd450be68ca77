"""A wrong password is tried a few times, then seldom: guards against guessers would lock the account."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from checks.mail import pop3, smtp
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import Family, LineDialogue, TlsTerms
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


#: An answer that never comes.
HANGS = "(silence)"


class SilentServer(ScriptedServer):
    async def read_line(self) -> str:
        line = await super().read_line()
        if line == HANGS:
            raise TimeoutError
        return line


@dataclass
class EachItsOwn(FakeNetwork):
    """Every connection meets a server of its own."""

    opened: Callable[[], ScriptedServer] = field(kw_only=True)
    servers: list[ScriptedServer] = field(default_factory=list)

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue:
        self.server = self.opened()
        self.servers.append(self.server)
        return await super().dialogue(host, port, family, tls)


class Mailbox:
    """One check over many runs, with one memory."""

    def __init__(self, name: str) -> None:
        self._kind, self._greeting, self._answers, self._line = TALKS[name]
        self._memory = DictMemory()
        self.tries = 0

    def look(self, said: str, minute: float, user: str = "probe", family: str = "any") -> Finding:
        answers = {**self._answers, self._line: (said,), "AUTH PLAIN": (said,)}
        return asyncio.run(self._looked(answers, minute, user, family))[0]

    def hang(self, minute: float, at: str = "") -> None:
        """A look that is cut while it waits for what the server says at `at`."""
        with suppress(TimeoutError):
            asyncio.run(self._looked({**self._answers, self._line: ("+OK",), at or self._line: (HANGS,)}, minute))

    def cut(self, minute: float) -> None:
        """A look whose server closes when it hears the password."""
        with suppress(ProbeError):
            asyncio.run(self._looked({**self._answers, self._line: ()}, minute))

    async def _looked(
        self, answers: Mapping[str, Sequence[str]], minute: float, user: str = "probe", family: str = "any"
    ) -> Sequence[Finding]:
        servers: list[ScriptedServer] = []
        options = {"host": "mail.example.org", "tls": "implicit", "user": user, "password": PASSWORD, "family": family}
        net = EachItsOwn(
            opened=lambda: SilentServer(dict(answers), greeting=(self._greeting,), session=tls()), servers=servers
        )
        ctx = context(net, now=NOW + timedelta(minutes=minute), memory=self._memory)
        try:
            return await look(self._kind, options, ctx)
        finally:
            self.tries += sum(line.startswith(("AUTH PLAIN", "PASS")) for one in servers for line in one.sent)


KINDS = pytest.mark.parametrize("name", TALKS)


@KINDS
def test_a_wrong_password_is_tried_three_times_and_then_every_five_minutes(name: str) -> None:
    mailbox = Mailbox(name)
    findings = [mailbox.look(REFUSALS[name], minute) for minute in (0, 0.2, 0.4, 0.6, 1, 2, 5.3, 5.5, 6, 10.2)]
    assert mailbox.tries == 4
    assert {(one.status, one.cause) for one in findings} == {(Status.CRITICAL, Cause.AUTH_FAILED)}
    assert findings[3].summary.endswith(
        f"answers the login with {REFUSALS[name]}; 3 logins failed in a row, last at 11:00 on Fri 20 Nov 2026; "
        "tried again at 11:05 on Fri 20 Nov 2026, so that the account is not locked"
    )
    assert ("Next try", "11:05 on Fri 20 Nov 2026") in findings[3].facts


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
    [("smtp", "454 4.7.0 later"), ("pop3", "-ERR [SYS/TEMP] later")],
)
def test_what_says_nothing_of_the_password_is_tried_as_often_as_asked(name: str, said: str) -> None:
    mailbox = Mailbox(name)
    for minute in range(6):
        mailbox.look(said, minute)
    assert mailbox.tries == 6


@pytest.mark.parametrize(
    ("name", "said"),
    [("smtp", "535 account suspended"), ("pop3", "-ERR account is locked"), ("smtp", "421 too many login attempts")],
)
def test_what_we_may_keep_going_ourselves_rests_too_and_keeps_its_cause(name: str, said: str) -> None:
    mailbox = Mailbox(name)
    findings = [mailbox.look(said, minute) for minute in range(6)]
    assert mailbox.tries == 3
    assert len({(one.status, one.cause) for one in findings}) == 1


def test_a_login_that_the_server_leaves_unanswered_counts_as_well() -> None:
    mailbox = Mailbox("pop3")
    for minute in (0, 1, 2, 3, 6, 7.5, 8):
        mailbox.hang(minute)
    assert mailbox.tries == 4
    finding = mailbox.look(WELCOMES["pop3"], 9)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TIMEOUT)
    assert "left the login without an answer; 4 logins failed in a row" in finding.summary
    assert mailbox.look(WELCOMES["pop3"], 13).status is Status.OK


def test_a_login_that_the_server_breaks_off_counts_as_well() -> None:
    mailbox = Mailbox("pop3")
    for minute in (0, 1, 2, 3, 4):
        mailbox.cut(minute)
    assert mailbox.tries == 3


def test_a_look_that_hangs_behind_the_login_counts_for_no_refusal() -> None:
    mailbox = Mailbox("pop3")
    for minute in range(6):
        mailbox.hang(minute, at="STAT")
    assert mailbox.tries == 6


def test_both_families_together_ask_no_more_than_one_does() -> None:
    mailbox = Mailbox("pop3")
    for minute in (0, 1, 2, 3, 6, 9.5):
        mailbox.look(REFUSALS["pop3"], minute, family="both")
    assert mailbox.tries == 4
    mailbox.look(REFUSALS["pop3"], 11, family="both")
    assert mailbox.tries == 6


def test_a_family_that_lets_in_does_not_hide_how_often_the_other_refused() -> None:
    mailbox = Mailbox("pop3")
    for minute in (0, 1, 2, 3):
        mailbox.look(WELCOMES["pop3"], minute, family="4")
        mailbox.look(REFUSALS["pop3"], minute, family="6")
    assert mailbox.tries == 7


def test_a_clock_that_was_set_back_does_not_make_it_wait_for_ever() -> None:
    mailbox = Mailbox("pop3")
    for minute in (100, 101, 102, 0):
        mailbox.look(REFUSALS["pop3"], minute)
    assert mailbox.tries == 4
