"""The machine fails the daemon: no descriptors, no reader of its log, a locked database, a disk that breaks."""

import contextlib
import fcntl
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.background import in_background
from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.kept_and_told import kept
from tests.support.pages import running_pages
from tests.support.peer import free_port, installed, wait_until
from tests.support.small_estate import prompt, small_estate

# Descriptors ---------------------------------------------------------------------------------------------------

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 16))


@pytest.mark.slow
def test_too_few_descriptors_are_told_and_neither_end_it_nor_accuse_anybody(tmp_path: Path) -> None:
    """Three hundred checks on fifteen hosts want some 300 sockets at once; there are 64 descriptors for everything."""
    with small_estate(tmp_path) as here, in_background(running_pages(HOSTS, hold_s=0.6)) as slow:
        checks = [
            f'  - {{id: p{n}, kind: http, url: "http://{HOSTS[n % len(HOSTS)]}:{slow.port}/p{n}", interval: 1s}}'
            for n in range(300)
        ]
        here.home.write(here.text(()) + "\n".join(checks) + "\n")
        with running_daemon(here.home, under=["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"], ready=False) as daemon:
            daemon.wait_log("watching")
            wait_until(lambda: slow.looks > 600, 60, "it looked no more")
            assert "out of resources" in here.wait_told("notice", "")
            assert 2 not in statuses(daemon), "somebody was accused"
            assert daemon.exit_code is None
            assert daemon.terminate() == 0
        assert kept(here.home).events == {}


def statuses(daemon: DaemonProcess) -> set[float]:
    """Of all checks, from a scrape that found a descriptor free."""
    found: list[float] = []

    def is_scraped() -> bool:
        with contextlib.suppress(ConnectionError):
            found.extend(daemon.series("check_status"))
        return bool(found)

    wait_until(is_scraped, 60, "no scrape came through")
    return set(found)


# Memory and threads ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_without_memory_for_another_thread_it_goes_on_and_tells_whom_it_can(tmp_path: Path) -> None:
    """A thread wants 8 MiB of addresses for its stack; the rest of the daemon makes do with what it has."""
    with small_estate(tmp_path) as here:
        down, *_ = paths = prompt(3)
        by_thread = f"{{kind: apprise, url: json://127.0.0.1:{here.hook.port}/by-thread}}"
        here.home.write(here.text(paths, ["mail", "webhook", by_thread]))
        with running_daemon(here.home) as daemon:
            daemon.wait_series("check_status", 0, count=len(paths))
            with no_more_memory(daemon.pid):
                here.pages.down = frozenset({down})
                here.wait_told("opened", down[1:])
                daemon.signal(signal.SIGHUP)
                daemon.wait_log("settings refused, the former ones stay in force")
                looks = here.pages.looks
                wait_until(lambda: here.pages.looks > looks + 2, 60, "it looks no more")
                assert "/by-thread" not in {posted.path for posted in here.hook.posted}, "so nothing was short"
            wait_until(lambda: "/by-thread" in {posted.path for posted in here.hook.posted}, 60, "one was never told")
            daemon.signal(signal.SIGHUP)
            daemon.wait_log("settings reloaded")
            assert daemon.terminate() == 0


@contextmanager
def no_more_memory(pid: int) -> Iterator[None]:
    """What the process has is all it gets, for now."""
    (size,) = (line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmSize" in line)
    _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (int(size) * 1024 + 2**22, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_AS, (hard, hard))


# The log -------------------------------------------------------------------------------------------------------


@contextmanager
def full_pipe() -> Iterator[int]:
    """The writing end of a pipe that takes nothing more and that nobody reads."""
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
        try:
            while True:
                os.write(writing, b"." * 4096)
        except BlockingIOError:
            fcntl.fcntl(writing, fcntl.F_SETFL, 0)
        yield writing
    finally:
        os.close(reading)
        os.close(writing)


def test_a_log_that_nobody_reads_delays_no_check(tmp_path: Path) -> None:
    with small_estate(tmp_path) as here, full_pipe() as stderr:
        paths = prompt(20)
        place = f"127.0.0.1:{free_port()}"
        here.home.settings.write_text(f"{here.text(paths)}listen: {place}\n")
        here.pages.down = frozenset(paths[:1])
        with running_daemon(here.home, stderr=stderr, ready=False, debug=True) as daemon:
            daemon.use_address(place)
            wait_until(lambda: here.pages.looks > 80, 60, "it looks no more")
            here.wait_told("opened", paths[0][1:])
            (looks,) = daemon.series("scheduler_lateness_seconds_count")
            (in_time,) = daemon.series("scheduler_lateness_seconds_bucket", le="1.0")
            assert looks >= 80
            assert in_time == looks
            assert daemon.terminate() == 0


# The database --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_database_locked_by_somebody_else_delays_and_loses_nothing(tmp_path: Path) -> None:
    """Held for longer than SQLite itself would wait."""
    paths = prompt(2)
    with small_estate(tmp_path) as here:
        here.watch(paths)
        here.pages.down = frozenset(paths[:1])
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            with closing(sqlite3.connect(here.home.database, isolation_level=None)) as shell:
                shell.execute("BEGIN EXCLUSIVE")
                here.pages.down = frozenset(paths)
                daemon.wait_log("store locked by another process, waiting", 60)
                looks = here.pages.looks
                wait_until(lambda: here.pages.looks > looks + 2, 60, "the checks wait for the database")
                assert len(here.mail.taken) == 1, "told before it was kept"
                shell.execute("ROLLBACK")
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
        here.assert_told_rightly(kills=0)
        assert [one.event for one in here.told] == ["opened"] * 4
        assert "Traceback" not in daemon.text


@pytest.mark.slow
@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_a_disk_that_fails_is_told_from_memory_and_ends_it(tmp_path: Path, call: str) -> None:
    """What could not be stored is not told as if it were; the next start makes it good."""
    (path,) = prompt(1)
    with small_estate(tmp_path) as here:
        here.watch([path])
        with running_daemon(here.home) as daemon:
            assert daemon.terminate() == 0
        here.pages.down = frozenset({path})
        with running_daemon(here.home, under=strace_of(here.home, f"{call}:error=EIO"), ready=False) as daemon:
            assert daemon.wait_end(60) == 1, daemon.text
        assert [one.event for one in here.told] == ["notice", "notice"]
        notice = here.wait_told("notice", "")
        assert "Nigehban itself is in trouble" in notice
        assert "the disk failed" in notice
        assert "Traceback" not in daemon.text
        assert kept(here.home).events == {}
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
        here.assert_told_rightly(kills=0)
        assert [one.event for one in here.told if one.incident] == ["opened", "opened"]


def strace_of(home: Home, inject: str) -> list[str]:
    wal = home.database.with_name(home.database.name + "-wal")
    return [installed("strace"), "-f", "-o", "/dev/null", "-P", str(wal), "-e", f"inject={inject}"]
