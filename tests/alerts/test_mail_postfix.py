"""Our mail through a real Postfix into a mailbox."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.mail_channel import MailChannel
from alerts.channels.relay import MailRelay
from alerts.incident import EventKind
from alerts.message import Notification
from tests.support.notifications import message, notification
from tests.support.postfix import DOMAIN, PostfixServer, running_postfix
from watchdog.clock import system_clock

NOC = f"noc@{DOMAIN}"

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def postfix() -> Iterator[PostfixServer]:
    with running_postfix() as server:
        yield server


def relay(postfix: PostfixServer) -> MailRelay:
    return MailRelay(host="127.0.0.1", port=postfix.port, sender="nigehban@example.org", ca_file=postfix.ca_file)


def send(settings: MailRelay, *rows: Notification) -> list[Outcome]:
    async def main() -> list[Outcome]:
        channel = MailChannel("on-call-1-mail", settings, system_clock)
        return [await channel.send(row) for row in rows]

    return asyncio.run(main())


def test_an_incident_is_one_thread_in_the_mailbox(postfix: PostfixServer) -> None:
    urdu = "سرکاری ای میل بحال ہو گئی ہے، مزید تفصیل نیچے دیکھیں، شکریہ، ادارہ"
    outcomes = send(
        relay(postfix),
        notification("n1", recipient=NOC),
        notification("n2", recipient=NOC, content=message(EventKind.RESOLVED, subject=urdu, text=f".{urdu}\n.\n")),
        notification("n2", recipient=NOC, content=message(EventKind.RESOLVED), repeat=True),
    )
    assert all(isinstance(outcome, Delivered) and "queued as" in outcome.detail for outcome in outcomes)
    by_repeat = {
        str(mail["X-Nigehban-Event"] + (mail["X-Nigehban-Repeat"] or "")): mail for mail in postfix.wait_for_messages(3)
    }
    opened, resolved, again = by_repeat["opened"], by_repeat["resolved"], by_repeat["resolved1"]
    assert resolved["In-Reply-To"] == resolved["References"] == opened["Message-ID"]
    assert resolved["Message-ID"] == again["Message-ID"] == "<n2@example.org>"
    assert resolved["Subject"] == urdu
    assert resolved.get_content().splitlines() == [f".{urdu}", "."]
    assert opened["Auto-Submitted"] == "auto-generated"
    assert "with ESMTPS" in opened["Received"]


def test_it_takes_implicit_tls_too(postfix: PostfixServer) -> None:
    settings = replace(relay(postfix), port=postfix.implicit_port, tls="implicit")
    [outcome] = send(settings, notification(recipient=NOC))
    assert isinstance(outcome, Delivered)


def test_its_refusals_are_told_apart(postfix: PostfixServer) -> None:
    postfix.suspend(f"gone@{DOMAIN}")
    postfix.greylist(f"slow@{DOMAIN}")
    gone, slow = send(
        relay(postfix),
        notification("g", recipient=f"gone@{DOMAIN}"),
        notification("s", recipient=f"slow@{DOMAIN}"),
    )
    assert isinstance(gone, Rejected)
    assert gone.reason == "recipient_refused"
    assert isinstance(slow, Deferred)
    assert slow.reason == "temporary"


def test_an_untrusted_certificate_keeps_the_mail_at_home(postfix: PostfixServer) -> None:
    [outcome] = send(replace(relay(postfix), ca_file=None), notification(recipient=NOC))
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "tls_untrusted"
