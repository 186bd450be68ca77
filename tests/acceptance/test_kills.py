"""The daemon is killed again and again, wherever it hurts: nothing is lost, and what is said twice is marked."""

import asyncio
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.background import in_background
from tests.support.daemon_process import DaemonProcess, Home, running_daemon, start
from tests.support.http_sink import HttpSink
from tests.support.kept_and_told import (
    Kept,
    assert_nothing_lost,
    hooks,
    kept,
    mails,
    standing,
)
from tests.support.pages import flipping
from tests.support.peer import installed, wait_until
from tests.support.small_estate import CHANNELS, SmallEstate, prompt, small_estate
from tests.support.smtp_sink import SmtpSink, Taken

pytestmark = pytest.mark.slow

NOTHING = Kept("ok", {}, {}, frozenset())
#: Of a message, where kills come at random: at 0.02 s not one of twenty-five found one under way, once.
TAKES_S = 0.05


# At random -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class SlowSink(SmtpSink):
    """Takes its time to answer, so that a kill often finds a message under way."""

    async def receipt(self, _taken: Taken) -> str:
        await asyncio.sleep(TAKES_S)
        return "250 2.0.0 Ok"


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_kills_at_random_moments_lose_nothing(tmp_path: Path, seed: int) -> None:
    """Four times twenty-five lives, while pages go down and come back all the time."""
    kills, rng = 25, random.Random(seed)
    paths = [f"/page-{number}" for number in range(60)]
    with small_estate(tmp_path, SlowSink(), HttpSink(delay_s=TAKES_S)) as here:
        here.watch(paths)
        state = NOTHING
        with in_background(flipping(here.pages, paths, random.Random(seed))):
            for _ in range(kills):
                live_a_little(here.home, rng)
                before, state = state, kept(here.home)
                assert_nothing_lost(before, state)
        here.pages.down = frozenset(rng.sample(paths, 20))
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
        assert_nothing_lost(state, kept(here.home))
        state = here.assert_told_rightly(kills)
        assert len(state.events) > 10 * kills, "too little happened to prove anything"
        assert len(here.told) > len({one.key for one in here.told}), "no kill found a message under way"


def live_a_little(home: Home, rng: random.Random) -> None:
    """One life, ended at a random moment: of its start, or of its work."""
    daemon = start(home)
    try:
        if rng.random() < 0.15:
            time.sleep(rng.uniform(0.3, 1.0))
        else:
            daemon.wait_ready()
            time.sleep(rng.uniform(0.2, 1.5))
    finally:
        daemon.kill()


