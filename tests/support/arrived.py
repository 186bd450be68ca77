"""Mails as they lie in the mailbox of a real Postfix, and texts of theirs that people have read."""

import asyncio
import os
import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from alerts.channel import Delivered
from alerts.channels.mail_channel import MailChannel
from alerts.channels.mail_letter import message_id
from alerts.channels.relay import MailRelay
from alerts.message import Notification
from tests.support.mail_text import plain_text
from tests.support.postfix import running_postfix
from watchdog.clock import system_clock

_GOLDEN = Path(__file__).parents[1] / "acceptance" / "golden"
_SENDER = "nigehban@told.example"


def through_postfix(sent: Sequence[Notification]) -> list[EmailMessage]:
    """All of it, once it has gone through a Postfix of our own, in the order it was sent in."""
    with running_postfix() as postfix:
        relay = MailRelay(host="127.0.0.1", port=postfix.port, sender=_SENDER, ca_file=postfix.ca_file)

        async def deliver() -> None:
            channel = MailChannel("mail", relay, system_clock)
            for row in sent:
                assert isinstance(await channel.send(row), Delivered)

        asyncio.run(deliver())
        arrived = {str(mail["Message-ID"]): mail for mail in postfix.wait_for_messages(len(sent))}
    return [arrived[message_id(row, _SENDER)] for row in sent]


def read(mail: EmailMessage) -> str:
    """As its reader has it before him, long tokens of links left out."""
    text = re.sub(r"/answer/[-\w.]+", "/answer/TOKEN", plain_text(mail).replace("\r\n", "\n"))
    text = re.sub(r"\b[0-9a-f]{24}\b", "INCIDENT", text)
    return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{text.rstrip()}\n"


def golden(name: str, text: str) -> None:
    """It reads as people read it last; with NIGEHBAN_GOLDEN=write it is taken as it reads now."""
    file = _GOLDEN / f"{name}.txt"
    if os.environ.get("NIGEHBAN_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")
