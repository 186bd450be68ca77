"""What runs change: committed in one piece, told only after that."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest

from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import Threshold
from alerts.message import Message, Notification
from alerts.record import SubjectRecord
from checks.model import Cause, Change, CheckId, Observation, Status
from checks.plugin import Json
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.group_commit import GROUP_COMMIT_S
from watchdog.engine.process import MAX_WAITING_OBSERVATIONS, Process
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import LeftOutError
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreError

MX = CheckId("mx")
FACTS = {
    MX: CheckFacts(
        kind="smtp", subject="mx1.example.gov.pk", service="mail", rule=Threshold(failures_to_open=2, settle_s=0)
    )
}


class Paper:
    """A writer that keeps what it was given, with the time; `broken` makes it fail for good."""

    def __init__(self) -> None:
        self.commits: list[tuple[float, Changes]] = []
        self.troubles: list[str] = []
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
        address="mail:noc@example.org",
        message=message,
        urgency=0,
        created_at=event.at,
        not_before=event.at,
    )
    return (row,)


def new_process(
    paper: Paper,
    told: list[float] | None = None,
    *,
    sight_check: CheckId | None = None,
    records: Sequence[SubjectRecord] = (),
    memories: Mapping[CheckId, Mapping[str, Json]] = MappingProxyType({}),
    facts: Mapping[CheckId, CheckFacts] = FACTS,
) -> Process:
    numbers = itertools.count()
    process = Process(
        writer=paper,
        subjects=Subjects(records),
        memories=memories,
        clock=virtual_clock(),
        ids=lambda: f"{next(numbers):024x}",
        on_told=lambda: (told if told is not None else []).append(asyncio.get_running_loop().time()),
        trouble=lambda key, text: paper.troubles.append(f"{key}: {text}"),
        sight_check=sight_check,
    )
    process.configure(facts, note)
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
            await process.take(MX, saw(Status.OK))
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
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
        await asyncio.sleep(0.01)
        writing.cancel()

    run_virtual(scene())
    ((at, changes),) = paper.commits
    assert at < 0.01
    assert [row.event_id for row in changes.notifications] == [event.id for event in changes.events]
    assert [incident.id for incident in changes.incidents] == [event.incident.id for event in changes.events]
    assert told == [at]


def test_a_cause_that_is_no_news_is_written_with_its_incident() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        for cause in [Cause.REFUSED] * 2 + [Cause.TIMEOUT] * 3:
            (look,) = saw(Status.CRITICAL).observations
            seen = replace(look, finding=replace(look.finding, cause=cause))
            await process.take(MX, Run(observations=(seen,), memory={}))
            await process.flush()

    run_virtual(scene())
    written = [incident.cause for _, changes in paper.commits for incident in changes.incidents]
    assert (written[0], written[-1]) == (Cause.REFUSED, Cause.TIMEOUT)
    assert [event.kind for _, changes in paper.commits for event in changes.events] == [EventKind.OPENED]


def test_nothing_is_told_when_writing_fails_for_good() -> None:
    paper, told = Paper(), list[float]()
    paper.broken = True

    async def scene() -> None:
        process = new_process(paper, told)
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
        await process.flush()

    with pytest.raises(OSError, match="disk gone"):
        run_virtual(scene())
    assert told == []


def test_a_suspect_check_asks_for_haste_until_it_is_open() -> None:
    async def scene() -> list[bool]:
        process = new_process(Paper())
        return [await process.take(MX, saw(status)) for status in (Status.OK, Status.CRITICAL, Status.CRITICAL)]

    assert run_virtual(scene()) == [False, True, False]


def test_a_fault_that_settles_goes_on_asking_for_haste_until_it_is_told() -> None:
    usual = {MX: replace(FACTS[MX], rule=Threshold(failures_to_open=2, settle_s=20))}

    async def scene() -> list[bool]:
        process, asked = new_process(Paper(), facts=usual), []
        for _ in range(5):
            asked.append(await process.take(MX, saw(Status.CRITICAL)))
            await asyncio.sleep(10)
        return asked

    assert run_virtual(scene()) == [True, True, True, False, False]


@pytest.mark.parametrize("status", [Status.OK, Status.CRITICAL])
def test_what_was_seen_is_written_anew_once_a_minute_where_its_words_changed(status: Status) -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        for seconds in range(0, 181, 10):
            (look,) = saw(status).observations
            seen = replace(look, finding=replace(look.finding, summary=f"{seconds} of 100 seats"))
            await process.take(MX, Run(observations=(seen,), memory={}))
            await process.flush()
            await asyncio.sleep(10)

    run_virtual(scene())
    written = [int(record.summary.split()[0]) for _, changes in paper.commits for record in changes.records]
    first = 0 if status is Status.OK else 10  # where the fault opened
    assert written == sorted({0, first, *range(first, 181, 60)})


def test_words_that_stay_the_same_are_not_written_anew() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        for _ in range(100):
            await process.take(MX, saw(Status.OK))
            await process.flush()
            await asyncio.sleep(10)

    run_virtual(scene())
    assert sum(len(changes.records) for _, changes in paper.commits) == 1


def test_looks_without_news_write_no_records() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        for _ in range(5):
            await process.take(MX, saw(Status.OK))
        await process.flush()

    run_virtual(scene())
    assert [(len(changes.records), len(changes.observations)) for _, changes in paper.commits] == [(1, 5)]


def test_memory_is_written_with_the_look_and_read_by_the_next_run() -> None:
    paper = Paper()

    async def scene() -> Mapping[str, Json]:
        process = new_process(paper)
        await process.take(MX, saw(Status.OK, memory={"seen": ["a"]}))
        await process.flush()
        return process.memory_of(MX)

    assert run_virtual(scene()) == {"seen": ["a"], "/about": "mx1.example.gov.pk"}
    assert [(write.key, write.value) for write in paper.commits[0][1].memories] == [
        ("/about", "mx1.example.gov.pk"),
        ("seen", ["a"]),
    ]


def test_a_change_is_written_in_one_piece_with_the_memory_that_noticed_it_and_told_once() -> None:
    paper = Paper()
    moved = Change(what="registrar", summary="the registrar is another one")

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, saw(Status.OK, memory={"registrar": "old"}))
        await process.flush()
        seen = finding(Status.OK)
        looks = [
            Observation(check_id=MX, finding=one, observed_at=now(), duration_s=0.1)
            for one in (replace(seen, changes=(moved,)), finding(Status.UNKNOWN, subject="other"))
        ]
        await process.take(MX, Run(observations=tuple(looks), memory={"registrar": "new"}))
        await process.flush()
        await process.take(MX, Run(observations=tuple(replace(look, finding=seen) for look in looks[:1]), memory={}))
        await process.flush()

    run_virtual(scene())
    before, noticed, after = (changes for _, changes in paper.commits)
    assert [event.incident.summary for event in noticed.events] == ["the registrar is another one"]
    assert [(write.key, write.value) for write in noticed.memories] == [("registrar", "new")]
    assert [row.event_id for row in noticed.notifications] == [event.id for event in noticed.events]
    assert (before.events, after.events) == ((), ())


def test_a_run_that_failed_makes_what_it_could_not_look_at_unknown() -> None:
    async def scene() -> dict[str, Status]:
        process = new_process(Paper())
        looks = [
            Observation(check_id=MX, finding=one, observed_at=now(), duration_s=0.1)
            for one in (finding(Status.OK), finding(Status.OK, subject="revocation"))
        ]
        await process.take(MX, Run(observations=tuple(looks), memory={}))
        failed = Observation(check_id=MX, finding=finding(Status.CRITICAL), observed_at=now(), duration_s=0.1)
        await process.take(MX, Run(observations=(failed,), memory={}, failed=True))
        return {one.current().subject: one.current().status for one in process.subjects.of(MX)}

    seen = run_virtual(scene())
    assert seen.pop("revocation") is Status.UNKNOWN
    assert set(seen.values()) == {Status.CRITICAL}


def test_a_check_that_falls_silent_goes_stale_once() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(process.keep_time())]
        await process.take(MX, saw(Status.OK))
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
        await process.take(MX, Run(observations=(other,), memory={}))
        sweeping = asyncio.create_task(process.keep_time())
        for _ in range(60):
            await process.take(MX, saw(Status.CRITICAL))
            await asyncio.sleep(60)
        sweeping.cancel()
        await process.flush()

    run_virtual(scene())
    events = [event for _, changes in paper.commits for event in changes.events]
    assert [event.incident.nature for event in events] == [Nature.FAULT]


RESOLVER = CheckId("nigehban/resolver")


def blind_for(paper: Paper, *, hours: float, resolver_until_h: float) -> list[tuple[EventKind, str]]:
    """Events while one check is blind for `hours` and the resolver's fault stands until `resolver_until_h`."""

    async def scene() -> None:
        process = new_process(paper, sight_check=RESOLVER)
        process.configure({**FACTS, RESOLVER: CheckFacts(kind="resolver", rule=Threshold(failures_to_open=1))}, note)
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(process.keep_time())]
        await process.take(MX, saw(Status.OK))
        while now() < EPOCH + timedelta(hours=hours):
            is_down = now() < EPOCH + timedelta(hours=resolver_until_h)
            seen = finding(Status.CRITICAL if is_down else Status.OK, subject="name servers")
            look = Observation(check_id=RESOLVER, finding=seen, observed_at=now(), duration_s=0.1)
            await process.take(RESOLVER, Run(observations=(look,), memory={}))
            await process.take(MX, saw(Status.UNKNOWN))
            await asyncio.sleep(10)
        for task in tasks:
            task.cancel()

    run_virtual(scene())
    return [(event.kind, event.incident.check_id) for _, changes in paper.commits for event in changes.events]


