"""TERM ends it in order, HUP reads the settings anew: whole, or not at all."""

import asyncio
import random
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.kept_and_told import kept
from tests.support.peer import wait_until
from tests.support.settings_files import own_registry
from tests.support.small_estate import SmallEstate, prompt, small_estate
from tests.support.smtp_sink import SmtpSink, Taken
from watchdog.own_checks import RESOLVER_CHECK
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError

REFUSED = "settings refused, the former ones stay in force"


@dataclass(slots=True)
class HoldingSink(SmtpSink):
    """Takes a message and says nothing until it is let go."""

    is_holding: bool = True

    async def receipt(self, _taken: Taken) -> str:
        while self.is_holding:  # noqa: ASYNC110  # let go from another thread
            await asyncio.sleep(0.01)
        return "250 2.0.0 Ok"


def test_term_lets_the_send_under_way_finish_and_records_it(tmp_path: Path) -> None:
    mail = HoldingSink()
    (path,) = prompt(1)
    with small_estate(tmp_path, mail) as here:
        here.watch([path], ("mail",))
        here.pages.down = frozenset({path})
        with running_daemon(here.home) as daemon:
            wait_until(lambda: bool(mail.taken), 60, "nothing was sent")
            daemon.signal(signal.SIGTERM)
            with pytest.raises(TimeoutError):
                wait_until(lambda: daemon.exit_code is not None, 0.5, "it waits for the send, as it should")
            mail.is_holding = False
            assert daemon.wait_end() == 0
            assert daemon.logged("stopped")
        (row,) = kept(here.home).rows.values()
        assert (row.state, row.reasons) == ("sent", ("",))
        with running_daemon(here.home) as daemon:
            daemon.wait_series("check_status", 2)
            assert daemon.terminate() == 0
        assert len(mail.taken) == 1, "told again after the restart"


def test_an_idle_daemon_ends_at_once_by_either_signal(tmp_path: Path) -> None:
    with small_estate(tmp_path) as here:
        here.watch(prompt(3))
        for number in (signal.SIGTERM, signal.SIGINT):
            with running_daemon(here.home) as daemon:
                daemon.signal(number)
                assert daemon.wait_end() == 0


# Reloading -----------------------------------------------------------------------------------------------------


def closing_reason(home: Home, check: str) -> str | None:
    query = "SELECT close_reason FROM incidents WHERE check_id = ? AND closed_at IS NOT NULL"
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as connection:
        row = connection.execute(query, (check,)).fetchone()
    return None if row is None else str(row[0])


def open_incidents(home: Home) -> dict[str, str]:
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("SELECT check_id, id FROM incidents WHERE closed_at IS NULL"))


@contextmanager
def two_pages_down(folder: Path) -> Iterator[tuple[SmallEstate, DaemonProcess, list[str]]]:
    """A daemon that has told of two pages; a third stands by."""
    paths = prompt(3)
    with small_estate(folder) as here:
        here.watch(paths[:2])
        here.pages.down = frozenset(paths[:2])
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            yield here, daemon, paths


def test_good_settings_take_force_at_once(tmp_path: Path) -> None:
    with two_pages_down(tmp_path) as (here, daemon, (gone, kept_on, new)):
        before = open_incidents(here.home)
        here.watch([kept_on, new])
        daemon.signal(signal.SIGHUP)
        assert daemon.wait_log("settings reloaded")["checks"] == 2
        here.wait_told("resolved", gone[1:])
        assert closing_reason(here.home, gone[1:]) == "the check was taken out of the settings"
        assert open_incidents(here.home) == {kept_on[1:]: before[kept_on[1:]]}
        daemon.wait_series("check_status", 0, check=new[1:])
        assert daemon.series("check_status", check=gone[1:]) == []
        assert daemon.series("settings_reload_success") == [1]
        here.pages.down = frozenset()
        here.wait_settled(daemon)
        assert daemon.terminate() == 0
        here.assert_told_rightly(kills=0)


