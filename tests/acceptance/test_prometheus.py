"""Debian's Prometheus and promtool read what the daemon serves."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.background import in_background
from tests.support.certificates import Authority, now
from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.http_sink import HttpSink, running_http
from tests.support.peer import wait_until
from tests.support.prometheus import promtool, running_prometheus
from tests.support.small_estate import small_estate
from tests.support.smtp_sink import running_relay, server_tls
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_KIND

pytestmark = pytest.mark.peer

SETTINGS = """\
estate: {{name: "Office of \\"A\\"", time_zone: Asia/Karachi}}
vendors: {{acme: {{name: Acme}}}}
services: {{mail: {{title: Official e-mail, vendor: acme}}}}
receivers: {{ops: {{channels: [{{kind: webhook, url: "{hook.scheme}://127.0.0.1:{hook.port}/"}}]}}}}
routes: [{{match: {{}}, to: [ops]}}]
defaults: {{interval: 1s, timeout: 1s, retry_every: 1s, failures_to_open: 1, settle: 0s, flap_hold: 0s}}
checks:
  - {{id: port, kind: tcp, host: 127.0.0.1, port: {https.port}}}
  - {{id: page, kind: http, url: "https://127.0.0.1:{https.port}/", ca_file: {ca}, service: mail}}
  - {{id: lapse, kind: tls_certificate, host: 127.0.0.1, port: {https.port}, ca_file: {ca}}}
  - {{id: mx, kind: smtp, host: 127.0.0.1, port: {relay.port}, ca_file: {ca}, service: mail}}
  - {{id: bills, kind: invoice_due, service: mail}}
  - {{id: office, kind: eoffice_capacity, url: "https://127.0.0.1:{https.port}/", pointer: /sessions, ca_file: {ca}}}
  - {{id: down, kind: tcp, host: 127.0.0.1, port: 9}}
  - {{id: boxes, kind: imap, host: 127.0.0.1, port: 9}}
  - {{id: old-boxes, kind: pop3, host: 127.0.0.1, port: 9}}
  - {{id: zone, kind: dns, name: example.org, server: "127.0.0.1:9"}}
  - {{id: name, kind: domain_expiry, domain: example.org, whois_server: "127.0.0.1:9", interval: 1s, timeout: 1s}}
  - {{id: stages, kind: payment_stage}}
  - {{id: year-end, kind: payment_cut_off}}
  - {{id: payees, kind: payee}}
  - {{id: contracts, kind: contract}}
  - {{id: outages, kind: outage_forecast}}
  - {{id: books, kind: bookkeeping}}
