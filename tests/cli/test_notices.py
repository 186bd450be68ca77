"""`nigehban invoices notice|proposals|confirm|refuse|letter|calendar` as they are typed, with a daemon or without."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import proposed
from tests.support.bills_on_record import event, received
from tests.support.kept_state import NOW, Kept, kept_state
from watchdog.cli.main import execute
from watchdog.store.store import open_store

EARLY = NOW - timedelta(days=20)
DUE = NOW.date() + timedelta(days=10)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The daemon has ended; one bill is open, and something of it waits."""
    kept = kept_state(tmp_path)
    with closing(open_store(kept.state)) as store:
        store.ledger.append([received("acme", "INV-1", EARLY, due=DUE, service="official-email")], EARLY)
        drafts = [event("acme/inv1", LedgerEventKind.VERIFIED, EARLY + timedelta(days=1), evidence="note 12")]
        store.ledger.propose(proposed(drafts, "aisha", source="notice a.txt", note="compare it", at=EARLY))
    return kept


def typed(kept: Kept, *words: str) -> int:
    return execute(["--config", str(kept.config), "--state", str(kept.state), "invoices", *words])


def waiting(kept: Kept, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert typed(kept, "proposals", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert isinstance(one, dict)
    return one


def test_what_waits_is_listed_without_a_daemon(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    one = waiting(kept, capsys)
    assert (one["standing"], one["events"][0]["about"], one["note"]) == ("waiting", "acme/inv1", "compare it")
    assert typed(kept, "proposals") == 0
    out = capsys.readouterr().out
    assert one["id"] in out
    assert "acme/inv1 verified" in out


def test_one_proposal_is_shown_whole(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    id_ = waiting(kept, capsys)["id"]
    assert typed(kept, "proposals", id_) == 0
    out = capsys.readouterr().out
    assert "evidence: note 12" in out
    assert typed(kept, "proposals", "0123456789ab") == 1
    assert "there is no proposal" in capsys.readouterr().err


def test_what_was_overtaken_is_listed_with_all_and_says_why(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    id_ = waiting(kept, capsys)["id"]
    with closing(open_store(kept.state)) as store:
        paid = event("acme/inv1", LedgerEventKind.ACKNOWLEDGED, EARLY + timedelta(days=2))
        store.ledger.append([paid], EARLY + timedelta(days=2))
    assert typed(kept, "proposals") == 0
    assert "nothing waits" in capsys.readouterr().out
    assert typed(kept, "proposals", "--all") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert id_ in out
    assert "overtaken" in out
    assert typed(kept, "proposals", id_) == 0
    assert "acme/INV-1 was paid" in capsys.readouterr().out
    assert typed(kept, "proposals", id_, "--all") == 2


@pytest.mark.parametrize("verb", ["confirm", "refuse"])
def test_without_a_daemon_nothing_is_decided(kept: Kept, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert typed(kept, verb, "0123456789ab") == 1
    assert "the daemon is not running" in capsys.readouterr().err
    assert typed(kept, verb, "NOT AN ID") == 2


def test_a_calendar_is_written_without_a_daemon(kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bills.ics"
    assert typed(kept, "calendar", str(file)) == 0
    assert capsys.readouterr().out == f"1 bill in {file}\n"
    raw = file.read_bytes()
    assert b"\r\r\n" not in raw
    names = [str(one["SUMMARY"]) for one in Calendar.from_ical(raw).subcomponents]
    assert names[0] == "Due: INV-1, acme, Rs 134,000"
    assert typed(kept, "calendar", "-") == 0
    assert capsys.readouterr().out.startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["calendar"], "say where to write it"),
        (["calendar", "a.ics", "--address", "finance"], "say where to write it"),
        (["calendar", "a.ics", "--lang", "fr"], "--lang: there are en and ur"),
        (["letter", "INV-1", "--lang", "fr"], "--lang: there are en and ur"),
        (["letter", "INV-1", "--kind", "love"], "--kind: there are grace, notice, alternate-account"),
        (["notice", "nowhere.txt"], "nowhere.txt: cannot be read: No such file or directory"),
    ],
)
def test_wrong_usage_says_what_would_be_right(
    kept: Kept, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert typed(kept, *words) == 2
    assert why in capsys.readouterr().err


def test_a_letter_is_drafted_without_a_daemon(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(kept, "letter", "acme/INV-1") == 0
    told = capsys.readouterr()
    assert "Subject: Bill INV-1: request not to suspend the service" in told.out
    assert "nigehban invoices record acme/INV-1 grace --until DAY" in told.err
    assert typed(kept, "letter", "acme/INV-2") == 1


@pytest.mark.parametrize(
    ("kind", "then"),
    [
        ("notice", "Nothing on record stands in the way of this bill. Keep what was sent"),
        ("alternate-account", "When the vendor has named another account: have it checked"),
    ],
)
def test_each_letter_says_what_to_write_down_once_it_is_answered(
    kept: Kept, capsys: pytest.CaptureFixture[str], kind: str, then: str
) -> None:
    assert typed(kept, "letter", "acme/INV-1", "--kind", kind) == 0
    told = capsys.readouterr()
    assert then in told.err
    assert "grace --until" not in told.err
    assert "as soon as it is removed" not in told.out


def test_a_calendar_that_cannot_be_written_says_so(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(kept, "calendar", "/proc/no/bills.ics") == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_notice_needs_a_daemon_that_keeps_what_it_says(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notice.txt"
    file.write_text("Acme: invoice INV-1 is due on 4 December 2026", "utf-8")
    assert typed(kept, "notice", str(file)) == 1
    assert "the daemon is not running" in capsys.readouterr().err


def test_a_file_that_is_no_notice_is_refused_before_anybody_is_asked(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notice.docx"
    file.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    assert typed(kept, "notice", str(file)) == 2
    assert "an office document; save it as PDF or as text" in capsys.readouterr().err
