"""A canary mail by a real Postfix, read back from a real Dovecot (FAULTS 29)."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alerts.channels.mail_channel import MailChannel
from alerts.channels.relay import MailRelay
from alerts.directory import Directory
from alerts.message import Notification
from alerts.route import Receiver
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.secret import Secret
from tests.support.dovecot import PASSWORD, USER, DovecotServer, running_dovecot
from tests.support.postfix import PostfixServer, running_postfix
from tests.support.telling import chat, directory, mail
from watchdog.canary import Canary
from watchdog.canary_mailbox import MailboxError, look
from watchdog.clock import system_clock
from watchdog.settings.values import CanaryMailbox, CanarySettings

pytestmark = pytest.mark.peer

TO = "canary@office.example"


@dataclass(slots=True)
class Peers:
    """Whatever Postfix delivers lands in Dovecot's mailbox."""

    postfix: PostfixServer
    dovecot: DovecotServer

    def __post_init__(self) -> None:
        (self.postfix.folder / "mail" / "inbox").symlink_to(self.box)

    @property
    def box(self) -> Path:
        return self.dovecot.folder / "mail" / USER

    @property
    def letters(self) -> list[str]:
        return [path.read_text() for part in ("new", "cur") for path in (self.box / part).iterdir()]

    def mailbox(
        self, protocol: str, tls: str, *, password: str = PASSWORD, ca_file: Path | None = None
    ) -> CanaryMailbox:
        box = self.dovecot
        ports = {"imap": (box.imaps_port, box.imap_port), "pop3": (box.pop3s_port, box.pop3_port)}
        return CanaryMailbox(
            host="127.0.0.1",
            protocol=protocol,
            port=ports[protocol][tls == "starttls"],
            tls=tls,
            user=USER,
            password=Secret("canary_password", lambda: password),
            ca_file=ca_file or box.ca_file,
        )


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with running_postfix() as postfix, running_dovecot() as dovecot:
        yield Peers(postfix, dovecot)


@dataclass(slots=True)
class Telling:
    directory: Directory = field(
        default_factory=lambda: directory(
            Receiver(id="on-call", channels=(mail("on-call-1-mail", "noc@office.example"), chat("on-call-2-apprise"))),
            Receiver(id="finance", channels=(mail("finance-1-mail", "so@office.example"),)),
        )
    )
    told: list[Notification] = field(default_factory=list)

    def tell(self, rows: Sequence[Notification]) -> None:
        self.told.extend(rows)


@dataclass(slots=True)
class Bird:
    """One canary over the peers, with what came of it."""

    canary: Canary
    telling: Telling
    back: list[float] = field(default_factory=list)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(120):
            task = asyncio.create_task(self._fly())
            try:
                while not done():  # noqa: ASYNC110  # peers of other processes set no events
                    await asyncio.sleep(0.05)
            finally:
                task.cancel()

    async def _fly(self) -> None:
        while True:
            await self.canary.tick(asyncio.get_running_loop().time())
            await asyncio.sleep(0.05)


def bird(peers: Peers, box: CanaryMailbox, *, within_s: float = 60.0) -> Bird:
    relay = MailRelay(
        host="127.0.0.1", port=peers.postfix.port, sender="nigehban@office.example", ca_file=peers.postfix.ca_file
    )
    channel = MailChannel("canary", relay, system_clock)
    transport = Transport(Resolver(servers=(), hosts_file=None), system_clock)
    telling, back = Telling(), list[float]()
    settings = CanarySettings(to=TO, mailbox=box, every_s=3600.0, within_s=within_s)
    canary = Canary(
        settings=lambda: settings,
        daemon=telling,
        own_mail=lambda: channel,
        look=lambda where, token: look(where, token, transport=transport, clock=system_clock),
        clock=system_clock,
        ids=lambda: os.urandom(12).hex(),
        on_back=lambda _at_s, took_s: back.append(took_s),
    )
    return Bird(canary, telling, back)


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_canary_is_read_back_and_it_alone_is_deleted(peers: Peers, protocol: str, tls: str) -> None:
    async def main() -> None:
        peers.postfix.take_all_recipients()
        one = bird(peers, peers.mailbox(protocol, tls))
        await one.until(lambda: bool(one.back))
        assert one.telling.told == []
        assert [text for text in peers.letters if "nigehban/canary" in text] == []
        assert any("Subject: unseen" in text for text in peers.letters)

    asyncio.run(main())


def test_mail_that_is_accepted_and_dropped_is_found_within_its_time_and_told_by_other_ways(peers: Peers) -> None:
    async def main() -> None:
        peers.postfix.answer_recipient(TO, "DISCARD")
        one = bird(peers, peers.mailbox("imap", "implicit"), within_s=2.0)
        await one.until(lambda: bool(one.telling.told))
        [row] = one.telling.told
        assert row.channel == "on-call-2-apprise"
        assert (row.urgency, row.message.fields["severity"]) == (0, "critical")
        assert "the relay took it, and it never arrived" in " ".join(row.message.text.split())

    asyncio.run(main())


def test_a_mailbox_that_refuses_the_password_says_so_without_it(peers: Peers) -> None:
    async def main() -> None:
        peers.postfix.take_all_recipients()
        box = peers.mailbox("imap", "implicit", password="wr0ng-word")  # nobody's
        one = bird(peers, box, within_s=2.0)
        await one.until(lambda: bool(one.telling.told))
        text = one.telling.told[0].message.text
        assert "the mailbox cannot be read" in " ".join(text.split())
        assert "wr0ng" not in text

    asyncio.run(main())


def test_no_password_is_sent_to_a_server_that_is_not_trusted(peers: Peers) -> None:
    async def main() -> None:
        transport = Transport(Resolver(servers=(), hosts_file=None), system_clock)
        box = peers.mailbox("imap", "implicit", ca_file=peers.postfix.ca_file)
        with pytest.raises(MailboxError, match="no password was sent"):
            await look(box, "token", transport=transport, clock=system_clock)
        transport.close()

    asyncio.run(main())
