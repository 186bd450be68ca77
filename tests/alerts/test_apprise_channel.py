"""Apprise itself, over its json:// service, against a server on loopback."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apprise
import pytest

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.apprise_channel import (
    ALLOWED_SCHEMAS,
    RATE_LIMIT_PAUSE_S,
    AppriseChannel,
    BadUrlError,
    require_allowed,
)
from alerts.incident import EventKind
from checks.secret import Secret, SecretUnavailableError
from tests.support.http_sink import HttpSink, running_http
from tests.support.notifications import MESSAGE, message, notification

TOKEN = "T0PS3CR3T-0123456789"
ROOT = Path(__file__).parents[2]


def url_of(sink: HttpSink, query: str = "") -> str:
    return f"json://user:{TOKEN}@127.0.0.1:{sink.port}/{TOKEN}{query}"


async def answered(sink: HttpSink, timeout_s: float = 5.0) -> Outcome:
    async with running_http(sink):
        return await AppriseChannel("chat", url_of(sink), timeout_s).send(notification())


def test_a_message_arrives_with_subject_and_text() -> None:
    async def main() -> None:
        async with running_http() as sink:
            outcome = await AppriseChannel("chat", url_of(sink)).send(notification())
            assert outcome == Delivered()
            [posted] = sink.posted
            assert posted.json["title"] == MESSAGE.subject
            assert posted.json["message"] == MESSAGE.text
            assert posted.json["type"] == "failure"

    asyncio.run(main())


def test_one_channel_sends_many_messages_one_after_the_other() -> None:
    async def main() -> None:
        async with running_http() as sink:
            chat = AppriseChannel("chat", url_of(sink))
            for number in range(20):
                assert await chat.send(notification(f"n{number}")) == Delivered()
            assert len(sink.posted) == 20

    asyncio.run(main())


@pytest.mark.parametrize(
    ("event", "urgency", "tone"),
    [
        (EventKind.RESOLVED, 0, "success"),
        (EventKind.OPENED, 1, "warning"),
        (EventKind.REMINDER, 0, "failure"),
        (EventKind.TEST, 2, "info"),
    ],
)
def test_the_tone_follows_the_event(event: EventKind, urgency: int, tone: str) -> None:
    async def main() -> None:
        async with running_http() as sink:
            await AppriseChannel("chat", url_of(sink)).send(notification(content=message(event), urgency=urgency))
            assert sink.posted[0].json["type"] == tone

    asyncio.run(main())


def test_a_repeat_says_so() -> None:
    async def main() -> None:
        async with running_http() as sink:
            await AppriseChannel("chat", url_of(sink)).send(notification(repeat=True))
            assert sink.posted[0].json["message"].startswith("(repeat after a restart)")

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (302, Deferred, "failed"),
        (400, Rejected, "refused"),
        (401, Rejected, "refused"),
        (404, Rejected, "refused"),
        (429, Deferred, "rate_limited"),
        (500, Deferred, "server_error"),
        (503, Deferred, "server_error"),
    ],
)
def test_the_reason_is_read_from_the_log_and_holds_no_part_of_the_url(
    status: int, kind: type[Deferred | Rejected], reason: str
) -> None:
    outcome = asyncio.run(answered(HttpSink(status=status)))
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Deferred | Rejected)
    assert outcome.reason == reason
    assert TOKEN not in outcome.detail
    assert "127.0.0.1" not in outcome.detail


def test_a_service_that_limits_us_is_left_alone_for_a_while() -> None:
    outcome = asyncio.run(answered(HttpSink(status=429)))
    assert isinstance(outcome, Deferred)
    assert outcome.retry_after_s == RATE_LIMIT_PAUSE_S


def test_nobody_listening_is_a_reason_to_try_again() -> None:
    async def main() -> Outcome:
        async with running_http() as sink:
            url = url_of(sink)
        return await AppriseChannel("chat", url).send(notification())

    outcome = asyncio.run(main())
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "failed"


@pytest.mark.parametrize("query", ["", "?redirect=yes", "?redirect=yes&retry=5&wait=1"])
def test_no_redirect_is_followed_and_nothing_retried_whatever_the_url_says(query: str) -> None:
    async def main() -> None:
        async with running_http() as other, running_http() as sink:
            sink.status, sink.headers = 307, [f"Location: {other.url()}"]
            await AppriseChannel("chat", url_of(sink, query)).send(notification())
            assert (len(sink.posted), len(other.posted)) == (1, 0)

    asyncio.run(main())


def test_a_stuck_send_costs_its_deadline_then_opens_the_breaker_until_it_ends() -> None:
    async def main() -> None:
        let_go = asyncio.Event()
        async with running_http(HttpSink(until=let_go)) as sink, asyncio.timeout(60):
            chat = AppriseChannel("chat", url_of(sink), timeout_s=0.3)
            first = await chat.send(notification("n1"))
            assert first == Deferred("timeout", "no answer within 0.3 s")
            second = await chat.send(notification("n2"))
            assert second == Deferred("stuck", "an earlier send has not come back yet")
            let_go.set()

            while not isinstance(await chat.send(notification("n2")), Delivered):  # noqa: ASYNC110  # a thread ends it
                await asyncio.sleep(0.05)
            # What the stuck send brought after all is known, so it is not told twice.
            assert await chat.send(notification("n1")) == Delivered("an earlier try went through after its deadline")
            assert len(sink.posted) == 2

    asyncio.run(main())


def test_a_dripping_server_costs_the_deadline() -> None:
    outcome = asyncio.run(answered(HttpSink(drip=True), timeout_s=0.4))
    assert outcome == Deferred("timeout", "no answer within 0.4 s")


def test_a_stuck_thread_does_not_hold_up_the_end_of_the_process() -> None:
    program = """