def test_while_name_servers_are_down_nobody_who_is_blind_goes_stale() -> None:
    assert blind_for(Paper(), hours=5, resolver_until_h=9) == [(EventKind.OPENED, RESOLVER)]


def test_once_they_are_back_the_blind_have_their_time_again_and_no_more() -> None:
    back = [(EventKind.OPENED, RESOLVER), (EventKind.RESOLVED, RESOLVER)]
    assert blind_for(Paper(), hours=3.15, resolver_until_h=3) == back
    assert blind_for(Paper(), hours=3.25, resolver_until_h=3) == [*back, (EventKind.OPENED, MX)]


def test_a_check_taken_out_of_the_settings_closes_its_incident_with_a_reason() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
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
        await process.take(MX, saw(Status.CRITICAL))
        await process.flush()

    run_virtual(scene())
    assert not any(written.observations or written.records for _, written in paper.commits)


def events_of(paper: Paper) -> list[tuple[EventKind, Nature, str]]:
    return [
        (event.kind, event.incident.nature, event.incident.subject)
        for _, changes in paper.commits
        for event in changes.events
    ]


def live(script: Sequence[tuple[float, Sequence[Observation] | None]], until_s: float, paper: Paper) -> None:
    """Runs of one check at the given seconds; None is a run that failed, unknown, about the primary subject."""

    async def scene() -> None:
        process = new_process(paper)
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(process.keep_time())]
        for at_s, seen in script:
            await asyncio.sleep(at_s - asyncio.get_running_loop().time())
            if seen is None:
                await process.take(MX, saw(Status.UNKNOWN)._replace(failed=True))
            else:
                placed = tuple(replace(one, observed_at=now()) for one in seen)
                await process.take(MX, Run(observations=placed, memory={}))
        await asyncio.sleep(until_s - asyncio.get_running_loop().time())
        process.finish()
        await tasks[0]
        tasks[1].cancel()

    run_virtual(scene())


