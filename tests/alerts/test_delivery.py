"""Delivery in virtual time, over the real store in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import pytest

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.delivery import GRACE_S, DeliveryLoop
from alerts.incident import EventKind
from alerts.message import Notification, NotificationState
from alerts.outbox import OutcomeRefusedError
from tests.support import stored
from tests.support.chance import seeded
from tests.support.channels import ScriptedChannel, always_delivered
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.store.changes import Changes
from watchdog.store.executor import DurableOutbox, Inline
from watchdog.store.store import Store, open_store

MAIL, CHAT = "on-call-1-mail", "on-call-2-apprise"
HOUR = 3600.0
NOW = virtual_clock(stored.at(10))

Answer = Callable[[Notification, datetime], Awaitable[Outcome]]


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    opened.commit(Changes(incidents=(stored.incident("i1"), stored.incident("i2", subject="mx2"))))
    yield opened
    opened.close()


class StoreTroubleError(Exception):
    pass


class TroubledOutbox(DurableOutbox):
    """The store's outbox, but calls named in `broken` fail as long as they are."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, Inline())
        self.broken: set[str] = set()
        self.calls: list[str] = []

    def _meet(self, call: str) -> None:
        self.calls.append(call)
        if call in self.broken:
            raise StoreTroubleError(call)

    async def claim_next(self, channel: str, now: datetime) -> Notification | None:
        self._meet("claim_next")
        return await super().claim_next(channel, now)

    async def mark_sent(self, notification_id: str, at: datetime, detail: str) -> None:
        self._meet("mark_sent")
        await super().mark_sent(notification_id, at, detail)


