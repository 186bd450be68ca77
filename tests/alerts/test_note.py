"""The daily note: what stands on it, what is counted where it does not fit, and in whose words."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.digests.bills import bills_of, worst_first
from alerts.digests.note_fit import Row
from alerts.digests.note_sheet import Sheet
from alerts.digests.note_text import sheet_text
from alerts.digests.note_words import NOTE_WORDS, Part
from alerts.drills.drill import DRILL_CHECK, Drill, DrillKind
from alerts.route import Language
from checks.model import CheckId
from tests.support.money_matters import UNPAYABLE
from tests.support.sheets import BAD_DAY, NOC, NOW, bill_record, crowded, dated, note, sheet
from tests.support.telling import CALENDAR, OUTAGE

GOLDEN = Path(__file__).parent


def rows(of: Sheet, part: Part) -> list[Row]:
    return [row for section in of.sections if section.part is part for row in section.rows]


@pytest.mark.parametrize("language", list(Language))
def test_a_bad_day_reads_as_it_was_agreed(language: Language) -> None:
    """Whoever changes a word looks at the whole sheet: the file beside this test."""
    expected = (GOLDEN / f"note.{language.value}.txt").read_text("utf-8")
    assert sheet_text(sheet(language=language)) + "\n" == expected


def test_its_bills_are_those_of_the_morning_list_in_its_order() -> None:
    bills = [record for record in BAD_DAY.records if record.check_id == "bills"]
    listed = worst_first(bills_of(bills, CALENDAR, NOW), BAD_DAY.places)
    assert list(note().bills) == list(listed)
    assert [row.cells[0] for row in rows(sheet(), Part.BILLS)] == ["INV-9", "INV-7"]


def test_amounts_stand_in_digits_and_in_lakh_and_crore() -> None:
    amounts = [row.cells[2] for row in rows(sheet(), Part.BILLS)]
    assert amounts == ["Rs 25,000,000 (Rs 2.5 crore)", "Rs 134,000 (Rs 1.34 lakh)"]


def test_what_only_another_incident_explains_is_left_out() -> None:
    part = replace(OUTAGE, id="part", root=OUTAGE.id)
    assert [one.id for one in note(replace(BAD_DAY, incidents=(OUTAGE, part))).incidents] == [OUTAGE.id]


def test_what_is_only_played_is_left_out() -> None:
    drill = Drill(kind=DrillKind.OUTAGE, by="asad", ends_at=NOW + timedelta(hours=1), plays=DRILL_CHECK)
    played = replace(OUTAGE, id="played", check_id=DRILL_CHECK, drill=drill)
    record = replace(dated("drill", 3), check_id=DRILL_CHECK)
    found = note(replace(BAD_DAY, incidents=(OUTAGE, played), records=(record,)))
    assert [one.id for one in found.incidents] == [OUTAGE.id]
    assert not found.deadlines


def test_a_vendor_who_cannot_be_paid_stands_among_payees_alone() -> None:
    found = note()
    assert [one.id for one in found.payees] == [UNPAYABLE.id]
    assert UNPAYABLE.id not in [one.id for one in found.incidents]


def test_deadlines_are_those_of_fourteen_days_and_what_is_late() -> None:
    known = replace(BAD_DAY, records=(dated("late", -3), dated("soon", 14), dated("far", 16)))
    assert [one.subject for one in note(known).deadlines] == ["late", "soon"]


def test_a_stage_stands_among_deadlines_only_where_its_bill_is_not_listed() -> None:
    stage, other = (
        replace(dated(f"acme/{number} pre-audit", 3), check_id=CheckId("stages")) for number in ("INV-7", "INV-8")
    )
    known = replace(
        BAD_DAY, records=(*BAD_DAY.records, stage, other), kinds={**BAD_DAY.kinds, CheckId("stages"): "payment_stage"}
    )
    assert "acme/INV-8 pre-audit" in [one.subject for one in note(known).deadlines]
    assert "acme/INV-7 pre-audit" not in [one.subject for one in note(known).deadlines]


def test_an_office_sees_the_bills_that_it_pays_and_those_of_nobody() -> None:
    records = tuple(bill_record(number, "2017-11-27") for number in ("A-1", "B-2", "C-3"))
    known = replace(BAD_DAY, records=records, offices={"acme/a1": "hq", "acme/b2": "abbottabad"})
    assert [one.number for one in note(known, office="hq").bills] == ["A-1", "C-3"]


def test_a_day_to_come_counts_by_the_morning_of_that_day_and_says_so() -> None:
    found = note(day=date(2017, 12, 4))
    assert found.at == CALENDAR.start_of_day(date(2017, 12, 4))
    assert [one.who for one in note().duty or ()] == [("aisha",)]
    assert [one.who for one in found.duty or ()] == [("bilal",)]
    assert "As it was known then" in sheet_text(sheet(day=date(2017, 12, 4)))


def test_a_day_that_is_over_is_refused() -> None:
    with pytest.raises(ValueError, match="2017-11-27 is over"):
        note(day=date(2017, 11, 27))


def test_a_sheet_of_old_knowledge_says_so_first() -> None:
    old = tuple(replace(one, seen_at=NOW - timedelta(hours=3)) for one in BAD_DAY.records)
    said = sheet(replace(BAD_DAY, records=old)).warnings
    assert said == (
        "NIGEHBAN HAS NOT LOOKED SINCE 06:15 on Tue 28 Nov 2017: what has happened since does not stand here.",
    )
    assert not sheet().warnings


def test_nobody_on_duty_is_told_apart_from_nobody_knowing_who() -> None:
    deserted = sheet(replace(BAD_DAY, rotas=(replace(NOC, turns=None),)))
    assert [row.cells[1] for row in rows(deserted, Part.DUTY)] == ["nobody"]
    assert "Nobody can say" in sheet_text(sheet(replace(BAD_DAY, rotas=None)))


@pytest.mark.parametrize("language", list(Language))
def test_what_does_not_fit_is_counted_with_where_it_stands(language: Language) -> None:
    found = sheet(crowded(language), language)
    wanted = {Part.INCIDENTS: 60, Part.BILLS: 80, Part.PAYEES: 40, Part.DEADLINES: 70, Part.DUTY: 12}
    for section in found.sections:
        assert str(wanted[section.part] - len(section.rows)) in section.more
        assert "nigehban " in section.more


def test_a_note_without_incidents_speaks_of_services_alone() -> None:
    """Bills may be overdue all the same."""
    assert NOTE_WORDS[Language.ENGLISH].nothing[Part.INCIDENTS] == "No service is known to be down."
    assert "سروس" in NOTE_WORDS[Language.URDU].nothing[Part.INCIDENTS]
