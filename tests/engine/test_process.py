"""What runs change: committed in one piece, told only after that."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from alerts.episode import CheckFacts
from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.message import Message, Notification
from alerts.state import Threshold
from checks.model import CheckId, Observation, Status
from checks.plugin import Json
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.process import GROUP_COMMIT_S, MAX_WAITING_OBSERVATIONS, Process
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subjects
from watchdog.store.changes import Changes

MX = CheckId("mx")
FACTS = {MX: CheckFacts(kind="smtp", service="mail", rule=Threshold(failures_to_open=2))}


class Paper:
    """A writer that keeps what it was given, with the time; `broken` makes it fail for good."""

    def __init__(self) -> None:
        self.commits: list[tuple[float, Changes]] = []
        self.broken = False

    async def commit(self, changes: Changes) -> None:
        if self.broken:
            raise OSError("disk gone")
        self.commits.append((asyncio.get_running_loop().time(), changes))


def note(event: IncidentEvent) -> Sequence[Notification]:
    message = Message(subject=event.kind.value, text="", event=event.kind)
    row = Notification(
        id=f"n-{event.id}",
        event_id=event.id,
        incident_id=event.incident.id,
        receiver="on-call",
        channel="on-call-1-mail",
        recipient="noc@example.org",
        message=message,
        urgency=0,
        created_at=event.at,
        not_before=event.at,
    )
    return (row,)


def new_process(paper: Paper, told: list[float] | None = None) -> Process:
    numbers = itertools.count()
    process = Process(
        writer=paper,
        subjects=Subjects(),
        memories={},
        clock=virtual_clock(),
        ids=lambda: f"{next(numbers):024x}",
        on_told=lambda: (told if told is not None else []).append(asyncio.get_running_loop().time()),
    )
    process.configure(FACTS, note)
    return process


def now() -> datetime:
    return EPOCH + timedelta(seconds=asyncio.get_running_loop().time())


def saw(status: Status, *, memory: Mapping[str, Json] | None = None) -> Run:
    observation = Observation(check_id=MX, finding=finding(status), observed_at=now(), duration_s=0.1)
    return Run(observations=(observation,), memory=memory or {})


def test_plain_observations_are_written_at_most_once_a_second() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        writing = asyncio.create_task(process.run())
        for _ in range(100):
            process.take(MX, saw(Status.OK))
            await asyncio.sleep(0.1)
        writing.cancel()

    run_virtual(scene())
    times = [at for at, _ in paper.commits]
    assert all(later - earlier >= GROUP_COMMIT_S - 1e-6 for earlier, later in itertools.pairwise(times))
    assert sum(len(changes.observations) for _, changes in paper.commits) >= 90


def test_an_incident_is_written_at_once_with_its_notifications_in_the_same_piece() -> None:
    paper, told = Paper(), list[float]()

    async def scene() -> None:
        process = new_process(paper, told)
        writing = asyncio.create_task(process.run())
        process.take(MX, saw(Status.CRITICAL))
        process.take(MX, saw(Status.CRITICAL))
        await asyncio.sleep(0.01)
        writing.cancel()

    run_virtual(scene())
    ((at, changes),) = paper.commits
    assert at < 0.01
    assert [row.event_id for row in changes.notifications] == [event.id for event in changes.events]
    assert [incident.id for incident in changes.incidents] == [event.incident.id for event in changes.events]
    assert told == [at]


def test_nothing_is_told_when_writing_fails_for_good() -> None:
    paper, told = Paper(), list[float]()
    paper.broken = True

    async def scene() -> None:
        process = new_process(paper, told)
        process.take(MX, saw(Status.CRITICAL))
        process.take(MX, saw(Status.CRITICAL))
        await process.flush()

    with pytest.raises(OSError, match="disk gone"):
        run_virtual(scene())
    assert told == []


def test_a_suspect_check_asks_for_haste_until_it_is_open() -> None:
    async def scene() -> list[bool]:
        process = new_process(Paper())
        return [process.take(MX, saw(status)) for status in (Status.OK, Status.CRITICAL, Status.CRITICAL)]

    assert run_virtual(scene()) == [False, True, False]


def test_looks_without_news_write_no_records() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        for _ in range(5):
            process.take(MX, saw(Status.OK))
        await process.flush()

    run_virtual(scene())
    assert [(len(changes.records), len(changes.observations)) for _, changes in paper.commits] == [(1, 5)]


def test_memory_is_written_with_the_look_and_read_by_the_next_run() -> None:
    paper = Paper()

    async def scene() -> Mapping[str, Json]:
        process = new_process(paper)
        process.take(MX, saw(Status.OK, memory={"seen": ["a"]}))
        await process.flush()
        return process.memory_of(MX)

    assert run_virtual(scene()) == {"seen": ["a"]}
    assert [(write.key, write.value) for write in paper.commits[0][1].memories] == [("seen", ["a"])]


def test_a_check_that_falls_silent_goes_stale_once() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(process.keep_time())]
        process.take(MX, saw(Status.OK))
        await asyncio.sleep(3600)
        for task in tasks:
            task.cancel()

    run_virtual(scene())
    events = [event for _, changes in paper.commits for event in changes.events]
    assert [(event.kind, event.incident.nature) for event in events] == [(EventKind.OPENED, Nature.STALENESS)]


def test_silence_explained_by_an_open_fault_of_the_same_check_is_not_stale() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        other = Observation(
            check_id=MX, finding=finding(Status.OK, subject="expiry"), observed_at=now(), duration_s=0.1
        )
        process.take(MX, Run(observations=(other,), memory={}))
        sweeping = asyncio.create_task(process.keep_time())
        for _ in range(60):
            process.take(MX, saw(Status.CRITICAL))
            await asyncio.sleep(60)
        sweeping.cancel()
        await process.flush()

    run_virtual(scene())
    events = [event for _, changes in paper.commits for event in changes.events]
    assert [event.incident.nature for event in events] == [Nature.FAULT]


def test_a_check_taken_out_of_the_settings_closes_its_incident_with_a_reason() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        process.take(MX, saw(Status.CRITICAL))
        process.take(MX, saw(Status.CRITICAL))
        process.configure({}, note)
        await process.flush()

    run_virtual(scene())
    closed = paper.commits[-1][1].events[-1]
    assert (closed.kind, closed.incident.close_reason) == (
        EventKind.RESOLVED,
        "the check was taken out of the settings",
    )


def test_a_run_that_ends_after_its_check_was_taken_out_changes_nothing() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        process.configure({}, note)
        process.take(MX, saw(Status.CRITICAL))
        await process.flush()

    run_virtual(scene())
    assert paper.commits == []


def test_observations_that_cannot_be_written_do_not_pile_up_for_ever() -> None:
    async def scene() -> int:
        paper = Paper()
        process = new_process(paper)
        for _ in range(MAX_WAITING_OBSERVATIONS + 10):
            process.take(MX, saw(Status.OK))
        await process.flush()
        return len(paper.commits[0][1].observations)

    assert run_virtual(scene()) == MAX_WAITING_OBSERVATIONS