def test_broken_settings_change_nothing_and_are_told_with_their_place(tmp_path: Path) -> None:
    with two_pages_down(tmp_path) as (here, daemon, (gone, kept_on, new)):
        good = here.home.settings.read_text()
        before = open_incidents(here.home)
        here.home.settings.write_text(good.replace("kind: http", "kind: htpt", 1).replace("estate:", "estat:"))
        daemon.signal(signal.SIGHUP)
        daemon.wait_log(REFUSED, count=3)
        told = [refused["problem"].removeprefix(f"{here.home.settings}:") for refused in daemon.logged(REFUSED)]
        assert "1:1: estat: unknown key; did you mean estate?" in told
        assert any(one.startswith("8:23: checks[0].kind: no such kind; did you mean http") for one in told), told
        assert daemon.series("settings_reload_success") == [0]
        looks = here.pages.looks
        wait_until(lambda: here.pages.looks > looks + 2, 60, "the former checks went on no more")
        assert open_incidents(here.home) == before
        here.watch([kept_on, gone, new])
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("settings reloaded")
        assert daemon.series("settings_reload_success") == [1]
        assert open_incidents(here.home) == before


def test_a_settings_file_that_vanished_changes_nothing(tmp_path: Path) -> None:
    with two_pages_down(tmp_path) as (here, daemon, _):
        here.home.settings.unlink()
        daemon.signal(signal.SIGHUP)
        refused = daemon.wait_log(REFUSED)
        assert str(here.home.settings) in refused["problem"]
        assert daemon.series("settings_reload_success") == [0]


# Mutated -------------------------------------------------------------------------------------------------------

SIGNS = "{}[]:,-#'\"!&*|> \n\t\0\x85é0a"


def mutated(text: str, rng: random.Random) -> str:
    """One to three slips of the pen."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text))
        lines = text.splitlines(keepends=True)
        line = rng.randrange(len(lines))
        text = rng.choice(
            [
                text[:at] + text[at + 1 :],
                text[:at] + rng.choice(SIGNS) + text[at:],
                text[:at],
                text[:at] + text[at : at + rng.randint(2, 30)] + text[at:],
                "".join(lines[:line] + lines[line + 1 :]),
                "".join([*lines, lines[line]]),
            ]
        )
    return text


def problems_of(home: Home) -> int:
    """How many problems the file has; 0 where it is good."""
    try:
        load(home.settings, own_registry(), {})
    except SettingsError as error:
        return len(error.problems)
    return 0


@pytest.mark.slow
def test_two_hundred_slips_of_the_pen_neither_end_it_nor_take_half_a_force(tmp_path: Path) -> None:
    rng = random.Random(7)
    paths = prompt(3)
    with small_estate(tmp_path) as here:
        here.watch(paths)
        good = here.home.settings.read_text()
        with running_daemon(here.home) as daemon:
            checks = sorted(path[1:] for path in paths)
            for check in checks:
                daemon.wait_series("check_status", 0, check=check)
            refused = 0
            for _ in range(200):
                here.home.settings.write_text(mutated(good, rng), "utf-8", newline="")
                refused += reload(daemon, problems_of(here.home))
                if daemon.series("settings_reload_success") == [1]:
                    here.home.settings.write_text(good)
                    assert not reload(daemon, 0)
                assert watched(daemon) <= {*checks, RESOLVER_CHECK}
            assert refused > 100
            for check in checks:
                daemon.wait_series("check_status", 0, check=check)
            here.wait_settled(daemon)
            assert daemon.terminate() == 0


def reload(daemon: DaemonProcess, problems: int) -> bool:
    """Have the settings read anew, and wait for what must come of it; whether they were refused."""
    words = REFUSED if problems else "settings reloaded"
    count = len(daemon.logged(words)) + max(problems, 1)
    daemon.signal(signal.SIGHUP)
    daemon.wait_log(words, count=count)
    return bool(problems)


def watched(daemon: DaemonProcess) -> set[str]:
    lines = [line for line in daemon.scrape().splitlines() if line.startswith("nigehban_check_status{")]
    return {line.partition('check="')[2].partition('"')[0] for line in lines}