def look(status: Status, subject: str = "mx1.example.gov.pk") -> Observation:
    return Observation(check_id=MX, finding=finding(status, subject=subject), observed_at=EPOCH, duration_s=0.1)


def test_a_second_staleness_is_told_like_the_first() -> None:
    paper = Paper()
    blind = [(float(s), (look(Status.UNKNOWN),)) for s in range(60, 1800, 60)]
    again = [(float(s), (look(Status.UNKNOWN),)) for s in range(1860, 7200, 60)]
    live([(0.0, (look(Status.OK),)), *blind, (1800.0, (look(Status.OK),)), *again], 7200, paper)
    assert [kind for kind, _, _ in events_of(paper)] == [EventKind.OPENED, EventKind.RESOLVED, EventKind.OPENED]


def test_a_subject_that_a_good_run_no_longer_names_ends_with_its_incident() -> None:
    paper = Paper()
    down = [(float(s), (look(Status.CRITICAL, "old"),)) for s in (0, 60)]
    live([*down, (120.0, (look(Status.OK, "new"),))], 3600, paper)
    assert events_of(paper) == [
        (EventKind.OPENED, Nature.FAULT, "old"),
        (EventKind.RESOLVED, Nature.FAULT, "old"),
        (EventKind.OPENED, Nature.STALENESS, "new"),
    ]


def test_a_run_that_failed_speaks_of_the_subjects_the_check_has() -> None:
    paper = Paper()
    both = (look(Status.OK, "mx/4"), look(Status.OK, "mx/6"))
    live([(0.0, both), (60.0, None), (120.0, both)], 130, paper)
    subjects = {record.subject for _, changes in paper.commits for record in changes.records}
    assert subjects == {"mx/4", "mx/6"}


def test_a_check_that_never_has_a_look_goes_stale_by_its_primary_subject() -> None:
    paper = Paper()
    live([], 1200, paper)
    assert events_of(paper) == [(EventKind.OPENED, Nature.STALENESS, "mx1.example.gov.pk")]


