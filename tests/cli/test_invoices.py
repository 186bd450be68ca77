"""`nigehban invoices` without a daemon: listings from the database, the audit of it, and what is asked of people."""

import hashlib
import json
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checks.estate import Estate
from checks.ledger.event import BlockReason, Details, LedgerEventKind
from checks.ledger.proposal import proposed
from checks.model import CheckId
from checks.units import parse_money
from tests.support.bills_on_record import event, received
from tests.support.kept_state import NOW, Kept, kept_state
from watchdog.cli import looks
from watchdog.cli.auditing import audit
from watchdog.cli.invoice_asking import add, digest, forecast, list_, record, show
from watchdog.cli.listing import deadlines
from watchdog.cli.looks import NotFoundError, Remembered, View
from watchdog.cli.main import execute
from watchdog.store.changes import Changes
from watchdog.store.store import open_store

_K = LedgerEventKind
EARLY = NOW - timedelta(days=20)
DUE = NOW.date() + timedelta(days=10)
LATE = NOW.date() - timedelta(days=3)


@pytest.fixture
def state() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The daemon has ended; two bills are open, one is paid, and the vendor of one cannot be paid."""
    kept = kept_state(tmp_path)
    blocked = Details(block=BlockReason.ACCOUNT_ATTACHED, reason="FBR notice")
    paid = Details(amount=parse_money("100.00 PKR"))
    drafts = [
        received("acme", "INV-1", EARLY, due=DUE, service="official-email"),
        received("acme", "INV-2", EARLY, due=LATE, amount="50000.00", service="official-email"),
        received("acme", "INV-3", EARLY, due=DUE, amount="100.00"),
        event("acme/inv1", _K.VERIFIED, EARLY + timedelta(days=1), evidence="note 12"),
        event("acme/inv3", _K.ACKNOWLEDGED, EARLY + timedelta(days=2), paid, evidence="receipt 1"),
        event("acme", _K.BLOCKED, EARLY + timedelta(days=3), blocked, evidence="letter of 35202-1234567-1"),
    ]
    with closing(open_store(kept.state)) as store:
        for place, draft in enumerate(drafts):
            store.ledger.append([draft], EARLY + timedelta(days=5, minutes=place))
    return kept


def common(kept: Kept, *, as_json: bool = False) -> dict[str, Any]:
    return {"config": kept.config, "state": kept.state, "environ": {}, "as_json": as_json}


def listed(kept: Kept, capsys: pytest.CaptureFixture[str], **chosen: object) -> list[str]:
    """Names of bills, in order."""
    which: dict[str, Any] = {"every": False, "blocked": False, "late": False, "vendor": "", **chosen}
    assert list_(**which, **common(kept, as_json=True), clock=kept.clock) == 0
    return [one["bill"] for one in json.loads(capsys.readouterr().out)]


def test_who_loses_most_per_rupee_stands_first(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(kept, capsys) == ["acme/INV-2", "acme/INV-1"]


def test_a_listing_is_narrowed_down(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(kept, capsys, every=True) == ["acme/INV-2", "acme/INV-1", "acme/INV-3"]
    assert listed(kept, capsys, late=True) == ["acme/INV-2"]
    assert listed(kept, capsys, blocked=True) == ["acme/INV-2", "acme/INV-1"]
    assert listed(kept, capsys, vendor="zeta") == []


def test_a_listing_ends_with_what_is_at_risk(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_(every=False, blocked=False, late=False, vendor="", **common(kept), clock=kept.clock) == 0
    told = capsys.readouterr()
    assert told.out.rstrip().splitlines()[-1].startswith("At risk: Rs 184,000 in 2 open bills (2 blocked, 1 overdue)")
    assert "the daemon is not running; this is what it saw last" in told.err


WRITTEN = """
invoices: [{vendor: acme, number: INV-9, amount: 5 PKR, due: 2030-01-01}]
checks: [{id: bills, kind: invoice_due}]
vendors: {acme: {name: Acme}}
"""
NOT_YET = "nothing is on record yet: the daemon has not yet taken in 1 bill in the settings; ask again"


def told_of_none(kept: Kept, capsys: pytest.CaptureFixture[str], settings: str, vendor: str = "") -> str:
    kept.config.write_text(kept.config.read_text("utf-8") + settings, "utf-8")
    assert list_(every=False, blocked=False, late=False, vendor=vendor, **common(kept), clock=kept.clock) == 0
    told = capsys.readouterr()
    assert "no bill on record" in told.out
    return told.err


def test_bills_that_the_daemon_has_not_got_to_yet_are_not_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert NOT_YET in told_of_none(kept_state(tmp_path), capsys, WRITTEN)


def test_where_nobody_wrote_a_bill_down_none_is_to_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "taken in" not in told_of_none(kept_state(tmp_path), capsys, "")


def test_once_something_is_on_record_what_is_not_there_is_not(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert "taken in" not in told_of_none(kept, capsys, WRITTEN, vendor="zeta")


def test_two_ways_to_narrow_down_at_once_are_wrong_usage(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_(every=True, blocked=True, late=False, vendor="", **common(kept), clock=kept.clock) == 2
    assert "one of --all, --blocked and --late" in capsys.readouterr().err


def test_a_bill_is_shown_with_who_wrote_what_down_when(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show("inv 1", known_at="", **common(kept), clock=kept.clock) == 0
    told = capsys.readouterr().out
    assert "What is on record, as it was written down" in told
    assert [line.split("  ")[0][:10] for line in told.splitlines() if "aisha" in line]
    assert "note 12" in told


def test_money_is_written_in_one_way(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    part = Details(amount=parse_money("40000.00 PKR"))
    with closing(open_store(kept.state)) as store:
        store.ledger.append([event("acme/inv2", _K.ACKNOWLEDGED, NOW, part)], NOW)
        store.ledger.append([event("acme/inv1", _K.CREDITED, NOW, part)], NOW)
    assert show("INV-2", known_at="", **common(kept), clock=kept.clock) == 0
    assert "Settled so far: Rs 40,000 acknowledged; left to pay Rs 10,000" in capsys.readouterr().out
    assert show("INV-1", known_at="", **common(kept), clock=kept.clock) == 0
    assert "Rs 40,000 sent; it is paid once the vendor says" in capsys.readouterr().out


def test_personal_numbers_are_masked(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show("INV-1", known_at="", **common(kept), clock=kept.clock) == 0
    told = capsys.readouterr().out
    assert "35202-1234567-1" not in told
    assert "XXXXX-XXXXXXX-X" in told


@pytest.mark.parametrize("number", ["7000007DI1747119701593", "1747119701593"])
def test_a_bill_is_shown_under_the_name_that_the_list_prints(
    kept: Kept, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with closing(open_store(kept.state)) as store:
        store.ledger.append([received("zeta", number, EARLY, due=DUE)], NOW)
    assert list_(every=False, blocked=False, late=False, vendor="zeta", **common(kept), clock=kept.clock) == 0
    (name,) = re.findall(r"zeta/\S+", capsys.readouterr().out)
    assert (name == f"zeta/{number}") is ("DI" in number)
    assert show(name, known_at="", **common(kept, as_json=True), clock=kept.clock) == 0
    assert json.loads(capsys.readouterr().out)[0]["number"] == number


def test_a_bill_is_shown_as_it_was_known_on_a_day(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    before = str((EARLY + timedelta(days=2)).date())
    assert show("INV-1", known_at=before, **common(kept), clock=kept.clock) == 1
    assert "was not on record then" in capsys.readouterr().err
    after = (EARLY + timedelta(days=5, minutes=1)).isoformat()
    assert show("INV-1", known_at=after, **common(kept, as_json=True), clock=kept.clock) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert [found["event"] for found in one["history"]] == ["received"]
    assert one["blocks"] == []


def test_a_bill_that_is_none_says_how_bills_are_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show("INV-9", known_at="", **common(kept), clock=kept.clock) == 1
    assert "name" in capsys.readouterr().err


def test_the_forecast_of_all_begins_with_the_least_room(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert forecast("", **common(kept, as_json=True), clock=kept.clock) == 0
    rooms = [one["runway_working_days"] for one in json.loads(capsys.readouterr().out)]
    assert rooms == sorted(rooms)
    assert len(rooms) == 2


def test_the_forecast_of_one_bill_names_each_stage_and_what_stops_it(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forecast("INV-1", **common(kept), clock=kept.clock) == 0
    told = capsys.readouterr().out
    assert "It stands still: its vendor cannot be paid: account attached by the tax authority" in told
    assert [stage for stage in ("payee check", "pre-audit", "vendor confirms receipt") if stage not in told] == []


def test_what_is_paid_has_nothing_ahead(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert forecast("INV-3", **common(kept), clock=kept.clock) == 1
    assert "there is nothing ahead of it" in capsys.readouterr().err


def test_the_morning_list_is_printed_as_it_would_go_out(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert digest(**common(kept), clock=kept.clock) == 0
    assert capsys.readouterr().out.startswith("DIGEST")


def test_a_whole_ledger_is_said_to_be_whole(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("", **common(kept)) == 0
    told = capsys.readouterr().out
    assert told.startswith("6 events of 3 bills and 1 vendor")
    assert "Whole:" in told


def test_the_head_that_was_told_once_is_found_again(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("", **common(kept, as_json=True)) == 0
    head = json.loads(capsys.readouterr().out)["head"]
    in_groups = " ".join(head[place : place + 4] for place in range(0, 16, 4))  # as lists print it
    assert audit(in_groups, **common(kept)) == 0
    assert "stands in the chain as event 6" in capsys.readouterr().out
    assert audit("0" * 64, **common(kept)) == 1
    assert "CUT OR CHANGED" in capsys.readouterr().out
    assert audit("not a head", **common(kept)) == 2


def test_a_proposal_that_was_changed_by_hand_is_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_store(kept.state)) as store:
        note = event("acme/inv1", LedgerEventKind.NOTED, EARLY, Details(reason="it seems so"))
        store.ledger.propose(proposed([note], "inbox", source="a.txt", note="", at=EARLY))
    assert audit("", **common(kept)) == 0
    assert "1 proposal, " in capsys.readouterr().out
    with closing(sqlite3.connect(kept.state / "nigehban.sqlite3")) as database, database:
        database.execute("UPDATE ledger_proposals SET decided_by = 'ali'")
    assert audit("", **common(kept)) == 1
    assert "WRONG PROPOSAL" in capsys.readouterr().out
    assert audit("", **common(kept, as_json=True)) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["wrong_proposals"], "it waits, and yet" in told["first_wrong_proposal"]["why"]) == (1, True)


def test_a_row_that_was_changed_by_hand_is_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(kept.state / "nigehban.sqlite3")) as database:
        database.execute("DROP TRIGGER ledger_events_never_changed")
        database.execute("UPDATE ledger_events SET author = 'nobody' WHERE seq = 4")
        database.commit()
    assert audit("", **common(kept)) == 1
    assert "BROKEN at event 4, " in capsys.readouterr().out


def one_question(state: Path, into: list[bytes]) -> threading.Thread:
    """Stands in for the daemon for one question, and keeps it."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(state / "nigehban.sock"))
    listening.listen()
    body = b'{"is_new": true, "text": "acme/INV-1: paid", "events": []}'

    def serve() -> None:
        with listening, closing(listening.accept()[0]) as connection:
            connection.settimeout(60)
            into.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_a_scan_is_put_on_record_by_its_hash(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan = state / "receipt.pdf"
    scan.write_bytes(b"receipt")
    where: dict[str, Any] = {"config": state, "state": state, "environ": {}, "as_json": False}
    asked: list[bytes] = []
    thread = one_question(state, asked)
    said = {"event": "acknowledged", "evidence": ""}
    assert record("INV-1, INV-2", said, evidence_file=scan, **where) == 0
    thread.join()
    assert capsys.readouterr().out == "acme/INV-1: paid\n"
    sent = json.loads(asked[0].partition(b"\r\n\r\n")[2])
    assert sent == {
        "bills": ["INV-1", "INV-2"],
        "whole": "INV-1, INV-2",
        "event": "acknowledged",
        "evidence": f"sha256:{hashlib.sha256(b'receipt').hexdigest()}",
    }


def test_a_scan_that_cannot_be_read_is_wrong_usage(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {"vendor": "acme", "evidence": ""}
    where: dict[str, Any] = {"config": state, "state": state, "environ": {}, "as_json": False}
    assert add(said, evidence_file=state / "none.pdf", **where) == 2
    assert "--evidence-file" in capsys.readouterr().err


def test_proof_is_given_once(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {"vendor": "acme", "evidence": "letter"}
    where: dict[str, Any] = {"config": state, "state": state, "environ": {}, "as_json": False}
    assert add(said, evidence_file=state / "none.pdf", **where) == 2
    assert "one of --evidence and --evidence-file" in capsys.readouterr().err


def test_without_a_daemon_nothing_is_written_down(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["invoices", "add", "acme", "INV-1", "5", "--due", "2026-12-01", "--state", str(state)]
    assert execute(words) == 1
    assert "the daemon is not running; this needs it" in capsys.readouterr().err


def test_deadlines_are_narrowed_down_by_time_and_by_kind(kept: Kept) -> None:
    estate = Estate(name="Test", time_zone=ZoneInfo("Asia/Karachi"))
    with closing(open_store(kept.state)) as store:
        kinds = {CheckId("bills"): "invoice_due", CheckId("domains"): "domain_expiry"}
        view = View(listings=store.listings, estate=estate, now=NOW, kinds=kinds)
        assert [one["check"] for one in looks.deadlines(view, within="1d", kind="invoice_due").objects] == ["bills"]
        none = looks.deadlines(view, kind="domain_expiry")
        assert none.objects == []
        assert none.notes == ["no check of kind domain_expiry sees a deadline; there are invoice_due"]
        long_before = replace(view, now=NOW - timedelta(days=100))
        assert looks.deadlines(long_before, within="12h").objects == []


def test_a_kind_of_several_checks_is_named_once(kept: Kept) -> None:
    estate, kinds = Estate(name="Test", time_zone=ZoneInfo("Asia/Karachi")), ("bills", "more-bills")
    with closing(open_store(kept.state)) as store:
        due = next(record for record in store.load_records() if record.deadline is not None)
        store.commit(Changes(records=(replace(due, check_id=CheckId("more-bills")),)))
        by_check = {CheckId(one): "invoice_due" for one in kinds} | {CheckId("domains"): "domain_expiry"}
        view = View(listings=store.listings, estate=estate, now=NOW, kinds=by_check)
        notes = looks.deadlines(view, kind="domain_expiry").notes
    assert notes == ["no check of kind domain_expiry sees a deadline; there are invoice_due"]


def test_a_kind_that_no_check_is_of_is_refused_with_those_that_there_are(kept: Kept) -> None:
    estate = Estate(name="Test", time_zone=ZoneInfo("Asia/Karachi"))
    kinds = {CheckId("bills"): "invoice_due", CheckId("domains"): "domain_expiry"}
    with closing(open_store(kept.state)) as store:
        view = View(listings=store.listings, estate=estate, now=NOW, kinds=kinds)
        with pytest.raises(NotFoundError) as refused:
            looks.deadlines(view, kind="invoices_due")
    assert str(refused.value) == "no check is of kind invoices_due; there are domain_expiry, invoice_due"


def test_where_the_settings_cannot_be_read_no_kind_is_called_wrong(kept: Kept) -> None:
    with closing(open_store(kept.state)) as store:
        view = View(listings=store.listings, estate=Estate(name="", time_zone=ZoneInfo("UTC")), now=NOW)
        assert looks.deadlines(view, kind="invoice_due").notes == [
            "no check of kind invoice_due sees a deadline; there are none"
        ]


def test_deadlines_read_from_the_database_are_those_that_the_daemon_remembers(kept: Kept) -> None:
    estate = Estate(name="Test", time_zone=ZoneInfo("Asia/Karachi"))
    with closing(open_store(kept.state)) as store:
        due = next(record for record in store.load_records() if record.deadline is not None)
        store.commit(Changes(records=(replace(due, subject="b"), replace(due, subject="a"))))
        view = View(listings=store.listings, estate=estate, now=NOW)
        remembering = replace(view, remembered=Remembered(records=store.listings.subjects()))
        from_file, from_memory = looks.deadlines(view), looks.deadlines(remembering)
    assert len(from_file.objects) == 3
    assert from_file.objects == from_memory.objects
    assert from_file.text == from_memory.text


def test_a_distance_in_time_that_is_none_is_wrong_usage(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert deadlines(**common(kept), within="soon", clock=kept.clock) == 2
    assert "--within: must be days or hours" in capsys.readouterr().err


def test_several_proposals_are_wrong_and_one_is(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for number in (1, 2):
        with closing(open_store(kept.state)) as store:
            for one in range(number):
                note = event("acme/inv1", LedgerEventKind.NOTED, EARLY, Details(reason=f"it seems so {number} {one}"))
                store.ledger.propose(proposed([note], "inbox", source="a.txt", note="", at=EARLY))
        with closing(sqlite3.connect(kept.state / "nigehban.sqlite3")) as database, database:
            database.execute("UPDATE ledger_proposals SET decided_by = 'ali'")
        audit("", **common(kept))
        told += [line for line in capsys.readouterr().out.splitlines() if line.startswith("and ")]
    assert told == ["and 2 more proposals that are wrong"]
