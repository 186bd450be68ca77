from math import inf
from pathlib import Path

import pytest

from benchmarks.blackbox import Asking, Tally
from benchmarks.ours import lateness_buckets, settings_text, starts
from checks.registry import load_registry
from watchdog.settings.load import load

OPTIONS: dict[str, dict[str, object]] = {
    "http": {"url": "http://127.0.0.1:80/"},
    "tls_certificate": {"host": "127.0.0.1", "port": 443},
    "smtp": {"host": "127.0.0.1", "port": 25, "tls": "starttls"},
}

PAGE = b"""\
# TYPE nigehban_scheduler_lateness_seconds histogram
nigehban_scheduler_lateness_seconds_bucket{le="0.005"} 3.0
nigehban_scheduler_lateness_seconds_bucket{le="+Inf"} 4.0
nigehban_scheduler_lateness_seconds_count 4.0
nigehban_scheduler_lateness_seconds_sum 0.5
"""


@pytest.mark.parametrize("kind", OPTIONS)
def test_the_settings_of_a_benchmark_are_settings_of_the_product(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "nigehban.yaml"
    file.write_text(settings_text(kind, OPTIONS[kind], checks=3, interval="1s", port=9417), encoding="utf-8")
    settings = load(file, load_registry(()), {})
    assert [check.spec.kind.name for check in settings.checks] == [kind] * 3


def test_runs_and_lateness_are_read_from_the_metrics() -> None:
    assert starts(PAGE) == 4
    assert lateness_buckets(PAGE) == [(0.005, 3.0), (inf, 4.0)]


def test_a_daemon_that_has_not_begun_has_started_nothing() -> None:
    assert starts(b"") == 0


def test_the_driver_counts_what_blackbox_says_of_its_probes() -> None:
    tally = Tally()
    asking = Asking(b"GET /probe HTTP/1.1\r\n\r\n", tally)
    for verdict in (b"1", b"0"):
        body = b"probe_duration_seconds 0.1\nprobe_success " + verdict + b"\n"
        asking.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    assert tally.good == 1
    assert tally.bad == [b"probe_duration_seconds 0.1\nprobe_success 0\n"]
