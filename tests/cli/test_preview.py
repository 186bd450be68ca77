"""`nigehban notify preview`: what an office will get in the next weeks, before it gets it."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.ledger.event import BlockReason, Details, Draft, LedgerEventKind
from tests.support.bills_on_record import event, received
from tests.support.kept_state import kept_state
from tests.support.telling import local
from watchdog.cli import preview
from watchdog.store.store import open_store

SETTINGS = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi}
offices: {hq: {week: {mon-thu: "09:00-17:00", fri: "09:00-13:00"}, holidays: pk}}
vendors: {acme: {name: Acme Mail (Pvt) Ltd}}
services: {official-email: {title: Official e-mail}}
receivers: {finance: {office: hq, hold_for_office_hours: true, channels: [{kind: webhook, url: https://hooks.example.org/z}]}}
routes: [{match: {}, to: [finance]}]
checks: [{id: bills, kind: invoice_due, service: official-email}]
invoices:
  - {vendor: acme, number: INV-7, service: official-email, amount: "134000.00 PKR", due: 2026-12-01}
"""
#: A Sunday.
NOW = local("2026-11-22 12:00")


def foretold(
    folder: Path, capsys: pytest.CaptureFixture[str], *, days: int = 9, as_json: bool = False, settings: str = SETTINGS
) -> tuple[str, str]:
    """What is printed, and what is said beside it."""
    config = folder / "nigehban.yaml"
    config.write_text(settings, "utf-8")
    code = preview.foretell(
        config=config, state=folder / "state", environ={}, days=days, as_json=as_json, clock=lambda: NOW
    )
    assert code == 0
    read = capsys.readouterr()
    return read.out, read.err


def objects(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(foretold(folder, capsys, as_json=True)[0])
    return found


def test_the_bills_of_the_settings_are_foretold_without_a_daemon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = foretold(tmp_path, capsys)
    first = next(line for line in out.splitlines() if "INV-7" in line)
    assert first.startswith(
        "09:00 on Mon 23 Nov 2026  finance  finance-1-webhook  DUE Rs 134,000 to Acme Mail (Pvt) Ltd"
    )
    assert "this is by what it saw last, and by the settings" in err
    assert "certificates and domains are missing" in err


def test_an_urdu_subject_is_shown_as_words_without_marks_of_direction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    urdu = SETTINGS.replace("{office: hq,", "{office: hq, language: ur,")
    out, _err = foretold(tmp_path, capsys, settings=urdu)
    assert "INV-7" in out
    assert "\\u20" not in out


def test_messages_wait_for_office_hours_and_come_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = objects(tmp_path, capsys)
    times = [one["at"] for one in found]
    assert times == sorted(times)
    assert {at.partition("T")[2] for at in times} == {"04:00:00Z"}, "nine o'clock in Peshawar"
    assert [one["event"] for one in found][:2] == ["opened", "reminder"]
    assert found[0]["incident"] is None


def test_a_time_in_which_nothing_goes_out_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = foretold(tmp_path, capsys, days=0)
    assert out == "nothing goes out in the next 0 days, if nothing changes\n"


def test_what_the_daemon_wrote_is_played_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept_state(tmp_path)
    _, err = foretold(tmp_path, capsys)
    assert "certificates and domains are missing" not in err


# What is on record ---------------------------------------------------------------------------------------------------

OWED = SETTINGS.replace("invoices:", "billing: {grace_days: 14, tolerance_days: 14}\ninvoices:").replace(
    "services: {official-email: {title: Official e-mail}}",
    "services: {official-email: {title: Official e-mail, vendor: acme}}",
)


def on_record(folder: Path, *drafts: Draft) -> None:
    state = folder / "state"
    state.mkdir(mode=0o700)
    with closing(open_store(state)) as store:
        store.ledger.append(drafts, NOW - timedelta(days=2))


def bill(number: str) -> Draft:
    return received("acme", number, NOW - timedelta(days=2), due=NOW.date() + timedelta(days=3))


def subjects(folder: Path, capsys: pytest.CaptureFixture[str], *, days: int) -> list[tuple[str, str, str]]:
    """Event, check and subject of every message."""
    found = json.loads(foretold(folder, capsys, days=days, as_json=True, settings=OWED)[0])
    return [(one["event"], one["check"], one["subject"]) for one in found]


def test_a_bill_on_record_is_foretold_with_what_it_may_darken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_record(tmp_path, bill("INV-9"))
    found = subjects(tmp_path, capsys, days=25)
    assert [event for event, check, said in found if check == "bills" and "INV-9" in said][:2] == [
        "opened",
        "reminder",
    ]
    outage = [event for event, check, _said in found if check == "billing/outages"]
    assert outage[0] == "opened"
    assert "resolved" not in outage


def test_a_vendor_that_is_blocked_on_record_is_foretold_and_never_as_unblocked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = event("acme", LedgerEventKind.BLOCKED, NOW - timedelta(days=1), Details(block=BlockReason.COURT_ORDER))
    on_record(tmp_path, bill("INV-9"), block)
    told = [(event, said) for event, check, said in subjects(tmp_path, capsys, days=25) if check == "billing/payees"]
    assert told[0][0] == "opened"
    assert "BLOCKED" in told[0][1]
    assert "resolved" not in {event for event, _said in told}


def test_a_bill_that_is_paid_on_record_is_foretold_by_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_record(tmp_path, bill("INV-9"), event("acme/inv9", LedgerEventKind.ACKNOWLEDGED, NOW - timedelta(days=1)))
    assert not [said for _event, _check, said in subjects(tmp_path, capsys, days=25) if "INV-9" in said]
