"""What people are told of lists that come by themselves, and files that change while they are read."""

from pathlib import Path
from typing import IO

import pytest

from checks.billing.intake.request import Layout
from tests.support.bill_lists import csv_list
from tests.support.bill_sources import LIST, Watched, put
from watchdog.billing.importing import Imported, Importer
from watchdog.settings.intake_values import FolderSource

OTHER = csv_list("acme,INV-7,9,2026-12-01", "acme,INV-8,5,2026-12-01")


def test_a_row_that_differs_is_told_once_and_the_others_are_taken(tmp_path: Path) -> None:
    watched = Watched(FolderSource(folder=tmp_path))
    for name in ("a.csv", "b.csv", "c.csv"):
        put(tmp_path, name, LIST if name == "a.csv" else OTHER)
        watched.rounds(2)

    ((subject, text),) = watched.told
    assert subject == "not all that share says is taken in: 1"
    assert "already on record with 5.00 PKR" in text
    assert watched.keys == ["acme/inv7", "acme/inv8"]


def test_a_column_that_nobody_reads_is_told_once(tmp_path: Path) -> None:
    watched = Watched(FolderSource(folder=tmp_path))
    for name in ("a.csv", "b.csv"):
        put(tmp_path, name, csv_list("acme,INV-7,5,2026-12-01,1 Nov", head="vendor,number,amount,due,paid maybe"))
        watched.rounds(2)

    ((_, text),) = watched.told
    assert "paid maybe" in text


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "bills.csv", LIST)
    watched = Watched(FolderSource(folder=tmp_path))
    taking = Importer.take_from

    async def replaced(self: Importer, source: str, file: IO[bytes], layout: Layout, *, name: str) -> Imported:
        came = await taking(self, source, file, layout, name=name)
        put(tmp_path, "new.tmp", csv_list("acme,INV-99,5,2026-12-01"), age_s=1).replace(tmp_path / "bills.csv")
        return came

    monkeypatch.setattr(Importer, "take_from", replaced)
    watched.rounds(2)
    monkeypatch.undo()
    watched.rounds(3)

    assert (watched.keys, watched.told) == (["acme/inv7", "acme/inv99"], [])


def test_a_file_that_grows_from_look_to_look_waits(tmp_path: Path) -> None:
    watched = Watched(FolderSource(folder=tmp_path))
    for size in range(3):
        put(tmp_path, "bills.csv", LIST + b"\n" * size)
        watched.rounds()

    assert watched.keys == []
