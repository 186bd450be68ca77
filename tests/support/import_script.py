"""A list of bills handed in to the real store, read by a process of its own, to be killed at any system call.

Usage: import_script.py FOLDER. It prints how many bills were new once it is told that the list is on record.
"""

import asyncio
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from checks.billing.intake.request import Layout
from tests.support.bill_lists import csv_list
from tests.support.bill_sources import ESTATE
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.settings.intake_values import IntakeSettings
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

if TYPE_CHECKING:
    from watchdog.settings.values import Settings

#: More than are made ready at once, so that the spool has two portions.
BILLS: Final = 2_100
#: Every third of them says nothing of a payment.
PAID: Final = BILLS - BILLS // 3
LIST: Final = csv_list(
    *(
        f"acme,INV-{number},{number}.50,2026-06-01,{f'2026-05-20,receipt {number}' if number % 3 else ','}"
        for number in range(1, BILLS + 1)
    ),
    head="vendor,number,amount,due,settled_on,evidence",
)


def clock() -> datetime:
    return datetime(2026, 11, 22, 6, tzinfo=UTC)


def handed_in(store: Store) -> Imported:
    settings = cast("Settings", SimpleNamespace(estate=ESTATE, intake=IntakeSettings()))
    keeper = LedgerKeeper.loaded(store.ledger, Inline(), clock)
    importer = Importer(ledger=keeper, settings=lambda: settings, reading=Inline(), clock=clock)
    with tempfile.TemporaryFile() as file:
        file.write(LIST)
        file.flush()
        return asyncio.run(importer.take(file, Layout(), name="bills.csv", author="ali"))


def main(folder: Path) -> Imported:
    store = open_store(folder)
    try:
        return handed_in(store)
    finally:
        store.close()


if __name__ == "__main__":
    os.write(1, f"{main(Path(sys.argv[1])).bills}\n".encode())
