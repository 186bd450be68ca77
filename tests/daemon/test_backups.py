"""Copies by the daemon itself: when, how many, and what is said when none can be made."""

import asyncio
import os
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.words.framed import Said
from tests.support.stored import START, record
from tests.support.urdu_text import english_words
from tests.support.virtual_estate import settings_of
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.backups import ASKED_KEPT, NOT_BEFORE_S, RETRY_AFTER, SPARE_BYTES, Backups, backup_folder
from watchdog.settings.values import BackupSettings, Settings
from watchdog.store.backup_names import copies_in, copy_name, made_at
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.errors import BackupRefusedError, StoreDamagedError
from watchdog.store.executor import Inline
from watchdog.store.store import open_store

DAY = timedelta(days=1)


@dataclass
class House:
    """A state folder, and the time of day."""

    state: Path
    rules: BackupSettings = field(default_factory=BackupSettings)
    now: datetime = START
    said: list[str] = field(default_factory=list)
    newest: list[datetime] = field(default_factory=list)
    """What metrics were told of the newest copy."""

    def __post_init__(self) -> None:
        settings = settings_of((), ("a",), interval_s=60, lapses=EPOCH + 90 * DAY)

        def in_force() -> Settings:
            return replace(settings, backup=self.rules)

        self.backups = Backups(
            state_dir=self.state,
            settings=in_force,
            caller=Inline(),
            clock=lambda: self.now,
            announce=self._say,
            on_newest=self.newest.append,
        )

    def _say(self, subject: str, text: str, *, severity: str = "warning", urdu: Said) -> None:
        assert english_words(urdu.text) == set()
        self.said.append(f"{severity}: {subject}: {text}")

    def look(self, after: timedelta = timedelta()) -> None:
        self.now += after
        run_virtual(self.backups.look())

    @property
    def made(self) -> list[datetime]:
        return [made_at(one) for one in copies_in(backup_folder(self.state, self.rules), self.now)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    with closing(open_store(tmp_path)) as store:
        store.commit(Changes(records=(record(),)))
    return House(tmp_path)


def test_a_copy_is_made_when_there_is_none_and_then_once_a_day(house: House) -> None:
    for _ in range(50):
        house.look(timedelta(hours=1))
    assert house.made == [START + timedelta(hours=hours) for hours in (49, 25, 1)]


def test_the_age_of_the_newest_copy_is_told_at_every_look(house: House) -> None:
    for _ in range(2):
        house.look(timedelta(hours=1))
    assert house.newest == [START + timedelta(hours=1)] * 2


def test_only_as_many_as_are_to_be_kept_stay(house: House) -> None:
    house.rules = BackupSettings(keep=2)
    for _ in range(5):
        house.look(DAY)
    assert house.made == [START + 5 * DAY, START + 4 * DAY]


def test_copies_that_were_asked_for_push_out_no_daily_one_and_the_newest_three_stay(house: House) -> None:
    house.rules = BackupSettings(keep=2)
    for _ in range(2):
        house.look(DAY)
    for _ in range(7):
        house.now += timedelta(seconds=1)
        run_virtual(house.backups.make())
    asked = [START + 2 * DAY + timedelta(seconds=second) for second in (7, 6, 5)]
    assert house.made == [*asked, START + 2 * DAY, START + DAY]


def test_a_copy_that_was_asked_for_takes_the_place_of_no_daily_one(house: House) -> None:
    house.look()
    house.now += DAY - timedelta(hours=1)
    run_virtual(house.backups.make())
    house.look(timedelta(hours=1))
    assert START + DAY in house.made


def test_asked_for_copies_are_not_without_end_where_no_daily_ones_are_made(house: House) -> None:
    house.rules = BackupSettings(keep=0)
    for _ in range(5):
        house.now += timedelta(seconds=1)
        run_virtual(house.backups.make())
    assert len(house.made) == ASKED_KEPT


def test_none_is_made_where_none_is_to_be_kept(house: House) -> None:
    house.rules = BackupSettings(keep=0)
    house.look()
    assert house.made == []


def test_they_go_where_the_settings_say(house: House, tmp_path: Path) -> None:
    house.rules = BackupSettings(folder=tmp_path / "elsewhere")
    house.look()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


def test_a_name_from_the_future_keeps_none_from_being_made(house: House) -> None:
    folder = backup_folder(house.state, house.rules)
    folder.mkdir()
    (folder / copy_name(START + 400 * DAY)).touch()
    house.look()
    assert START in house.made


def test_copies_made_while_the_clock_was_ahead_give_way_to_right_ones(house: House) -> None:
    house.rules = BackupSettings(keep=2)
    house.now += 30 * DAY
    for _ in range(2):
        house.look(DAY)
    house.now = START
    for _ in range(2):
        house.look(DAY)
    assert house.made == [START + 2 * DAY, START + DAY]


def test_a_folder_that_cannot_be_looked_into_is_told_and_ends_nothing(house: House) -> None:
    house.rules = BackupSettings(folder=house.state / ("x" * 300))
    house.look()
    (said,) = house.said
    assert "no copy of the state could be made" in said


def test_a_file_that_is_named_by_a_day_there_is_not_is_no_copy(house: House) -> None:
    folder = backup_folder(house.state, house.rules)
    folder.mkdir()
    (folder / "nigehban-20260230T000000Z.sqlite3").touch()
    house.look()
    assert house.made == [START]


def test_what_copies_left_that_were_killed_goes_after_a_day_and_nothing_else_does(house: House) -> None:
    folder = backup_folder(house.state, house.rules)
    folder.mkdir()
    killed, under_way = f".{copy_name(START - 2 * DAY)}.4711.part", f".{copy_name(START)}.4712.part"
    for name in (killed, f"{killed}-journal", ".mine.part", under_way):
        (folder / name).touch()
    (folder / ".nigehban-x.part").mkdir()
    for one in folder.iterdir():
        age = timedelta() if one.name == under_way else 2 * DAY
        os.utime(one, times=((START - age).timestamp(),) * 2)
    house.look()
    assert {one.name for one in folder.iterdir()} == {".mine.part", under_way, copy_name(START)}


def test_a_copy_that_is_under_way_as_the_daemon_ends_is_given_up(house: House) -> None:
    house.backups.is_given_up = lambda: True
    with pytest.raises(BackupRefusedError, match="given up"):
        run_virtual(house.backups.make())
    assert list(backup_folder(house.state, house.rules).iterdir()) == []


def test_a_failure_is_told_once_and_tried_every_hour_and_success_ends_it(house: House, tmp_path: Path) -> None:
    house.rules = BackupSettings(folder=tmp_path / "no" / "such" / "folder")
    for _ in range(3):
        house.look(RETRY_AFTER)
    (said,) = house.said
    assert "no copy of the state could be made" in said
    (tmp_path / "no" / "such").mkdir(parents=True)
    house.look(RETRY_AFTER / 2)
    assert house.made == []
    house.look(RETRY_AFTER / 2)
    assert len(house.made) == 1


def test_a_copy_that_would_fill_the_disk_is_not_made(house: House) -> None:
    house.backups.free_bytes = lambda _folder: SPARE_BYTES
    house.look()
    assert house.made == []
    assert "make room" in house.said[0]


def test_a_copy_that_shows_the_database_damaged_ends_the_daemon(house: House) -> None:
    database = house.state / DATABASE_NAME
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) - 4096])
    with pytest.raises(StoreDamagedError):
        house.look()


def test_nothing_is_copied_in_the_first_minutes_of_a_start(house: House) -> None:
    async def begin(seconds: float) -> None:
        task = asyncio.create_task(house.backups.forever())
        await asyncio.sleep(seconds)
        task.cancel()

    run_virtual(begin(NOT_BEFORE_S - 1))
    assert house.made == []
    run_virtual(begin(NOT_BEFORE_S + 1))
    assert len(house.made) == 1
