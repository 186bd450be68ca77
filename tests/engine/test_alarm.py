"""The daemon's own distress: whom it reaches, and what is kept of it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from alerts.channel import Deferred, Delivered, Outcome
from alerts.directory import Directory
from alerts.message import Notification
from alerts.route import Receiver, Route
from tests.support.channels import ScriptedChannel
from tests.support.telling import FINANCE, ON_CALL, directory, mail
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.alarm import Alarm

NOW = virtual_clock()


def ways_out(people: Directory) -> dict[str, ScriptedChannel]:
    names = [channel.name for receiver in people.receivers.values() for channel in receiver.channels]
    return {name: ScriptedChannel(name, NOW) for name in names}


def alarmed(people: Directory) -> tuple[Alarm, dict[str, ScriptedChannel]]:
    channels, alarm = ways_out(people), Alarm(NOW)
    alarm.configure(people, tuple(channels.values()))
    return alarm, channels


def reached(channels: dict[str, ScriptedChannel]) -> set[str]:
    return {name for name, channel in channels.items() if channel.told}


def test_distress_reaches_whoever_hears_of_critical_things() -> None:
    async def main() -> None:
        alarm, channels = alarmed(directory())
        alarm("disk full", "no room")
        await alarm.finish()
        assert reached(channels) == {"on-call-1-apprise", "on-call-2-mail"}

    run_virtual(main())


def test_distress_that_no_route_takes_reaches_everybody_like_any_notice() -> None:
    async def main() -> None:
        alarm, channels = alarmed(directory(routes=(Route(match={"kind": "invoice_due"}, to=("finance",)),)))
        alarm("disk full", "no room")
        await alarm.finish()
        assert reached(channels) == channels.keys()

    run_virtual(main())


def test_an_address_that_two_receivers_share_hears_of_it_once() -> None:
    async def main() -> None:
        twin = Receiver(id="twin", channels=(mail("twin-1-mail", "NOC@example.org"),))
        alarm, channels = alarmed(directory(ON_CALL, twin, routes=(Route(to=("on-call", "twin")),)))
        alarm("disk full", "no room")
        await alarm.finish()
        assert reached(channels) == {"on-call-1-apprise", "on-call-2-mail"}

    run_virtual(main())


def test_every_try_is_kept_until_it_is_written_down() -> None:
    async def refuse(_row: Notification, _now: datetime) -> Outcome:
        return Deferred("busy")

    async def main() -> None:
        alarm, channels = alarmed(directory(replace(ON_CALL, channels=ON_CALL.channels[1:]), FINANCE))
        channels["on-call-2-mail"].answer = refuse
        alarm("disk full", "no room")
        await alarm.finish()
        first = alarm.unrecorded
        assert [(one.at, one.outcome, one.notification.address) for one in first] == [
            (EPOCH, Deferred("busy"), "mail:noc@example.org")
        ]
        channels["on-call-2-mail"].answer = _take
        await asyncio.sleep(61)
        alarm("disk full", "no room")
        await alarm.finish()
        alarm.recorded(first)
        assert [one.outcome for one in alarm.unrecorded] == [Delivered()]
        assert alarm.unrecorded[0].notification.id == first[0].notification.id

    run_virtual(main())


async def _take(_row: Notification, _now: datetime) -> Outcome:
    return Delivered()


def test_who_could_not_be_reached_is_told_later_though_the_trouble_is_not_seen_again() -> None:
    async def busy_at_first(_row: Notification, now: datetime) -> Outcome:
        return Deferred("busy") if now < EPOCH + timedelta(minutes=1) else Delivered("taken")

    async def main() -> None:
        alarm, channels = alarmed(directory(replace(ON_CALL, channels=ON_CALL.channels[1:]), FINANCE))
        for channel in channels.values():
            channel.answer = busy_at_first
        alarm("out of resources", "no descriptors")
        await asyncio.sleep(600)
        outcomes = [type(told.outcome).__name__ for told in alarm.unrecorded]
        assert outcomes[-1] == "Delivered"
        assert outcomes.count("Delivered") == 1
        await alarm.finish()

    run_virtual(main())


def test_a_telling_that_breaks_is_tried_again() -> None:
    moments = iter([RuntimeError("no descriptor")])

    def clock() -> datetime:
        if broken and (error := next(moments, None)) is not None:
            raise error
        return NOW()

    async def main() -> None:
        people = directory()
        channels, alarm = ways_out(people), Alarm(clock)
        alarm.configure(people, tuple(channels.values()))
        broken.append(True)
        alarm("out of resources", "no descriptors")
        await asyncio.sleep(120)
        assert reached(channels) == {"on-call-1-apprise", "on-call-2-mail"}
        await alarm.finish()

    broken: list[bool] = []
    run_virtual(main())


def test_a_reload_repeats_no_distress_to_an_address_that_heard_of_it() -> None:
    async def main() -> None:
        alarm, before = alarmed(directory())
        alarm("disk full", "no room")
        await asyncio.sleep(1)
        fresh = mail("on-call-3-mail", "night@example.org")
        people = directory(replace(ON_CALL, channels=(*ON_CALL.channels, fresh)), FINANCE)
        after = ways_out(people)
        alarm.configure(people, tuple(after.values()))
        alarm("disk full", "no room")
        await alarm.finish()
        assert reached(before) == {"on-call-1-apprise", "on-call-2-mail"}
        assert reached(after) == {"on-call-3-mail"}

    run_virtual(main())


def test_a_trouble_that_is_met_every_few_seconds_is_logged_once_an_hour() -> None:
    async def main() -> None:
        alarm, _ = alarmed(directory())
        with capture_logs() as lines:
            for _ in range(3 * 720):
                alarm("disk full", "no room")
                await asyncio.sleep(5)
            alarm("disk full", "no room on another disk")
        await alarm.finish()
        assert [one["text"] for one in lines if one["event"] == "trouble"] == ["no room"] * 3 + [
            "no room on another disk"
        ]

    run_virtual(main())
