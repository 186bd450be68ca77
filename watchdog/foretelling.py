"""What settings and a running daemon know, played forward for `notify preview`."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from alerts.judging.judge import first_record
from alerts.outlook.preview import Foretold, Present, Recurring, foretold
from alerts.outlook.recurring import hand_overs, lists, proofs
from alerts.record import SubjectRecord
from checks.ledger.journal import Journal
from checks.model import CheckId, Observation
from checks.network.network import Transport
from checks.network.resolver import Resolver
from watchdog.assembly import facts_of, specs_of
from watchdog.engine.runner import Surroundings, run_check
from watchdog.explaining import Known

MOST_DAYS: Final = 366


def preview(known: Known, days: int) -> list[Foretold]:
    """Every message of the next `days`. Blocks for up to some seconds: looks are played in a loop of their own."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview") as thread:
        return thread.submit(lambda: asyncio.run(foretell(known, timedelta(days=days)))).result()


async def foretell(known: Known, length: timedelta) -> list[Foretold]:
    settings = known.settings
    resolver = Resolver(servers=settings.resolver.servers, hosts_file=settings.resolver.hosts_file)
    with closing(Transport(resolver, lambda: known.now)) as transport:
        around = Surroundings(
            estate=settings.estate,
            calendars=known.directory.calendars,
            ledger=Journal(settings.invoices),
            open_network=transport.session,
        )
        return await played(known, around, known.now + length)


async def played(known: Known, around: Surroundings, until: datetime) -> list[Foretold]:
    """By what looks in `around` see."""
    specs = specs_of(known.settings.checks)

    async def look(check_id: CheckId, at: datetime) -> Sequence[Observation]:
        """Of what lies on this machine: bills. A look outside would see the present, not what is to come."""
        spec = specs.get(check_id)
        if spec is None or not spec.kind.is_local:
            return ()
        run = await run_check(spec, around, now=at, kept={}, timeout_s=spec.timeout_s)
        return () if run.failed else run.observations

    seen = [one for check_id in specs for one in await look(check_id, known.now)]
    present = Present(
        now=known.now,
        directory=known.directory,
        facts=facts_of(known.settings.checks),
        records=_with_unseen(known.records, seen),
        mutes=known.mutes,
        look=look,
        recurring=_recurring(known, until),
    )
    return await foretold(present, until)


def _recurring(known: Known, until: datetime) -> list[Recurring]:
    kinds = {check.spec.id: check.spec.kind.name for check in known.settings.checks}
    switch = known.settings.dead_mans_switch
    return [
        *hand_overs(known.directory, known.now, until),
        *(() if switch is None else proofs(switch, known.directory, since=known.now, until=until)),
        *lists(known.settings.digests, known.directory, kinds, since=known.now, until=until),
    ]


def _with_unseen(records: Sequence[SubjectRecord], seen: Sequence[Observation]) -> list[SubjectRecord]:
    """`records`, and what no daemon has looked at yet."""
    known = {(one.check_id, one.subject) for one in records}
    return [*records, *(first_record(one) for one in seen if (one.check_id, one.finding.subject) not in known)]
