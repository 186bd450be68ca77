"""Messages about money say what is due, by their first line: contracts, cut-offs, objections, in both languages."""

from dataclasses import replace

import pytest

from alerts.incident import EventKind, Incident, Nature
from alerts.message import Message
from alerts.route import Audience, Language
from checks.billing import labels
from tests.support.audiences import told
from tests.support.money_matters import LATE, MISSING_JUNE, NOTICE_BY, UNPAYABLE
from tests.support.telling import event, local

AT = local("2017-11-06 09:00")
NOTICE = replace(
    NOTICE_BY,
    subject="mail notice",
    summary="notice for the contract Mail hosting with Acme Mail (Pvt) Ltd",
    facts=(
        (labels.CONTRACT, "Mail hosting (mail)"),
        (labels.VENDOR, "Acme Mail (Pvt) Ltd"),
        (labels.MATTER, "give notice, or agree on the renewal"),
        (labels.SERVICE, "Official e-mail"),
    ),
)
NO_BILL = replace(
    NOTICE,
    deadline=None,
    subject="mail bill of Oct 2017",
    summary="no bill of Oct 2017 from Acme Mail (Pvt) Ltd for Mail hosting: it was expected by Thu 5 Oct 2017; a bill "
    "that went astray is due all the same",
    facts=(*NOTICE.facts, ("Expected", "Thu 5 Oct 2017")),
)
SENT_BACK = f"the bill {labels.LIES_NOW} verification, {labels.NOT_PAID_YET}; {labels.SENT_BACK}: no stamp on page 2"


def over(incident: Incident, reason: str) -> Incident:
    return replace(incident, closed_at=AT, close_reason=f"{incident.subject} is over: {reason}")


def last(incident: Incident, audience: Audience, language: Language = Language.ENGLISH) -> Message:
    return told(event(incident, EventKind.RESOLVED, AT), audience, language)


def test_a_secretary_reads_in_the_subject_what_of_which_contract_is_due_by_when() -> None:
    assert told(event(NOTICE), Audience.SECRETARY).subject.startswith(
        "DUE notice for the contract Mail hosting with Acme Mail (Pvt) Ltd by Mon 30 Oct 2017: Official e-mail"
    )


def test_a_secretary_reads_in_the_subject_which_bill_has_not_come() -> None:
    assert told(event(NO_BILL), Audience.SECRETARY).subject.startswith(
        "MISSING bill of Oct 2017 from Acme Mail (Pvt) Ltd for Mail hosting: Official e-mail"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notice", "نوٹس دیجیے، یا تجدید طے کیجیے"),
        ("tender", "نیا ٹینڈر شروع کیجیے"),
        ("end", "تجدید کیجیے، یا متبادل چالو کر لیجیے"),
        ("exit rehearsal", "علیحدگی کی مشق کیجیے"),
    ],
)
def test_days_of_contracts_are_told_in_urdu_without_an_english_sentence(name: str, said: str) -> None:
    subject = told(event(replace(NOTICE, subject=f"mail {name}")), Audience.FINANCE, Language.URDU).subject
    assert said in subject
    assert "Mail hosting" in subject
    assert "the contract" not in subject


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("notice", "notice_given"),
        ("tender", "tender_begun"),
        ("end", "ends"),
        ("exit rehearsal", "exit_rehearsed"),
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_a_day_of_a_contract_says_which_setting_ends_it(name: str, key: str, language: Language) -> None:
    text = " ".join(told(event(replace(NOTICE, subject=f"mail {name}")), Audience.FINANCE, language).text.split())
    assert f"{key}: DAY" in text


def test_a_bill_that_did_not_come_is_told_in_urdu_with_its_month_and_its_day() -> None:
    subject = told(event(NO_BILL), Audience.FINANCE, Language.URDU).subject
    assert "اکتوبر 2017 کا بل" in subject
    assert "جمعرات 5 اکتوبر 2017 تک متوقع تھا" in subject
    assert "expected" not in subject


