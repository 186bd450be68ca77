"""Our alerts in a real Alertmanager: they fire, change, stay over its restart, and end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.channel import Delivered
from alerts.channels.alertmanager_channel import ALIVE, AlertmanagerChannel
from alerts.incident import EventKind
from alerts.message import Message
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from tests.support.alertmanager import Alertmanager, running_alertmanager
from tests.support.http_sink import HttpSink, running_http
from tests.support.notifications import notification
from tests.support.peer import wait_until
from watchdog.clock import system_clock

pytestmark = pytest.mark.peer

OPENED_AT = datetime.now(UTC) - timedelta(minutes=5)
DOWN = Message(
    subject="DOWN Official e-mail: mx1 is down",
    text="Call Acme NOC.",
    event=EventKind.OPENED,
    check="mx",
    incident="inc1",
    fields={
        "service": "official-email",
        "check": "mx",
        "kind": "smtp",
        "subject": "mx1",
        "nature": "fault",
        "severity": "critical",
        "opened_at": OPENED_AT.isoformat(),
        "url": "https://nigehban.example.org/incidents/inc1",
    },
)


async def fetch(request: HttpRequest) -> HttpResponse:
    transport = Transport(Resolver(servers=(), hosts_file=None), system_clock)
    try:
        async with transport.session() as session:
            return await session.fetch(request)
    finally:
        transport.close()


async def eventually(done: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, done, 20, "it did not come about")


def statuses(sink: HttpSink, alertname: str) -> list[str]:
    """What the Alertmanager told its receiver of such alerts."""
    bodies = [posted.json for posted in sink.posted]
    return [body["status"] for body in bodies if body["commonLabels"].get("alertname") == alertname]


async def send(server: Alertmanager, message: Message) -> None:
    channel = AlertmanagerChannel("on-call-1-alertmanager", server.url, fetch, system_clock)
    assert await channel.send(notification(content=message)) == Delivered("HTTP 200")


def severities(server: Alertmanager) -> set[str]:
    return {one["labels"]["severity"] for one in server.active() if one["labels"]["alertname"] == "NigehbanFault"}


def test_an_incident_fires_changes_its_severity_survives_a_restart_and_ends(tmp_path: Path) -> None:
    async def main() -> None:
        async with running_http() as sink:
            with running_alertmanager(tmp_path, sink.url("/")) as server:
                await send(server, DOWN)
                await eventually(lambda: server.names() == {"NigehbanFault"})
                [alert] = server.active()
                assert alert["labels"]["incident"] == "inc1"
                assert alert["generatorURL"] == DOWN.fields["url"]
                assert alert["annotations"]["summary"] == DOWN.subject
                assert datetime.fromisoformat(alert["endsAt"]) > datetime.now(UTC) + timedelta(minutes=2)
                assert abs(datetime.fromisoformat(alert["startsAt"]) - OPENED_AT) < timedelta(seconds=1)
                warning = replace(DOWN, event=EventKind.SEVERITY, fields={**DOWN.fields, "severity": "warning"})
                await send(server, warning)
                await eventually(lambda: severities(server) == {"warning"})
                port = server.port
            with running_alertmanager(tmp_path, sink.url("/"), port) as server:
                assert server.active() == []  # it keeps no alerts: we say them again
                channel = AlertmanagerChannel("on-call-1-alertmanager", server.url, fetch, system_clock)
                await channel.keep([warning], OPENED_AT)
                await eventually(lambda: server.names() == {ALIVE, "NigehbanFault"})
                await send(server, replace(warning, event=EventKind.RESOLVED))
                await eventually(lambda: server.names() == {ALIVE})
                await eventually(lambda: statuses(sink, "NigehbanFault")[-1:] == ["resolved"])
                assert statuses(sink, "NigehbanFault")[0] == "firing"

    asyncio.run(main())


def test_a_notice_and_a_test_fire_without_an_incident(tmp_path: Path) -> None:
    async def main() -> None:
        async with running_http() as sink:
            with running_alertmanager(tmp_path, sink.url("/")) as server:
                for kind in (EventKind.NOTICE, EventKind.TEST):
                    await send(
                        server, Message(subject="words", text="more", event=kind, fields={"severity": "warning"})
                    )
                await eventually(lambda: server.names() == {"NigehbanNotice", "NigehbanTest"})

    asyncio.run(main())
