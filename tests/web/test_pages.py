"""Pages on demand: kept for a moment, made one at a time, and never in the way of checks (FAULTS 38)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.own_time import OwnTimeLoop
from tests.support.page_estate import NOW, PageEstate, Served, page_estate, serving_site
from tests.support.virtual_loop import run_virtual
from watchdog.store.changes import Changes
from watchdog.web.gather import MAX_BARS, STORE_WITHIN_S
from watchdog.web.lists import ROWS_PER_PAGE
from watchdog.web.pages import KEPT_S, MAX_KEPT, Pages
from watchdog.web.server import MAX_CONNECTIONS

P = ParamSpec("P")
T = TypeVar("T")

MAX_PAGE_BYTES = 1_000_000
TURNS = 15


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("estate")) as built:
        yield built


def with_pages(estate: PageEstate, scene: Callable[[Pages], Awaitable[T]]) -> T:
    async def main() -> T:
        pages = Pages(estate.sources)
        try:
            async with asyncio.timeout(250):
                return await scene(pages)
        finally:
            pages.close()

    return asyncio.run(main())


def test_many_who_ask_at_once_get_one_page_made_once(estate: PageEstate) -> None:
    async def scene(pages: Pages) -> set[int]:
        return {id(one) for one in await asyncio.gather(*(pages.overview(1) for _ in range(500)))}

    assert len(with_pages(estate, scene)) == 1


def test_a_page_is_made_anew_once_it_is_old(estate: PageEstate) -> None:
    async def scene(pages: Pages) -> bool:
        first = await pages.overview(1)
        await asyncio.sleep(KEPT_S + 0.2)
        return first is await pages.overview(1)

    assert not with_pages(estate, scene)


def test_who_goes_away_takes_the_page_from_nobody_else(estate: PageEstate) -> None:
    async def scene(pages: Pages) -> bytes | None:
        first, second = asyncio.create_task(pages.overview(1)), asyncio.create_task(pages.overview(1))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert b"Official e-mail" in (with_pages(estate, scene) or b"")


def test_a_thousand_different_addresses_fill_no_memory(estate: PageEstate) -> None:
    async def scene(pages: Pages) -> int:
        for number in range(0, 1000, 25):
            await asyncio.gather(*(pages.incident(f"{one:024x}") for one in range(number, number + 25)))
        return len(pages._kept)

    assert with_pages(estate, scene) <= MAX_KEPT + 25


def test_what_is_not_there_is_none(estate: PageEstate) -> None:
    async def scene(pages: Pages) -> list[bytes | None]:
        return [await pages.service("x", 1), await pages.check("x"), await pages.incident("x")]

    assert with_pages(estate, scene) == [None, None, None]


@dataclass(slots=True)
class Slow:
    """A store that takes its time over every question."""

    takes_s: float
    asked: int = 0

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        return function(*args, **kwargs)


@pytest.mark.parametrize(("takes_s", "asked"), [(2.0, 2), (3600.0, 1)])
def test_a_slow_store_costs_a_page_three_seconds_in_all(estate: PageEstate, takes_s: float, asked: int) -> None:
    store = Slow(takes_s)
    sources = replace(estate.sources, reading=store)

    async def made() -> tuple[float, bool]:
        began = asyncio.get_running_loop().time()
        glance = await sources.with_told(await sources.glance(), [])
        glance = await sources.with_bars(glance, [CheckId("mx1")])
        glance, _ = await sources.with_former(glance, CheckId("mx1"))
        return asyncio.get_running_loop().time() - began, glance.conditions.unread

    assert run_virtual(made()) == (STORE_WITHIN_S, True)
    assert store.asked == asked


# Ten thousand checks -------------------------------------------------------------------------------------------------


def crowd(checks: int, services: int) -> str:
    named = "".join(f"  s{one}: {{title: Service {one}}}\n" for one in range(services))
    listed = "".join(
        f"  - {{id: c{one}, kind: tcp, host: 192.0.2.1, port: {one + 1}"
        + (f", service: s{one % services}" if one % 2 else "")
        + "}\n"
        for one in range(checks)
    )
    return (
        "estate: {name: Crowd, time_zone: Asia/Karachi}\n"
        "receivers: {ops: {channels: [{kind: webhook, url: 'https://hooks.example.org/x'}]}}\n"
        f"routes: [{{match: {{}}, to: [ops]}}]\nservices:\n{named}checks:\n{listed}"
    )


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("crowd"), crowd(10_000, 300), []) as built:
        for one in range(10_000):
            status = Status.CRITICAL if one == 7777 else Status.OK
            record = SubjectRecord(
                check_id=CheckId(f"c{one}"), subject=f"host {one}", status=status, seen_at=NOW, judged_at=NOW
            )
            built.watching.subjects.put(record, None)
        yield built


@pytest.mark.slow
def test_of_ten_thousand_checks_the_one_that_fails_stands_first_on_a_page_of_bounded_size(crowded: PageEstate) -> None:
    page = with_pages(crowded, lambda pages: pages.overview(1)) or b""
    assert b"Failing, being looked at again" in page
    assert page.index(b"host 7777") < page.index(b"Well</span>")
    assert len(page) < MAX_PAGE_BYTES
    assert b"page 1 of 6, 300 services, the worst first" in page


def test_the_rows_that_are_shown_have_their_bars_and_a_bar_of_part_of_the_checks_says_so(
    tmp_path: Path,
) -> None:
    """The last of 1,600 checks fails."""
    number = MAX_BARS + 100
    with page_estate(tmp_path, crowd(2 * number, 1), []) as built:
        built.store.commit(Changes(observations=tuple(refused(f"c{one}") for one in (1, 2 * number - 1))))
        for one in range(2 * number):
            status = Status.CRITICAL if one == 2 * number - 1 else Status.OK
            record = SubjectRecord(
                check_id=CheckId(f"c{one}"), subject="host", status=status, seen_at=NOW, judged_at=NOW
            )
            built.watching.subjects.put(record, None)
        service = (with_pages(built, lambda pages: pages.service("s0", 1)) or b"").decode()
        first = (with_pages(built, lambda pages: pages.overview(1)) or b"").decode()
    whole, _, rows = service.partition('id="checks"')
    assert "critical in 1" in rows.partition("</li>")[0]
    assert f"bars of {MAX_BARS:,} of its {number:,} checks, the worst now" in whole
    assert f"bars of {MAX_BARS - ROWS_PER_PAGE:,} of its {number:,} checks, the worst now" in first


def refused(check_id: str) -> Observation:
    finding = Finding(subject="host", status=Status.CRITICAL, cause=Cause.REFUSED, summary="host refuses")
    return Observation(
        check_id=CheckId(check_id), finding=finding, observed_at=NOW - timedelta(minutes=1), duration_s=0.01
    )


@pytest.mark.slow
def test_every_service_is_on_one_of_the_pages(crowded: PageEstate) -> None:
    async def scene(pages: Pages) -> list[bytes]:
        return [await pages.overview(number) or b"" for number in range(1, 7)]

    whole = b"".join(with_pages(crowded, scene))
    assert all(f'href="/services/s{one}"'.encode() in whole for one in range(300))


# Under load ----------------------------------------------------------------------------------------------------------


async def lateness(until: asyncio.Event) -> list[float]:
    """How late a beat of 10 ms comes, as a check would, in time of our own: sorted."""
    loop = asyncio.get_running_loop()
    late: list[float] = []
    while not until.is_set():
        due = loop.time() + 0.01
        await asyncio.sleep(0.01)
        late.append(loop.time() - due)
    return sorted(late)


def under_load(estate: PageEstate, load: Callable[[Served], Awaitable[T]]) -> tuple[T, list[float]]:
    async def main() -> tuple[T, list[float]]:
        over = asyncio.Event()
        beat = asyncio.create_task(lateness(over))
        async with serving_site(estate) as served, asyncio.timeout(250):
            answer = await load(served)
        over.set()
        return answer, await beat

    with asyncio.Runner(loop_factory=OwnTimeLoop) as runner:
        return runner.run(main())


async def get(served: Served, path: str = "/") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def p99(late: list[float]) -> float:
    return late[len(late) * 99 // 100]


@pytest.mark.slow
def test_a_flood_delays_no_check_by_a_second(crowded: PageEstate) -> None:
    paths = ["/", "/?page=2", "/services/s1", "/checks/c7777", "/nothing", "/incidents/0", "/static/style.css"]

    async def flood(served: Served) -> int:
        answered = 0
        for turn in range(TURNS):
            asked = (get(served, paths[(turn + one) % len(paths)]) for one in range(MAX_CONNECTIONS // 2))
            answered += sum(answer.startswith(b"HTTP/1.1 ") for answer in await asyncio.gather(*asked))
        return answered

    answered, late = under_load(crowded, flood)
    assert answered == TURNS * (MAX_CONNECTIONS // 2)
    assert p99(late) < 1


@asynccontextmanager
async def tabs(served: Served, number: int, words: bytes) -> AsyncIterator[None]:
    """Connections that are made, say `words` and no more, as slowloris does, or nothing, as idle tabs do."""
    opened = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(number)]
    for _, writer in opened:
        writer.write(words)
    try:
        yield
    finally:
        for _, writer in opened:
            writer.transport.abort()


@pytest.mark.slow
@pytest.mark.parametrize("words", [b"", b"GET / HTTP/1.1\r\nHost: loc"])
def test_hundreds_of_idle_tabs_keep_nobody_from_a_page(estate: PageEstate, words: bytes) -> None:
    async def load(served: Served) -> bytes:
        async with tabs(served, 400, words):
            return await get(served)

    answer, late = under_load(estate, load)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert p99(late) < 1


def test_a_reader_that_takes_nothing_holds_up_nobody(estate: PageEstate) -> None:
    async def load(served: Served) -> bytes:
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        async with tabs(served, MAX_CONNECTIONS // 2, request):
            return await get(served)

    answer, late = under_load(estate, load)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert p99(late) < 1
