"""What a scrape of 100,000 series costs beside a Go program's. Run: python -m benchmarks.exposition."""

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.facts import ROOT, Fact
from benchmarks.peers import PUSHGATEWAY
from benchmarks.process import Cores, running
from benchmarks.target import HOST, free_ports, wait_for_port

SCRAPES = 7
BAR = 0.5
HELD_BAR_S = 0.05

#: Go collects its garbage beside and after the answer; that is part of its price, as ours is of ours.
REST_S = 0.4


@dataclass(frozen=True, slots=True)
class Served:
    """A process that serves a page of metrics."""

    pid: int
    port: int

    def page(self) -> bytes:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read()
        finally:
            connection.close()

    def scrape_s(self) -> float:
        """User + system time of one scrape, all threads."""
        before_s = _exact_cpu_s(self.pid)
        self.page()
        time.sleep(REST_S)
        return _exact_cpu_s(self.pid) - before_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    changed_s: float
    same_s: float
    peer_s: float
    held_s: float
    series: int


def measured(cores: Cores, scrapes: int = SCRAPES) -> Figures:
    """Medians; peer and ours in turn, so that both see the same machine."""
    with _ours(cores) as (ours, order), tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
        page = ours.page()
        with _pushgateway(Path(folder), cores, page) as peer:
            changed, same, theirs, held = [], [], [], []
            for _ in range(scrapes):
                order("look")
                changed.append(ours.scrape_s())
                held.append(float(order("held")))
                same.append(ours.scrape_s())
                theirs.append(peer.scrape_s())
    series = sum(1 for line in page.splitlines() if not line.startswith(b"#"))
    return Figures(
        changed_s=statistics.median(changed),
        same_s=statistics.median(same),
        peer_s=statistics.median(theirs),
        held_s=max(held),
        series=series,
    )


def exposition_facts(cores: Cores) -> Sequence[Fact]:
    found = measured(cores)
    return (
        *(
            Fact(
                what=f"one scrape of {found.series:,} series, {what}, by pushgateway's, CPU",
                figure=f"{ours_s * 1e3:.0f} ms by {found.peer_s * 1e3:.0f} ms: {ours_s / found.peer_s:.2f}x",
                bar=f"≤ {BAR}x",
                holds=ours_s <= BAR * found.peer_s,
            )
            for what, ours_s in (("all looked at since", found.changed_s), ("none looked at since", found.same_s))
        ),
        Fact(
            what="the same: the loop held at most",
            figure=f"{found.held_s * 1e3:.0f} ms",
            bar=f"≤ {HELD_BAR_S * 1e3:.0f} ms",
            holds=found.held_s <= HELD_BAR_S,
        ),
    )


def _exact_cpu_s(pid: int) -> float:
    """What the scheduler gave to all threads, in nanoseconds, where /proc/PID/stat counts hundredths of a second."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def _ours(cores: Cores) -> Iterator[tuple[Served, Callable[[str], str]]]:
    (port,) = free_ports(1)
    command = ["taskset", "--cpu-list", str(cores.prober), sys.executable, "-m", "benchmarks.page_server", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        orders, answers = process.stdin, process.stdout

        def order(text: str) -> str:
            orders.write(f"{text}\n")
            orders.flush()
            return answers.readline()

        wait_for_port(port, 60)
        yield Served(process.pid, port), order


@contextmanager
def _pushgateway(folder: Path, cores: Cores, page: bytes) -> Iterator[Served]:
    """Debian's, holding the very families and series of `page`."""
    (port,) = free_ports(1)
    command: list[str | Path] = [PUSHGATEWAY.require(), f"--web.listen-address={HOST}:{port}"]
    with running(command, [cores.prober], folder / "pushgateway.log") as process:
        wait_for_port(port, 30)
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        connection.request("PUT", "/metrics/job/nigehban", body=page)
        status = connection.getresponse().status
        connection.close()
        if status != http.client.OK:
            raise RuntimeError(f"pushgateway answers {status} to what it shall serve")
        yield Served(process.pid, port)


def main() -> int:
    facts = exposition_facts(Cores.split())
    for fact in facts:
        print(f"{fact.what}: {fact.figure} (bar {fact.bar}) {'holds' if fact.holds else 'missed'}")
    return 0 if all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main())
