"""A page of metrics alone, 20,000 subjects with five lines each, served as the daemon serves it; no check runs beside.

Run: python -m benchmarks.page_server PORT. It takes orders by line, and answers each with one: "look" lets every
subject be looked at anew, "held" says how long the loop was held most since then, in seconds.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import uvloop
from pydantic import Field

from alerts.record import SubjectRecord
from benchmarks.target import HOST
from checks.model import CheckId, Finding, Observation, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subjects
from watchdog.metrics.page import MetricsPage
from watchdog.metrics.text import CONTENT_TYPE
from watchdog.store.views import Waiting
from watchdog.web.server import MetricsApp, listen, serve_app

SUBJECTS = 20_000
#: uvloop counts whole milliseconds, so what is measured is true to one.
TICK_S = 0.005
BEGIN = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Options(OptionsBase):
    url: str = Field(default="")


async def _run(_options: Options, _ctx: CheckContext) -> Sequence[Finding]:
    return ()


KIND = CheckKind(name="http", options=Options, run=_run, subject=lambda options: options.url)


def _record(number: int) -> SubjectRecord:
    return SubjectRecord(
        check_id=CheckId(f"c{number}"),
        subject=f"http://127.0.0.1:8080/p{number}",
        status=Status.OK,
        duration_s=0.0123,
        seen_at=BEGIN,
        judged_at=BEGIN,
        good_at=BEGIN,
    )


class Estate:
    """Subjects, and the looks they get."""

    def __init__(self) -> None:
        self.subjects = Subjects(map(_record, range(SUBJECTS)))
        self.specs: Mapping[CheckId, CheckSpec] = {
            one.record.check_id: CheckSpec(id=one.record.check_id, kind=KIND, options=Options(), service="portal")
            for one in self.subjects
        }
        self._rounds = 0

    def look(self) -> None:
        """All of them, a minute after the last time, each at a moment of its own."""
        self._rounds += 1
        for number, subject in enumerate(self.subjects):
            at = BEGIN + timedelta(minutes=self._rounds, microseconds=3001 * number)
            finding = Finding(subject=subject.record.subject, status=Status.OK, summary="200 in 12 ms")
            took_s = 0.0123 + (number % 977) * 1e-6 * self._rounds
            subject.look(
                Observation(check_id=subject.record.check_id, finding=finding, observed_at=at, duration_s=took_s)
            )


class Ticker:
    """How long work holds the loop; time in which another process had the core is not the work's."""

    def __init__(self) -> None:
        self.held_s = 0.0

    async def forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before_s, used_s = loop.time(), time.thread_time()
            await asyncio.sleep(TICK_S)
            late_s, used_s = loop.time() - before_s - TICK_S, time.thread_time() - used_s
            self.held_s = max(self.held_s, min(late_s, used_s))


async def _no_backlog() -> Mapping[str, Waiting]:
    return {}


async def _obey(estate: Estate, ticker: Ticker) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line == b"look\n":
            estate.look()
            await asyncio.sleep(0.01)
            ticker.held_s = 0.0
            print("looked", flush=True)
        else:
            print(ticker.held_s, flush=True)


async def serve(port: int) -> None:
    estate, ticker = Estate(), Ticker()
    page = MetricsPage(
        estate.subjects, specs=lambda: estate.specs, read_backlog=_no_backlog, counters=lambda: b"# none\n"
    )
    gc.collect()
    gc.freeze()  # as the daemon does once it has settled (watchdog.collector)
    serving = asyncio.create_task(serve_app(MetricsApp(page, CONTENT_TYPE), listen(HOST, port)))
    ticking = asyncio.create_task(ticker.forever())
    await _obey(estate, ticker)
    for task in (ticking, serving):
        task.cancel()
    await asyncio.gather(ticking, serving, return_exceptions=True)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
