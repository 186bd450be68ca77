"""A bill in Urdu says what the English message says: what moved on, how it comes along, and what presses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from alerts.incident import EventKind, Incident
from alerts.message import Message
from alerts.route import Audience, Language
from alerts.words.bidi import bare
from checks.billing import labels
from checks.model import Cause
from tests.support.audiences import told
from tests.support.money_matters import AHEAD, LATE, MISSING_JUNE
from tests.support.telling import BILL, event, local

AT = local("2017-11-07 09:00")
MOVED = f"the bill {labels.LIES_NOW} payment authorised, {labels.NOT_PAID_YET}"
BACK = f"{labels.MONEY_IS_BACK} (Tue 1 Aug 2017); {MOVED}"

#: Of a bill on its way whose vendor has named no day.
ON_ITS_WAY: Mapping[str, str] = {
    **{label: text for label, text in BILL.facts if label != "Vendor cuts off"},
    labels.CUT_OFF_FROM: "Mon 11 Dec 2017",
    labels.CUT_OFF_UNTIL: "Fri 5 Jan 2018",
    labels.STAGE: "pre-audit",
    "Runway": "4 working days",
    labels.FORECAST: "Thu 16 Nov 2017, nine of ten by Thu 7 Dec 2017",
}


def ended(incident: Incident, reason: str, audience: Audience = Audience.FINANCE) -> Message:
    over = replace(incident, closed_at=AT, close_reason=f"{incident.subject} is over: {reason}")
    return told(event(over, EventKind.RESOLVED, AT), audience, Language.URDU)


def on_its_way(
    facts: Mapping[str, str] | None = None, *, cuts_off_at: datetime | None = None, cause: Cause = Cause.DUE
) -> Incident:
    assert BILL.deadline is not None
    said = {**ON_ITS_WAY, **(facts or {})}
    deadline = replace(BILL.deadline, cuts_off_at=cuts_off_at)
    return replace(BILL, facts=tuple(said.items()), deadline=deadline, cause=cause)


def read(incident: Incident, at: str = "", kind: EventKind = EventKind.OPENED) -> Message:
    happened = event(incident, kind, local(at)) if at else event(incident, kind)
    return told(happened, Audience.FINANCE, Language.URDU)


def test_a_stage_that_moved_on_says_from_where_to_where_and_that_nothing_is_paid() -> None:
    message = ended(LATE, MOVED)
    assert bare(message.subject).startswith("آگے بڑھ گیا: بل INV-7")
    assert "پری آڈٹ سے نکل کر اب ادائیگی کی اجازت میں ہے، ابھی ادا نہیں ہوا" in bare(message.text)


def test_a_stage_that_moved_on_shows_the_bill_and_nothing_of_the_stage_it_left() -> None:
    rows = [line.strip() for line in bare(ended(LATE, MOVED).text).splitlines() if line.startswith("  ")]
    assert rows == ["بل نمبر: INV-7", "فراہم کنندہ: Acme Mail (Pvt) Ltd", "رقم: 134,000 روپے (1 لاکھ 34 ہزار روپے)"]


@pytest.mark.parametrize(
    ("incident", "reason", "word"),
    [
        (LATE, f"{MOVED}; {labels.SENT_BACK}: no stamp", "اعتراض کے ساتھ واپس"),
        (MISSING_JUNE, BACK, "پھر قابلِ ادائیگی"),
        (MISSING_JUNE, f"{labels.FAR_ENOUGH}; {MOVED}", "آگے بڑھ گیا"),
        (LATE, labels.IS_PAID, "ختم"),
    ],
)
@pytest.mark.parametrize("audience", [Audience.FINANCE, Audience.SECRETARY, Audience.ON_CALL])
def test_an_end_is_called_finished_only_where_nothing_is_left_to_pay(
    incident: Incident, reason: str, word: str, audience: Audience
) -> None:
    assert ended(incident, reason, audience).subject.startswith(f"{word}: ")


def test_a_stage_that_a_bill_came_back_to_is_not_said_to_be_left() -> None:
    same = f"the bill {labels.LIES_NOW} pre-audit, {labels.NOT_PAID_YET}"
    assert "نکل کر" not in ended(LATE, same).text


def test_a_late_stage_shows_in_rows_what_the_quotation_no_longer_says() -> None:
    facts = (*LATE.facts, (labels.FORECAST, "Fri 24 Nov 2017, nine of ten by Fri 8 Dec 2017, once it moves again"))
    text = bare(told(event(replace(LATE, facts=facts)), Audience.FINANCE, Language.URDU).text)
    assert "متوقع ادائیگی: جمعہ 24 نومبر 2017، دس میں سے نو بل جمعہ 8 دسمبر 2017 تک؛ بشرطیکہ رکاوٹ دور ہو" in text
    assert labels.FORECAST not in text


def test_a_bill_says_its_runway_its_money_and_the_days_it_may_be_cut_off() -> None:
    text = bare(read(on_its_way()).text)
    for said in (
        "مرحلے کے لیے باقی وقت: 4 دفتری دن",
        "متوقع ادائیگی: جمعرات 16 نومبر 2017، دس میں سے نو بل جمعرات 7 دسمبر 2017 تک",
        "بندش کا پہلا ممکنہ دن: پیر 11 دسمبر 2017",
        "بندش کا آخری ممکنہ دن: جمعہ 5 جنوری 2018",
    ):
        assert said in text


def test_a_day_that_the_vendor_named_stands_alone() -> None:
    text = read(on_its_way(cuts_off_at=local("2017-12-18 17:00"))).text
    assert "ممکنہ دن" not in text
    assert "سروس بند ہونے کی تاریخ: پیر 18 دسمبر 2017" in text


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Runway", "none: 3 working days late", "مرحلے کے لیے باقی وقت: 3 دفتری دن کی تاخیر"),
        ("Runway", "none: 1 working day late", "مرحلے کے لیے باقی وقت: 1 دفتری دن کی تاخیر"),
        ("Runway", "0 working days", "مرحلے کے لیے باقی وقت: آج آخری دن ہے"),
        (labels.DESK, "ag-desk", "کس کی میز پر: ag-desk"),
        (labels.IN_THE_WAY, "objection: back", "وہاں عموماً رکاوٹ: objection: back"),
        ("There since", "Mon 23 Oct 2017", "یہ مرحلہ شروع ہوا: پیر 23 اکتوبر 2017"),
        ("Runway", "soon", "مرحلے کے لیے باقی وقت: soon"),
        (labels.FORECAST, "nobody can say: it is disputed", "متوقع ادائیگی: ابھی کہا نہیں جا سکتا: بل پر اعتراض ہے"),
        (labels.CUT_OFF_FROM, "Mon 23 Oct 2017 (passed)", "بندش کا پہلا ممکنہ دن: پیر 23 اکتوبر 2017 (گزر چکی)"),
    ],
)
def test_what_checks_write_of_its_way_is_said_in_urdu(label: str, text: str, said: str) -> None:
    assert said in bare(read(on_its_way({label: text})).text)


@pytest.mark.parametrize(
    ("at", "facts", "end"),
    [
        ("2017-10-30 09:00", {}, "کارروائی منگل 7 نومبر 2017 تک"),
        ("2017-11-07 09:00", {}, "آج کارروائی ضروری"),
        ("2017-11-13 09:00", {}, "فوراً کارروائی ضروری"),
        ("2017-11-13 09:00", {labels.TOO_LATE: "Fri 15 Dec 2017"}, "معمول کے مطابق رقم جمعہ 15 دسمبر 2017 کو"),
        ("2017-11-28 09:00", {}, "آخری تاریخ پیر 27 نومبر 2017"),
    ],
)
def test_the_subject_says_what_presses(at: str, facts: Mapping[str, str], end: str) -> None:
    assert read(on_its_way(facts), at).subject.endswith(f"، {end}")


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2017-12-06 09:00", "سروس کی بندش پیر 18 دسمبر 2017"),
        ("2017-12-19 09:00", "بندش کی تاریخ پیر 18 دسمبر 2017 گزر چکی"),
    ],
)
def test_the_subject_names_the_day_of_cutting_off_where_it_presses(at: str, end: str) -> None:
    cut = on_its_way(cuts_off_at=local("2017-12-18 17:00"))
    assert read(cut, at).subject.endswith(f"، {end}")
    assert "بندش" not in read(cut, "2017-10-30 09:00").subject


@pytest.mark.parametrize("at", ["2017-11-13 09:00", "2017-11-28 09:00"])
def test_a_bill_that_is_late_at_its_stage_says_which_it_had_to_leave_by_when(at: str) -> None:
    said = "بل ابھی پری آڈٹ میں ہے، جہاں سے پیر 11 دسمبر 2017 کی ممکنہ بندش سے پہلے ادائیگی کے لیے منگل 7 نومبر 2017"
    assert said in bare(read(on_its_way(), at, EventKind.REMINDER).text)


def test_sentences_of_a_bill_that_cannot_be_paid_stand_apart() -> None:
    blocked = on_its_way({labels.BLOCK: "no budget (no release)"}, cause=Cause.BLOCKED)
    assert "(no release)۔ ابھی ادائیگی نہیں ہوئی" in bare(read(blocked).text)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2017-11-01", "اب کسی بھی دن، زیادہ سے زیادہ جمعرات 16 نومبر 2017 تک، بند"),
        ("2017-12-20", "سروس کسی بھی دن بند"),
    ],
)
def test_a_window_that_is_open_names_its_last_day_while_that_lies_ahead(day: str, said: str) -> None:
    assert said in bare(read(AHEAD, f"{day} 09:00", EventKind.REMINDER).subject)


def test_a_late_stage_says_when_it_is_told_again() -> None:
    happened = event(LATE, rung="10wd")
    assert "اگلی یاد دہانی: پیر 6 نومبر 2017۔" in told(happened, Audience.FINANCE, Language.URDU).text
    assert "اگلی یاد دہانی" not in ended(LATE, MOVED).text