@pytest.mark.parametrize("audience", [Audience.FINANCE, Audience.SECRETARY])
def test_a_stage_that_ends_by_an_objection_is_not_called_moved_on(audience: Audience) -> None:
    message = last(over(LATE, SENT_BACK), audience)
    assert message.subject.startswith("RETURNED WITH OBJECTION Rs 134,000")
    assert "sent back with an objection: no stamp on page 2" in message.text


def test_an_objection_says_why_in_urdu() -> None:
    subject = last(over(LATE, SENT_BACK), Audience.FINANCE, Language.URDU).subject
    assert "اعتراض کے ساتھ واپس" in subject
    assert "no stamp on page 2" in subject
    assert "اب تصدیق میں ہے، ابھی ادا نہیں ہوا" in subject


def test_what_an_objection_says_is_not_taken_for_what_became_of_the_bill() -> None:
    doubted = over(LATE, f"{SENT_BACK}, they say {labels.IS_PAID}, and {labels.MONEY_IS_BACK}")
    assert last(doubted, Audience.FINANCE).subject.startswith("RETURNED WITH OBJECTION")
    assert "ابھی ادا نہیں ہوا" in last(doubted, Audience.FINANCE, Language.URDU).subject


def test_what_is_usual_has_its_unit() -> None:
    once = replace(LATE, facts=(*(one for one in LATE.facts if one[0] != labels.USUAL_DAYS), (labels.USUAL_DAYS, "1")))
    assert "; 1 working day would be usual." in told(event(once), Audience.FINANCE).text


def test_the_number_of_a_bill_is_closed_by_a_comma_where_its_sentence_goes_on() -> None:
    before = event(MISSING_JUNE, at=local("2017-06-05 09:00"))
    assert "bill INV-7, will miss the cut-off" in " ".join(told(before, Audience.FINANCE).text.split())


DOUBTED = replace(
    UNPAYABLE,
    nature=Nature.STALENESS,
    service=None,
    subject="taxpayer acme",
    summary="Acme Mail (Pvt) Ltd may not be payable, nobody can say: no income-tax list was imported yet",
    facts=((labels.VENDOR, "Acme Mail (Pvt) Ltd"),),
)
KNOWN = replace(
    DOUBTED,
    closed_at=AT,
    close_reason="Acme Mail (Pvt) Ltd is an active taxpayer and can be paid, as far as is known; nothing is owed",
)


@pytest.mark.parametrize("audience", [Audience.ON_CALL, Audience.FINANCE, Audience.SECRETARY])
def test_the_end_of_a_doubt_names_the_vendor_in_its_subject(audience: Audience) -> None:
    assert "RESOLVED Acme Mail (Pvt) Ltd is an active taxpayer and can be paid" in last(KNOWN, audience).subject


def test_a_secretary_reads_of_which_vendor_nobody_can_say_whether_it_can_be_paid() -> None:
    subject = told(event(DOUBTED), Audience.SECRETARY).subject
    assert subject.startswith("UNKNOWN Acme Mail (Pvt) Ltd may not be payable")


LIFTED = replace(
    UNPAYABLE,
    facts=(*UNPAYABLE.facts, ("Evidence", "notice of the block")),
    closed_at=AT,
    close_reason=f"Acme Mail (Pvt) Ltd {labels.CAN_BE_PAID}; nothing is owed; {labels.LIFTED_BY}: letter 18/2017",
)


@pytest.mark.parametrize("language", Language)
def test_the_end_of_a_block_shows_the_proof_of_its_lifting(language: Language) -> None:
    assert "letter 18/2017" in last(LIFTED, Audience.FINANCE, language).text


def test_the_end_of_a_block_does_not_show_the_proof_of_the_block() -> None:
    assert "notice of the block" not in last(LIFTED, Audience.FINANCE).text


def test_what_a_proof_says_is_not_taken_for_what_is_known() -> None:
    reason = f"Acme Mail (Pvt) Ltd cannot be paid: court order; {labels.LIFTED_BY}: it {labels.CAN_BE_PAID}"
    assert "can be paid again" not in last(replace(LIFTED, close_reason=reason), Audience.FINANCE).subject
