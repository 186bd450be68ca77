"""What a scene acts with: the estate, its daemon, the terminal, and time to read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from watchdog.clock import Clock
from watchdog.demo.daemon_child import DaemonChild
from watchdog.demo.estate import DemoEstate
from watchdog.demo.inbox import Expected, Letter
from watchdog.demo.terminal import Terminal

#: A message that takes longer than this is not coming.
ARRIVES_WITHIN_S = 150.0


@dataclass(slots=True, kw_only=True)
class Stage:
    """All that a scene acts with."""

    estate: DemoEstate
    daemon: DaemonChild
    terminal: Terminal
    clock: Clock
    environ: Mapping[str, str]
    reading_s: float
    """How long a person reads a message."""
    heard: list[Letter] = field(default_factory=list)
    """What has come, all of it expected, in its order."""

    def say(self, text: str) -> None:
        self.terminal.say(self.clock(), text)

    async def tell(self, recipient: str, word: str, about: str, saying: str = "") -> Letter:
        """Show the message once it has come."""
        letter = await self.estate.inbox.take(Expected(recipient, word, about, saying), ARRIVES_WITHIN_S)
        self.heard.append(letter)
        self.terminal.letter(letter)
        return letter

    async def let_read(self, messages: float = 1) -> None:
        """Time to read so many messages, in which nothing may come that nobody expects."""
        await asyncio.sleep(self.reading_s * messages)
        self.estate.inbox.require_empty()


Scene: TypeAlias = Callable[[Stage], Awaitable[None]]
