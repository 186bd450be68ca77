"""The mail that the daemon sent, and what the story expects of it: every message once, and no other."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from watchdog.clock import Clock
from watchdog.demo.errors import DemoError


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it arrived."""

    recipient: str
    subject: str
    text: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"


@dataclass(frozen=True, slots=True)
class Expected:
    """A mail that must come: to whom, its first word, a name that its subject must hold, and what its text must say."""

    recipient: str
    word: str
    about: str
    saying: str = ""

    def __str__(self) -> str:
        saying = f", saying {self.saying!r}" if self.saying else ""
        return f"{self.word} … {self.about} to {self.recipient}{saying}"

    def is_met_by(self, letter: Letter) -> bool:
        first = letter.subject.partition(" ")[0]
        names = (letter.recipient, first) == (self.recipient, self.word) and self.about in letter.subject
        return names and self.saying in " ".join(letter.text.split())


class MissingMessageError(DemoError):
    """An expected message did not arrive."""


class UnexpectedMessageError(DemoError):
    """A message arrived that nobody expected."""


@dataclass(slots=True)
class Inbox:
    """Letters that no scene has taken yet, oldest first."""

    clock: Clock
    letters: list[Letter] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, recipient: str, mail: EmailMessage) -> None:
        letter = Letter(recipient=recipient, subject=str(mail["Subject"]), text=_text(mail), at=self.clock())
        self.letters.append(letter)
        self._came.set()

    async def take(self, expected: Expected, within_s: float) -> Letter:
        """The oldest letter that meets `expected`, once it is there. Raises MissingMessageError."""
        try:
            async with asyncio.timeout(within_s):
                while (letter := self._found(expected)) is None:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            others = "".join(f"; instead there is {letter}" for letter in self.letters[:1])
            text = f"an expected message did not arrive within {within_s:g} s: {expected}{others}"
            raise MissingMessageError(text) from None
        self.letters.remove(letter)
        return letter

    async def next_letter(self) -> Letter:
        """Whatever comes, oldest first."""
        while not self.letters:
            self._came.clear()
            await self._came.wait()
        return self.letters.pop(0)

    def require_empty(self) -> None:
        """Raises UnexpectedMessageError."""
        if self.letters:
            raise UnexpectedMessageError(f"an unexpected message arrived: {self.letters[0]}")

    def _found(self, expected: Expected) -> Letter | None:
        return next((letter for letter in self.letters if expected.is_met_by(letter)), None)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""
