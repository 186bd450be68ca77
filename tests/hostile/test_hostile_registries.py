"""Registries that mean no good, beyond those of tests.support.matrix: never a date nor comfort."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.support.hostile import BIG_BODY, Handler, HostileHost, answers, drip, tarpit
from tests.support.look_child import Cost, Looker
from tests.support.registry import DOMAIN, http_answer, rdap_answer, rdap_document, whois_text

TIMEOUT_S = 5.0


def looked_at(looker: Looker, options: Mapping[str, object]) -> Cost:
    cost = looker.look("domain_expiry", {"domain": DOMAIN, **options}, TIMEOUT_S)
    assert cost.excess == ""
    return cost


async def close_at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(whois_text()[:100])
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize("handler", [close_at_once, reset])
def test_a_whois_server_that_leaves_before_or_amid_its_answer(
    host: HostileHost, looker: Looker, handler: Handler
) -> None:
    """Whether the end is one in good order hangs on whether our question had arrived."""
    cost = looked_at(looker, {"whois_server": f"127.0.0.1:{host.serve(handler)}"})
    assert cost.status == "unknown"
    assert cost.cause in {"protocol", "unreachable", "refused", "unparsable"}


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{"eventAction": "expiration", "eventDate": ""}],
        [{"eventAction": "expiration", "eventDate": "REDACTED FOR PRIVACY"}],
        [{"eventAction": "expiration", "eventDate": 9e99}],
    ],
    ids=["missing", "empty", "redacted", "a number"],
)
def test_an_rdap_server_that_withholds_the_date(host: HostileHost, looker: Looker, events: object) -> None:
    port = host.serve(answers(rdap_answer({**rdap_document(), "events": events})))
    cost = looked_at(looker, {"rdap_url": f"http://127.0.0.1:{port}/"})
    assert cost.others == (("unknown", "unparsable"),)
    assert cost.status in {"ok", "unknown"}


RDAP: Mapping[str, Handler] = {
    "tarpit": tarpit,
    "drip": drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
    "1 GB": BIG_BODY,
    "deep JSON": answers(http_answer(body=b"[" * 100_000)),
    "503": answers(http_answer(503)),
    "429": answers(http_answer(429, fields=[("Retry-After", "3600")])),
}


@pytest.mark.parametrize("peer", RDAP)
def test_whois_still_has_its_chance_where_rdap_means_no_good(host: HostileHost, looker: Looker, peer: str) -> None:
    options = {
        "rdap_url": f"http://127.0.0.1:{host.serve(RDAP[peer])}/",
        "whois_server": f"127.0.0.1:{host.serve(answers(whois_text(expires='2090-01-01')))}",
    }
    cost = looked_at(looker, options)
    assert (cost.status, cost.others) == ("ok", (("ok", "none"),))
