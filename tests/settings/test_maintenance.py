"""Windows of maintenance as written: what comes of them, and what is refused at its place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from alerts.mutes.maintenance import Calendar, Once, Recurring, Window
from checks.registry import load_registry
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

ESTATE = """
estate: {name: Test, time_zone: Asia/Karachi}
receivers: {noc: {channels: [{kind: webhook, url: "https://hook.example/x"}]}}
routes: [{match: {}, to: [noc]}]
sites: {hq: {title: Head office}}
checks:
  - {id: portal, kind: tcp, host: 192.0.2.1, port: 443, site: hq}
maintenance:
"""

FEED = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20261205T220000\nDURATION:PT2H\nEND:VEVENT\n"
    "END:VCALENDAR\n"
)


def read(folder: Path, window: str) -> Window:
    file = folder / "nigehban.yaml"
    file.write_text(f"{ESTATE}  - {window}\n", encoding="utf-8")
    (found,) = load(file, load_registry(), {}, clock=lambda: NOW).maintenance
    return found


def refusal(folder: Path, window: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(folder, window)
    (problem,) = refused.value.problems
    return str(problem).replace(f"{folder}/", "")


def test_a_window_that_comes_once_is_on_the_clock_of_the_estate(tmp_path: Path) -> None:
    window = read(
        tmp_path, '{id: power, title: Power works, match: {site: hq}, from: "2026-12-05 22:00", to: "2026-12-06 02:00"}'
    )
    begins = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)
    assert window.when == Once(begins, begins + timedelta(hours=4))
    assert [str(matcher) for matcher in window.matchers] == ["site=hq"]


def test_one_that_recurs_is_on_the_clock_of_its_own_zone(tmp_path: Path) -> None:
    window = read(
        tmp_path,
        '{id: patches, title: Patches, match: {check: "port*"}, rrule: "FREQ=WEEKLY;BYDAY=SU", '
        'starts: "2026-11-01 02:00", lasts: 1h, time_zone: Asia/Kathmandu}',
    )
    assert [str(matcher) for matcher in window.matchers] == ["check=~port*"]
    when = cast("Recurring", window.when)
    ((starts, ends),) = when.spans(NOW, NOW + timedelta(days=7))
    assert (starts, ends - starts) == (datetime(2026, 11, 28, 20, 15, tzinfo=UTC), timedelta(hours=1))


def test_a_calendar_beside_the_settings_is_read_when_they_are(tmp_path: Path) -> None:
    (tmp_path / "works.ics").write_text(FEED, encoding="utf-8")
    window = read(tmp_path, "{id: works, title: Works, match: {site: hq}, ical: works.ics}")
    assert cast("Calendar", window.when).source == tmp_path / "works.ics"


PLACE = "nigehban.yaml:9:"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (
            'match: {site: hq}, from: "2026-12-05 22:00", to: "2026-12-05 21:00"',
            "maintenance[0].to: the window ends before it starts",
        ),
        ('match: {site: hq}, from: "2026-12-05 22:00", to: "2027-12-05 21:00"', "a window lasts 30 days at most"),
        ('match: {site: hq}, from: "2026-12-05 22:00"', "maintenance[0]: from needs to beside it"),
        ("match: {site: hq}", "maintenance[0]: say when by one of: from and to; rrule, starts and lasts; ical"),
        (
            'match: {site: hq}, rrule: "FREQ=HOURLY", starts: "2026-12-05 22:00", lasts: 1h',
            "maintenance[0].rrule: FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY",
        ),
        (
            'match: {site: hq}, rrule: "FREQ=DAILY", starts: "2026-12-05 22:00", lasts: 1h, to: "2026-12-06 02:00"',
            "maintenance[0].to: does not go with rrule",
        ),
        (
            'match: {site: north}, rrule: "FREQ=DAILY", starts: "2026-12-05 22:00", lasts: 1h',
            "maintenance[0].match: no check matches this, so it would keep nothing quiet",
        ),
        (
            'match: {site: "*"}, rrule: "FREQ=DAILY", starts: "2026-12-05 22:00", lasts: 1h',
            "maintenance[0].match: would match everything",
        ),
        ("match: {site: hq}, ical: none.ics", "maintenance[0].ical: none.ics: No such file or directory"),
        (
            "match: {site: hq}, ical: bad.ics",
            "maintenance[0].ical: bad.ics: line 3: event '': it ends before it starts",
        ),
        ("match: {site: hq}, ical: gopher://works", "maintenance[0].ical: must be an https URL"),
        ('match: {site: hq}, ical: "http://calendar.example/works.ics"', "maintenance[0].ical: must be an https URL"),
        (
            'match: {site: hq}, ical: "https://asma:hunter2@calendar.example/works.ics"',
            "maintenance[0].ical: a URL with credentials or a query never stands in settings: use !secret name",
        ),
        (
            'match: {site: hq}, ical: "https://calendar.example/works.ics?token=hunter2"',
            "maintenance[0].ical: a URL with credentials or a query never stands in settings: use !secret name",
        ),
        (
            'match: {site: hq}, from: "0001-01-01 00:00", to: "0001-01-01 01:00"',
            "maintenance[0].from: must lie in the years 1970 to 2200",
        ),
        (
            'match: {site: hq}, from: "2026-12-05 22:00", to: "9999-12-31 23:59"',
            "maintenance[0].to: must lie in the years 1970 to 2200",
        ),
    ],
)
def test_a_window_that_cannot_be_right_is_refused_with_its_place(tmp_path: Path, rest: str, said: str) -> None:
    bad = FEED.replace("DURATION:PT2H", "DTEND:20261204T220000")
    (tmp_path / "bad.ics").write_text(bad, encoding="utf-8")
    told = refusal(tmp_path, f"{{id: power, title: Power works, {rest}}}")
    assert told.startswith(PLACE)
    assert said in told
    assert "hunter2" not in told


def test_two_windows_of_one_id_are_refused(tmp_path: Path) -> None:
    window = 'id: a, title: A, match: {site: hq}, from: "2026-12-05 22:00", to: "2026-12-06 02:00"'
    told = refusal(tmp_path, f"{{{window}}}\n  - {{{window}}}")
    assert "maintenance[1].id: another window has this id" in told
