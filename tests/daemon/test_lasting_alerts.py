"""What stands is said again and again to ways out that forget."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.channel import Deferred, Delivered, Outcome
from alerts.channels.alertmanager_channel import LASTS, PER_REQUEST, RESEND_EVERY_S, AlertmanagerChannel, alerts_of
from alerts.incident import EventKind
from alerts.message import Message
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from tests.support import stored
from tests.support.http_sink import HttpSink, running_http
from tests.support.notifications import MESSAGE
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.clock import system_clock
from watchdog.engine.mutes import Mutes
from watchdog.engine.ways import Ways
from watchdog.lasting_alerts import LastingAlerts
from watchdog.store.changes import Changes
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

ADDRESS = "alertmanager:abc"


@dataclass(slots=True)
class Hearing:
    name: str = "on-call-1-alertmanager"
    outcome: Outcome = field(default_factory=Delivered)
    heard: list[tuple[str, ...]] = field(default_factory=list)
    """Of each round, the incidents that stand."""

    async def keep(self, standing: Iterable[Message], started_at: datetime) -> Outcome:
        assert started_at == stored.START
        self.heard.append(tuple(message.incident for message in standing))
        return self.outcome


def _told(store: Store, incident_id: str, event: EventKind = EventKind.OPENED, address: str = ADDRESS) -> None:
    row = stored.notification(f"{incident_id}-{event.value}", event, incident_id=incident_id, address=address)
    store.commit(Changes(incidents=(stored.incident(incident_id, subject=incident_id),), notifications=(row,)))
    assert store.claim_next(row.channel, stored.at(60)) is not None
    store.mark_sent(row.id, stored.at(60), "")


def _keeping(store: Store, way: Hearing, mutes: Mutes | None = None) -> LastingAlerts:
    ways = Ways(lasting=lambda: {ADDRESS: way})
    return LastingAlerts(
        ways=ways,
        store=store,
        caller=Inline(),
        clock=virtual_clock(stored.START),
        mutes=mutes or Mutes(),
        started_at=stored.START,
    )


def test_what_was_told_and_is_open_is_said_every_minute_until_it_is_over() -> None:
    async def main() -> None:
        store, way = open_store(None), Hearing()
        _told(store, "i1")
        _told(store, "i2", address="mail:noc@example.org")
        task = asyncio.create_task(_keeping(store, way).forever())
        await asyncio.sleep(RESEND_EVERY_S + 1)
        store.commit(Changes(incidents=(stored.closed(stored.incident("i1", subject="i1"), 61),)))
        await asyncio.sleep(RESEND_EVERY_S)
        task.cancel()
        assert way.heard == [("i1",), ("i1",), ()]
        store.close()

    run_virtual(main())


def test_what_a_silence_covers_is_not_said_again_as_long_as_it_lasts() -> None:
    async def main() -> None:
        store, way, mutes = open_store(None), Hearing(), Mutes()
        _told(store, "i1")
        _told(store, "i2")
        silence = Mute(
            id="s1",
            kind=MuteKind.SILENCE,
            matchers=matchers_of([f"check={stored.incident('i1').check_id}"]),
            starts_at=stored.at(30),
            ends_at=stored.at(RESEND_EVERY_S + 30),
            author="ali",
            reason="moving house",
        )
        mutes.remember([silence])
        task = asyncio.create_task(_keeping(store, way, mutes).forever())
        await asyncio.sleep(2 * RESEND_EVERY_S + 1)
        task.cancel()
        assert way.heard == [("i1", "i2"), (), ("i1", "i2")]
        store.close()

    run_virtual(main())


def test_a_way_that_takes_nothing_is_told_again_the_next_minute() -> None:
    async def main() -> None:
        store, way = open_store(None), Hearing(outcome=Deferred("unreachable"))
        _told(store, "i1")
        task = asyncio.create_task(_keeping(store, way).forever())
        await asyncio.sleep(2 * RESEND_EVERY_S + 1)
        task.cancel()
        assert way.heard == [("i1",)] * 3
        store.close()

    run_virtual(main())


def test_an_alert_ends_by_itself_when_some_words_are_missing() -> None:
    [alert] = alerts_of(replace(MESSAGE, fields={"severity": "critical"}), EPOCH)
    ends_at = datetime.fromisoformat(alert["endsAt"])
    assert ends_at == EPOCH + LASTS
    assert timedelta(seconds=3 * RESEND_EVERY_S) < ends_at - EPOCH < timedelta(minutes=10)


def test_a_thousand_alerts_go_in_several_requests() -> None:
    async def main() -> None:
        async with running_http(HttpSink(status=200)) as sink:
            channel = AlertmanagerChannel("am", sink.url("/prefix/"), fetch, lambda: EPOCH)
            assert await channel.keep([MESSAGE] * 1000, EPOCH) == Delivered("HTTP 200")
            assert [len(posted.json) for posted in sink.posted] == [PER_REQUEST] * 5 + [1]
            assert {posted.path for posted in sink.posted} == {"/prefix/api/v2/alerts"}

    asyncio.run(main())


async def fetch(request: HttpRequest) -> HttpResponse:
    transport = Transport(Resolver(servers=(), hosts_file=None), system_clock)
    try:
        async with transport.session() as session:
            return await session.fetch(request)
    finally:
        transport.close()