@dataclass(slots=True)
class Post:
    """A post office: loops over one store, and what they reported."""

    store: Store
    outbox: TroubledOutbox
    wakes: dict[str, asyncio.Event] = field(default_factory=dict)
    loops: dict[str, DeliveryLoop] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    outcomes: list[tuple[str, str, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def open(self, channel: ScriptedChannel) -> None:
        wake = self.wakes[channel.name] = asyncio.Event()
        loop = self.loops[channel.name] = DeliveryLoop(
            self.outbox,
            channel,
            NOW,
            rng=seeded(7),
            wake=wake,
            on_outcome=lambda *seen: self.outcomes.append(seen),
            on_store_error=lambda _channel, error: self.troubles.append(error),
        )
        self.tasks[channel.name] = asyncio.create_task(loop.forever())

    def post(self, *rows: Notification) -> None:
        self.store.commit(Changes(notifications=rows))
        for wake in self.wakes.values():
            wake.set()


@asynccontextmanager
async def post_office(store: Store, *channels: ScriptedChannel) -> AsyncIterator[Post]:
    post = Post(store, TroubledOutbox(store))
    for channel in channels:
        post.open(channel)
    try:
        yield post
    finally:
        for task in post.tasks.values():
            task.cancel()
        await asyncio.gather(*post.tasks.values(), return_exceptions=True)


def down_until(hour: float, how: Outcome) -> Answer:
    async def answer(_row: Notification, now: datetime) -> Outcome:
        return how if now < stored.at(10 + hour * HOUR) else Delivered("ok")

    return answer


def row(name: str, event: EventKind = EventKind.OPENED, *, incident_id: str | None = "i1") -> Notification:
    return stored.notification(name, event, channel=MAIL, incident_id=incident_id)


def notice(name: str, channel: str) -> Notification:
    """A row of no incident, born now: nothing overtakes it, nothing makes it needless."""
    born_s = (NOW() - stored.START).total_seconds()
    return stored.notification(name, EventKind.NOTICE, channel=channel, incident_id=None, created=born_s)


def test_a_new_row_goes_out_at_once_when_woken(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        async with post_office(store, mail) as post:
            await asyncio.sleep(5)
            post.post(row("n1"))
            await asyncio.sleep(0.01)
            assert mail.told_ids == ["n1"]
            assert post.outcomes == [(MAIL, "delivered", "none")]

    run_virtual(main())


def test_a_channel_down_for_six_hours_loses_nothing_and_delays_nobody_else(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(6, Deferred("temporary", "421 closing")))
        chat = ScriptedChannel(CHAT, NOW)
        async with post_office(store, mail, chat) as post:
            for number in range(12):
                post.post(notice(f"m{number:02}", MAIL), notice(f"c{number:02}", CHAT))
                await asyncio.sleep(HOUR / 2)
            assert (len(mail.told), len(chat.told)) == (0, 12)
            assert all(at == sent.created_at for at, sent in chat.told)
            await asyncio.sleep(HOUR / 4)
            assert sorted(mail.told_ids) == [f"m{number:02}" for number in range(12)]
            assert mail.told[-1][0] < stored.at(10 + 6 * HOUR + 10 * 60)

    run_virtual(main())


def test_resolved_never_comes_before_down(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(1, Deferred("timeout")))
        async with post_office(store, mail) as post:
            post.post(row("down"))
            await asyncio.sleep(60)
            store.commit(Changes(incidents=(stored.closed(stored.incident("i1"), 70),)))
            post.post(row("resolved", EventKind.RESOLVED))
            await asyncio.sleep(2 * HOUR)
            assert mail.told_ids == ["down", "resolved"]

    run_virtual(main())


def test_the_most_urgent_goes_first_when_a_channel_is_back(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        warning = stored.notification("warning", incident_id="i1", urgency=1)
        critical = stored.notification("critical", incident_id="i2", urgency=0)
        store.commit(Changes(notifications=(warning, critical)))
        async with post_office(store, mail):
            await asyncio.sleep(1)
            assert mail.told_ids == ["critical", "warning"]

    run_virtual(main())


def test_a_hanging_channel_costs_its_time_and_nobody_elses(store: Store) -> None:
    async def hang(_row: Notification, _now: datetime) -> Outcome:
        await asyncio.Event().wait()
        return Delivered()

    async def main() -> None:
        mail, chat = ScriptedChannel(MAIL, NOW, hang, timeout_s=30), ScriptedChannel(CHAT, NOW)
        async with post_office(store, mail, chat) as post:
            post.post(notice("m1", MAIL), notice("c1", CHAT))
            await asyncio.sleep(30 + GRACE_S + 0.01)
            assert chat.told[0][0] == stored.at(10)
            assert post.outcomes[-1] == (MAIL, "deferred", "timeout")

    run_virtual(main())


def test_a_buggy_channel_defers_and_its_error_text_stays_unsaid(store: Store) -> None:
    async def stumble(_row: Notification, _now: datetime) -> Outcome:
        raise KeyError("https://hooks.example.org/T0PS3CRET")

    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, stumble)
        async with post_office(store, mail) as post:
            post.post(row("m1"))
            await asyncio.sleep(1)
            assert post.outcomes == [(MAIL, "deferred", "bug")]
            mail.answer = always_delivered
            await asyncio.sleep(60)
            assert mail.told_ids == ["m1"]

    run_virtual(main())


@pytest.mark.parametrize(("asked_s", "waited_s"), [(120.0, 120.0), (100_000.0, 6 * HOUR)])
def test_a_retry_after_is_obeyed_up_to_six_hours(store: Store, asked_s: float, waited_s: float) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(0.01, Deferred("busy", "", asked_s)))
        async with post_office(store, mail) as post:
            post.post(row("m1"))
            await asyncio.sleep(waited_s + 1)
            assert [round((at - stored.at(10)).total_seconds()) for at, _ in mail.tries] == [0, waited_s]

    run_virtual(main())


def test_a_message_nobody_takes_is_given_up_after_three_days(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(1000, Deferred("unreachable")))
        async with post_office(store, mail) as post:
            post.post(row("m1"))
            await asyncio.sleep(71 * HOUR)
            assert store.next_due(MAIL) is not None
            await asyncio.sleep(2 * HOUR)
            assert store.next_due(MAIL) is None
            assert post.outcomes[-1] == (MAIL, "rejected", "gave_up")
            assert len(mail.tries) < 72 * 30 + 20  # about every four minutes, half of it by chance

    run_virtual(main())


def test_a_rejected_row_is_buried_and_the_next_one_goes_out(store: Store) -> None:
    async def refuse_first(sent: Notification, _now: datetime) -> Outcome:
        return Rejected("recipient_refused", "550") if sent.id == "m1" else Delivered()

    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, refuse_first)
        async with post_office(store, mail) as post:
            post.post(row("m1"), row("m2", EventKind.SEVERITY))
            await asyncio.sleep(1)
            assert mail.told_ids == ["m2"]
            assert (MAIL, "rejected", "recipient_refused") in post.outcomes

    run_virtual(main())


def test_a_store_that_cannot_be_read_for_a_minute_delays_by_five_seconds_more_at_most(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        async with post_office(store, mail) as post:
            post.outbox.broken.add("claim_next")
            post.post(row("m1"))
            await asyncio.sleep(60)
            assert len(post.troubles) < 20  # no busy loop
            post.outbox.broken.clear()
            await asyncio.sleep(5.1)
            assert mail.told_ids == ["m1"]

    run_virtual(main())


def test_a_sent_row_that_cannot_be_marked_is_not_sent_again(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        async with post_office(store, mail) as post:
            post.outbox.broken.add("mark_sent")
            post.post(row("m1"), row("m2", EventKind.SEVERITY))
            await asyncio.sleep(60)
            assert mail.told_ids == ["m1"]
            assert post.outbox.calls.count("mark_sent") < 20
            post.outbox.broken.clear()
            await asyncio.sleep(6)
            assert mail.told_ids == ["m1", "m2"]
            assert store.next_due(MAIL) is None

    run_virtual(main())


def test_stopping_lets_the_message_on_its_way_arrive_and_be_recorded(store: Store) -> None:
    async def slow(_row: Notification, _now: datetime) -> Outcome:
        await asyncio.sleep(3)
        return Delivered()

    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, slow)
        async with post_office(store, mail) as post:
            post.post(row("m1"), row("m2", EventKind.SEVERITY))
            await asyncio.sleep(1)
            post.loops[MAIL].stop()
            await asyncio.wait_for(post.tasks[MAIL], 5)
            assert mail.told_ids == ["m1"]
            assert store.quarantine_crashed(NOW()) == []
            claimed = store.claim_next(MAIL, NOW())
            assert claimed is not None
            assert (claimed.id, claimed.repeat) == ("m2", False)

    run_virtual(main())


def test_stopping_while_the_store_is_locked_waits_until_the_outcome_is_recorded(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        async with post_office(store, mail) as post:
            post.outbox.broken.add("mark_sent")
            post.post(row("m1"))
            await asyncio.sleep(1)
            post.loops[MAIL].stop()
            await asyncio.sleep(30)
            assert not post.tasks[MAIL].done()
            post.outbox.broken.clear()
            await asyncio.wait_for(post.tasks[MAIL], 6)
            assert post.outcomes == [(MAIL, "delivered", "none")]
            assert [line.state for line in store.listings.deliveries("i1")] == [NotificationState.SENT]

    run_virtual(main())


def test_words_of_a_channel_that_cannot_be_stored_do_not_keep_the_outcome_from_being_recorded(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(0, Deferred("unused")))
        mail.answer = _with_unstorable_words
        async with post_office(store, mail) as post:
            post.post(row("m1"))
            await asyncio.sleep(1)
            assert post.outcomes == [(MAIL, "delivered", "none")]
        assert [(one.state, one.detail) for one in store.listings.deliveries("i1")] == [(NotificationState.SENT, "")]

    run_virtual(main())


def test_an_outcome_that_is_refused_for_ever_holds_back_its_own_thread_alone(store: Store) -> None:
    class Refusing(TroubledOutbox):
        async def mark_sent(self, notification_id: str, at: datetime, detail: str) -> None:
            if notification_id == "m1":
                raise OutcomeRefusedError("it contradicts what is stored")
            await super().mark_sent(notification_id, at, detail)

    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW)
        post = Post(store, Refusing(store))
        post.open(mail)
        post.post(row("m1"), row("m2", EventKind.RESOLVED), row("m3", incident_id="i2"))
        await asyncio.sleep(60)
        assert mail.told_ids == ["m1", "m3"]
        assert [str(error) for error in post.troubles] == ["it contradicts what is stored"]
        post.loops[MAIL].stop()
        await asyncio.wait_for(post.tasks[MAIL], 5)

    run_virtual(main())


async def _with_unstorable_words(_row: Notification, _now: datetime) -> Outcome:
    return Delivered(cast("str", object()))


def test_a_loop_cut_off_while_sending_leaves_a_row_that_comes_back_as_a_repeat(store: Store) -> None:
    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(0, Deferred("unused")))
        mail.answer = _never
        async with post_office(store, mail) as post:
            post.post(row("m1"))
            await asyncio.sleep(1)
        store.quarantine_crashed(NOW())
        mail.answer = always_delivered
        async with post_office(store, mail):
            await asyncio.sleep(1)
        [(_, told)] = mail.told
        assert (told.id, told.repeat) == ("m1", True)

    run_virtual(main())


async def _never(_row: Notification, _now: datetime) -> Outcome:
    await asyncio.Event().wait()
    return Delivered()


def test_an_idle_loop_hardly_ever_looks(store: Store) -> None:
    async def main() -> None:
        async with post_office(store, ScriptedChannel(MAIL, NOW)) as post:
            await asyncio.sleep(24 * HOUR)
            assert post.outbox.calls.count("claim_next") <= 24 * 6 + 2

    run_virtual(main())


def test_rejected_is_the_state_a_buried_row_ends_in(store: Store) -> None:
    buried: list[NotificationState] = []

    class Watching(DurableOutbox):
        async def bury(
            self, notification_id: str, at: datetime, state: NotificationState, reason: str, detail: str
        ) -> None:
            buried.append(state)
            await super().bury(notification_id, at, state, reason, detail)

    async def main() -> None:
        mail = ScriptedChannel(MAIL, NOW, down_until(1, Rejected("refused")))
        store.commit(Changes(notifications=(row("m1"),)))
        loop = DeliveryLoop(Watching(store, Inline()), mail, NOW, rng=seeded(1), wake=asyncio.Event())
        assert await loop.deliver_next()
        assert not await loop.deliver_next()

    run_virtual(main())
    assert buried == [NotificationState.REJECTED]
