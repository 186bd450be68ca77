"""What settings and a running daemon know, played forward for `notify preview`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from alerts.judging.judge import first_record
from alerts.outlook.preview import Foretold, Present, Recurring, foretold
from alerts.outlook.recurring import hand_overs, lists, proofs
from alerts.record import SubjectRecord
from checks.model import CheckId, Observation
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.plugin import Json
from checks.spec import CheckSpec
from watchdog.assembly import facts_of, specs_of
from watchdog.billing.foreseen import OnRecord
from watchdog.clock import time_limit
from watchdog.engine.runner import Surroundings, run_check
from watchdog.explaining import Known
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings

MOST_DAYS: Final = 366
#: A daemon plays so long for one who asks, who has gone away soon after (watchdog.cli.preview).
MOST_S: Final = 100.0

IsOver: TypeAlias = Callable[[], bool]


def preview(known: Known, days: int, on_record: OnRecord, is_given_up: IsOver = lambda: False) -> list[Foretold]:
    """Every message of the next `days`. Blocks, of thousands of bills for minutes: looks are played in a loop of their
    own. Raises GivenUpError.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview") as thread:
        return thread.submit(
            lambda: asyncio.run(foretell(known, timedelta(days=days), on_record, is_given_up))
        ).result()


@dataclass(frozen=True, slots=True)
class Plays:
    """Time played forward for whoever asks, one after the other, and beside everything else that is read."""

    caller: Caller
    is_ending: IsOver = lambda: False

    async def preview(self, known: Known, days: int, listings: Listings) -> list[Foretold]:
        """Raises GivenUpError, StoreError."""
        return await self.caller.call(self._preview, known, days, listings)

    def _preview(self, known: Known, days: int, listings: Listings) -> list[Foretold]:
        takes_too_long = time_limit(MOST_S)
        return preview(known, days, OnRecord.of(listings), lambda: self.is_ending() or takes_too_long())


async def foretell(
    known: Known, length: timedelta, on_record: OnRecord, is_given_up: IsOver = lambda: False
) -> list[Foretold]:
    settings = known.settings
    resolver = Resolver(servers=settings.resolver.servers, hosts_file=settings.resolver.hosts_file)
    with closing(Transport(resolver, lambda: known.now)) as transport:
        around = Surroundings(
            estate=settings.estate,
            calendars=known.directory.calendars,
            ledger=on_record.ledger(settings.invoices, settings.estate.billing, known.now),
            taxpayers=on_record.taxpayers,
            open_network=transport.session,
        )
        return await played(known, around, known.now + length, on_record.memories, is_given_up)


async def played(
    known: Known,
    around: Surroundings,
    until: datetime,
    memories: Mapping[CheckId, Mapping[str, Json]] = MappingProxyType({}),
    is_given_up: IsOver = lambda: False,
) -> list[Foretold]:
    """By what looks in `around` see; `memories` is what checks remember of their last look."""
    specs = specs_of(known.settings.checks)
    first = {id_: await _looked(spec, around, known.now, memories.get(id_, {})) for id_, spec in specs.items()}

    async def look(check_id: CheckId, at: datetime) -> Sequence[Observation]:
        """Every later look remembers the first one, since nothing but time changes."""
        if check_id not in first or at == known.now:
            return first[check_id].seen if check_id in first else ()
        return (await _looked(specs[check_id], around, at, first[check_id].kept)).seen

    seen = [one for look_now in first.values() for one in look_now.seen]
    present = Present(
        now=known.now,
        directory=known.directory,
        facts=facts_of(known.settings.checks),
        records=_with_unseen(known.records, seen),
        mutes=known.mutes,
        look=look,
        recurring=_recurring(known, until),
        is_given_up=is_given_up,
    )
    return await foretold(present, until)


class _Looked(NamedTuple):
    seen: Sequence[Observation]
    kept: Mapping[str, Json]
    """What the next look remembers."""


async def _looked(spec: CheckSpec, around: Surroundings, at: datetime, kept: Mapping[str, Json]) -> _Looked:
    """At what lies on this machine: money. A look outside would see the present, not what is to come."""
    if not spec.kind.is_local:
        return _Looked((), kept)
    run = await run_check(spec, around, now=at, kept=kept, timeout_s=spec.timeout_s)
    return _Looked(() if run.failed else run.observations, {**kept, **run.memory})


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
