"""The wall clock of a real daemon jumps and is set back, and the daemon is stopped for a while (FAULTS rows 11, 13)."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.background import in_background
from tests.support.certificates import Authority, now
from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.doubting_child import WallClock
from tests.support.http_sink import running_http
from tests.support.peer import wait_until
from tests.support.small_estate import SmallEstate, prompt, small_estate
from tests.support.smtp_sink import server_tls
from watchdog.engine.timekeeper import ASLEEP_AFTER_S

#: Time is looked at every ten seconds; a busy machine takes its time too.
NOTICED_WITHIN_S = 60.0

#: So far away that no rung is due yet, and so near that several fall into a month.
LAPSES_IN = timedelta(days=35)

DATED = """\
  - {{id: lapse, kind: tls_certificate, host: 127.0.0.1, port: {port}, ca_file: {ca}, interval: 1s}}
  - {{id: bills, kind: invoice_due, service: mail, interval: 1s}}
vendors: {{acme: {{name: Acme}}}}
services: {{mail: {{title: Official e-mail, vendor: acme}}}}
invoices: [{{vendor: acme, number: A-7, service: mail, amount: "134000.00 PKR", due: {due}}}]
"""


@contextmanager
def doubting_daemon(folder: Path, paths: list[str]) -> Iterator[tuple[SmallEstate, DaemonProcess, WallClock]]:
    """Watches pages, a bill and a certificate, and nobody vouches for its clock."""
    clock, authority = WallClock(folder / "offset"), Authority.root(folder)
    clock.is_off_by(timedelta())
    leaf = authority.leaf("127.0.0.1", not_after=now() + LAPSES_IN)
    with small_estate(folder) as here, in_background(running_http(tls=server_tls(leaf))) as portal:
        due = (now() + LAPSES_IN).date()
        here.home.write(here.text(paths) + DATED.format(port=portal.port, ca=authority.ca_file, due=due))
        with running_daemon(here.home, under=clock.under) as daemon:
            for check in (paths[0][1:], "lapse", "bills"):
                daemon.wait_series("check_status", 0, check=check)
            yield here, daemon, clock


def subjects(here: SmallEstate) -> list[str]:
    return [str(taken.mail["Subject"]) for taken in here.mail.taken]


@pytest.mark.slow
@pytest.mark.parametrize("off", [timedelta(days=30), timedelta(hours=-2)])
def test_a_jump_that_is_set_back_is_told_with_its_end_and_an_outage_meanwhile_is_told_as_ever(
    tmp_path: Path, off: timedelta
) -> None:
    well, down = prompt(2)
    with doubting_daemon(tmp_path, [well, down]) as (here, daemon, clock):
        clock.is_off_by(off)
        daemon.wait_log("the clock has jumped", NOTICED_WITHIN_S)
        here.pages.down = frozenset({down})
        here.wait_told("opened", down[1:])
        clock.is_off_by(timedelta())
        daemon.wait_log("the clock was set back to where it should be", NOTICED_WITHIN_S)
        here.pages.down = frozenset()
        here.wait_told("resolved", down[1:])
        looks = here.pages.looks
        wait_until(lambda: here.pages.looks > looks + 2, 60, "it looks no more")
        here.wait_settled(daemon)
        told = subjects(here)
        assert daemon.terminate() == 0
    assert sorted(subject.split()[0] for subject in told) == ["DOWN", "NOTICE", "NOTICE", "RESOLVED"]
    assert [subject for subject in told if "clock of the watching machine jumped" in subject]
    assert [subject for subject in told if "clock of the watching machine is right again" in subject]
    assert "Traceback" not in daemon.text


@pytest.mark.slow
def test_a_stop_while_looks_are_under_way_accuses_nobody_and_they_go_on(tmp_path: Path) -> None:
    """Whoever was stopped finds the time of every look long over, and nobody answered within it."""
    (path,) = prompt(1)
    with small_estate(tmp_path) as here:
        here.pages.hold_s = 1.5
        text = here.text([path]).replace("interval: 1s, timeout: 1s", "interval: 5s, timeout: 5s")
        here.home.write(text)
        with running_daemon(here.home) as daemon:
            daemon.wait_series("check_status", 0, check=path[1:])
            looks = here.pages.looks
            wait_until(lambda: here.pages.looks > looks, 60, "it does not look")
            daemon.signal(signal.SIGSTOP)
            time.sleep(ASLEEP_AFTER_S + 2)
            daemon.signal(signal.SIGCONT)
            daemon.wait_log("was asleep")
            looks = here.pages.looks
            wait_until(lambda: here.pages.looks > looks + 1, 60, "it looks no more")
            daemon.wait_series("check_status", 0, check=path[1:])
            assert daemon.terminate() == 0
        told = subjects(here)
    assert told == []
    assert len(daemon.logged("was asleep")) == 1
