"""The kind reads its count from Debian's Prometheus, which scrapes a small exporter of an e-office."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.model import Cause, Finding, Status
from tests.support.background import in_background
from tests.support.http_sink import HttpSink, running_http
from tests.support.peer import free_port, wait_until
from tests.support.prometheus import Prometheus, running_prometheus
from tests.support.real_look import Eyes

pytestmark = pytest.mark.peer

PAGE = """\
# HELP eoffice_sessions Officers logged in.
# TYPE eoffice_sessions gauge
eoffice_sessions{{module="efiling"}} {filing}
eoffice_sessions{{module="mail"}} {mail}
eoffice_broken NaN
"""


@dataclass(frozen=True, slots=True)
class Office:
    """An e-office whose exporter a Prometheus scrapes."""

    exporter: HttpSink
    prometheus: Prometheus

    def counts(self, filing: int, mail: int) -> None:
        """Returns once Prometheus knows."""
        self.exporter.body = PAGE.format(filing=filing, mail=mail).encode()
        wait_until(lambda: self._known() == {filing, mail}, 60, "Prometheus does not see the counts")

    def ask(self, query: str, **options: object) -> Finding:
        base = f"http://127.0.0.1:{self.prometheus.port}"
        return Eyes().only("eoffice_capacity", prometheus=base, query=query, **options)

    def _known(self) -> set[float]:
        return {value for _, value in self.prometheus.query("eoffice_sessions")}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    sink = HttpSink(status=200, headers=["Content-Type: text/plain; version=0.0.4"])
    sink.body = PAGE.format(filing=0, mail=0).encode()
    with (
        in_background(running_http(sink)) as exporter,
        running_prometheus(tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{exporter.port}") as prometheus,
    ):
        yield Office(exporter, prometheus)


@pytest.mark.parametrize(
    ("filing", "mail", "status"), [(30, 12, Status.OK), (70, 15, Status.WARNING), (90, 14, Status.CRITICAL)]
)
def test_the_sum_of_the_sessions_is_judged(office: Office, filing: int, mail: int, status: Status) -> None:
    office.counts(filing, mail)
    finding = office.ask("sum(eoffice_sessions)")
    assert finding.status is status
    assert {one.name: one.value for one in finding.measurements}["eoffice_sessions"] == filing + mail


def test_a_scalar_and_one_series_are_numbers_too(office: Office) -> None:
    office.counts(30, 12)
    texts = [
        office.ask(query).summary for query in ("scalar(sum(eoffice_sessions))", 'eoffice_sessions{module="mail"}')
    ]
    assert texts == ["e-office: 42 of 100 seats in use", "e-office: 12 of 100 seats in use"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("eoffice_sessions", "the query gives 2 series"),
        ("eoffice_nothing", "the query finds nothing"),
        ("sum(", "Prometheus answers an error: bad_data: "),
        ("eoffice_sessions[1m]", "the query gives a matrix"),
        ('"text"', "the query gives a string"),
        ("eoffice_broken", "'NaN' in Prometheus' answer"),
        ("sum(eoffice_sessions) / 0", "'+Inf' in Prometheus' answer"),
        ("0 - sum(eoffice_sessions)", "a negative number"),
    ],
)
def test_what_is_no_single_number_is_unknown(office: Office, query: str, words: str) -> None:
    office.counts(30, 12)
    finding = office.ask(query)
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert words in finding.summary


def test_a_base_address_that_is_no_prometheus_is_unknown(office: Office) -> None:
    finding = Eyes().only("eoffice_capacity", prometheus=f"http://127.0.0.1:{office.exporter.port}", query="x")
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)


@pytest.mark.slow
def test_an_exporter_that_died_leaves_no_old_count_behind(tmp_path: Path) -> None:
    sink = HttpSink(status=200, headers=["Content-Type: text/plain; version=0.0.4"])
    sink.body = PAGE.format(filing=30, mail=12).encode()
    with (
        in_background(running_http(sink)) as exporter,
        running_prometheus(tmp_path, f"127.0.0.1:{exporter.port}") as prometheus,
    ):
        office = Office(exporter, prometheus)
        office.counts(30, 12)
        exporter.status = 503
        wait_until(lambda: not prometheus.query("eoffice_sessions"), 60, "Prometheus keeps the old counts")
        assert "the query finds nothing" in office.ask("sum(eoffice_sessions)").summary


def test_a_prometheus_that_is_down_is_unknown_and_told() -> None:
    port = free_port()
    finding = Eyes().only("eoffice_capacity", prometheus=f"http://127.0.0.1:{port}", query="sum(x)")
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.REFUSED)
    assert f"Prometheus: 127.0.0.1:{port}: connection refused" in finding.summary
