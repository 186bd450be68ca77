"""Twenty at once: each gets the whole page, and the loop goes on meanwhile."""

import asyncio
import http.client
from collections.abc import AsyncIterator
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

#: What may be made of the page between two turns of the loop: some milliseconds of work.
PIECE_AT_MOST_B = 256 * 1024


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


class Turns:
    """Counts the turns that everybody else on the loop gets, and how many there were as each piece was made."""

    def __init__(self, page: MetricsPage) -> None:
        self._page = page
        self._taken = 0
        self.pieces: list[list[tuple[int, int]]] = []
        """Of each scrape, in order: the turns so far, and the bytes of the piece."""

    async def forever(self) -> None:
        while True:
            self._taken += 1
            await asyncio.sleep(0)

    async def __call__(self) -> AsyncIterator[bytes]:
        made: list[tuple[int, int]] = []
        self.pieces.append(made)
        async for piece in self._page():
            made.append((self._taken, len(piece)))
            yield piece


async def scene() -> tuple[list[str], list[list[tuple[int, int]]]]:
    turns = Turns(
        MetricsPage(Subjects(map(record, range(SUBJECTS))), specs=dict, read_backlog=no_backlog, counters=lambda: b"")
    )
    sock = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_app(MetricsApp(turns, CONTENT_TYPE), sock))
    others = asyncio.create_task(turns.forever())
    with ThreadPoolExecutor(SCRAPERS) as threads:
        loop, port = asyncio.get_running_loop(), sock.getsockname()[1]
        texts = await asyncio.gather(*(loop.run_in_executor(threads, fetched, port) for _ in range(SCRAPERS)))
    others.cancel()
    serving.cancel()
    await asyncio.gather(serving, others, return_exceptions=True)
    await asyncio.sleep(0)  # for what was cut off to be closed
    return texts, turns.pieces


def test_twenty_scrapers_at_once_all_get_the_whole_page_and_hold_nobody() -> None:
    texts, scrapes = asyncio.run(scene())
    assert len(set(texts)) == 1
    families = {family.name: len(family.samples) for family in text_string_to_metric_families(texts[0])}
    assert families["nigehban_check_status"] == families["nigehban_check_last_good_timestamp_seconds"] == SUBJECTS
    assert len(scrapes) == SCRAPERS
    for pieces in scrapes:
        assert max(size for _, size in pieces) <= PIECE_AT_MOST_B
        big = [turn for turn, size in pieces if size > PIECE_AT_MOST_B / 64]
        assert len(big) > 1
        assert len(set(big)) == len(big), "two pieces in one go"
