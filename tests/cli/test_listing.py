"""`nigehban status`, `incidents` and `deadlines` over the state that a daemon left."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest

from alerts.channel import Delivered
from alerts.distress import Told
from alerts.incident import EventKind, Incident, IncidentEvent, Nature, Retirement
from alerts.message import Notification
from checks.estate import Estate
from checks.model import Cause, CheckId, Status
from tests.support.kept_state import NOW, Kept, kept_state
from tests.support.stored import at, change, closed, incident, notification, record
from watchdog.cli.columns import table
from watchdog.cli.listing import deadlines, incidents, status
from watchdog.cli.listing_text import incidents_text, status_text
from watchdog.store.changes import Changes
from watchdog.store.lock import StateLock
from watchdog.store.store import open_store

NOC = "on-call at noc@example.org over on-call-1-mail"
NOBODY: Mapping[str, str] = {}


Show: TypeAlias = Callable[[Kept], int]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return kept_state(tmp_path)


def show_status(kept: Kept, *, as_json: bool = False) -> int:
    return status(config=kept.config, state=kept.state, environ=NOBODY, as_json=as_json, clock=kept.clock)


def show_incidents(kept: Kept, *, closed: bool = False, as_json: bool = False) -> int:
    return incidents(
        config=kept.config, state=kept.state, environ=NOBODY, closed=closed, as_json=as_json, clock=kept.clock
    )


def show_deadlines(kept: Kept, *, as_json: bool = False) -> int:
    return deadlines(config=kept.config, state=kept.state, environ=NOBODY, as_json=as_json, clock=kept.clock)


def as_objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return objects


# status ----------------------------------------------------------------------------------------------------------


def test_status_tells_what_is_down_first_and_what_is_well_last(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_status(kept) == 0
    assert capsys.readouterr().out == (
        "STATUS    CAUSE    CHECK  SUBJECT     SEEN        WHAT WAS SEEN\n"
        "critical  refused  mx     mx2         5 s ago     mx2 refuses\n"
        "warning   due      bills  acme/INV-7  10 min ago  Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"
        " (deadline Sun 22 Nov 2026)\n"
        "unknown   blind    dns    mx1         1 min ago   we cannot see\n"
        "ok                 mx     mx1         10 s ago    mx1:25 greets\n"
    )


def test_status_in_json_has_every_field(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_status(kept, as_json=True) == 0
    worst = as_objects(capsys)[0]
    assert worst == {
        "check": "mx",
        "subject": "mx2",
        "status": "critical",
        "cause": "refused",
        "summary": "mx2 refuses",
        "observed_at": "2026-11-02T04:29:55Z",
        "last_good_at": None,
        "incidents": ["i1"],
        "evidence": "connect: refused",
    }


def test_a_long_summary_goes_on_below_itself_on_a_terminal_and_nothing_is_lost() -> None:
    told = " ".join(f"word{number}" for number in range(60))
    seen = replace(record(0, status=Status.CRITICAL), cause=Cause.PROTOCOL, summary=told)
    lines = status_text([seen], seen.seen_at, ZoneInfo("Asia/Karachi"), width=100).splitlines()
    assert max(map(len, lines)) <= 100
    assert " ".join(" ".join(lines[1:]).split()) == f"critical protocol mx mx1 0 s ago {told}"


def test_a_script_gets_one_line_per_subject(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(kept.state)
    store.commit(Changes(records=(replace(record(0, check="z"), summary="many words " * 60),)))
    store.close()
    assert show_status(kept) == 0
    assert capsys.readouterr().out.count("\n") == 1 + 5


def test_a_terminal_too_narrow_for_a_table_still_gets_one() -> None:
    assert table(("A", "B"), [("x" * 15, "one two three four five six seven")], width=20).splitlines() == [
        "A" + " " * 11 + "B",
        "x" * 10 + "  one two three four five six",
        "x" * 5 + " " * 7 + "seven",
    ]


def test_long_names_go_on_below_themselves_so_that_a_table_fits_its_terminal() -> None:
    row = ("critical", "tls_name_mismatch", "portal-of-citizens", "https://portal.example.gov.pk/a/b/c?***", "5 s ago")
    told = table(("STATUS", "CAUSE", "CHECK", "SUBJECT", "SEEN", "WHAT"), [(*row, "refuses connections " * 5)], 100)
    assert max(map(len, told.splitlines())) <= 100
    assert row[3] not in told
    piped = table(("STATUS", "CAUSE", "CHECK", "SUBJECT", "SEEN", "WHAT"), [(*row, "refuses")])
    assert row[3] in piped


def test_what_a_target_said_moves_no_cursor_and_breaks_no_line() -> None:
    assert table(("A", "B"), [("a\n\x1b[2J", "b\r\u202e")]) == "A           B\na\\n\\x1b[2J  b\\r\\u202e"


# incidents -------------------------------------------------------------------------------------------------------


def test_incidents_say_who_was_told_and_who_is_yet_to_be(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_incidents(kept) == 0
    assert capsys.readouterr().out == (
        "CRITICAL  Official e-mail: mx2 refuses connections\n"
        "  since 09:00 on Mon 2 Nov 2026, for 30 min\n"
        "  fault: the connection was refused; check mx, subject mx2\n"
        "  incident i1\n"
        "  09:00:10 on Mon 2 Nov 2026  opened as critical\n"
        "  09:00:21 on Mon 2 Nov 2026  told on-call at noc@example.org over on-call-1-mail: opened\n"
        "  09:00:40 on Mon 2 Nov 2026  could not tell on-call over on-call-2-apprise yet: opened:"
        " no answer in 20 s [timeout]\n"
        "  still to tell: on-call over on-call-2-apprise: opened, not before 09:31 on Mon 2 Nov 2026\n"
        "\n"
        "WARNING  Official e-mail: Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7\n"
        "  since 09:00 on Mon 2 Nov 2026, for 30 min\n"
        "  deadline 09:00 on Sun 22 Nov 2026: due; check bills, subject acme/INV-7\n"
        "  incident i2\n"
        "  09:00 on Mon 2 Nov 2026  opened as warning (20 working days ahead)\n"
        "  nobody was told yet\n"
        "  still to tell: finance at so@example.gov.pk over finance-1-mail: opened,"
        " not before 09:31 on Mon 2 Nov 2026\n"
    )


def test_incidents_that_are_over_say_how_long_they_lasted_and_why_nobody_heard(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_incidents(kept, closed=True) == 0
    over = next(part for part in capsys.readouterr().out.split("\n\n") if "incident i0" in part)
    assert over.rstrip().splitlines() == [
        "CRITICAL  Official e-mail: mx3 refuses connections",
        "  from 09:00 on Mon 2 Nov 2026 to 09:10 on Mon 2 Nov 2026, 10 min: answers again",
        "  fault: the connection was refused; check mx, subject mx3",
        "  incident i0",
        "  09:00:10 on Mon 2 Nov 2026  opened as critical",
        "  09:10:00 on Mon 2 Nov 2026  resolved",
        f"  09:10:01 on Mon 2 Nov 2026  no need to tell {NOC}: opened: it healed before anybody was told [healed]",
        "  nobody was told",
    ]


def test_what_the_watchdog_told_of_itself_from_memory_is_shown_below_what_is_over(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    row = notification("d1", EventKind.NOTICE, incident_id=None)
    with closing(open_store(kept.state)) as store:
        store.record_told([Told(notification=row, at=at(60), outcome=Delivered())])
    assert show_incidents(kept, closed=True) == 0
    assert capsys.readouterr().out.endswith(
        "What the watchdog said of itself, newest first\n"
        "  09:01 on Mon 2 Nov 2026  told on-call at noc@example.org over on-call-1-mail: notice: notice d1\n"
    )
    assert show_incidents(kept) == 0
    assert "said of itself" not in capsys.readouterr().out


def lines_of(one: Incident, *events: IncidentEvent) -> list[str]:
    store = open_store(None)
    store.commit(Changes(incidents=(one,), events=events))
    history = store.listings.history(one.id)
    assert history is not None
    return incidents_text([history], NOW, Estate(name="", time_zone=ZoneInfo("Asia/Karachi"))).splitlines()


def test_what_comes_and_goes_says_so_and_since_when_it_is_well() -> None:
    shaky = replace(incident("s1"), is_unstable=True, recovered_at=at(1200))
    lines = lines_of(
        shaky,
        change("e1", EventKind.RECOVERED, shaky, 900),
        change("e2", EventKind.UNSTABLE, shaky, 1000),
        change("e3", EventKind.SEVERITY, shaky, 1100),
    )
    told = "\n".join(lines)
    assert "well since 09:20 on Mon 2 Nov 2026, over once it has stayed so" in told
    assert "it comes and goes" in told
    assert "  well for now; over once it has stayed so" in told
    assert "  failed again before it was over" in told
    assert "  now critical: mx1 refuses connections" in told


def test_what_lasted_less_than_two_minutes_is_told_to_the_second() -> None:
    over = closed(incident("s1"), 30)
    assert "  from 09:00:00 on Mon 2 Nov 2026 to 09:00:30 on Mon 2 Nov 2026, 30 s: answers again" in lines_of(over)


def test_a_check_that_was_taken_out_closes_its_incident_and_resolves_nothing() -> None:
    over = replace(closed(incident("s1"), 600), close_reason=Retirement.REMOVED.value)
    lines = lines_of(over, change("e-1", EventKind.OPENED, over), change("e-2", EventKind.RESOLVED, over, 600))
    assert "  09:10 on Mon 2 Nov 2026  closed" in lines


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        ("0wd", " (on the last day)"),
        ("7d", " (7 days ahead)"),
        ("overdue 2026-11-22", " (overdue)"),
        ("withdrawn 2026-11-22", " (no longer listed)"),
        ("of a plugin", ""),
    ],
)
def test_a_step_of_a_ladder_is_told_in_words(rung: str, words: str) -> None:
    one = incident("s1", nature=Nature.DEADLINE)
    lines = lines_of(one, replace(change("e-1", EventKind.REMINDER, one, 60), rung=rung))
    assert f"  09:01 on Mon 2 Nov 2026  reminder{words}" in lines


def test_a_check_that_was_not_looked_at_yet_stands_among_what_is_unknown() -> None:
    records = [record(0, status=Status.CRITICAL), record(0, check="b")]
    text = status_text(records, NOW, ZoneInfo("Asia/Karachi"), None, [CheckId("fresh")])
    assert [line.split()[0] for line in text.splitlines()] == ["STATUS", "critical", "unknown", "ok"]
    assert "fresh" in text.splitlines()[2]
    assert text.splitlines()[2].endswith("not looked at yet")


CHANGED = replace(
    incident("c1", nature=Nature.CHANGE),
    severity=Status.WARNING,
    cause=Cause.NONE,
    summary="mx1 has another certificate",
    changed="certificate",
    facts=(("Issuer before", "CN=A"), ("Issuer now", "CN=B\x1b[2J")),
    closed_at=at(0),
    opened_at=at(0),
)


def keep_change(kept: Kept, *rows: Notification, severity: Status = Status.WARNING) -> None:
    noticed = replace(CHANGED, severity=severity)
    with closing(open_store(kept.state)) as store:
        store.commit(
            Changes(incidents=(noticed,), events=(change("e-c1", EventKind.NOTICE, noticed, 0),), notifications=rows)
        )


def test_a_change_is_never_open_and_shows_before_and_after(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    keep_change(kept, notification("c", EventKind.NOTICE, incident_id="c1", not_before=90_000))
    assert show_incidents(kept) == 0
    assert "another certificate" not in capsys.readouterr().out
    assert show_incidents(kept, closed=True) == 0
    shown = next(part for part in capsys.readouterr().out.split("\n\n") if "incident c1" in part)
    assert shown.rstrip().splitlines() == [
        "CHANGED  Official e-mail: mx1 has another certificate",
        "  noticed at 09:00 on Mon 2 Nov 2026",
        "  change: certificate; check mx, subject mx1",
        "  Issuer before: CN=A",
        r"  Issuer now: CN=B\x1b[2J",
        "  incident c1",
        "  nobody was told yet",
        f"  still to tell: {NOC}: notice, not before 10:00 on Tue 3 Nov 2026",
    ]


def test_a_routine_change_says_why_nobody_is_told(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    keep_change(kept, severity=Status.OK)
    assert show_incidents(kept, closed=True) == 0
    assert "  incident c1\n  in the usual course of things, so nobody is told\n" in capsys.readouterr().out


def test_a_change_in_json_names_what_changed_and_how(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    keep_change(kept)
    assert show_incidents(kept, closed=True, as_json=True) == 0
    (shown,) = (one for one in as_objects(capsys) if one["incident"] == "c1")
    assert (shown["nature"], shown["changed"], shown["closed_at"]) == ("change", "certificate", "2026-11-02T04:00:00Z")
    assert shown["facts"][0] == {"label": "Issuer before", "value": "CN=A"}


def test_incidents_in_json_have_every_field(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_incidents(kept, as_json=True) == 0
    down, _ = as_objects(capsys)
    assert down == {
        "incident": "i1",
        "check": "mx",
        "subject": "mx2",
        "kind": "smtp",
        "service": "official-email",
        "drill": None,
        "nature": "fault",
        "severity": "critical",
        "cause": "refused",
        "summary": "mx2 refuses connections",
        "earlier": [],
        "changed": None,
        "facts": [{"label": "Server", "value": "mx2"}],
        "since": "2026-11-02T04:00:00Z",
        "opened_at": "2026-11-02T04:00:10Z",
        "recovered_at": None,
        "is_unstable": False,
        "root": None,
        "closed_at": None,
        "close_reason": "",
        "acknowledged": None,
        "evidence": "connect: refused",
        "events": [
            {
                "event": "opened",
                "at": "2026-11-02T04:00:10Z",
                "rung": None,
                "severity": "critical",
                "cause": "refused",
                "summary": "mx2 refuses connections",
                "by": None,
                "note": "",
                "until": None,
            }
        ],
        "deliveries": [
            {
                "event": "opened",
                "receiver": "on-call",
                "channel": "on-call-1-mail",
                "recipient": "noc@example.org",
                "at": "2026-11-02T04:00:21Z",
                "state": "sent",
                "reason": "",
                "detail": "250 queued as 4711",
                "repeat": False,
                "instead_of": None,
            },
            {
                "event": "opened",
                "receiver": "on-call",
                "channel": "on-call-2-apprise",
                "recipient": "",
                "at": "2026-11-02T04:00:40Z",
                "state": "pending",
                "reason": "timeout",
                "detail": "no answer in 20 s",
                "repeat": False,
                "instead_of": None,
            },
        ],
        "waiting": [
            {
                "event": "opened",
                "receiver": "on-call",
                "channel": "on-call-2-apprise",
                "recipient": "",
                "due_at": "2026-11-02T04:31:40Z",
            }
        ],
        "answers": [],
        "parts": [],
        "escalations": [],
    }


# deadlines -------------------------------------------------------------------------------------------------------


def test_deadlines_say_by_when_and_since_when_one_should_have_begun(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_deadlines(kept) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "STATUS"
    assert row == (
        "warning  09:00 on Sun 22 Nov 2026  in 19 days 23 h  09:00 on Sun 1 Nov 2026, 1 day ago  "
        "bills  Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"
    )


def test_deadlines_in_json_have_every_field(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_deadlines(kept, as_json=True) == 0
    assert as_objects(capsys) == [
        {
            "check": "bills",
            "subject": "acme/INV-7",
            "status": "warning",
            "cause": "due",
            "summary": "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7",
            "at": "2026-11-22T04:00:00Z",
            "act_by": "2026-11-01T04:00:00Z",
        }
    ]


# Where it is read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "told"),
    [
        (show_status, "nothing has been looked at yet\n"),
        (show_incidents, "no incident\n"),
        (show_deadlines, "no deadline is known\n"),
    ],
)
def test_where_there_is_nothing_that_is_said(
    show: Show, told: str, kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    open_store(empty).close()
    assert show(replace(kept, state=empty)) == 0
    assert capsys.readouterr().out == told


def test_that_the_daemon_is_down_is_said_beside_the_listing(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_status(kept, as_json=True) == 0
    assert capsys.readouterr().err == "nigehban: the daemon is not running; this is what it saw last\n"


def test_of_a_daemon_that_runs_and_does_not_answer_the_listing_is_what_it_has_written(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with StateLock(kept.state):
        assert show_status(kept) == 0
    assert capsys.readouterr().err == "nigehban: the daemon does not answer; this is what it has written\n"


def test_without_readable_settings_times_are_in_utc_and_say_so(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_incidents(replace(kept, config=tmp_path / "gone.yaml")) == 0
    told = capsys.readouterr()
    assert "since 04:00 UTC on Mon 2 Nov 2026" in told.out
    assert "official-email: mx2 refuses connections" in told.out
    assert f"the settings of {tmp_path}/gone.yaml cannot be read, so times are in UTC" in told.err


@pytest.mark.parametrize("show", [show_status, show_incidents, show_deadlines])
def test_without_a_database_there_is_one_line_and_a_code(
    show: Show, kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(replace(kept, state=tmp_path / "nothing")) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith("there is no database yet; the daemon makes it at its first start\n")
