"""`nigehban oncall`: who is on duty, and who is next."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdog.cli.oncall import oncall
from watchdog.feeds import FeedCopies, mark_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
receivers:
  ali: {channels: [{kind: webhook, url: https://hooks.example.org/a}]}
  sara: {channels: [{kind: webhook, url: https://hooks.example.org/s}]}
  noc: {rota: noc}
rotas:
  noc: {members: [ali, sara], hand_off: "mon 09:00", starts: 2026-11-02}
  far: {ical: https://calendar.example.org/far.ics, fallback: sara}
routes: [{match: {}, to: [noc]}]
"""


def shown(folder: Path, text: str = TEXT, *, as_json: bool = False) -> int:
    (folder / "nigehban.yaml").write_text(text, "utf-8")
    return oncall(config=folder / "nigehban.yaml", state=folder, environ={}, as_json=as_json, clock=lambda: NOW)


def test_people_see_who_is_on_duty_and_who_is_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(tmp_path) == 0
    head, noc, far = capsys.readouterr().out.splitlines()
    assert head.split() == ["ROTA", "ON", "DUTY", "NEXT", "FROM"]
    assert noc.split(maxsplit=3) == ["noc", "ali", "sara", "09:00 on Mon 23 Nov 2026"]
    assert "nobody; sara stands in" in far


def test_scripts_see_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(tmp_path, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "rota": "noc",
            "on_duty": ["ali"],
            "fallback": None,
            "next": {"at": "2026-11-23T04:00:00+00:00", "on_duty": ["sara"]},
        },
        {"rota": "far", "on_duty": [], "fallback": "sara", "next": None},
    ]


@pytest.mark.parametrize(
    ("place", "present"),
    [("https://calendar.example.org/far.ics", "ali"), ("https://calendar.example.org/former.ics", "nobody;")],
    ids=["the place of the settings", "another place"],
)
def test_a_kept_copy_of_a_calendar_says_who_is_on_duty_where_it_is_of_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, present: str
) -> None:
    event = "UID:1\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:ali\r\nDTSTART:20261101T000000Z\r\nDURATION:P60D\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    FeedCopies(tmp_path / "rotas").write("far", mark_of(place) or "", text.encode())
    shown(tmp_path)
    assert capsys.readouterr().out.splitlines()[-1].split()[1] == present