# At every sync and at many writes ------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 1), ("pwrite64", 3, 12), ("pwrite64", 9, 12)])
def test_a_kill_at_any_sync_or_write_of_the_core_path_loses_nothing(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    """A page goes down, that is told, it comes back, that is told: killed at the N-th call, for all N."""
    made = tmp_path / "made"
    with small_estate(tmp_path / "made") as here:
        make_state(here)
    for kills, number in enumerate(range(first, 1000, step)):
        folder = tmp_path / f"{number}"
        shutil.copytree(made / "state", folder / "state")
        if not killed_on_the_core_path(folder, f"inject={call}:signal=KILL:when={number}"):
            assert kills >= 8, f"the whole path took only {number - 1} calls of {call}"
            return
    pytest.fail("the path never came to its end")


def make_state(here: SmallEstate) -> None:
    """A state whose schema is there: killing migrations is the store's own test."""
    here.home.folder.mkdir(exist_ok=True)
    here.watch(prompt(1))
    with running_daemon(here.home) as daemon:
        assert daemon.terminate() == 0


def killed_on_the_core_path(folder: Path, inject: str) -> bool:
    """Walk the core path with `inject`, restarting without it after the kill; whether there was one."""
    (path,) = prompt(1)
    strace = [installed("strace"), "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", inject]
    with small_estate(folder) as here:
        here.watch([path])
        here.pages.down = frozenset({path})
        with running_daemon(here.home, under=strace, ready=False) as daemon:
            code = walked(here, daemon)
        if code == 0:
            assert [one.event for one in mails(here.mail, "")] == ["opened", "resolved"]
        else:
            assert code in {-signal.SIGKILL, 128 + signal.SIGKILL}, daemon.text
            assert kept(here.home).integrity == "ok"
            with running_daemon(here.home) as daemon:
                assert walked(here, daemon) == 0, daemon.text
        here.assert_told_rightly(kills=int(code != 0))
        return code != 0


def walked(here: SmallEstate, daemon: DaemonProcess) -> int:
    """The exit code of a daemon that goes down the path as far as it comes."""

    def told(event: str) -> bool:
        return {one.channel for one in here.told if one.event == event} == set(CHANNELS)

    def is_over() -> bool:
        if told("opened"):
            here.pages.down = frozenset()
        return daemon.exit_code is not None or (told("resolved") and standing(here.home).is_drained)

    wait_until(is_over, 90, f"the path was not walked to its end; the log:\n{daemon.text}")
    return daemon.wait_end() if daemon.exit_code is not None else daemon.terminate()


# Between sent and marked sent ----------------------------------------------------------------------------------


@dataclass(slots=True)
class DeadlyMail(SmtpSink):
    """Kills the daemon the moment it has a message that `is_deadly`, before it can say so."""

    is_deadly: Callable[[str], bool] = lambda _text: False
    daemon: DaemonProcess | None = None

    async def receipt(self, taken: Taken) -> str:
        if self.daemon is not None and self.is_deadly(taken.raw.decode()):
            self.daemon.kill()
        return "250 2.0.0 Ok"


@dataclass(slots=True)
class DeadlyHook(HttpSink):
    """The same over HTTP."""

    is_deadly: Callable[[str], bool] = lambda _text: False
    daemon: DaemonProcess | None = None

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if self.daemon is not None and self.is_deadly(self.posted[-1].body.decode()):
            self.daemon.kill()
        writer.write(b"HTTP/1.1 204 Ok\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


@dataclass(slots=True)
class OnceEach:
    """Every message is deadly, the first time it comes; its repeat is not."""

    deaths: int = 0

    def __call__(self, text: str) -> bool:
        is_first = "repeat after a restart" not in text
        self.deaths += is_first
        return is_first


@pytest.mark.parametrize("way", ["mail", "webhook"])
def test_what_was_sent_but_not_recorded_comes_again_marked_as_a_repeat(tmp_path: Path, way: str) -> None:
    deadly = OnceEach()
    mail, hook = DeadlyMail(is_deadly=deadly), DeadlyHook(is_deadly=deadly)
    paths = prompt(3)
    with small_estate(tmp_path, mail, hook) as here:
        here.watch(paths, (way,))
        here.pages.down = frozenset(paths)
        live_until_settled(here, mail, hook)
        here.pages.down = frozenset()
        live_until_settled(here, mail, hook)
        told = mails(mail, f"ops-1-{way}") + hooks(hook, f"ops-1-{way}")
        assert deadly.deaths == 6
        assert [one.is_repeat for one in told] == [False, True] * 6
        assert [one.key for one in told[::2]] == [one.key for one in told[1::2]]
        assert len({one.key for one in told}) == 6
        assert all(row.state == "sent" for row in kept(here.home).rows.values())


def live_until_settled(here: SmallEstate, mail: DeadlyMail, hook: DeadlyHook) -> None:
    """Start the daemon anew each time it was killed, until all is told."""
    down = frozenset(path[1:] for path in here.pages.down)
    for _ in range(10):
        with running_daemon(here.home, ready=False) as daemon:
            mail.daemon = hook.daemon = daemon
            wait_until(lambda: daemon.exit_code is not None or is_settled(here, down), 60, "it neither ended nor told")
            mail.daemon = hook.daemon = None
            if daemon.exit_code is None:
                assert daemon.terminate() == 0
                return
            assert daemon.exit_code == -signal.SIGKILL, daemon.text
    pytest.fail("not settled after ten lives")


def is_settled(here: SmallEstate, down: frozenset[str]) -> bool:
    if not here.home.database.exists():
        return False
    state = standing(here.home)
    return state.open_checks == down and state.is_drained


def test_a_message_that_kills_the_daemon_three_times_is_set_aside_and_people_hear_of_it(tmp_path: Path) -> None:
    poison, good = prompt(2)
    mail = DeadlyMail(is_deadly=lambda text: f"X-Nigehban-Check: {poison[1:]}\n" in text.replace("\r\n", "\n"))
    hook = DeadlyHook()
    with small_estate(tmp_path, mail, hook) as here:
        here.watch([poison, good])
        here.pages.down = frozenset({poison, good})
        live_until_settled(here, mail, hook)
        checks = [str(taken.mail["X-Nigehban-Check"] or "notice") for taken in mail.taken]
        assert sorted(checks) == sorted([poison[1:]] * 3 + [good[1:], "notice"])
        (notice,) = [taken.mail for taken in mail.taken if taken.mail["X-Nigehban-Event"] == "notice"]
        assert "set aside" in str(notice["Subject"])
        (row,) = [row for row in kept(here.home).rows.values() if row.state == "quarantined"]
        assert row.reasons == ("crashed",) * 3
        here.assert_told_rightly(kills=3)
