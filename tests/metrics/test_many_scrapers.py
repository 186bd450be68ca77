"""Twenty at once: each gets the whole page, and the loop goes on meanwhile."""

import asyncio
import http.client
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from alerts.record import SubjectRecord
from checks.model import CheckId, Status
from watchdog.engine.subjects import Subjects
from watchdog.metrics.page import MetricsPage
from watchdog.metrics.text import CONTENT_TYPE
from watchdog.store.views import Waiting
from watchdog.web.server import MetricsApp, listen, serve_app

NOW = datetime(2017, 10, 18, 4, tzinfo=UTC)
SCRAPERS = 20
SUBJECTS = 3000

#: Far below what a check may be late, and far above what one step takes on a busy machine.
HELD_AT_MOST_S = 0.5


def record(number: int) -> SubjectRecord:
    return SubjectRecord(
        check_id=CheckId(f"c{number}"),
        subject="x",
        status=Status.OK,
        seen_at=NOW,
        judged_at=NOW,
        good_at=NOW,
    )


async def no_backlog() -> dict[str, Waiting]:
    return {}


def fetched(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


async def longest_hold_s(stop: asyncio.Event) -> float:
    loop, longest_s = asyncio.get_running_loop(), 0.0
    while not stop.is_set():
        before_s = loop.time()
        await asyncio.sleep(0)
        longest_s = max(longest_s, loop.time() - before_s)
    return longest_s


async def scene() -> tuple[list[str], float]:
    page = MetricsPage(
        Subjects(map(record, range(SUBJECTS))), specs=dict, read_backlog=no_backlog, counters=lambda: b""
    )
    sock = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_app(MetricsApp(page, CONTENT_TYPE), sock))
    stop = asyncio.Event()
    watching = asyncio.create_task(longest_hold_s(stop))
    with ThreadPoolExecutor(SCRAPERS) as threads:
        loop, port = asyncio.get_running_loop(), sock.getsockname()[1]
        texts = await asyncio.gather(*(loop.run_in_executor(threads, fetched, port) for _ in range(SCRAPERS)))
    stop.set()
    held_s = await watching
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    return texts, held_s


def test_twenty_scrapers_at_once_all_get_the_whole_page_and_hold_nobody() -> None:
    texts, held_s = asyncio.run(scene())
    assert len(set(texts)) == 1
    families = {family.name: len(family.samples) for family in text_string_to_metric_families(texts[0])}
    assert families["nigehban_check_status"] == families["nigehban_check_last_good_timestamp_seconds"] == SUBJECTS
    assert held_s < HELD_AT_MOST_S
