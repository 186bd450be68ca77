"""The page of metrics stands, whatever becomes of the store."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from tests.support.virtual_loop import run_virtual
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import Standstill
from watchdog.metrics.page import BACKLOG_WITHIN_S, BacklogReader, MetricsPage
from watchdog.store.errors import StoreBrokenError, StoreBusyError, StoreError
from watchdog.store.views import Waiting

WAITING = {"mail": Waiting(count=2, oldest=datetime(2017, 10, 18, tzinfo=UTC))}


async def known() -> Mapping[str, Waiting]:
    return WAITING


def page_of(read_backlog: BacklogReader) -> MetricsPage:
    return MetricsPage(Subjects(), specs=dict, read_backlog=read_backlog, counters=lambda: b"own 1\n")


async def text_of(page: MetricsPage) -> str:
    return b"".join([chunk async for chunk in page()]).decode()


def test_what_waits_in_the_outbox_is_on_the_page() -> None:
    text = run_virtual(text_of(page_of(known)))
    assert 'nigehban_outbox_pending{channel="mail"} 2\n' in text
    assert 'nigehban_outbox_oldest_timestamp_seconds{channel="mail"} 1508284800.000\n' in text
    assert text.endswith("own 1\n")


def test_what_keeps_the_store_from_writing_is_named_and_nothing_else() -> None:
    def standing() -> Standstill:
        return Standstill(key="disk full", text="no space left", since=datetime(2017, 10, 18, tzinfo=UTC))

    page = MetricsPage(Subjects(), specs=dict, read_backlog=known, counters=lambda: b"", standstill=standing)
    stands = [line for line in run_virtual(text_of(page)).splitlines() if line.startswith("nigehban_store_standstill{")]
    assert stands == [
        'nigehban_store_standstill{reason="locked"} 0',
        'nigehban_store_standstill{reason="disk full"} 1',
        'nigehban_store_standstill{reason="store"} 0',
    ]


@pytest.mark.parametrize("error", [StoreBusyError("it is locked"), StoreBrokenError("the disk failed")])
def test_a_store_that_cannot_be_read_costs_its_own_families_alone(error: StoreError) -> None:
    async def failing() -> Mapping[str, Waiting]:
        raise error

    with capture_logs() as logs:
        text = run_virtual(text_of(page_of(failing)))
    assert "outbox" not in text
    assert "# TYPE nigehban_check_status gauge\n" in text
    assert text.endswith("own 1\n")
    assert [line["error"] for line in logs] == [str(error)]


def test_a_store_that_does_not_answer_keeps_nobody_waiting_and_is_asked_once() -> None:
    asked: list[asyncio.Event] = []

    def hanging() -> Awaitable[Mapping[str, Waiting]]:
        answered = asyncio.Event()
        asked.append(answered)

        async def answer() -> Mapping[str, Waiting]:
            await answered.wait()
            return WAITING

        return answer()

    async def scene() -> tuple[list[str], float, str]:
        page, loop = page_of(hanging), asyncio.get_running_loop()
        texts = await asyncio.gather(*(text_of(page) for _ in range(20)))
        waited_s = loop.time()
        asked[0].set()
        return texts, waited_s, await text_of(page)

    texts, waited_s, later = run_virtual(scene())
    assert not any("outbox" in text for text in texts)
    assert waited_s == BACKLOG_WITHIN_S
    assert len(asked) == 1
    assert "nigehban_outbox_pending" in later
