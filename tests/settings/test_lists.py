"""Lists and words of the office's own in the settings."""

from datetime import time
from pathlib import Path

import pytest

from alerts.digests.rule import DigestKind, DigestRule
from tests.support.settings_files import HEAD, load_text, problems_of


def test_a_list_names_what_to_whom_when_and_on_which_days(tmp_path: Path) -> None:
    text = HEAD + (
        "digests:\n"
        '  finance-morning: {kind: bills, to: [ops], at: "09:15", on: working_days}\n'
        '  weekly: {kind: on_call_summary, to: [ops], at: "09:00", on: monday, when_empty: a_line}\n'
        '  often: {kind: bills, to: [ops], at: "09:00", on: [mon-wed, friday]}\n'
    )
    morning, weekly, often = load_text(tmp_path, text).digests
    assert morning == DigestRule(id="finance-morning", kind=DigestKind.BILLS, to=("ops",), at=time(9, 15))
    assert (weekly.weekdays, weekly.tells_nothing) == (frozenset({1}), True)
    assert often.weekdays == {1, 2, 3, 5}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('{kind: bills, to: [opps], at: "09:15"}', "digests.morning.to[0]: no such receiver; did you mean ops?"),
        ('{kind: bills, to: [], at: "09:15"}', "to"),
        ('{kind: bill, to: [ops], at: "09:15"}', "kind"),
        ('{kind: bills, to: [ops], at: "25:15"}', "at"),
        ('{kind: bills, to: [ops], at: "09:15", on: someday}', "must be working_days, a day such as monday"),
        ('{kind: bills, to: [ops], at: "09:15", when: x}', "when"),
    ],
)
def test_a_list_that_cannot_be_is_refused(tmp_path: Path, entry: str, problem: str) -> None:
    (said,) = problems_of(tmp_path, HEAD + f"digests:\n  morning: {entry}\n")
    assert said.startswith("5:")
    assert problem in said


@pytest.mark.parametrize("place", ["{vendro}", "{service.__class__}", "{}", "{service"])
def test_a_placeholder_that_there_is_not_is_refused(tmp_path: Path, place: str) -> None:
    (said,) = problems_of(tmp_path, HEAD + f"services: {{mail: {{title: Mail, advice: 'Ring {place}'}}}}\n")
    assert "services.mail.advice: no such placeholder" in said
    assert "{service}, {since}, {vendor}" in said


def test_advice_stands_for_a_service_and_for_the_estate(tmp_path: Path) -> None:
    head = HEAD.replace("time_zone: Asia/Karachi", "time_zone: Asia/Karachi, advice: Ring the desk., advice_urdu: فون")
    text = head + "services: {mail: {title: Mail, advice: 'Ring {vendor}.'}}\n"
    estate = load_text(tmp_path, text).estate
    assert (estate.advice, estate.advice_urdu) == ("Ring the desk.", "فون")
    assert estate.services["mail"].advice == "Ring {vendor}."


def test_an_office_may_keep_another_clock(tmp_path: Path) -> None:
    text = HEAD + 'offices: {dubai: {week: {mon-fri: "09:00-17:00"}, time_zone: Asia/Dubai}}\n'
    zone = load_text(tmp_path, text).estate.offices["dubai"].time_zone
    assert zone is not None
    assert zone.key == "Asia/Dubai"
