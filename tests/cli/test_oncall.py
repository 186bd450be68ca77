"""`nigehban oncall`: who is on duty, and who is next."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdog.cli.oncall import oncall

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
