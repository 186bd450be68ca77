"""The real daemon's pages, as somebody who is woken finds them."""

import http.client
import signal
import urllib.request
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.peer import wait_until
from tests.support.small_estate import prompt, small_estate

pytestmark = pytest.mark.slow


def page(daemon: DaemonProcess, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://{daemon.address}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def test_what_is_down_is_on_the_page_with_its_cause_and_who_was_told(tmp_path: Path) -> None:
    well, down = prompt(2)
    with small_estate(tmp_path) as estate:
        estate.pages.down = frozenset({down})
        estate.watch([well, down])
        with running_daemon(estate.home) as daemon:
            wait_until(lambda: "told ops by mail" in page(daemon), 60, "the page does not say who was told")
            first, check = page(daemon), page(daemon, f"/checks/{down[1:]}")
            estate.pages.down = frozenset()
            wait_until(lambda: "What is wrong" not in page(daemon), 60, "the page does not say that it is over")
    assert f"{down[1:]} is not working" in first
    assert "Office of A" in first
    assert "Not working" in check


def test_settings_that_were_refused_stand_on_the_page_until_they_are_mended(tmp_path: Path) -> None:
    (well,) = prompt(1)
    with small_estate(tmp_path) as estate:
        estate.watch([well])
        with running_daemon(estate.home) as daemon:
            estate.home.write(estate.text([well]).replace("interval: 1s", "interval: soon"))
            daemon.signal(signal.SIGHUP)
            wait_until(lambda: "New settings were refused" in page(daemon), 60, "the page shows no refusal")
            assert "nigehban.yaml:5:" in page(daemon)
            estate.watch([well])
            daemon.signal(signal.SIGHUP)
            wait_until(lambda: "New settings were refused" not in page(daemon), 60, "the refusal stays")


def test_a_name_that_was_pointed_here_from_outside_gets_nothing(tmp_path: Path) -> None:
    with small_estate(tmp_path) as estate:
        estate.watch(prompt(1))
        with running_daemon(estate.home) as daemon:
            assert status_for(daemon, "evil.example") == HTTPStatus.MISDIRECTED_REQUEST
            assert status_for(daemon, "localhost") == HTTPStatus.OK


def status_for(daemon: DaemonProcess, host: str) -> int:
    connection = http.client.HTTPConnection(daemon.address, timeout=60)
    try:
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()
