"""The canary's lost mail is told to each reader in their own language; the mail itself is read by nobody."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from alerts.channel import Delivered, Outcome
from alerts.directory import Directory
from alerts.message import Notification
from alerts.route import Language, Receiver, Route
from checks.secret import Secret
from tests.support.telling import NIGHT, chat, directory
from tests.support.urdu_text import english_words
from watchdog.canary import Canary
from watchdog.settings.values import CanaryMailbox, CanarySettings

ALI = Receiver(id="ali", channels=(chat("ali-1-chat"),))
SANA = Receiver(id="sana", channels=(replace(chat("sana-1-chat"), url="json://127.0.0.2/"),), language=Language.URDU)
SETTINGS = CanarySettings(
    to="canary@office.example",
    mailbox=CanaryMailbox(
        host="127.0.0.1", protocol="imap", port=993, tls="implicit", user="canary", password=Secret("box", lambda: "pw")
    ),
    every_s=86_400.0,
    within_s=0.0,
)


@dataclass(slots=True)
class Told:
    """The daemon, as far as a canary needs it."""

    directory: Directory = field(default_factory=lambda: directory(ALI, SANA, routes=(Route(to=("ali", "sana")),)))
    rows: list[Notification] = field(default_factory=list)

    def tell(self, rows: Sequence[Notification]) -> None:
        self.rows += rows


@dataclass(frozen=True, slots=True)
class Swallowing:
    """A relay that takes everything."""

    name: str = "canary"
    timeout_s: float = 1.0

    async def send(self, notification: Notification) -> Outcome:
        return Delivered(f"taken: {notification.id}")


def test_a_lost_canary_is_told_in_the_language_of_each_reader() -> None:
    told = Told()

    async def never(_mailbox: CanaryMailbox, _token: str) -> bool:
        return False

    canary = Canary(
        settings=lambda: SETTINGS,
        daemon=told,
        own_mail=Swallowing,
        look=never,
        clock=lambda: NIGHT,
        ids=lambda: "0a1b2c3d4e5f60718293a4b5",
        on_back=lambda _at_s, _took_s: None,
    )
    asyncio.run(canary.tick(0.0))
    said = {row.receiver: row.message for row in told.rows}
    assert said["ali"].subject == "NOTICE our own mail does not arrive"
    assert "ہماری اپنی ای میل نہیں پہنچ رہی" in said["sana"].subject
    assert "canary@office.example" in said["sana"].text
    assert english_words(said["sana"].text) == set()
