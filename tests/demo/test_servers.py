"""The demo's servers: what they answer to a daemon, and that no caller disturbs them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from checks.domains.whois import parse_whois
from checks.eoffice.history import History
from watchdog.demo.eoffice import EARLY, SEATS, EOffice, eoffice_server
from watchdog.demo.loopback import LOOPBACK, web_server
from watchdog.demo.registry import Registry, whois_server
from watchdog.demo.settings_file import DOMAIN
from watchdog.demo.web_page import has_status_page

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
REGISTRY = Registry(domain=DOMAIN, created=NOW - timedelta(days=700), expires=NOW + timedelta(days=9))


async def asked(port: int, question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(question)
        writer.write_eof()
        return await reader.read(-1)
    finally:
        writer.close()


def test_the_registry_tells_a_date_that_the_daemons_own_parser_reads() -> None:
    async def ask() -> bytes:
        async with whois_server(REGISTRY) as port:
            return await asked(port, f"{DOMAIN}\r\n".encode())

    told = parse_whois(asyncio.run(ask()), DOMAIN, now=NOW)
    assert told.expires_at == NOW + timedelta(days=9)


def test_of_another_domain_the_registry_knows_nothing() -> None:
    assert REGISTRY.answer(b"example.com\r\n") == b"No match for domain\r\n"


@pytest.mark.parametrize("question", [b"", b"\xff" * 100_000, b"no end of line"])
def test_a_caller_that_asks_nothing_sensible_is_hung_up_on_and_the_next_is_served(question: bytes) -> None:
    async def ask() -> bytes:
        async with whois_server(REGISTRY) as port:
            await asyncio.gather(asked(port, question), return_exceptions=True)
            return await asked(port, f"{DOMAIN}\n".encode())

    assert b"Registry Expiry Date: 2026-12-02" in asyncio.run(ask())


def test_the_eoffice_tells_its_sessions() -> None:
    async def ask() -> bytes:
        async with eoffice_server(EOffice(sessions=EARLY)) as port:
            return await asked(port, b"GET / HTTP/1.1\r\n\r\n")

    body = asyncio.run(ask()).partition(b"\r\n\r\n")[2]
    assert json.loads(body) == {"sessions": EARLY, "limit": SEATS}


def test_a_full_eoffice_waits_until_the_daemons_own_history_holds_the_full_count() -> None:
    eoffice, history, now = EOffice(sessions=EARLY), History(), datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    known_at = []
    for look_s in range(0, 60, 2):
        if look_s == 10:
            eoffice.sessions = SEATS
        eoffice.page(1000.0 + look_s)
        if eoffice.known_full.is_set():
            known_at.append(look_s)
            assert any(sample.sessions == SEATS for sample in history.samples)
        at = now + timedelta(seconds=look_s)
        history = history.with_count(eoffice.sessions, at, at.date())
    assert known_at[0] == 30


def test_one_officer_too_many_and_within_a_few_waves_all_but_three_are_out() -> None:
    eoffice = EOffice(sessions=SEATS)
    assert not eoffice.log_in()
    waves = []
    while not eoffice.is_empty:
        eoffice.throw_out()
        waves.append(eoffice.sessions)
    assert waves == [33, 11, 3]


async def _page_at(content_type: str) -> bool:
    async with web_server(content_type, lambda: b"<h1>here</h1>") as port:
        return await has_status_page(f"{LOOPBACK}:{port}")


def test_a_page_is_there_where_a_browser_would_show_one() -> None:
    async def look() -> tuple[bool, bool, bool]:
        return await _page_at("text/html; charset=utf-8"), await _page_at("text/plain"), await _at_nobody()

    assert asyncio.run(look()) == (True, False, False)


async def _at_nobody() -> bool:
    async with web_server("text/html", bytes) as port:
        pass
    return await has_status_page(f"{LOOPBACK}:{port}")