def test_a_subject_that_ends_while_passing_time_is_judged_does_not_come_back() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, Run(observations=(look(Status.OK, "bill 1"), look(Status.OK, "bill 2")), memory={}))
        await asyncio.sleep(3600)
        sweep = asyncio.create_task(process.sweep())
        await asyncio.sleep(0)  # the sweep breathes after its first subject
        await process.take(MX, Run(observations=(replace(look(Status.OK, "bill 1"), observed_at=now()),), memory={}))
        await sweep
        await process.flush()
        assert [subject.record.subject for subject in process.subjects.of(MX)] == ["bill 1"]

    run_virtual(scene())
    assert all(subject == "bill 1" for _, _, subject in events_of(paper))


def test_waking_up_after_a_pause_makes_nothing_stale() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, saw(Status.OK))
        await asyncio.sleep(3600)  # nothing ran at all, as when the machine is suspended
        process.woke()
        await process.sweep()
        await process.flush()

    run_virtual(scene())
    assert events_of(paper) == []


def test_a_failure_before_a_sleep_does_not_count_after_it() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, saw(Status.CRITICAL))
        process.woke()
        await process.take(MX, saw(Status.CRITICAL))
        await process.flush()

    run_virtual(scene())
    assert events_of(paper) == []


def test_what_comes_while_the_last_commit_is_under_way_is_written_too() -> None:
    class Slow(Paper):
        async def commit(self, changes: Changes) -> None:
            await asyncio.sleep(1)
            await super().commit(changes)

    paper = Slow()

    async def scene() -> None:
        process = new_process(paper)
        writing = asyncio.create_task(process.run())
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
        await asyncio.sleep(0.5)
        await process.take(MX, saw(Status.OK))
        await process.take(MX, saw(Status.OK))
        process.finish()
        await writing

    run_virtual(scene())
    assert [kind for kind, _, _ in events_of(paper)] == [EventKind.OPENED, EventKind.RESOLVED]


def test_a_look_that_cannot_be_judged_is_told_and_ends_nothing() -> None:
    paper = Paper()

    def broken(_event: IncidentEvent) -> Sequence[Notification]:
        raise RuntimeError("planner")

    async def scene() -> None:
        process = new_process(paper)
        process.configure(FACTS, broken)
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.OK))

    run_virtual(scene())
    assert paper.troubles == ["a look could not be judged: mx: RuntimeError; see the log"]


def test_a_check_that_looks_elsewhere_after_a_reload_leaves_its_old_subject() -> None:
    paper = Paper()

    async def scene() -> None:
        process = new_process(paper)
        await process.take(MX, saw(Status.CRITICAL))
        await process.take(MX, saw(Status.CRITICAL))
        process.configure({MX: replace(FACTS[MX], subject="mx9.example.gov.pk")}, note)
        await process.flush()

    run_virtual(scene())
    assert [kind for kind, _, _ in events_of(paper)] == [EventKind.OPENED, EventKind.RESOLVED]


@pytest.mark.parametrize("present", [MX, CheckId("mail-server")])
def test_a_check_that_was_pointed_elsewhere_while_the_daemon_was_down_leaves_its_old_subject(present: CheckId) -> None:
    """Renamed or not: what fails at the new place is not told of the old one."""
    former, paper = Paper(), Paper()
    elsewhere = replace(FACTS[MX], subject="mx9.example.gov.pk", formerly=None if present == MX else MX)

    async def scene() -> None:
        before = new_process(former)
        for _ in range(2):
            await before.take(MX, saw(Status.CRITICAL))
        await before.flush()
        (_, written), *_ = former.commits
        process = new_process(
            paper,
            records=written.records,
            memories={MX: {one.key: one.value for one in written.memories}},
            facts={present: elsewhere},
        )
        seen = replace(finding(Status.CRITICAL), subject="mx9.example.gov.pk")
        await process.take(
            present,
            Run((Observation(check_id=present, finding=seen, observed_at=now(), duration_s=1),), {}, failed=True),
        )
        await process.flush()
        assert [one.record.subject for one in process.subjects] == ["mx9.example.gov.pk"]

    run_virtual(scene())
    assert [kind for kind, _, _ in events_of(paper)] == [EventKind.RESOLVED]


def saw_many(count: int, memory: Mapping[str, Json], *, changes: tuple[Change, ...] = ()) -> Run:
    """So many that judging them takes longer than one breath."""
    found = (replace(finding(Status.CRITICAL, subject=f"bill {number}"), changes=changes) for number in range(count))
    seen = (Observation(check_id=MX, finding=one, observed_at=EPOCH, duration_s=0.1) for one in found)
    return Run(observations=tuple(seen), memory=memory)


