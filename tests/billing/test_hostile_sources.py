"""Sources of bills that somebody else writes to: whatever they hold, the daemon goes on and says what is wrong."""

import os
from pathlib import Path

import pytest

from tests.support.bill_lists import csv_list
from tests.support.bill_sources import LIST, Watched, names, put
from watchdog.billing.source_files import WatchedFolder
from watchdog.settings.intake_values import FolderSource

# Folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "raw"), [("done", LIST), ("refused", b"a: 1\n")])
def test_nothing_is_put_away_through_a_link(tmp_path: Path, where: str, raw: bytes) -> None:
    folder, elsewhere = tmp_path / "share", tmp_path / "settings"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / where).symlink_to(elsewhere)
    put(folder, "evil.yaml", raw)
    watched = Watched(FolderSource(folder=folder))

    watched.rounds(3)

    assert names(elsewhere) == []
    assert f"{where} is a link or a file" in watched.told[0][1]


def test_a_file_exchanged_for_a_link_is_not_read(tmp_path: Path) -> None:
    """After the folder was looked at."""
    (tmp_path / "bills.csv").symlink_to(put(tmp_path, "elsewhere.csv", LIST))

    with pytest.raises(OSError, match="symbolic links"):
        WatchedFolder(tmp_path).copied("bills.csv")


@pytest.mark.parametrize("ending", [".csv", "." + "x" * 200])
def test_a_name_as_long_as_can_be_is_put_away_under_a_shorter_one(tmp_path: Path, ending: str) -> None:
    name = "b" * (255 - len(ending)) + ending
    put(tmp_path, name, LIST)
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    assert (watched.keys, watched.told, names(tmp_path)) == (["acme/inv7"], [], ["done"])


def test_a_name_that_is_no_text_is_refused_like_any_other(tmp_path: Path) -> None:
    file = put(tmp_path, "bills.csv", csv_list("nobody,INV-7,5,2026-12-01"))
    os.rename(os.fsencode(file), os.fsencode(tmp_path) + b"/\xff\xfe.csv")  # noqa: PTH104  # bytes
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    assert len(names(tmp_path / "refused")) == 2
    assert len(watched.told) == 1
