"""What signed addresses open, put together: the answers to messages, and the calendar of bills."""

import random
from collections.abc import Mapping

from checks.billing.path.learnt_pace import paces_in
from checks.billing.path.pace import PaceOf
from checks.billing.payee.grounds import verdicts_on
from watchdog.billing.taxpayers import TaxpayerRegister
from watchdog.clock import Clock, random_ids
from watchdog.daemon import Daemon
from watchdog.ground import Ground
from watchdog.next_in_line import NextInLine
from watchdog.questions import Questions
from watchdog.web.bill_door import BillDoor
from watchdog.web.door import Door, Telling
from watchdog.web.feed import Feed
from watchdog.web.proposal_door import ProposalDoor


def door_of(daemon: Daemon, ground: Ground, *, desk: Telling, clock: Clock) -> Door:
    """What links of messages open."""
    return Door(
        links=lambda: daemon.directory.links,
        estate=lambda: daemon.settings.estate,
        desk=desk,
        line=NextInLine(daemon, clock, random_ids(random.SystemRandom())),
        uses=ground.store,
        used=ground.store.listings,
        writing=ground.writing,
        reading=ground.reading,
        clock=clock,
        bills=BillDoor(
            bills=ground.store.listings.ledger,
            pressing=ground.ledger,
            reading=ground.reading,
            estate=lambda: daemon.settings.estate,
            receivers=lambda: daemon.settings.receivers,
            clock=clock,
            asked=questions_of(daemon, ground, clock).tell,
        ),
        proposals=ProposalDoor(
            proposals=ground.store.listings.ledger,
            deciding=ground.ledger,
            reading=ground.reading,
            estate=lambda: daemon.settings.estate,
            receivers=lambda: daemon.settings.receivers,
            clock=clock,
        ),
    )


def questions_of(daemon: Daemon, ground: Ground, clock: Clock) -> Questions:
    """What is asked by links, told on."""
    return Questions(daemon=daemon, rows=ground.store.listings.ledger, reading=ground.reading, clock=clock)


def feed_of(daemon: Daemon, ground: Ground, clock: Clock) -> Feed:
    """What calendars read."""

    async def pace() -> PaceOf:
        ledger, calendars = ground.ledger.beside(()), daemon.directory.calendars
        return await paces_in(ledger, daemon.settings.estate, calendars, clock())

    async def obstacles() -> Mapping[str, str]:
        bills, calendars, estate = ground.ledger.on_record(), daemon.directory.calendars, daemon.settings.estate
        taxpayers = TaxpayerRegister(ground.store.listings.taxpayers, ground.reading)
        found = await verdicts_on(bills, ground.ledger.payees(), taxpayers, estate, calendars, clock())
        return {id_: one.why for id_, one in found.items() if one.why}

    return Feed(
        links=lambda: daemon.directory.links,
        receivers=lambda: daemon.settings.receivers,
        bills=ground.ledger.on_record,
        estate=lambda: daemon.settings.estate,
        calendars=lambda: daemon.directory.calendars,
        pace=pace,
        obstacles=obstacles,
        working=ground.reading,
    )
