"""How long 10,000 checks take to load, written one by one. Run: python -m benchmarks.settings_load."""

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from checks.registry import load_registry
from watchdog.settings.load import load

CHECKS = 10_000
ROUNDS = 3
BAR_S = 5.0
HEAD = """\
estate: {name: Benchmark, time_zone: Asia/Karachi}
offices: {hq: {week: {mon-fri: "09:00-17:00"}, holidays: pk}}
services: {portal: {title: Portal}}
receivers: {ops: {channels: [{kind: webhook, url: !secret hook}]}}
routes: [{match: {kind: smtp, site: khi}, to: [ops]}, {match: {}, to: [ops]}]
checks:
"""
KINDS = (
    "{{id: c{n}, kind: http, service: portal, url: 'https://h{n}.example.org/', interval: 5m, labels: {{site: khi}}}}",
    "{{id: c{n}, kind: tcp, service: portal, host: h{n}.example.gov.pk, port: 443, labels: {{site: lhr}}}}",
    "{{id: c{n}, kind: smtp, service: portal, host: h{n}.example.gov.pk, port: 25, timeout: 20s}}",
    "{{id: c{n}, kind: tls_certificate, service: portal, host: h{n}.example.gov.pk, runbook: renew it}}",
)


def document(checks: int) -> str:
    return HEAD + "".join(f"  - {KINDS[n % len(KINDS)].format(n=n)}\n" for n in range(checks))


def load_s(file: Path) -> float:
    began = time.perf_counter()
    settings = load(file, load_registry(()), {})
    took = time.perf_counter() - began
    assert len(settings.checks) == CHECKS
    return took


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nigehban.yaml"
        file.write_text(document(CHECKS), "utf-8")
        rounds = [load_s(file) for _ in range(ROUNDS)]
        size = file.stat().st_size
    took = statistics.median(rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{CHECKS} checks, {size / 1e6:.2f} MB of YAML: {took:.2f} s (bar {BAR_S:.0f} s), peak {peak:.0f} MiB")
    return 0 if took <= BAR_S else 1


if __name__ == "__main__":
    sys.exit(main())
