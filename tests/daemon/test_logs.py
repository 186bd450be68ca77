"""One event, one line; and a reader that stalls costs lines, never time."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from watchdog.logs import MAX_TEXT_CHARS, MAX_WAITING_BYTES, LineWriter, Logs, json_line, plain_line

NOON = datetime(2026, 12, 1, 7, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    path = tmp_path / "log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    yield descriptor, path
    os.close(descriptor)


def written(log_file: tuple[int, Path], act: Callable[[Logs], object], *, plain: bool = False) -> list[str]:
    descriptor, path = log_file
    logs = Logs(descriptor, lambda: NOON, level=logging.DEBUG, plain=plain)
    act(logs)
    logs.close()
    return path.read_text(encoding="utf-8").splitlines()


def events(log_file: tuple[int, Path], act: Callable[[Logs], object]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(log_file, act)]


def test_an_event_is_one_json_object_with_utc_time_of_the_handed_clock(log_file: tuple[int, Path]) -> None:
    assert events(log_file, lambda logs: logs.logger.warning("check is late", check="mx", lateness_s=0.5)) == [
        {
            "at": "2026-12-01T07:00:00.250Z",
            "level": "warning",
            "event": "check is late",
            "check": "mx",
            "lateness_s": 0.5,
        }
    ]


def test_at_a_terminal_it_is_plain_text(log_file: tuple[int, Path]) -> None:
    assert written(log_file, lambda logs: logs.logger.info("mail sent", to="noc", why="mx is down"), plain=True) == [
        '2026-12-01T07:00:00.250Z info     mail sent to=noc why="mx is down"'
    ]


def test_below_the_level_nothing_is_written(log_file: tuple[int, Path]) -> None:
    descriptor, path = log_file
    logs = Logs(descriptor, lambda: NOON, level=logging.WARNING, plain=False)
    logs.logger.info("too much to tell")
    logs.close()
    assert path.read_text(encoding="utf-8") == ""


def test_a_banner_cannot_forge_a_second_line_nor_move_the_cursor(log_file: tuple[int, Path]) -> None:
    banner = '220 mx\r\n{"event":"forged"}\x1b[2J\u2028\u202egnp.exe\x9b\x00'
    lines = written(log_file, lambda logs: logs.logger.info("greeted", banner=banner))
    assert len(lines) == 1
    assert json.loads(lines[0])["banner"] == banner


def test_urdu_stays_readable(log_file: tuple[int, Path]) -> None:
    assert "نگہبان" in written(log_file, lambda logs: logs.logger.info("نگہبان"))[0]


def test_an_exception_is_still_one_line_and_its_secrets_are_masked(log_file: tuple[int, Path]) -> None:
    def act(logs: Logs) -> None:
        try:
            int("https://noc:hunter2-canary@example.org")
        except ValueError:
            logs.logger.exception("delivery failed")

    (event,) = events(log_file, act)
    assert event["level"] == "error"
    assert "ValueError: invalid literal for int() with base 10: 'https://***@example.org'" in event["exception"]
    assert "hunter2-canary" not in json.dumps(event)


def test_secrets_are_masked_at_any_depth_and_in_the_event_itself(log_file: tuple[int, Path]) -> None:
    def act(logs: Logs) -> None:
        logs.logger.info("got password=canary-1", request={"headers": ["Authorization: canary-2"]}, token="canary-3")

    assert "canary" not in written(log_file, act)[0]


def test_a_long_text_is_cut(log_file: tuple[int, Path]) -> None:
    (event,) = events(log_file, lambda logs: logs.logger.info("seen", body="x" * (MAX_TEXT_CHARS + 5)))
    assert event["body"].endswith("x… (5 more characters)")


def test_what_libraries_log_has_the_same_form(log_file: tuple[int, Path]) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level

    def act(logs: Logs) -> None:
        logs.install()
        try:
            logging.getLogger("some.library").warning("retry %d of %s", 2, "https://u:canary@h/")
            logging.getLogger("some.library").log(25, "odd level")
            structlog.get_logger().info("by default too")
        finally:
            structlog.reset_defaults()
            root.handlers[:] = kept
            root.setLevel(level)

    assert [(event["event"], event["level"], event.get("logger")) for event in events(log_file, act)] == [
        ("retry 2 of https://***@h/", "warning", "some.library"),
        ("odd level", "info", "some.library"),
        ("by default too", "info", None),
    ]


def test_a_reader_that_stalls_costs_lines_and_the_gap_is_told_where_it_is() -> None:
    reading, writing = os.pipe()
    logs = Logs(writing, lambda: NOON, plain=False)
    text = "x" * 1_000
    sent = 2 * MAX_WAITING_BYTES // len(text)
    for number in range(sent):
        logs.logger.info("line", number=number, text=text)
    dropped = logs.dropped
    assert 0 < dropped < sent

    with os.fdopen(reading, "rb") as stalled:
        heard = [json.loads(stalled.readline()) for _ in range(sent - dropped)]
        logs.logger.info("after")
        logs.close(timeout_s=10)
        os.close(writing)
        heard += [json.loads(line) for line in stalled]

    told = [event["event"] for event in heard]
    assert told == ["line"] * (sent - dropped) + ["log lines were dropped", "after"]
    assert heard[-2]["dropped"] == dropped


def test_stopping_does_not_wait_for_a_reader_that_never_reads() -> None:
    reading, writing = os.pipe()
    logs = Logs(writing, lambda: NOON, plain=False)
    for _ in range(500):
        logs.logger.info("x" * 1_000)
    logs.close(timeout_s=0.05)
    os.close(reading)  # ends the blocked write with EPIPE
    logs.close(timeout_s=10)
    os.close(writing)
    assert logs.dropped > 0


def test_a_reader_that_is_gone_is_counted_not_raised() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    logs = Logs(writing, lambda: NOON, plain=False)
    logs.logger.info("to nobody")
    logs.close(timeout_s=10)
    os.close(writing)
    assert logs.dropped >= 1


def test_a_descriptor_somebody_made_non_blocking_loses_nothing_and_stays_so() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    writer = LineWriter(writing, str)
    for number in range(200):
        writer.offer(f"{number} " + "x" * 1_000)
    with os.fdopen(reading, "rb") as reader:
        heard = [int(reader.readline().split()[0]) for _ in range(200)]
    assert heard == list(range(200))
    assert not os.get_blocking(writing)
    writer.close()
    os.close(writing)


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=50), max_size=4), st.text(max_size=50))
def test_whatever_is_logged_stays_one_printable_line(fields: dict[str, str], text: str) -> None:
    event = {**fields, "at": "t", "level": "info", "event": text}
    for line in (json_line(event), plain_line(event)):
        assert len(line.splitlines()) <= 1
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert json.loads(json_line(event)) == event
