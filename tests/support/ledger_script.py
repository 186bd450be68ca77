"""A bill on its way to be paid by two persons' word, over the real store, to be killed at any system call.

Usage: ledger_script.py FOLDER. It prints every step that it was told is on record. Begun again, it does all of them
again, as people and lists do.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import WordError
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from tests.support.ledgers import draft, hour, received
from watchdog.billing.keeper import LedgerKeeper
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

K = LedgerEventKind
LISTED = [received(f"acme/inv{number}", hour(number)) for number in range(7, 10)]
PAID = draft(K.ACKNOWLEDGED, hour(50), evidence="receipt 17")
NOTICED = draft(K.SUSPENSION_ANNOUNCED, hour(51), until=hour(500).date())
GRACED = draft(K.GRACE, hour(52), "acme/inv8", until=hour(576).date())
STEPS = ("listed", "sent", "proposed", "confirmed", "refused", "edited", "overtaken")


def a_day_later(drafts: Sequence[Draft], _bills: Mapping[str, BillOnRecord]) -> Sequence[Draft]:
    return [replace(one, details=replace(one.details, until=hour(600).date())) for one in drafts]


def done(step: str) -> None:
    os.write(1, f"{step}\n".encode())


async def go(store: Store) -> None:
    keeper = LedgerKeeper.loaded(store.ledger, Inline(), lambda: hour(100))
    keeper.rules = lambda: BillingRules(two_persons=True)
    await keeper.record(LISTED)
    done("listed")
    await keeper.say([draft(K.CREDITED, hour(40))], "ali")
    done("sent")
    await keeper.say([PAID], "ali")
    done("proposed")
    for waits in await keeper.proposals():
        if waits.author == "ali" and waits.drafts[0].about == PAID.about:
            await keeper.confirm(waits.id, "sara")
    done("confirmed")
    noticed = await keeper.propose([NOTICED], "inbox", "notice.pdf", "it names a day")
    await keeper.refuse(noticed.id, "sara", "of another bill")
    done("refused")
    graced = await keeper.propose([GRACED], "clerk", "letter.pdf", "it names a day")
    await keeper.put_right(graced.id, a_day_later, "sara")
    done("edited")
    first = (await keeper.say([replace(PAID, about="acme/inv9")], "ali")).proposal
    with suppress(WordError):  # gone through again, it was paid meanwhile
        await keeper.say([replace(PAID, about="acme/inv9", happened_at=hour(51))], "omar")
    if first is not None:
        await keeper.confirm(first.id, "sara")
    done("overtaken")


def main(folder: Path) -> None:
    store = open_store(folder)
    try:
        asyncio.run(go(store))
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
