"""What goes on record is looked at within seconds."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.bills_on_record import received
from tests.support.desks import scene, watching
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.billing.prompt_looks import WITHIN_S, PromptLooks
from watchdog.settings.values import Settings


def test_what_goes_on_record_is_looked_at_within_seconds_and_only_once() -> None:
    looks = count()
    made = [0]

    async def seen(_ctx: CheckContext) -> Sequence[Finding]:
        made[0] = next(looks)
        return (finding(Status.OK),)

    async def play() -> None:
        async with scene(hourly(watching(("bills", seen)))) as here:
            ledger = here.desk.ledger.ledger
            prompt = asyncio.create_task(PromptLooks(here.daemon, ledger).forever())
            before = made[0]
            await ledger.record([received("acme", "INV-1", EPOCH)])
            await asyncio.sleep(WITHIN_S + 1)
            assert made[0] == before + 1
            await asyncio.sleep(600)
            assert made[0] == before + 1
            prompt.cancel()

    run_virtual(play())


def hourly(settings: Settings) -> Settings:
    """As a check of bills that looks once an hour."""
    (check,) = settings.checks
    kind = replace(check.spec.kind, name="invoice_due")
    return replace(settings, checks=(replace(check, spec=replace(check.spec, kind=kind, interval_s=3600.0)),))
