"""History on a real disk: room, reading, packing. Run: python -m benchmarks.history."""

import asyncio
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.facts import Fact
from checks.model import Cause, CheckId, Finding, Measurement, Observation, Status
from watchdog.housekeeping import Housekeeping
from watchdog.settings.values import Retention
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.executor import Inline, StoreThread
from watchdog.store.packing import packed
from watchdog.store.store import Store, open_store

CHECKS = 300
DAYS = 30
READS = 9
SERIES_PACKED = 300
ALONE_S = 10.0
#: Packing takes half of it, sweeping goes on after it.
BESIDE_S = 35.0
PER_COMMIT = 167
ZONE = ZoneInfo("Asia/Karachi")
START = datetime(2026, 10, 19, 19, 0, tzinfo=UTC)
TIMES = ("resolve_s", "connect_s", "first_byte_s", "total_s", "tls_s")


#: As many looks as these differ in what they say; after that they are the same again.
KINDS_OF_LOOK = 997


class Estate:
    """Checks that look every minute, a little late each time, and see one look in five hundred fail."""

    def __init__(self, seed: int, checks: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311  # the same estate at every run
        self._subjects = [(CheckId(f"c{check}"), f"host{check}.example.org") for check in range(checks)]
        self._numbers = [self._measured() for _ in range(KINDS_OF_LOOK)]

    def looks(self, minute: int) -> Sequence[Observation]:
        begins_at, checks = START + timedelta(minutes=minute), len(self._subjects)
        return [
            self._look(check_id, subject, begins_at + timedelta(seconds=60 * number / checks))
            for number, (check_id, subject) in enumerate(self._subjects)
        ]

    def _look(self, check_id: CheckId, subject: str, due_at: datetime) -> Observation:
        rng = self._rng
        is_down = rng.random() < 1 / 500
        finding = Finding(
            subject=subject,
            status=Status.CRITICAL if is_down else Status.OK,
            cause=Cause.TIMEOUT if is_down else Cause.NONE,
            summary="seen",
            measurements=rng.choice(self._numbers),
        )
        at = due_at + timedelta(seconds=rng.expovariate(1 / 0.0015))
        return Observation(check_id=check_id, finding=finding, observed_at=at, duration_s=rng.lognormvariate(-2.5, 0.3))

    def _measured(self) -> tuple[Measurement, ...]:
        times = (Measurement(name, self._rng.lognormvariate(-3, 0.3), "s") for name in TIMES)
        return (*times, Measurement("body_bytes", 5120.0, "B"))


def packed_facts(folder: Path, checks: int = CHECKS, hours: int = 26) -> list[Fact]:
    """A day and a bit of many checks, packed as it goes."""
    store = open_store(folder)
    estate = Estate(1, checks)
    for hour in range(hours):
        seen = [look for minute in range(60) for look in estate.looks(hour * 60 + minute)]
        store.commit(Changes(observations=tuple(seen)))
        keep_house(store, START + timedelta(hours=hour + 1, minutes=6))
    until = START + timedelta(hours=hours, minutes=6)
    ids = [CheckId(f"c{check}") for check in range(checks)]
    day_s = median_s(lambda: store.past.hourly_counts(ids, until - timedelta(days=1), until))
    month_s = median_s(lambda: store.past.daily_counts(ids, until - timedelta(days=DAYS), until, ZONE))
    facts = [room_fact(folder), fact_ms(f"24 h of {checks:,} checks by the hour", day_s, 100)]
    facts.append(fact_ms(f"{DAYS} d of {checks:,} checks by the day", month_s, 100))
    store.close()
    return facts


def room_fact(folder: Path) -> Fact:
    """Pages of the packed looks with all their overhead, by what stands in them; sums and tail are told beside them."""
    file = sqlite3.connect(folder / DATABASE_NAME)
    looks = file.execute("SELECT sum(ok + warning + critical + unknown) FROM hours").fetchone()[0]
    pages = dict(file.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    hours = file.execute("SELECT count(*) FROM hours").fetchone()[0]
    file.close()
    per_look = pages["packed_looks"] / looks
    sums = (pages["hours"] + pages["hour_measures"]) / hours
    return Fact(
        what="history on disk: time, status, cause and length of a look, packed, overhead included",
        figure=f"{per_look:.2f} B; sums and six numbers of an hour {sums:.0f} B",
        bar="≤ 8 B",
        holds=per_look <= 8,
    )


def month_fact(folder: Path) -> Fact:
    """All single looks of one check in a month."""
    store = open_store(folder)
    estate = Estate(2, 1)
    for hour in range(DAYS * 24):
        seen = [look for minute in range(60) for look in estate.looks(hour * 60 + minute)]
        store.commit(Changes(observations=tuple(seen)))
    until = START + timedelta(days=DAYS)
    keep_house(store, until + timedelta(minutes=6))
    took_s = median_s(lambda: store.past.looks(CheckId("c0"), "host0.example.org", START, until))
    count = len(store.past.looks(CheckId("c0"), "host0.example.org", START, until))
    store.close()
    return fact_ms(f"{DAYS} days of one check, {count:,} looks, read", took_s, 20)


def packing_fact(folder: Path) -> Fact:
    """The processor's share: reading the tail, packing, writing."""
    store = open_store(folder)
    estate = Estate(3, SERIES_PACKED)
    for minute in range(60):
        store.commit(Changes(observations=tuple(estate.looks(minute))))
    now = START + timedelta(hours=2)
    began = time.process_time()
    hour = store.attic.shut_hour(now)
    assert hour is not None
    store.attic.keep(list(packed(hour, store.attic.tail_rows(hour, 0, SERIES_PACKED))))
    store.attic.mark_packed(hour, ZONE)
    used_s = time.process_time() - began
    store.close()
    return Fact(what="packing, CPU per 1,000 looks", figure=f"{used_s / (SERIES_PACKED * 60) * 1e6:.1f} ms")


def give_way_facts(folder: Path, checks: int = 10_000) -> list[Fact]:
    """How long commits wait, and how late the loop is, while an hour of many series is packed beside them."""
    store = open_store(folder)
    estate = Estate(4, checks)
    for minute in range(60):
        store.commit(Changes(observations=tuple(estate.looks(minute))))
    tail_s = median_s(lambda: store.past.looks(CheckId("c7"), "host7.example.org", START, START + timedelta(hours=1)))
    alone, beside = asyncio.run(_both(store, estate.looks(200)))
    store.close()
    return [
        Fact(what=f"the present hour of one check among {checks:,}, at its end", figure=f"{tail_s * 1e3:.0f} ms"),
        _beside_fact(
            f"while an hour of {checks:,} checks is packed and swept: a commit takes, p99",
            alone.commits_s,
            beside.commits_s,
        ),
        _beside_fact(
            f"while an hour of {checks:,} checks is packed and swept: the loop is late, p99",
            alone.late_s,
            beside.late_s,
        ),
    ]


def _beside_fact(what: str, alone_s: Sequence[float], beside_s: Sequence[float]) -> Fact:
    alone, beside = quantile(alone_s), quantile(beside_s)
    figure = f"{beside * 1e3:.1f} ms, without packing {alone * 1e3:.1f} ms"
    return Fact(what=what, figure=figure, bar="≤ 250 ms", holds=beside <= 0.25)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a daemon feels: how long its commits took, how late its loop was."""

    commits_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)


async def _both(store: Store, looks: Sequence[Observation]) -> tuple[Pace, Pace]:
    """A while without packing, then with it, of the same commits: one a quarter of a second."""
    writing, packing = StoreThread("store"), StoreThread("history")
    house = Housekeeping(
        store.attic,
        writing=writing,
        packing=packing,
        clock=lambda: START + timedelta(hours=2),
        rules=lambda: (ZONE, Retention()),
    )
    alone = await _paced(store, writing, looks, asyncio.create_task(asyncio.sleep(ALONE_S)))
    round_ = asyncio.create_task(house.go_round())
    beside = await _paced(store, writing, looks, asyncio.create_task(asyncio.wait({round_}, timeout=BESIDE_S)))
    round_.cancel()
    writing.close()
    packing.close()
    return alone, beside


async def _paced(store: Store, writing: StoreThread, looks: Sequence[Observation], until: asyncio.Future[Any]) -> Pace:
    pace = Pace()
    loop = asyncio.get_running_loop()
    for number in itertools.count():
        if until.done():
            return pace
        first = number * PER_COMMIT % len(looks)
        began = loop.time()
        await writing.call(store.commit, Changes(observations=tuple(looks[first : first + PER_COMMIT])))
        pace.commits_s.append(loop.time() - began)
        for _ in range(25):
            began = loop.time()
            await asyncio.sleep(0.01)
            pace.late_s.append(loop.time() - began - 0.01)
    raise AssertionError("numbers end")


def keep_house(store: Store, now: datetime) -> None:
    """A round without its breaths."""
    caller = Inline()
    house = Housekeeping(
        store.attic,
        writing=caller,
        packing=caller,
        clock=lambda: now,
        rules=lambda: (ZONE, Retention()),
        breath_s=0,
    )
    asyncio.run(house.go_round())


def median_s(work: Callable[[], object]) -> float:
    took = []
    for _ in range(READS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def quantile(times_s: Sequence[float]) -> float:
    return sorted(times_s)[int(len(times_s) * 0.99)]


def fact_ms(what: str, took_s: float, bar_ms: float) -> Fact:
    return Fact(what=what, figure=f"{took_s * 1e3:.1f} ms", bar=f"≤ {bar_ms:g} ms", holds=took_s * 1e3 <= bar_ms)


def history_facts() -> list[Fact]:
    return list(_facts_one_by_one())


def _facts_one_by_one() -> Iterator[Fact]:
    works: Sequence[Callable[[Path], Fact | list[Fact]]] = (packed_facts, month_fact, packing_fact, give_way_facts)
    for work in works:
        with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
            found = work(Path(folder))
            yield from found if isinstance(found, list) else [found]


if __name__ == "__main__":
    for fact in _facts_one_by_one():
        print(f"{fact.what}: {fact.figure}  {fact.bar}{'' if fact.holds else '  missed'}", flush=True)
