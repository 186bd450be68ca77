"""The daemon's own distress, told from memory, in virtual time."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.delivery import GRACE_S
from alerts.distress import Distress, Line, Told
from alerts.incident import EventKind
from alerts.message import Notification
from tests.support.channels import ScriptedChannel
from tests.support.notifications import message
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock

NOW = virtual_clock()
DISK_FULL = message(EventKind.NOTICE, subject="NOTICE the disk is full", text="Free some space.")


def lines(*channels: ScriptedChannel) -> Sequence[Line]:
    return [
        Line(channel=channel, recipient="noc@example.org", address=channel.name, receiver="on-call")
        for channel in channels
    ]


def outcomes(told: Sequence[Told]) -> list[Outcome]:
    return [one.outcome for one in told]


def test_every_line_is_told_at_once_and_what_came_of_it_is_handed_back() -> None:
    async def main() -> None:
        mail, chat = ScriptedChannel("mail", NOW), ScriptedChannel("chat", NOW)
        told = await Distress(lines(mail, chat), NOW).tell("disk_full", DISK_FULL)
        assert outcomes(told) == [Delivered("ok"), Delivered("ok")]
        assert [one.at for one in told] == [EPOCH, EPOCH]
        assert told[0].notification.message is DISK_FULL
        assert told[0].notification.incident_id is None
        assert told[0].notification.id != told[1].notification.id

    run_virtual(main())


def test_a_trouble_that_lasts_is_told_once_an_hour() -> None:
    async def main() -> None:
        mail = ScriptedChannel("mail", NOW)
        distress = Distress(lines(mail), NOW)
        for _ in range(3 * 60):
            await distress.tell("disk_full", DISK_FULL)
            await asyncio.sleep(60)
        assert [at - EPOCH for at, _ in mail.told] == [timedelta(hours=hour) for hour in range(3)]

    run_virtual(main())


def test_another_trouble_is_told_besides() -> None:
    async def main() -> None:
        mail = ScriptedChannel("mail", NOW)
        distress = Distress(lines(mail), NOW)
        await distress.tell("disk_full", DISK_FULL)
        await distress.tell("blind", DISK_FULL)
        assert len(mail.told) == 2

    run_virtual(main())


def test_a_line_that_failed_is_tried_again_every_quarter_of_a_minute_and_the_others_left_alone() -> None:
    async def late(_row: Notification, now: datetime) -> Outcome:
        return Deferred("unreachable") if now < EPOCH + timedelta(minutes=10) else Delivered()

    async def main() -> None:
        mail, chat = ScriptedChannel("mail", NOW, late), ScriptedChannel("chat", NOW)
        distress = Distress(lines(mail, chat), NOW)
        for _ in range(20 * 60):
            await distress.tell("disk_full", DISK_FULL)
            await asyncio.sleep(1)
        assert len(chat.told) == 1
        assert len(mail.told) == 1
        assert len(mail.tries) == 10 * 4 + 1

    run_virtual(main())


def test_a_call_while_the_first_is_under_way_sends_nothing_twice() -> None:
    async def slow(_row: Notification, _now: datetime) -> Outcome:
        await asyncio.sleep(5)
        return Delivered()

    async def main() -> None:
        mail = ScriptedChannel("mail", NOW, slow)
        distress = Distress(lines(mail), NOW)
        first, second = await asyncio.gather(
            distress.tell("disk_full", DISK_FULL), distress.tell("disk_full", DISK_FULL)
        )
        assert (len(first), len(second), len(mail.told)) == (1, 0, 1)

    run_virtual(main())


def test_hanging_and_raising_lines_cost_their_time_and_never_raise() -> None:
    async def hang(_row: Notification, _now: datetime) -> Outcome:
        await asyncio.Event().wait()
        return Delivered()

    async def stumble(_row: Notification, _now: datetime) -> Outcome:
        raise OSError("no")

    async def main() -> None:
        channels = [ScriptedChannel("a", NOW, hang, timeout_s=20), ScriptedChannel("b", NOW, stumble)]
        told = await Distress(lines(*channels), NOW).tell("blind", DISK_FULL)
        assert [one.outcome for one in told] == [
            Deferred("timeout", "no outcome within 20 s"),
            Deferred("bug", "OSError in the channel"),
        ]
        assert NOW() - EPOCH == timedelta(seconds=20 + GRACE_S)

    run_virtual(main())


def test_a_restart_within_the_hour_repeats_the_same_id() -> None:
    async def main() -> None:
        mail = ScriptedChannel("mail", NOW)
        await Distress(lines(mail), NOW).tell("blind", DISK_FULL)
        await asyncio.sleep(300)
        await Distress(lines(mail), NOW).tell("blind", DISK_FULL)
        await asyncio.sleep(3600)
        await Distress(lines(mail), NOW).tell("blind", DISK_FULL)
        first, second, third = mail.told_ids
        assert first == second != third

    run_virtual(main())


def test_a_line_that_rejects_is_left_alone_for_the_hour() -> None:
    async def refuse(_row: Notification, _now: datetime) -> Outcome:
        return Rejected("refused")

    async def main() -> None:
        chat = ScriptedChannel("chat", NOW, refuse)
        distress = Distress(lines(chat), NOW)
        for _ in range(59):
            await distress.tell("blind", DISK_FULL)
            await asyncio.sleep(60)
        assert len(chat.tries) == 1

    run_virtual(main())
