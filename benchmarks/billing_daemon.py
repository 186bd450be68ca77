"""How a whole daemon bears its first two minutes with 10,000 open bills, whose steps are all told at its first looks.

Run: python -m benchmarks.billing_daemon [BILLS].
"""

import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks import billing_verbs
from benchmarks.billing_pass import BILLS
from benchmarks.facts import Fact
from benchmarks.process import cpu_s, resident_mib
from tests.support.background import in_background
from tests.support.daemon_process import DaemonProcess, Home, start
from tests.support.smtp_sink import SmtpSink, running_sink
from watchdog.store.store import open_store

#: So long it is watched from its start on.
WATCHED_S: Final = 120.0
#: Between two requests for a small page, which wait while anything holds the loop.
PACE_S: Final = 0.01
SMALL_PAGE: Final = "/static/icon.svg"


def settings(relay_port: int) -> str:
    """JSON is YAML. Everything goes to one address by mail."""
    estate = json.loads(billing_verbs.settings())
    estate["receivers"] = {"on-call": {"channels": [{"kind": "mail", "to": ["finance@example.org"]}]}}
    estate["mail"] = {"relay": "127.0.0.1", "port": relay_port, "tls": "none", "from": "nigehban@example.org"}
    estate["listen"] = "127.0.0.1:0"
    return json.dumps(estate)


def waits(daemon: DaemonProcess) -> Iterator[float]:
    """Seconds that each request for a small page took, over one connection."""
    host, _, port = daemon.address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    until_s = time.monotonic() + WATCHED_S
    while (begun_s := time.monotonic()) < until_s:
        connection.request("GET", SMALL_PAGE)
        connection.getresponse().read()
        yield time.monotonic() - begun_s
        time.sleep(PACE_S)
    connection.close()


def daemon_facts(bills: int = BILLS) -> Iterator[Fact]:
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as name, in_background(running_sink()) as sink:
        home = Home(Path(name))
        home.state.mkdir()
        store = open_store(home.state)
        try:
            billing_verbs.fill(store, bills)
        finally:
            store.close()
        home.settings.write_text(settings(sink.port), "utf-8")
        daemon = start(home)
        try:
            yield from _watched(daemon, sink, bills)
        finally:
            daemon.kill()


def _watched(daemon: DaemonProcess, sink: SmtpSink, bills: int) -> Iterator[Fact]:
    daemon.wait_ready()
    told_s = sorted(waits(daemon))
    yield Fact(
        what=f"a daemon with {bills:,} open bills, first {WATCHED_S:g} s: a small page waits, median, 99 % and most",
        figure=f"{statistics.median(told_s) * 1e3:.1f}, {_share(told_s, 0.99) * 1e3:.0f} and {told_s[-1] * 1e3:.0f} ms",
    )
    begun_s = time.monotonic()
    page = daemon.scrape()
    scraped_s = time.monotonic() - begun_s
    yield Fact(what=f"one scrape of all of it, {len(page) / 1e6:.1f} MB", figure=f"{scraped_s:.2f} s")
    yield Fact(what="of the processor until then, the start included", figure=f"{cpu_s(daemon.pid):.1f} s")
    yield Fact(what="VmRSS", figure=f"{resident_mib(daemon.pid):.0f} MiB")
    yield Fact(what="mails that went out", figure=f"{len(sink.taken):,}")


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def main(words: list[str]) -> int:
    for fact in daemon_facts(int(words[0]) if words else BILLS):
        print(f"{fact.what}: {fact.figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
