"""A drill is told as the real thing would be, answered as people would, and touches nothing that is real."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from alerts.drills.drill import DrillKind
from alerts.incident import Acknowledgement
from alerts.message import Notification
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.restored import Restoration
from alerts.return_digest import Waiting, digest
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.desks import down
from tests.support.drills import MINUTE, Life, drilled, life, well
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.api.refusal import Refusal
from watchdog.drills.report import DrillReport


async def reported(here: Life) -> DrillReport:
    return await here.desk.report("")


def _ends(row: Notification) -> bool:
    return row.message.subject.startswith("DRILL OVER")


async def acknowledged(here: Life, drill: str, by: str) -> None:
    said = Acknowledgement(by=by, at=here.drills.clock())
    assert await here.daemon.acknowledge(drill, said) is not None


def test_nobody_answers_so_every_step_comes_and_the_report_says_who_was_silent() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            await here.start(minutes=30)
            await asyncio.sleep(31 * 60)
            ends = [(who, "DRILL OVER") for who in ("chief", "lead", "noc")]
            up = [("noc", "DRILL DOWN"), ("lead", "DRILL STILL"), ("chief", "DRILL STILL")]
            assert here.told == [*up, *ends, ("root", "DRILL report:")]
            report = await reported(here)
            assert [one.receiver for one in report.silent] == ["noc", "lead", "chief"]
            assert [round((one.at - report.incident.opened_at) / MINUTE) for one in report.steps] == [10, 20]
            assert report.first_answer is None

    run_virtual(play())


def test_an_answer_stops_the_steps_and_counts_for_the_receiver_who_gave_it() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            drill = await here.start()
            await asyncio.sleep(240)
            await acknowledged(here, drill.id, "noc")
            await asyncio.sleep(1800)
            assert [who for who, _ in here.told] == ["noc", "noc", "root"]
            (noc,) = (await reported(here)).heard
            assert (noc.receiver, noc.took is not None and round(noc.took.total_seconds())) == ("noc", 240)

    run_virtual(play())


def test_a_real_outage_of_the_same_service_is_told_as_real_and_neither_explains_the_other() -> None:
    fails_from = EPOCH + 10 * MINUTE

    async def failing(ctx: CheckContext) -> Sequence[Finding]:
        return (finding(Status.CRITICAL if ctx.now >= fails_from else Status.OK),)

    async def play() -> None:
        async with life(drilled(("mx", failing))) as here:
            await here.start(minutes=60)
            await acknowledged(here, here.drills.running().id, "noc")  # type: ignore[union-attr]  # it runs
            await asyncio.sleep(20 * 60)
            (real,) = here.month.store.listings.open_incidents()
            assert (real.drill, real.root, real.acknowledged, real.debts) == (None, None, None, ())
            assert ("noc", "DOWN Official") in here.told
            assert [one.id for one in here.daemon.subjects.incidents()] == [real.id]
            await here.drills.stop("root")
            await asyncio.sleep(60)
            (end,) = {one.notification.message.text for one in here.month.sent if _ends(one.notification)}
            assert f"is real and still open: Official e-mail does not work as it should (incident {real.id})" in end

    run_virtual(play())


def test_a_real_message_that_waits_goes_before_a_drill_that_was_planned_first() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            here.month.sinks["noc-1-mail"].takes_s = 8.0
            await here.start()  # under way for eight seconds
            here.daemon.announce("something real", "It is.", severity="critical")
            await here.drills.stop("root")
            await asyncio.sleep(60)
            assert [words for who, words in here.told if who == "noc"] == [
                "DRILL DOWN",
                "NOTICE something",
                "DRILL OVER",
            ]

    run_virtual(play())


def test_a_drill_while_another_runs_is_refused_and_says_whose_it_is() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            first = await here.start()
            with pytest.raises(Refusal, match=f"drill {first.id} runs already, started by root"):
                await here.start(DrillKind.BILL)
            await here.drills.stop("root")
            assert (await here.start()).id != first.id

    run_virtual(play())


def test_an_unpaid_bill_goes_the_way_of_bills_and_waits_for_the_office() -> None:
    """The finance section holds for office hours; at nine in Karachi it is open, on a Wednesday."""

    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            drill = await here.start(DrillKind.BILL)
            await asyncio.sleep(60)
            assert here.told == [("finance", "DRILL OVERDUE")]
            assert here.month.store.ledger.head().events == 0
            assert drill.deadline is not None
            assert not here.month.store.listings.dated()

    run_virtual(play())


def test_what_waits_for_the_office_when_the_drill_ends_is_never_told() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            await asyncio.sleep(12 * 3600)  # in the evening
            await here.start(DrillKind.BILL)
            await asyncio.sleep(24 * 3600)
            assert here.told == [("root", "DRILL report:")]
            (finance,) = (await reported(here)).heard
            assert (finance.told_at, finance.ways[0].why) == (None, "dropped: the drill was over")

    run_virtual(play())


def test_named_receivers_are_told_alone_and_nobody_after_them() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            await here.start(receivers=("lead",), report_to=("chief",))
            await asyncio.sleep(31 * 60)
            assert here.told == [("lead", "DRILL DOWN"), ("lead", "DRILL OVER"), ("chief", "DRILL report:")]

    run_virtual(play())


def test_a_restart_goes_on_with_a_drill_and_its_report_is_told_once() -> None:
    async def play() -> None:
        settings = drilled(("mx", well))
        async with life(settings) as first:
            drill = await first.start(minutes=30)
            await asyncio.sleep(5 * 60)
        store = first.month.store
        async with life(settings, store) as second:
            running = second.drills.running()
            assert running is not None
            assert (running.id, running.drill) == (drill.id, drill.drill)
            await asyncio.sleep(40 * 60)
            assert [words for who, words in second.told if who in {"noc", "root"}] == [
                "DRILL OVER",
                "DRILL report:",
            ]
        async with life(settings, store) as third:
            await asyncio.sleep(600)
            assert (third.told, third.drills.running()) == ([], None)

    run_virtual(play())


def test_a_drill_whose_time_ran_out_while_nothing_ran_ends_at_the_start() -> None:
    async def play() -> None:
        settings = drilled(("mx", well))
        async with life(settings) as first:
            await first.start(minutes=10)
            await asyncio.sleep(60)
        await asyncio.sleep(3600)
        async with life(settings, first.month.store) as second:
            await asyncio.sleep(60)
            assert second.told == [("noc", "DRILL OVER"), ("root", "DRILL report:")]

    run_virtual(play())


def test_a_drill_in_a_copy_of_the_state_that_is_put_back_ends_without_a_word() -> None:
    async def play() -> None:
        settings = drilled(("mx", well))
        async with life(settings) as first:
            await first.start(minutes=60)
            await asyncio.sleep(60)
        now = first.drills.clock()
        copy = Restoration(id="r1", at=now, copied_at=now, source="copy")
        async with life(settings, first.month.store, copy) as second:
            await asyncio.sleep(60)
            assert (second.told, second.drills.running(), second.daemon.subjects.drills) == ([], None, ())
            assert (await reported(second)).incident.close_reason == "the drill is over"

    run_virtual(play())


def test_no_drill_is_begun_while_a_copy_that_is_put_back_settles() -> None:
    async def play() -> None:
        settings = drilled(("mx", well))
        async with life(settings) as first:
            await asyncio.sleep(60)
        now = first.drills.clock()
        copy = Restoration(id="r1", at=now, copied_at=now, source="copy")
        async with life(settings, first.month.store, copy) as second:
            with pytest.raises(Refusal, match="put back from a copy"):
                await second.start()
            assert second.drills.running() is None

    run_virtual(play())


def test_a_drill_counts_nowhere_among_what_is_watched() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            await here.start()
            await asyncio.sleep(300)
            listings = here.month.store.listings
            assert listings.open_incidents() == []
            assert listings.recent_incidents(10) == []
            assert [one.check_id for one in listings.subjects()] == ["mx"]
            assert here.daemon.subjects.check_ids() == ("mx",)
            assert list(here.daemon.subjects.incidents()) == []

    run_virtual(play())


def test_a_silence_of_the_service_keeps_a_drill_back_as_it_would_the_real_thing() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            now = here.drills.clock()
            silence = Mute(
                id="m1",
                kind=MuteKind.SILENCE,
                matchers=matchers_of(["service=mail"]),
                author="asma",
                reason="works",
                starts_at=now,
                ends_at=now + 60 * MINUTE,
            )
            here.month.store.keep_mute(silence)
            here.daemon.mutes.remember([silence])
            await here.start(minutes=30)
            await asyncio.sleep(31 * 60)
            assert here.told == [("root", "DRILL report:")]
            (noc,) = (await reported(here)).heard
            assert noc.ways[0].why == "dropped: silenced"

    run_virtual(play())


def test_an_alertmanager_is_told_again_of_a_drill_as_a_drill_until_it_is_over() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            await here.start()
            await asyncio.sleep(60)
            (address,) = {sent.notification.address for sent in here.month.sent}
            (standing,) = here.month.store.told_open(address)
            assert standing.fields["drill"] == "outage"
            await here.drills.stop("root")
            assert here.month.store.told_open(address) == []

    run_virtual(play())


def test_a_drill_is_never_gathered_into_one_message_with_what_is_real() -> None:
    async def play() -> None:
        async with life(drilled(("mx", well))) as here:
            here.month.sinks["noc-1-mail"].takes_s = 60.0
            await here.start()
            for number in range(8):
                here.daemon.announce(f"real {number}", "It is.", severity="critical")
            await here.drills.stop("root")
            await here.daemon.settled()
            gathered: list[Sequence[Waiting]] = []

            def compose(waiting: Sequence[Waiting], now: datetime) -> Notification:
                gathered.append(waiting)
                return digest(waiting, now, here.daemon.directory)

            here.month.store.gather("noc-1-mail", here.drills.clock(), compose)
            (waiting,) = gathered
            assert len(waiting) == 8
            assert not [one for one in waiting if one.row.message.fields.get("drill")]

    run_virtual(play())


def test_drills_outlive_settings_without_the_receiver_and_the_service_they_name() -> None:
    async def play() -> None:
        settings = drilled(("mx", well))
        async with life(settings) as here:
            await here.start(receivers=("lead",), report_to=("chief",))
            rest = {name: one for name, one in settings.receivers.items() if name in {"noc", "finance"}}
            here.daemon.configure(
                replace(settings, receivers=rest, escalations={}, estate=replace(settings.estate, services={}))
            )
            await asyncio.sleep(31 * 60)
            assert here.drills.running() is None
            assert (await reported(here)).incident.close_reason == "the drill is over"

    run_virtual(play())


def test_what_the_settings_do_not_know_is_refused_with_what_there_is() -> None:
    async def play() -> None:
        async with life(drilled(("mx", down))) as here:
            with pytest.raises(Refusal) as no_receiver:
                await here.start(receivers=("nobody",))
            assert no_receiver.value.problems == (
                "receivers: no receiver is called 'nobody'; there are chief, finance, lead, noc, root",
            )
            with pytest.raises(Refusal, match="no drill runs"):
                await here.desk.stop("root")

    run_virtual(play())
