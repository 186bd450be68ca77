"""A server that knows the password, or words that stand in it: nothing of it is shown, and nothing misjudged."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from checks.mail import imap, pop3, smtp
from checks.model import Cause, Finding, Status
from checks.plugin import AnyKind
from checks.secret import Secret
from tests.support.fake_network import FakeNetwork, ScriptedServer, context, look, tls


def seen(
    kind: AnyKind, greeting: str, answers: Mapping[str, Sequence[str]] | None = None, spelt: str = "hunter2"
) -> Finding:
    options = {"host": "mail.example.org", "tls": "implicit", "user": "u", "password": Secret("x", lambda: spelt)}
    server = ScriptedServer(answers or {}, greeting=(greeting,), session=tls())
    (finding,) = asyncio.run(look(kind, options, context(FakeNetwork(server=server))))
    return finding


@pytest.mark.parametrize(
    ("kind", "greeting"),
    [(smtp.KIND, "554 I know hunter2"), (imap.KIND, "* BYE I know hunter2"), (pop3.KIND, "-ERR I know hunter2")],
)
def test_a_server_that_knows_the_password_before_it_is_sent_does_not_tell_it(kind: AnyKind, greeting: str) -> None:
    finding = seen(kind, greeting)
    assert finding.status is Status.CRITICAL
    assert finding.summary.endswith("I know ***")


def test_a_password_broken_over_two_lines_of_a_reply_is_not_told() -> None:
    answers = {"EHLO": ("250-x", "250 AUTH PLAIN"), "AUTH": ("535-5.7.8 not hun", "535 5.7.8 ter2, no")}
    assert seen(smtp.KIND, "220 x", answers).summary.endswith("answers the login with 535 5.7.8 not ***, no")


def test_a_password_made_of_the_protocol_s_words_does_not_hide_what_is_offered() -> None:
    answers = {"EHLO": ("250-x", "250 AUTH PLAIN LOGIN"), "AUTH PLAIN": ("235 in",)}
    assert seen(smtp.KIND, "220 x", answers, "login plain").status is Status.OK


def test_a_refusal_is_judged_by_what_was_said_though_the_password_stands_in_it() -> None:
    answers = {"EHLO": ("250-x", "250 AUTH PLAIN"), "AUTH": ("535 account suspended",)}
    finding = seen(smtp.KIND, "220 x", answers, "suspended")
    assert (finding.cause, "suspended" in finding.summary) == (Cause.SUSPENDED, False)
