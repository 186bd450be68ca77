"""A ledger of 100,000 bills with 1,000,000 events, written and read. Run: python -m benchmarks.billing_ledger.

It is built once, which takes minutes; whoever reads bills adds a measurement to MEASURED.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.facts import Fact
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.units import parse_money
from watchdog.billing.keeper import LedgerKeeper
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

K = LedgerEventKind
BILLS = 100_000
OPEN_EACH = 10
"""Of so many bills one stays open."""
WAY = (
    K.VERIFIED, K.PAYEE_CHECKED, K.BUDGETED, K.SANCTIONED, K.SUBMITTED, K.AUDITED, K.AUTHORISED, K.CREDITED,
    K.ACKNOWLEDGED,
)  # fmt: skip
BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)
LOCK_BAR_S = 2.0
READ_BAR_S = 1.0
READS = 5


@dataclass(frozen=True, slots=True)
class Built:
    """The ledger, as a daemon has it."""

    store: Store
    keeper: LedgerKeeper
    bills: int


def received(number: int) -> Draft:
    terms = Terms(
        number=f"INV-{number}",
        amount=parse_money(f"{1000 + number}.00 PKR"),
        due=date(2026, 11, 1) + timedelta(days=number % 90),
        service=f"service-{number % 40}",
    )
    details = Details(terms=terms, source="bills.csv")
    about = f"vendor-{number % 50}/inv{number}"
    return Draft(about=about, kind=K.RECEIVED, happened_at=BEGAN, author="finance", details=details)


def moved(number: int, step: int) -> Draft:
    kind = K.NOTED if step == len(WAY) - 1 and number % OPEN_EACH == 0 else WAY[step]
    return Draft(
        about=f"vendor-{number % 50}/inv{number}",
        kind=kind,
        happened_at=BEGAN + timedelta(days=step + 1),
        author="finance",
        evidence="receipt 4711" if kind is K.ACKNOWLEDGED else "",
        details=Details(reason="asked by telephone") if kind is K.NOTED else Details(),
    )


def put(store: Store, drafts: Sequence[Draft], at: datetime) -> tuple[float, float]:
    """Seconds of preparing, and of holding the write lock."""
    began = time.perf_counter()
    ready = store.ledger.prepare(drafts, at)
    prepared = time.perf_counter()
    assert store.ledger.write(ready)
    return prepared - began, time.perf_counter() - prepared


def building_facts(store: Store, bills: int) -> Iterator[Fact]:
    """One list of all bills, then their way, a stage of all at a time."""
    listed = [received(number) for number in range(bills)]
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    preparing_s, writing_s = put(store, listed, BEGAN)
    grown_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mib
    del listed
    yield Fact(
        what=f"{bills:,} bills put on record at once: the database is held",
        figure=f"{writing_s:.2f} s, after {preparing_s:.1f} s beside; {grown_mib:.0f} MiB of memory",
        bar=f"≤ {LOCK_BAR_S:g} s",
        holds=writing_s <= LOCK_BAR_S,
    )
    portions = [range(first, min(first + 10_000, bills)) for first in range(0, bills, 10_000)]
    costs = [
        [sum(put(store, [moved(n, step) for n in some], BEGAN + timedelta(days=step + 1))) for some in portions]
        for step in range(len(WAY))
    ]
    first_us, last_us = (sum(costs[step]) / bills * 1e6 for step in (0, -1))
    events = store.ledger.head().events
    yield Fact(
        what=f"the same, an event of each more, until there are {events:,}",
        figure=f"{first_us:.0f} µs an event at first, {last_us:.0f} µs for the tenth of each bill",
    )


def keeper_of(store: Store) -> LedgerKeeper:
    return LedgerKeeper.loaded(store.ledger, Inline(), lambda: BEGAN)


def reading_fact(built: Built) -> Fact:
    """What a start reads, and what a pass of checks and metrics takes from it then: the median of some."""
    took, used = [], []
    count = 0
    for _ in range(READS):
        began, used_s = time.perf_counter(), time.process_time()
        count = len(keeper_of(built.store).on_record())
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - used_s)
    took_s = statistics.median(took)
    return Fact(
        what=f"{count:,} open bills among {built.bills:,} read at a start, and listed",
        figure=f"{took_s:.2f} s, {statistics.median(used):.2f} s CPU",
        bar=f"≤ {READ_BAR_S:g} s",
        holds=took_s <= READ_BAR_S,
    )


def one_bill_fact(built: Built) -> Fact:
    key = "vendor-7/inv7"
    began = time.perf_counter()
    for _ in range(100):
        built.store.ledger.bill(key)
        built.store.ledger.events_of(key)
    return Fact(what="one of them shown with its history", figure=f"{(time.perf_counter() - began) * 10:.1f} ms")


def audit_fact(built: Built) -> Fact:
    began = time.perf_counter()
    found = built.store.ledger.audit(built.store.ledger.head().hash)
    took_s = time.perf_counter() - began
    assert found.is_sound
    each_us = took_s / found.events * 1e6
    return Fact(what=f"an audit of {found.events:,} events", figure=f"{took_s:.0f} s, {each_us:.0f} µs an event")


#: In turn, over the ledger as it was built.
MEASURED: Sequence[Callable[[Built], Fact]] = (reading_fact, one_bill_fact, audit_fact)


def billing_facts(bills: int = BILLS) -> Iterator[Fact]:
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
        store = open_store(Path(folder))
        try:
            yield from building_facts(store, bills)
            built = Built(store, keeper_of(store), bills)
            for measure in MEASURED:
                yield measure(built)
        finally:
            store.close()


def main(words: Sequence[str]) -> int:
    facts = []
    for fact in billing_facts(int(words[0]) if words else BILLS):
        print(f"{fact.what}: {fact.figure}  {fact.bar}{'' if fact.holds else '  missed'}", flush=True)
        facts.append(fact)
    return 0 if all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