async def turns_while(process: Process, run: Run, on_turn: Callable[[], None] = lambda: None) -> tuple[int, bool]:
    """How often others had their turn while `run` was taken, and whether to look again in haste; `on_turn` is called at
    the first.
    """
    taking = asyncio.create_task(process.take(MX, run))
    turns = 0
    await asyncio.sleep(0)
    while not taking.done():
        if not turns:
            on_turn()
        turns += 1
        await asyncio.sleep(0)
    return turns, await taking


def test_others_have_their_turn_while_a_run_that_saw_much_is_judged() -> None:
    async def scene() -> tuple[int, int, Mapping[str, Json]]:
        process = new_process(Paper())
        turns, _ = await turns_while(process, saw_many(5000, {"seen": 1}))
        return turns, process.subjects.count(MX), process.memory_of(MX)

    turns, subjects, memory = asyncio.run(scene())
    assert turns > 1
    assert subjects == 5000
    assert memory["seen"] == 1


def test_whoever_has_a_turn_meanwhile_knows_that_not_all_is_there_yet() -> None:
    async def scene() -> tuple[list[bool], bool]:
        process, meanwhile = new_process(Paper()), list[bool]()
        await turns_while(process, saw_many(5000, {}), lambda: meanwhile.append(process.subjects.is_whole(MX)))
        return meanwhile, process.subjects.is_whole(MX)

    assert asyncio.run(scene()) == ([False], True)


def test_a_run_that_noticed_a_change_is_judged_in_one_go() -> None:
    """A change is told once: it must never be written without the memory that it was noticed."""
    moved = Change(what="registrar", summary="the registrar is another one")

    async def scene() -> int:
        turns, _ = await turns_while(new_process(Paper()), saw_many(5000, {"seen": 1}, changes=(moved,)))
        return turns

    assert asyncio.run(scene()) == 0


def test_a_run_under_settings_that_are_gone_meanwhile_is_judged_no_further() -> None:
    async def scene() -> tuple[list[str], Mapping[str, Json]]:
        process = new_process(Paper())
        await turns_while(process, saw_many(5000, {"seen": 1}), lambda: process.configure({}, note))
        return [one.record.subject for one in process.subjects.of(MX)], process.memory_of(MX)

    assert asyncio.run(scene()) == ([], {})


def test_a_run_whose_time_is_another_one_meanwhile_is_judged_no_further() -> None:
    async def scene() -> tuple[int, Mapping[str, Json]]:
        process = new_process(Paper())
        await turns_while(process, saw_many(5000, {"seen": 1}), process.turned)
        return process.subjects.count(MX), process.memory_of(MX)

    subjects, memory = asyncio.run(scene())
    assert subjects < 5000
    assert "seen" not in memory


@pytest.mark.parametrize("sees_any", [True, False], ids=["judging", "letting go"])
def test_a_run_that_settings_cut_off_is_made_again_in_haste(*, sees_any: bool) -> None:
    async def scene() -> tuple[int, bool]:
        process = new_process(Paper())
        seen = saw_many(5000, {})
        run = seen if sees_any else Run(observations=(), memory={"seen": 1})
        if not sees_any:
            await process.take(MX, seen)
        again = await turns_while(process, run, lambda: process.configure(FACTS, note))
        assert "seen" not in process.memory_of(MX)
        return again

    turns, in_haste = asyncio.run(scene())
    assert turns
    assert in_haste


def test_observations_that_cannot_be_written_do_not_pile_up_for_ever() -> None:
    async def scene() -> int:
        paper = Paper()
        process = new_process(paper)
        for _ in range(MAX_WAITING_OBSERVATIONS + 10):
            await process.take(MX, saw(Status.OK))
        await process.flush()
        return len(paper.commits[0][1].observations)

    assert run_virtual(scene()) == MAX_WAITING_OBSERVATIONS


@pytest.mark.parametrize(("refused", "is_said"), [(MX, False), (CheckId("other"), True)])
def test_a_word_that_the_store_refused_is_not_confirmed_and_one_beside_it_is(
    refused: CheckId, *, is_said: bool
) -> None:
    class Refusing(Paper):
        async def commit(self, changes: Changes) -> None:
            await super().commit(changes)
            raise LeftOutError(frozenset({refused}), "poison")

    async def scene() -> None:
        process = new_process(Refusing())
        writing = asyncio.create_task(process.run())
        with nullcontext() if is_said else pytest.raises(StoreError, match="poison"):
            await process.say(Judgement(SubjectRecord(check_id=MX, subject="mx", seen_at=now(), judged_at=now())))
        process.finish()
        await writing

    run_virtual(scene())
