"""The cases that are shipped: on which day who would have been told what."""

import asyncio
import json
from functools import cache
from pathlib import Path

import pytest

from alerts.incident import EventKind
from checks.registry import load_registry
from watchdog.cli.main import execute
from watchdog.replay.case import read_case, shipped
from watchdog.replay.judging import DEPARTMENTS_WD, FINANCE_WD, judgements
from watchdog.replay.playing import Played, play
from watchdog.replay.shown import case_in_short, case_text
from watchdog.settings.load import load

CASES = ("kp-2017", "kp-2017-late-bill", "kp-2017-late-block", "kp-2017-short-grace")
GOLDEN = Path(__file__).with_name("kp-2017.txt")


@cache
def played(name: str) -> Played:
    found = read_case(name)
    return asyncio.run(play(found.case, load(found.settings, load_registry(), {})))


def firsts(of: Played) -> list[tuple[str, str, str]]:
    """By matter, the day on which each receiver first heard of it."""
    zone, found = of.settings.estate.time_zone, dict[tuple[str, str], str]()
    for one in of.told:
        if one.incident is not None and one.row.message.event is not EventKind.RESOLVED:
            found.setdefault((one.row.receiver, one.incident.kind), str(one.at.astimezone(zone).date()))
    return sorted((day, receiver, kind) for (receiver, kind), day in found.items())


def test_the_cases_that_the_page_names_are_shipped() -> None:
    assert tuple(shipped()) == CASES
    page = (Path(__file__).parents[2] / "docs" / "replay.md").read_text("utf-8")
    assert all(f"| `{name}` |" in page for name in CASES)


def test_all_cases_happen_to_the_same_estate() -> None:
    assert len({read_case(name).settings for name in CASES}) == 1


@pytest.mark.parametrize("name", CASES)
def test_everybody_is_told_in_time(name: str) -> None:
    finance, payee, departments = judgements(played(name))
    assert finance.working_days is not None
    assert finance.working_days >= FINANCE_WD == 15
    assert payee.working_days == 0
    assert departments.working_days is not None
    assert departments.working_days >= DEPARTMENTS_WD == 5
    assert finance.holds and payee.holds and departments.holds  # noqa: PT018  # one judgement of a case


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_said_of_a_bill_before_it_is_there(name: str) -> None:
    of = played(name)
    received = min(one.day for one in of.case.happenings if one.bill is not None)
    assert min(one.at.astimezone(of.settings.estate.time_zone).date() for one in of.told) >= received


@pytest.mark.parametrize("name", CASES)
def test_nobody_is_told_the_same_twice_at_once(name: str) -> None:
    said = [(one.at, one.row.address, one.row.message.subject) for one in played(name).told]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("name", CASES)
def test_office_hours_are_kept_for_whoever_wants_them(name: str) -> None:
    of = played(name)
    calendar = of.directory.calendars.of(None)
    waiting = {one.id for one in of.directory.receivers.values() if one.hold_for_office_hours}
    assert all(calendar.next_open(one.at) == one.at for one in of.told if one.row.receiver in waiting)


def test_a_case_that_is_played_twice_is_the_same() -> None:
    found = read_case("kp-2017")
    again = asyncio.run(play(found.case, load(found.settings, load_registry(), {})))
    assert case_text(again, None) == case_text(played("kp-2017"), None)


def test_in_2017_each_would_have_heard_on_these_days() -> None:
    assert firsts(played("kp-2017")) == [
        ("2017-07-25", "finance", "invoice_due"),
        ("2017-07-25", "it-section", "payment_stage"),
        ("2017-08-01", "deputy-secretary", "invoice_due"),
        ("2017-08-15", "secretary", "invoice_due"),
        ("2017-09-08", "education", "outage_forecast"),
        ("2017-09-08", "health", "outage_forecast"),
        ("2017-09-25", "finance", "bookkeeping"),
        ("2017-09-25", "finance", "payee"),
        ("2017-10-02", "deputy-secretary", "payee"),
        ("2017-10-16", "secretary", "payee"),
    ]


VARIANTS = {
    "kp-2017-late-bill": [
        ("2017-09-18", "education", "outage_forecast"),
        ("2017-09-18", "finance", "invoice_due"),
        ("2017-09-18", "health", "outage_forecast"),
        ("2017-09-18", "it-section", "payment_stage"),
        ("2017-09-25", "deputy-secretary", "invoice_due"),
        ("2017-09-25", "finance", "payee"),
        ("2017-10-02", "deputy-secretary", "payee"),
        ("2017-10-09", "secretary", "invoice_due"),
        ("2017-10-16", "secretary", "payee"),
    ],
    "kp-2017-late-block": [
        ("2017-07-25", "finance", "invoice_due"),
        ("2017-07-25", "it-section", "payment_stage"),
        ("2017-08-01", "deputy-secretary", "invoice_due"),
        ("2017-08-07", "accounts", "payment_stage"),
        ("2017-08-15", "secretary", "invoice_due"),
        ("2017-09-08", "education", "outage_forecast"),
        ("2017-09-08", "health", "outage_forecast"),
        ("2017-10-09", "finance", "payee"),
        ("2017-10-16", "deputy-secretary", "payee"),
        ("2017-10-30", "secretary", "payee"),
    ],
    "kp-2017-short-grace": [
        ("2017-07-24", "finance", "invoice_due"),
        ("2017-07-24", "it-section", "payment_stage"),
        ("2017-07-31", "deputy-secretary", "invoice_due"),
        ("2017-08-07", "education", "outage_forecast"),
        ("2017-08-07", "health", "outage_forecast"),
        ("2017-08-10", "finance", "payee"),
        ("2017-08-14", "secretary", "invoice_due"),
        ("2017-08-17", "deputy-secretary", "payee"),
        ("2017-08-31", "secretary", "payee"),
    ],
}


@pytest.mark.parametrize("name", CASES[1:])
def test_in_each_variant_each_would_have_heard_on_these_days(name: str) -> None:
    assert firsts(played(name)) == VARIANTS[name]


def test_the_page_of_2017_reads_as_it_is_kept() -> None:
    """Kept words that are right now are written by `nigehban replay kp-2017 > tests/replay/kp-2017.txt`: read them."""
    assert case_text(played("kp-2017"), None) + "\n" == GOLDEN.read_text("utf-8")


def test_the_case_in_short_fits_a_screen_and_names_what_is_assumed() -> None:
    lines = case_in_short(played("kp-2017"))
    assert len(lines) <= 24
    assert sum("[assumed]" in line for line in lines) == 3


def test_the_verb_s_json_has_every_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["replay", "kp-2017", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["told"]) == len(played("kp-2017").told)
    assert [one["name"] for one in told["judgements"]] == ["finance", "payee", "departments"]
    assert {one["basis"] for one in told["happened"]} == {"assumed", "reported"}
