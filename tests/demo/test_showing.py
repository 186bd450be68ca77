"""The demo as people run it: its whole story, and every way in which it may be cut short."""

import asyncio
import os
import re
import signal
import smtplib
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from tests.support.daemon_process import ROOT, clean_environ
from tests.support.demo_child import running_demo
from tests.support.peer import installed
from watchdog.demo.errors import DaemonEndedError
from watchdog.demo.settings_file import FINANCE, HEALTH, ON_CALL, SECRETARY
from watchdog.demo.showing import until_ended

#: A reader who needs no time.
AT_ONCE_S = 0.2
WATCHES = "It watches."
#: What libfaketime does to timed waits on the monotonic clock for older C libraries makes them end at once on later
#: ones: then a thread that waits for the interpreter spins, and on a busy machine nothing goes forward.
_TIMED_WAITS_THAT_WAIT = "FAKETIME_FORCE_MONOTONIC_FIX=0"

MESSAGES = [
    (FINANCE, "OVERDUE"),
    (FINANCE, "DIGEST"),
    (ON_CALL, "EXPIRES"),
    (ON_CALL, "EXPIRES"),
    (ON_CALL, "DOWN"),
    (FINANCE, "DOWN"),
    (HEALTH, "خرابی:"),
    (SECRETARY, "DOWN"),
    (FINANCE, "RESOLVED"),
    (ON_CALL, "RESOLVED"),
    (FINANCE, "RESOLVED"),
    (HEALTH, "بحال:"),
    (SECRETARY, "RESOLVED"),
    (ON_CALL, "DOWN"),
    (ON_CALL, "NOW"),
    (ON_CALL, "RESOLVED"),
]


def messages(shown: str) -> list[tuple[str, str]]:
    """To whom, and the first word of the subject, as they were told."""
    return re.findall(r"^\d\d:\d\d:\d\d  Mail to (\S+)\n +\| (\S+) ", shown, re.MULTILINE)


def plain(text: str) -> str:
    """`text` without what differs from one showing to the next: days, seconds, ports, and where lines break."""
    text = re.sub(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2} \d{4}", "DAY", re.sub(r"[\s|]+", " ", text))
    return re.sub(r"\d\d:\d\d:\d\d|\b\d+ s\b|:\d{4,5}\b", "…", re.sub(r"\d\d:\d\d on", "TIME on", text))


def documented() -> list[str]:
    """What docs/demo.md says is seen, in the pieces that it shows."""
    (block,) = re.findall(r"^```text\n(.*?)^```$", (ROOT / "docs/demo.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [plain(piece).strip() for piece in block.split("…")]


@pytest.mark.slow
def test_the_story_is_told_to_its_end_with_sixteen_messages_in_order(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        assert demo.wait_end() == 0, demo.complained
        assert messages(demo.shown) == MESSAGES
        assert re.findall(r"^(?!09:0)\d\d:\d\d:\d\d  ", demo.shown, re.MULTILINE) == [], "it is nine in the morning"
        assert [piece for piece in documented() if piece not in plain(demo.shown)] == [], demo.shown
        assert demo.complained == ""
        assert demo.left_behind() == []
        assert all(f"{who}:" in demo.shown.partition("What each person heard")[2] for who, _ in MESSAGES)
        assert not [line for line in demo.shown.splitlines() if len(line) > 80 or not line.isprintable()]


@pytest.mark.slow
@pytest.mark.peer
def test_it_is_the_same_story_on_a_sunday_night(tmp_path: Path) -> None:
    at_night = [installed("faketime"), "--exclude-monotonic", "2026-11-22 23:30:00"]
    with running_demo(tmp_path, under=["env", "TZ=Asia/Karachi", _TIMED_WAITS_THAT_WAIT, *at_night]) as demo:
        assert demo.wait_end() == 0, demo.complained
        assert messages(demo.shown) == MESSAGES
        assert "Wed 18 Nov 2026" in demo.shown
        assert (demo.complained, demo.left_behind()) == ("", [])


@pytest.mark.parametrize("moment", ["The real daemon is going", "Monday morning", WATCHES])
def test_ctrl_c_ends_it_without_a_traceback_and_leaves_nothing_behind(tmp_path: Path, moment: str) -> None:
    with running_demo(tmp_path, reading_s=AT_ONCE_S) as demo:
        demo.wait_shown(moment)
        assert len(demo.daemons()) == 1 or moment != WATCHES
        demo.interrupt()
        demo.interrupt()
        assert demo.wait_end(60) == 1
        assert demo.complained == "\nnigehban: the demo was stopped; its daemon, servers and folder are gone\n"
        assert demo.left_behind() == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_order_to_end_and_a_closed_terminal_leave_nothing_behind_either(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running_demo(tmp_path) as demo:
        demo.wait_shown("The real daemon is going")
        demo.process.send_signal(number)
        assert demo.wait_end(60) == 1
        assert demo.left_behind() == []


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_traceback_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = f"{Path(sys.executable).with_name('nigehban')} demo | head -3"
    environ = clean_environ({"TMPDIR": str(tmp_path)})
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (3, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_daemon_that_dies_fails_the_demo_and_its_last_words_are_shown(tmp_path: Path) -> None:
    with running_demo(tmp_path, reading_s=AT_ONCE_S) as demo:
        demo.wait_shown(WATCHES)
        (daemon,) = demo.daemons()
        os.kill(daemon, signal.SIGKILL)
        assert demo.wait_end(60) == 1
        first, *last_words = demo.complained.strip().splitlines()
        assert first == "nigehban: the daemon ended by itself, with exit code -9"
        assert last_words[0] == "The daemon's last words:"
        assert any('"event":"watching"' in line for line in last_words[1:])
        assert demo.left_behind() == []


@pytest.mark.slow
def test_a_message_that_nobody_expects_fails_the_demo(tmp_path: Path) -> None:
    with running_demo(tmp_path, reading_s=AT_ONCE_S) as demo:
        demo.wait_shown(WATCHES)
        found = re.search(r"relay: \S+, port: (\d+)", demo.settings)
        assert found is not None
        with smtplib.SMTP("127.0.0.1", int(found[1]), local_hostname="test") as relay:
            relay.sendmail("x@example.org", [ON_CALL], "Subject: DOWN \x1b[2J something\n\nelse\n")
        assert demo.wait_end() == 1
        assert "an unexpected message arrived: DOWN \\x1b[2J something to noc@example.org" in demo.complained
        assert demo.left_behind() == []


def test_behind_the_story_enter_ends_the_estate_and_is_not_left_for_the_shell() -> None:
    async def stay() -> bool:
        asyncio.get_running_loop().call_later(0.1, os.write, ours, b"\n")
        async with asyncio.timeout(60):
            await until_ended(asyncio.Event().wait(), theirs)
        return select([theirs], [], [], 0)[0] == []

    ours, terminal = os.openpty()
    with os.fdopen(terminal) as theirs:
        assert asyncio.run(stay())
    os.close(ours)


def test_a_daemon_that_dies_behind_the_story_is_told_all_the_same() -> None:
    async def die() -> None:
        raise DaemonEndedError("the daemon ended by itself")

    ours, terminal = os.openpty()
    with os.fdopen(terminal) as theirs, pytest.raises(DaemonEndedError):
        asyncio.run(until_ended(die(), theirs))
    os.close(ours)
