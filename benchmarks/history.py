"""History on a real disk: room, reading, packing. Run: python -m benchmarks.history."""

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
ZONE = ZoneInfo("Asia/Karachi")
START = datetime(2026, 10, 19, 19, 0, tzinfo=UTC)
TIMES = ("resolve_s", "connect_s", "first_byte_s", "total_s", "tls_s")


@dataclass(frozen=True, slots=True)
class Estate:
    """Checks that look every minute, a little late each time, and see one look in five hundred fail."""

    rng: random.Random
    checks: int

    def looks(self, minute: int) -> Sequence[Observation]:
        return [self._look(minute, check) for check in range(self.checks)]

    def _look(self, minute: int, check: int) -> Observation:
        is_down = self.rng.random() < 1 / 500
        late_s = self.rng.expovariate(1 / 0.0015)
        took_s = self.rng.lognormvariate(-2.5, 0.3)
        finding = Finding(
            subject=f"host{check}.example.org",
            status=Status.CRITICAL if is_down else Status.OK,
            cause=Cause.TIMEOUT if is_down else Cause.NONE,
            summary="seen",
            measurements=(
                *(Measurement(name, self.rng.lognormvariate(-3, 0.3), "s") for name in TIMES),
                Measurement("body_bytes", 5120.0, "B"),
            ),
        )
        at = START + timedelta(seconds=60 * minute + 60 * check / self.checks + late_s)
        return Observation(check_id=CheckId(f"c{check}"), finding=finding, observed_at=at, duration_s=took_s)


def estate_of(seed: int, checks: int) -> Estate:
    return Estate(random.Random(seed), checks)  # noqa: S311  # the same estate at every run


def packed_facts(folder: Path, checks: int = CHECKS, hours: int = 26) -> list[Fact]:
    """A day and a bit of many checks, packed as it goes."""
    store = open_store(folder)
    estate = estate_of(1, checks)
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
    estate = estate_of(2, 1)
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
    estate = estate_of(3, SERIES_PACKED)
    for minute in range(60):
        store.commit(Changes(observations=tuple(estate.looks(minute))))
    now = START + timedelta(hours=2)
    began = time.process_time()
    hour = store.attic.shut_hour(now)
    assert hour is not None
    store.attic.keep(list(packed(hour, store.attic.tail_rows(hour, 0, SERIES_PACKED))))
    store.attic.mark_packed(hour)
    used_s = time.process_time() - began
    store.close()
    return Fact(what="packing, CPU per 1,000 looks", figure=f"{used_s / (SERIES_PACKED * 60) * 1e6:.1f} ms")


def give_way_fact(folder: Path, checks: int = 10_000) -> Fact:
    """How long commits wait, and how late the loop is, while an hour of many series is packed beside them."""
    store = open_store(folder)
    estate = estate_of(4, checks)
    for minute in range(60):
        store.commit(Changes(observations=tuple(estate.looks(minute))))
    waits_s, late_s = asyncio.run(_beside(store, estate))
    store.close()
    figure = f"commit {quantile(waits_s) * 1e3:.0f} ms, loop {quantile(late_s) * 1e3:.1f} ms late (p99)"
    return Fact(
        what=f"while an hour of {checks:,} checks is packed",
        figure=figure,
        bar="≤ 250 ms",
        holds=quantile(waits_s) <= 0.25,
    )


async def _beside(store: Store, estate: Estate) -> tuple[list[float], list[float]]:
    writing, packing = StoreThread("store"), StoreThread("history")
    house = Housekeeping(
        store.attic,
        writing=writing,
        packing=packing,
        clock=lambda: START + timedelta(hours=2),
        rules=lambda: (ZONE, Retention()),
    )
    waits_s: list[float] = []
    late_s: list[float] = []
    round_ = asyncio.create_task(house.go_round())
    second = 0
    some = estate.looks(90)
    while not round_.done():
        began = time.perf_counter()
        await writing.call(store.commit, Changes(observations=tuple(some[second * 167 : (second + 1) * 167])))
        waits_s.append(time.perf_counter() - began)
        for _ in range(50):
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            late_s.append(time.perf_counter() - began - 0.01)
        second = (second + 1) % 59
    await round_
    writing.close()
    packing.close()
    return waits_s, late_s


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
    works: Sequence[Callable[[Path], Fact | list[Fact]]] = (packed_facts, month_fact, packing_fact, give_way_fact)
    facts: list[Fact] = []
    for work in works:
        with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
            found = work(Path(folder))
            facts += found if isinstance(found, list) else [found]
    return facts


if __name__ == "__main__":
    for fact in history_facts():
        print(f"{fact.what}: {fact.figure}  {fact.bar}", flush=True)
