"""The script: what happens, what it is told to the person at the terminal, and which messages must come of it."""

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from watchdog.cli.listing import incidents
from watchdog.clock import Clock
from watchdog.demo.daemon_child import DaemonChild
from watchdog.demo.estate import DemoEstate
from watchdog.demo.inbox import Expected, Letter
from watchdog.demo.metrics_page import metrics_page, series
from watchdog.demo.settings_file import BILL, FINANCE, ON_CALL, PORTAL_HOST
from watchdog.demo.terminal import Terminal

#: A message that takes longer than this is not coming.
ARRIVES_WITHIN_S = 45.0
_EVIDENCE = "Acme receipt 0991"

_METRICS = ("nigehban_incidents_open", "nigehban_settings_reload_success", "nigehban_scheduler_lateness_seconds_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """All that a scene acts with."""

    estate: DemoEstate
    daemon: DaemonChild
    terminal: Terminal
    clock: Clock
    environ: Mapping[str, str]
    reading_s: float
    """How long a person reads a message."""

    def say(self, text: str) -> None:
        self.terminal.say(self.clock(), text)

    async def tell(self, recipient: str, word: str, about: str) -> Letter:
        """Show the message once it has come."""
        letter = await self.estate.inbox.take(Expected(recipient, word, about), ARRIVES_WITHIN_S)
        self.terminal.letter(letter)
        return letter

    async def let_read(self, messages: float = 1) -> None:
        """Time to read so many messages, in which nothing may come that nobody expects."""
        await asyncio.sleep(self.reading_s * messages)
        self.estate.inbox.require_empty()


Scene: TypeAlias = Callable[[Stage], Awaitable[None]]


async def opening(terminal: Terminal, estate: DemoEstate, reading_s: float) -> None:
    """What is going to be seen, and the settings it comes from."""
    terminal.title("Nigehban: a bill of Rs 134,000, a mail server, and who hears of it in time")
    terminal.explain(
        "A vendor's mail server, a portal whose certificate soon lapses, and a relay for our own mail now listen on "
        "this machine, for nobody else. The real daemon is going to watch them. These are all its settings:"
    )
    terminal.quote(estate.settings.text.splitlines())
    terminal.explain("It takes about a minute, and ends by itself. Times are those of Karachi.")
    await asyncio.sleep(reading_s * 2)


async def all_is_looked_at(stage: Stage) -> None:
    stage.terminal.title("1  The daemon starts, and looks at everything")
    await stage.daemon.watches()
    stage.say(f"It watches. Dashboards read http://{stage.daemon.metrics}/metrics")
    await stage.tell(FINANCE, "DUE", BILL)
    await stage.tell(ON_CALL, "EXPIRES", PORTAL_HOST)
    stage.say(
        "The mail server and the portal are well, so nobody hears of them. (Here everything is told at once; an "
        "office that wants its reminders in office hours says hold_for_office_hours.)"
    )
    await stage.let_read(2)


async def the_vendor_cuts_off(stage: Stage) -> None:
    stage.terminal.title("2  The vendor does not wait for its own date, and cuts the mail server off")
    cut_off_at = stage.clock()
    stage.estate.vendor_mail.suspended = True
    stage.say(
        "The server still greets and encrypts; it only takes no mail any more. One failure may be chance, so the "
        "daemon looks three times before it wakes anybody."
    )
    letter = await stage.tell(ON_CALL, "DOWN", "Official e-mail")
    stage.say(f"On-call was told {_seconds(letter, cut_off_at)} after it happened, with the reason: suspended.")
    await stage.let_read(1.5)
    stage.say("The daemon goes on looking every two seconds. Nobody is told a second time.")
    await stage.let_read(0.5)


async def the_bill_is_settled(stage: Stage) -> None:
    stage.terminal.title("3  Finance pays, and the vendor lets mail through again")
    estate = stage.estate
    estate.write_settings(estate.settings.with_proof(stage.clock(), _EVIDENCE))
    stage.daemon.reload()
    stage.say("The day and the proof are written down with the bill; nothing else closes one:")
    stage.terminal.quote([estate.settings.proof])
    stage.say("The daemon reads its settings anew (SIGHUP).")
    await stage.tell(FINANCE, "RESOLVED", BILL)
    await stage.let_read()
    estate.vendor_mail.suspended = False
    stage.say("The vendor has its money, and takes mail again. Two good looks in a row, and it is over:")
    await stage.tell(ON_CALL, "RESOLVED", "Official e-mail")
    await stage.let_read()


async def what_is_on_record(stage: Stage) -> None:
    stage.terminal.title("4  What is on record")
    stage.say("nigehban incidents --closed")
    stage.terminal.quote(_incidents(stage))
    stage.say(
        "Three lines of many that a dashboard reads: the certificate is still to be renewed, the last settings "
        "were taken, and so many looks were made."
    )
    stage.terminal.quote(series(await metrics_page(stage.daemon.metrics), _METRICS))
    stage.estate.inbox.require_empty()


SCENES: Sequence[Scene] = (all_is_looked_at, the_vendor_cuts_off, the_bill_is_settled, what_is_on_record)


async def tell_story(stage: Stage, scenes: Sequence[Scene] = SCENES) -> None:
    """All scenes, one after the other. Raises DemoError where one does not go as it should."""
    for scene in scenes:
        await scene(stage)


def closing(terminal: Terminal) -> None:
    """How to go on."""
    terminal.title("Five messages were expected; those came, and no other")
    terminal.explain("The daemon has ended and its folder is gone. For an estate of your own:")
    terminal.quote(
        (
            "nigehban config example > nigehban.yaml     # explains itself; change it",
            "nigehban config validate -c nigehban.yaml   # every mistake, with its line",
            "nigehban run -c nigehban.yaml --state state",
        )
    )


def _seconds(letter: Letter, since: datetime) -> str:
    return f"{max(round((letter.at - since).total_seconds()), 1)} s"


def _incidents(stage: Stage) -> list[str]:
    estate, shown = stage.estate, io.StringIO()
    with contextlib.redirect_stdout(shown):
        incidents(
            config=estate.settings_path,
            state=estate.state_dir,
            environ=stage.environ,
            closed=True,
            as_json=False,
            clock=stage.clock,
        )
    return shown.getvalue().splitlines()