contracts: {{acme-mail: {{vendor: acme, title: E-mail, services: [mail], ends: {due}, notice_days: 3}}}}
invoices: [{{vendor: acme, number: "A\\\\7", service: mail, amount: "134000.00 PKR", due: {due}, suspends: {due}}}]
"""

#: What is well, what is down, and what nobody can tell: a registry that is silent says nothing of its domains.
WELL, DOWN, UNTOLD = 0, 2, 3
CHECKS = {
    **dict.fromkeys(("port", "page", "lapse", "mx", "bills", "office"), WELL),
    **dict.fromkeys(("down", "boxes", "old-boxes", "zone"), DOWN),
    "name": UNTOLD,
}
#: What else is looked at, however it stands.
OF_BILLS = ("stages", "year-end", "payees", "contracts", "outages", "books")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[DaemonProcess]:
    """Watches one thing of every kind, some of them down."""
    authority = Authority.root(tmp_path)
    tls = server_tls(authority.leaf("127.0.0.1"))
    with (
        in_background(running_http(HttpSink(status=200, body=b'{"sessions": 12}'), tls)) as https,
        in_background(running_http()) as hook,
        in_background(running_relay(starttls=tls)) as relay,
    ):
        due = (now() + timedelta(days=9)).date()
        home = Home(tmp_path)
        home.write(SETTINGS.format(https=https, hook=hook, relay=relay, ca=authority.ca_file, due=due))
        with running_daemon(home) as daemon:
            for check, status in CHECKS.items():
                daemon.wait_series("check_status", status, check=check)
            yield daemon


def kinds_in(text: str) -> set[str]:
    return {line.partition('kind="')[2].partition('"')[0] for line in text.splitlines() if 'kind="' in line}


def test_promtool_finds_no_fault_in_a_live_scrape(daemon: DaemonProcess) -> None:
    wait_until(lambda: bool(daemon.series("deliveries_total")), 60, "nothing was delivered")
    wait_until(lambda: bool(daemon.series("check_status", check=RESOLVER_CHECK)), 60, "name servers are not watched")
    every_kind = {*load_registry(()).kinds, RESOLVER_KIND}
    wait_until(lambda: kinds_in(daemon.scrape()) == every_kind, 60, "a kind was never looked at")
    text = daemon.scrape()
    done = promtool("check", "metrics", text=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_check_has_more_than_twenty_series(daemon: DaemonProcess) -> None:
    checks = re.findall(r'^nigehban_\w+\{.*?\bcheck="([^"]+)"', daemon.scrape(), re.MULTILINE)
    assert set(CHECKS) <= set(checks)
    assert max(Counter(checks).values()) <= 20


def test_prometheus_scrapes_it_and_answers_with_its_series(daemon: DaemonProcess, tmp_path: Path) -> None:
    with running_prometheus(tmp_path, daemon.address) as prometheus:
        series = prometheus.wait_query("nigehban_check_status", len(CHECKS) + 1)
        assert {labels["check"] for labels, _ in series} == {*CHECKS, *OF_BILLS, RESOLVER_CHECK}
        assert {value for labels, value in series if labels["check"] == "down"} == {2}
        assert prometheus.wait_query("up", 1)[0][1] == 1
        ((labels, amount),) = prometheus.wait_query("nigehban_invoice_amount", 1)
        assert (labels["invoice"], labels["currency"], amount) == ("A\\7", "PKR", 134000)
        assert [sessions for _, sessions in prometheus.wait_query("nigehban_eoffice_sessions", 1)] == [12]
        ((_, left_s),) = prometheus.wait_query("nigehban_certificate_not_after_timestamp_seconds - time()", 1)
        assert 363 * 86400 < left_s < 366 * 86400
        ((labels, _),) = prometheus.wait_query('nigehban_check_cause{check="down"}', 1)
        assert labels["cause"] == "refused"
        ((_, done),) = prometheus.wait_query("sum(rate(nigehban_scheduler_lateness_seconds_count[2s])) > 1", 1)
        assert done > 1
        assert prometheus.get("/api/v1/targets")["activeTargets"][0]["lastError"] == ""


@pytest.mark.slow
def test_scraping_two_thousand_subjects_holds_no_check_back(tmp_path: Path) -> None:
    paths = [f"/p{number}" for number in range(2000)]
    with small_estate(tmp_path) as here:
        here.home.write(here.text(paths).replace("interval: 1s", "interval: 10s"))
        with running_daemon(here.home) as daemon:
            # And the daemon's own check of the name servers.
            wait_until(lambda: len(daemon.series("check_status")) == 2001, 60, "not all were looked at")
            before = lateness(daemon)
            scrapes, began_s = 0, time.monotonic()
            while time.monotonic() - began_s < 5:
                assert daemon.scrape().count("\nnigehban_check_status{") == 2001
                scrapes += 1
            during = {bound: count - before[bound] for bound, count in lateness(daemon).items()}
            looks, in_time = during["+Inf"], during["0.25"]
            print(f"\n{scrapes} scrapes in 5 s; of {looks:.0f} looks {in_time / looks:.2%} began within 250 ms")  # noqa: T201  # measured, hardly asserted
            assert looks > 500
            assert during["2.5"] == looks
            assert daemon.series("check_status").count(0) >= 2000


def lateness(daemon: DaemonProcess) -> dict[str, float]:
    lines = [line for line in daemon.scrape().splitlines() if "lateness_seconds_bucket" in line]
    return {line.partition('le="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in lines}
