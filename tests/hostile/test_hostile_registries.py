"""Registries that mean no good: the right cause, in time, in little memory, and never a date nor comfort."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.support.hostile import (
    BIG_BODY,
    GARBAGE,
    HEADER_BOMB,
    REDIRECT_LOOP,
    Handler,
    HostileHost,
    answers,
    drip,
    endless,
    gzip_bomb,
    tarpit,
)
from tests.support.look_child import Cost, Looker
from tests.support.network import refused_port
from tests.support.registry import (
    DOMAIN,
    NO_MATCH,
    NOT_FOUND,
    QUOTA,
    http_answer,
    rdap_answer,
    rdap_document,
    whois_text,
)

TIMEOUT_S = 1.0
#: FAULTS rows 20 and 22.
LATE_S = 0.5
GROWTH_MIB = 20.0
HEALTHY_S = 0.5


def looked_at(looker: Looker, options: Mapping[str, object]) -> Cost:
    cost = looker.look("domain_expiry", {"domain": DOMAIN, **options}, TIMEOUT_S)
    assert cost.duration_s <= TIMEOUT_S + LATE_S
    assert cost.growth_mib < GROWTH_MIB
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < HEALTHY_S
    return cost


async def close_at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(whois_text()[:100])
    await writer.drain()
    writer.transport.abort()


WHOIS: Mapping[str, tuple[Handler, str]] = {
    "tarpit": (tarpit, "timeout"),
    "drip": (drip(whois_text()), "timeout"),
    "endless": (endless(b"% and so on\r\n" * 1000), "too_large"),
    "a line of 10 MB": (answers(b"x" * 10_000_000), "too_large"),
    "binary": (GARBAGE, "unparsable"),
    "NUL bytes": (answers(b"\0" * 100_000), "unparsable"),
    "HTML": (answers(b"<html><body>Expires: 2031-01-01</body></html>\r\n"), "unparsable"),
    "nothing": (answers(b""), "unparsable"),
    "closes at once": (close_at_once, "unparsable"),
    "quota": (answers(QUOTA), "rate_limited"),
    "another name": (answers(whois_text("example.org")), "unparsable"),
    "many names": (answers(b"".join(whois_text(f"a{number}.gov.pk") for number in range(200))), "unparsable"),
    "contradictory dates": (answers(whois_text(more=["Registry Expiry Date: 2031-01-01"])), "unparsable"),
    "an ambiguous date": (answers(whois_text(expires="03/04/2031")), "unparsable"),
    "an impossible date": (answers(whois_text(expires="2031-02-30")), "unparsable"),
    "a year of another calendar": (answers(whois_text(expires="1448-01-01")), "unparsable"),
    "labels without end": (answers(b"a:" * 100_000 + b"\r\n"), "unparsable"),
    "lines without sense": (answers(b":\r\n" * 80_000), "too_large"),
}


@pytest.mark.parametrize("peer", WHOIS)
def test_a_hostile_whois_server(host: HostileHost, looker: Looker, peer: str) -> None:
    handler, cause = WHOIS[peer]
    cost = looked_at(looker, {"whois_server": f"127.0.0.1:{host.serve(handler)}"})
    # Whether a close is one in good order hangs on whether the question had arrived.
    causes = {cause, "protocol"} if peer == "closes at once" else {cause}
    assert cost.status == "unknown"
    assert cost.cause in causes
    assert cost.others == (("unknown", cost.cause),)


def test_a_whois_server_that_resets_in_mid_answer(host: HostileHost, looker: Looker) -> None:
    cost = looked_at(looker, {"whois_server": f"127.0.0.1:{host.serve(reset)}"})
    assert cost.status == "unknown"
    assert cost.cause in {"protocol", "unreachable", "refused", "unparsable"}


def test_a_whois_server_where_nobody_listens(looker: Looker) -> None:
    cost = looked_at(looker, {"whois_server": f"127.0.0.1:{refused_port()}"})
    assert (cost.status, cost.cause) == ("unknown", "refused")


def test_a_whois_server_that_knows_no_such_name(host: HostileHost, looker: Looker) -> None:
    cost = looked_at(looker, {"whois_server": f"127.0.0.1:{host.serve(answers(NO_MATCH))}"})
    assert (cost.status, cost.cause) == ("critical", "not_registered")
    assert cost.others == (("unknown", "not_registered"),)


DEEP = b'{"objectClassName":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
WIDE = b'{"objectClassName":"domain","ldhName":"kp.gov.pk","events":[' + b",".join([b"{}"] * 60_000) + b"]}"

RDAP: Mapping[str, tuple[Handler, str]] = {
    "tarpit": (tarpit, "timeout"),
    "drip": (drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"), "timeout"),
    "header bomb": (HEADER_BOMB, "too_large"),
    "1 GB": (BIG_BODY, "too_large"),
    "gzip bomb": (gzip_bomb(), "too_large"),
    "redirect loop": (REDIRECT_LOOP, "redirect_loop"),
    "garbage": (GARBAGE, "protocol"),
    "429": (answers(http_answer(429, fields=[("Retry-After", "3600")])), "rate_limited"),
    "503": (answers(http_answer(503)), "mismatch"),
    "503 with Retry-After": (answers(http_answer(503, fields=[("Retry-After", "60")])), "rate_limited"),
    "403": (answers(http_answer(403)), "rejected"),
    "a proxy's 404": (answers(http_answer(404, b"<html>no such page</html>", content_type="text/html")), "unparsable"),
    "HTML": (answers(http_answer(body=b"<html>Expires 2031-01-01</html>", content_type="text/html")), "unparsable"),
    "nothing": (answers(http_answer()), "unparsable"),
    "deep JSON": (answers(http_answer(body=DEEP)), "unparsable"),
    "wide JSON": (answers(http_answer(body=WIDE)), "unparsable"),
    "a list": (answers(rdap_answer([rdap_document()])), "unparsable"),
    "another name": (answers(rdap_answer(rdap_document("example.org"))), "unparsable"),
    "an error inside": (answers(rdap_answer({"errorCode": 500, "title": "oops"})), "unparsable"),
}


@pytest.mark.parametrize("peer", RDAP)
def test_a_hostile_rdap_server(host: HostileHost, looker: Looker, peer: str) -> None:
    handler, cause = RDAP[peer]
    cost = looked_at(looker, {"rdap_url": f"http://127.0.0.1:{host.serve(handler)}/"})
    assert (cost.status, cost.cause) == ("unknown", cause)
    assert cost.others == (("unknown", cause),)


def test_an_rdap_server_that_knows_no_such_name(host: HostileHost, looker: Looker) -> None:
    cost = looked_at(looker, {"rdap_url": f"http://127.0.0.1:{host.serve(answers(NOT_FOUND))}/"})
    assert (cost.status, cost.cause) == ("critical", "not_registered")


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


@pytest.mark.parametrize("peer", ["tarpit", "drip", "1 GB", "deep JSON", "503", "429"])
def test_whois_still_has_its_chance_where_rdap_means_no_good(host: HostileHost, looker: Looker, peer: str) -> None:
    handler, _ = RDAP[peer]
    options = {
        "rdap_url": f"http://127.0.0.1:{host.serve(handler)}/",
        "whois_server": f"127.0.0.1:{host.serve(answers(whois_text(expires='2090-01-01')))}",
    }
    cost = looked_at(looker, options)
    assert (cost.status, cost.others) == ("ok", (("ok", "none"),))
