"""The webhook over the real transport of the probes, against a server on loopback."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.webhook_channel import WebhookChannel, payload, retry_after_s
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret, SecretUnavailableError
from tests.support.certificates import Authority
from tests.support.http_sink import HttpSink, running_http
from tests.support.notifications import MESSAGE, notification
from tests.support.smtp_sink import server_tls
from tests.support.virtual_loop import EPOCH
from watchdog.clock import system_clock

TOKEN = "T0PS3CR3T-0123456789"


async def fetch(request: HttpRequest) -> HttpResponse:
    transport = Transport(Resolver(servers=(), hosts_file=None), system_clock)
    try:
        async with transport.session() as session:
            return await session.fetch(request)
    finally:
        transport.close()


def channel(url: str | Secret, timeout_s: float = 5.0) -> WebhookChannel:
    return WebhookChannel("on-call-1-webhook", url, fetch, lambda: EPOCH, timeout_s)


async def answered(sink: HttpSink, timeout_s: float = 5.0) -> Outcome:
    async with running_http(sink):
        return await channel(sink.url(f"/hook/{TOKEN}"), timeout_s).send(notification())


def test_the_message_arrives_as_json_with_the_fields_of_a_mail() -> None:
    async def main() -> None:
        async with running_http() as sink:
            assert await channel(sink.url("/hook?key=1")).send(notification()) == Delivered("HTTP 204")
            [posted] = sink.posted
            assert (posted.method, posted.path) == ("POST", "/hook?key=1")
            assert posted.headers["content-type"] == "application/json"
            assert posted.json == {
                "id": "n1",
                "event": "opened",
                "incident": "inc1",
                "check": "mx/mx1.example.gov.pk",
                "subject": MESSAGE.subject,
                "text": MESSAGE.text,
                "fields": {"service": "official-email", "severity": "critical"},
                "repeat": False,
            }

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Delivered("HTTP 200")),
        (302, Deferred("redirected", "HTTP 302; redirects are not followed, name the last address")),
        (400, Rejected("refused", "HTTP 400")),
        (401, Rejected("refused", "HTTP 401")),
        (403, Rejected("refused", "HTTP 403")),
        (404, Rejected("refused", "HTTP 404")),
        (408, Deferred("busy", "HTTP 408")),
        (410, Rejected("refused", "HTTP 410")),
        (429, Deferred("busy", "HTTP 429")),
        (500, Deferred("server_error", "HTTP 500")),
        (503, Deferred("busy", "HTTP 503")),
    ],
)
def test_the_status_decides_between_done_later_and_never(status: int, outcome: Outcome) -> None:
    assert asyncio.run(answered(HttpSink(status=status))) == outcome


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["120", format_datetime(EPOCH + timedelta(seconds=120), usegmt=True)])
def test_a_retry_after_is_handed_on(status: int, asked: str) -> None:
    outcome = asyncio.run(answered(HttpSink(status=status, headers=[f"Retry-After: {asked}"])))
    assert outcome == Deferred("busy", f"HTTP {status}", 120.0)


def test_a_redirect_is_not_followed() -> None:
    async def main() -> None:
        async with running_http() as other, running_http() as sink:
            sink.status, sink.headers = 307, [f"Location: {other.url()}"]
            await channel(sink.url()).send(notification())
            assert other.posted == []

    asyncio.run(main())


@pytest.mark.parametrize("sink", [HttpSink(delay_s=3600), HttpSink(drip=True)], ids=["silent", "dripping"])
def test_a_server_that_stalls_costs_the_timeout_and_no_more(sink: HttpSink) -> None:
    outcome = asyncio.run(answered(sink, timeout_s=0.4))
    assert outcome == Deferred("timeout", "no answer within 0.4 s")


def test_what_the_server_says_beyond_its_status_does_not_matter() -> None:
    assert asyncio.run(answered(HttpSink(status=200, body=b"x" * 3_000_000))) == Delivered("HTTP 200")


def test_a_header_bomb_is_cut_off() -> None:
    outcome = asyncio.run(answered(HttpSink(status=200, headers=[f"X-{n}: {'x' * 1000}" for n in range(100)])))
    assert outcome == Deferred("protocol", "too_large")


def test_nobody_listening_is_a_reason_to_try_again() -> None:
    async def main() -> Outcome:
        async with running_http() as sink:
            url = sink.url()
        return await channel(url).send(notification())

    assert asyncio.run(main()) == Deferred("unreachable", "refused")


def test_a_stranger_with_an_untrusted_certificate_is_sent_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        tls = server_tls(Authority.root(tmp_path).leaf("127.0.0.1"))
        async with running_http(tls=tls) as sink:
            outcome = await channel(sink.url()).send(notification())
            assert outcome == Deferred("tls_untrusted", "tls_untrusted")
            assert sink.posted == []

    asyncio.run(main())


@pytest.mark.parametrize("status", [200, 302, 404, 429, 500])
def test_the_url_stands_in_no_outcome(status: int) -> None:
    assert TOKEN not in repr(asyncio.run(answered(HttpSink(status=status))))


def test_a_url_may_be_a_secret_and_change() -> None:
    async def main() -> None:
        async with running_http() as sink:
            urls = iter([sink.url("/old"), sink.url("/new")])
            webhook = channel(Secret("hook_url", lambda: next(urls)))
            await webhook.send(notification())
            await webhook.send(notification())
            assert [posted.path for posted in sink.posted] == ["/old", "/new"]

    asyncio.run(main())


def test_a_missing_secret_is_named_and_keeps_the_message() -> None:
    def missing() -> str:
        raise SecretUnavailableError("secret hook_url: No such file or directory")

    outcome = asyncio.run(channel(Secret("hook_url", missing)).send(notification()))
    assert outcome == Deferred("secret", "secret hook_url: No such file or directory")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/hook",
        "file:///etc/passwd",
        "hook",
        "http://hooks.example.org/x",
        "http://127.0.0.1@evil/",
        "https://",
        "http://[::1/",
    ],
)
def test_only_https_leaves_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="must be an https URL"):
        channel(url)
    outcome = asyncio.run(channel(Secret("hook_url", lambda: url)).send(notification()))
    assert outcome == Deferred("bad_url", "the url must be an https URL (http only to this machine)")


def test_a_repeat_says_so() -> None:
    sent = payload(notification(repeat=True))
    assert b'"repeat": true' in sent
    assert b"(repeat after a restart)" in sent


@given(value=st.one_of(st.text(max_size=60), st.integers().map(str)))
def test_any_retry_after_is_a_number_of_seconds_or_none(value: str) -> None:
    asked = retry_after_s(value, EPOCH)
    assert asked is None or asked >= 0


def test_a_signed_message_can_be_verified_as_the_documentation_shows() -> None:
    key = "S1GNING-K3Y"

    async def main() -> None:
        async with running_http() as sink:
            signed = WebhookChannel("on-call-1-webhook", sink.url("/"), fetch, lambda: EPOCH, sign=key_of(key))
            assert await signed.send(notification()) == Delivered("HTTP 204")
            [posted] = sink.posted
            verify = verifier()
            now_s = EPOCH.timestamp()
            header = posted.headers["x-nigehban-signature"]
            assert verify(key, header, posted.body, now_s)
            assert not verify("another key", header, posted.body, now_s)
            assert not verify(key, header, posted.body + b" ", now_s)
            assert not verify(key, header, posted.body, now_s + 3600)

    asyncio.run(main())


def test_every_request_carries_an_id_that_is_the_same_on_every_try() -> None:
    async def main() -> None:
        async with running_http() as sink:
            for _ in range(2):
                await channel(sink.url("/")).send(notification())
            assert [posted.headers["idempotency-key"] for posted in sink.posted] == ["n1", "n1"]

    asyncio.run(main())


def test_nothing_is_sent_unsigned_where_the_key_cannot_be_read() -> None:
    def unreadable() -> str:
        raise SecretUnavailableError("secret hook_key: no such file")

    async def main() -> None:
        async with running_http() as sink:
            key = Secret("hook_key", unreadable)
            hook = WebhookChannel("on-call-1-webhook", sink.url("/"), fetch, lambda: EPOCH, sign=key)
            assert await hook.send(notification()) == Deferred("secret", "secret hook_key: no such file")
            assert sink.posted == []

    asyncio.run(main())


def key_of(value: str) -> Secret:
    return Secret("hook_key", lambda: value)


def verifier() -> Callable[[str, str, bytes, float], bool]:
    """The example of docs/channels.md, as it stands there."""
    text = (Path(__file__).parents[2] / "docs" / "channels.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102  # our own documentation
    verify: Callable[[str, str, bytes, float], bool] = names["is_ours"]
    return verify