import asyncio
from alerts.channels.apprise_channel import AppriseChannel
from tests.support.http_sink import HttpSink, running_http
from tests.support.notifications import notification
async def main():
    server = await asyncio.start_server(lambda r, w: asyncio.Event().wait(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(await AppriseChannel("chat", f"json://127.0.0.1:{port}/?rto=3600", 0.3).send(notification()))
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "timeout" in done.stdout


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "syslog://", "rsyslog://h", "mailto://u:p@h", "mailtos://u:p@h", "windows://", "dbus://",
        "gnome://", "macosx://", "blink1://", "kodi://h", "irc://h", "python://x", "exec://x", "", "nothing",
    ],
)  # fmt: skip
def test_only_listed_services_are_used(url: str) -> None:
    with pytest.raises(BadUrlError):
        AppriseChannel("chat", url)
    outcome = asyncio.run(AppriseChannel("chat", Secret("chat_url", lambda: url)).send(notification()))
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "bad_url"


def test_a_refused_url_shows_no_token() -> None:
    with pytest.raises(BadUrlError) as caught:
        require_allowed(f"{TOKEN}/{TOKEN}://x")
    assert TOKEN not in str(caught.value)


def test_every_listed_service_exists_in_apprise() -> None:
    known = {schema for service in apprise.Apprise().details()["schemas"] for schema in schemas_of(service)}
    assert known >= ALLOWED_SCHEMAS


def schemas_of(service: Mapping[str, Any]) -> set[str]:
    return {*(service["protocols"] or ()), *(service["secure_protocols"] or ())}


def test_a_url_apprise_cannot_read_keeps_the_message() -> None:
    outcome = asyncio.run(AppriseChannel("chat", "tgram://nonsense").send(notification()))
    assert outcome == Deferred("bad_url", "Apprise cannot read this URL")


def test_a_url_may_be_a_secret_and_change() -> None:
    async def main() -> None:
        async with running_http() as one, running_http() as two:
            urls = iter([url_of(one), url_of(two)])
            chat = AppriseChannel("chat", Secret("chat_url", lambda: next(urls)))
            await chat.send(notification("n1"))
            await chat.send(notification("n2"))
            assert (len(one.posted), len(two.posted)) == (1, 1)

    asyncio.run(main())


def test_a_missing_secret_is_named_and_keeps_the_message() -> None:
    def missing() -> str:
        raise SecretUnavailableError("secret chat_url: No such file or directory")

    outcome = asyncio.run(AppriseChannel("chat", Secret("chat_url", missing)).send(notification()))
    assert outcome == Deferred("secret", "secret chat_url: No such file or directory")


def test_an_endless_text_is_cut() -> None:
    async def main() -> None:
        async with running_http() as sink:
            await AppriseChannel("chat", url_of(sink)).send(notification(content=message(text="x" * 1_000_000)))
            assert len(sink.posted) == 1
            assert len(sink.posted[0].json["message"]) <= 8000

    asyncio.run(main())


def test_no_log_of_ours_holds_the_url_even_when_everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asyncio.run(answered(HttpSink(status=401)))
        asyncio.run(answered(HttpSink(status=204)))
    assert TOKEN not in caplog.text
