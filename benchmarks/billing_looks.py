"""A look of every kind that goes by the ledger, over more and more open bills: what one of them costs.

Run: python -m benchmarks.billing_looks [BILLS ...]; without, over 1,000 and 10,000.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from benchmarks.billing_ledger import WAY
from benchmarks.billing_pass import ESTATE, NOW, Standing
from benchmarks.facts import Fact
from checks.billing import contract, invoice_due, outage_forecast, payability, payment_cut_off, payment_stage
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Details, Draft, LedgerEventKind, Terms
from checks.ledger.fold import folded
from checks.ledger.rules import Contract
from checks.ledger.state import BillOnRecord
from checks.plugin import AnyKind, CheckContext
from checks.units import parse_money
from tests.support.fake_network import DictMemory, FakeNetwork

COUNTS: Final = (1_000, 10_000)
LOOKS: Final = 3
KINDS: Final[Sequence[AnyKind]] = (
    invoice_due.KIND, payment_stage.KIND, payment_cut_off.KIND, payability.KIND, contract.KIND, outage_forecast.KIND,
)  # fmt: skip
#: A bill among many may cost so much more than one among few.
FLAT: Final = 1.3


def estate() -> Estate:
    """Services of vendors with contracts, and the cut-offs of June."""
    services = {
        id_: replace(one, vendor=f"vendor-{number}") for number, (id_, one) in enumerate(ESTATE.services.items())
    }
    contracts = tuple(
        Contract(id=f"c{number}", vendor=f"vendor-{number}", title=f"Contract {number}", cycle_months=1)
        for number in range(len(services))
    )
    return replace(
        ESTATE, services=services, billing=replace(ESTATE.billing, contracts=contracts, jurisdiction="federal")
    )


def bills(count: int) -> list[BillOnRecord]:
    """Received within half a year, each on its way at its own pace: hardly two share all their days."""
    chance = Random(1)  # noqa: S311  # the same bills every time
    return sorted((_bill(number, chance) for number in range(count)), key=lambda one: one.key)


def _bill(number: int, chance: Random) -> BillOnRecord:
    at = NOW - timedelta(days=chance.randrange(1, 180), hours=chance.randrange(24))
    due = at.date() + timedelta(days=30)
    terms = Terms(number=f"INV-{number}", amount=parse_money(f"{1000 + number}.00 PKR"), due=due)
    about = f"vendor-{number % 50}/inv{number}"
    said = [(at, LedgerEventKind.RECEIVED, Details(terms=replace(terms, service=f"service-{number % 40}")))]
    for kind in WAY[: chance.randrange(len(WAY) - 1)]:
        at = min(at + timedelta(days=chance.randrange(20)), NOW)
        said.append((at, kind, Details()))
    drafts = [Draft(about=about, kind=kind, happened_at=at, author="a", details=of) for at, kind, of in said]
    found = folded([linked(draft, draft.happened_at, GENESIS) for draft in drafts])
    if found is None:
        raise ValueError("a bill that was received is on record")
    return found


def looks(count: int) -> Mapping[str, float]:
    """By kind, seconds of the processor of the fastest of some looks behind the first, which learns."""
    ledger, of = Standing(), estate()
    ledger.there = bills(count)
    took: dict[str, float] = {}
    for kind in KINDS:
        context = CheckContext(NOW, of, None, FakeNetwork(), OfficeCalendars(of), ledger, DictMemory())
        took[kind.name] = min([_look(kind, context) for _ in range(LOOKS + 1)][1:])
    return took


def _look(kind: AnyKind, context: CheckContext) -> float:
    async def once() -> None:
        await kind.run(kind.options(), context)

    began = time.process_time()
    asyncio.run(once())
    return time.process_time() - began


def looks_facts(counts: Sequence[int] = COUNTS) -> Iterator[Fact]:
    took = {count: looks(count) for count in counts}
    for kind in KINDS:
        each_us = [took[count][kind.name] / count * 1e6 for count in counts]
        among = ", ".join(f"{us:.0f} µs of {count:,}" for us, count in zip(each_us, counts, strict=True))
        growth = each_us[-1] / each_us[0]
        yield Fact(
            what=f"a look of {kind.name}, each open bill, CPU",
            figure=f"{among}: {growth:.2f}x; {took[counts[-1]][kind.name]:.2f} s in all",
            bar=f"≤ {FLAT:g}x",
            holds=growth <= FLAT,
        )


def main(words: Sequence[str]) -> int:
    facts = list(looks_facts([int(word) for word in words] or COUNTS))
    for fact in facts:
        print(f"{fact.what}: {fact.figure}  {fact.bar}{'' if fact.holds else '  missed'}")
    return 0 if all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
