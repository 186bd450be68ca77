"""`nigehban vendors` beside a real daemon: a list is handed over, a vendor blocked, a script asks before it pays."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import pytest

from tests.support.daemon_process import DaemonProcess, Home, running_daemon

pytestmark = pytest.mark.slow

SETTINGS = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi}
vendors:
  acme: {name: Acme Mail (Pvt) Ltd, ntn: 1234567-8, iban: PK36SCBL0000001123456702}
  khan: {name: A. Khan, cnic: 17301-1234567-1, iban: PK36SCBL0000001123456702}
  ntc: {name: NTC, taxpayer_lists: []}
services: {official-email: {title: Official e-mail, vendor: acme}}
receivers: {on-call: {channels: [{kind: webhook, url: "http://127.0.0.1:9/x"}]}}
routes: [{match: {}, to: [on-call]}]
defaults: {interval: 2s, timeout: 2s}
billing: {}
"""
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


@pytest.fixture
def home() -> Iterator[Home]:
    with TemporaryDirectory(prefix="nb") as name:  # a socket's path is short
        home = Home(Path(name))
        home.write(SETTINGS)
        yield home


def listed(home: Home) -> dict[str, bool | None]:
    answer = json.loads(home.call("vendors", "list", "--json").stdout)
    return {one["vendor"]: one["is_payable"] for one in answer}


def hand_over(home: Home, text: str) -> CompletedProcess[str]:
    file = home.folder / "atl.csv"
    file.write_text(text, "utf-8")
    return home.call("vendors", "import-list", str(file), "--list-date", YESTERDAY)


def taxpayers(*more: str) -> str:
    """More rows than one piece holds."""
    rows = [f"{number:07d},SOMEBODY WITH A LONG NAME {number}" for number in range(2_000_000, 2_005_000)]
    return "\n".join(["NTN,NAME", *rows, *more]) + "\n"


def blocked(daemon: DaemonProcess, value: float) -> None:
    daemon.wait_series("payee_payable", value, vendor="acme")


def test_a_vendor_is_payable_by_a_list_and_not_once_it_is_blocked(home: Home) -> None:
    with running_daemon(home) as daemon:
        assert listed(home) == {"acme": None, "khan": None, "ntc": True}
        done = hand_over(home, taxpayers("1234567-8,ACME MAIL", "1730112345671,A KHAN"))
        assert (done.returncode, "5,002 numbers" in done.stdout) == (0, True), done.stderr
        assert listed(home) == {"acme": True, "khan": True, "ntc": True}
        blocked(daemon, 1)

        assert home.call("vendors", "check", "acme").returncode == 0
        done = home.call("vendors", "block", "acme", "account-attached", "--evidence", "letter 12")
        assert done.returncode == 0, done.stderr
        checked = home.call("vendors", "check", "acme")
        assert (checked.returncode, "acme: cannot be paid" in checked.stderr) == (1, True)
        blocked(daemon, 0)

        done = hand_over(home, taxpayers(*["no number here"] * 200))
        assert (done.returncode, "the list before it stays in force" in done.stderr) == (1, True)
        assert home.call("vendors", "unblock", "acme").returncode == 0
        assert listed(home)["acme"] is True
        assert daemon.terminate() == 0

    shown = home.call("vendors", "show", "khan")
    assert (shown.returncode, "Payable: yes" in shown.stdout) == (0, True)
    assert "CNIC: •••••••••5671" in shown.stdout
    assert home.call("vendors", "check", "khan").returncode == 1
