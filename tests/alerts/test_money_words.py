"""Matters of money in words: what a person must do by when, in both languages, whatever facts are missing."""

from dataclasses import replace
from itertools import product

import pytest

from alerts.incident import EventKind, Incident
from alerts.route import Audience, Language
from alerts.words.bidi import is_urdu
from checks.billing import labels
from checks.model import Cause, Rung, Status
from tests.support.audiences import told
from tests.support.money_matters import AHEAD, LATE, MATTERS, MISSING_JUNE, NOTICE_BY, UNPAYABLE
from tests.support.telling import BILL, event, local

SUBJECTS = {
    "payment_stage": (
        "DUE Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: 9 working days in pre-audit, act by Mon 6 Nov 2017"
    ),
    "payment_cut_off": (
        "LAPSES Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: will miss the cut-off of Fri 16 Jun 2017, "
        "money returns August 2017"
    ),
    "payee": "BLOCKED Acme Mail (Pvt) Ltd cannot be paid: account attached by the tax authority",
    "outage_forecast": (
        "AHEAD Official e-mail may be cut off between Thu 19 Oct 2017 and Thu 16 Nov 2017: "
        "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, not paid"
    ),
    "contract": "DUE contract acme-2016 with Acme Mail (Pvt) Ltd: give notice by Mon 30 Oct 2017",
}


@pytest.mark.parametrize("incident", MATTERS, ids=lambda one: one.kind)
def test_finance_reads_in_the_subject_what_to_do_by_when(incident: Incident) -> None:
    assert told(event(incident), Audience.FINANCE).subject == SUBJECTS[incident.kind]


def test_a_stage_says_whose_desk_it_is_what_is_in_the_way_and_what_goes_dark() -> None:
    text = told(event(LATE), Audience.FINANCE).text
    for said in ("It lies with ag-desk", "objection: back", "Official e-mail goes dark for Health Department"):
        assert said.casefold() in text.casefold()


def test_a_stage_of_several_words_is_quoted() -> None:
    facts = tuple((label, "payment authorised" if label == labels.STAGE else text) for label, text in LATE.facts)
    assert '9 working days at "payment authorised"' in told(event(replace(LATE, facts=facts)), Audience.FINANCE).subject


def test_a_stage_past_its_day_had_to_move() -> None:
    late = event(LATE, EventKind.REMINDER, local("2017-11-07 09:00"))
    assert told(late, Audience.FINANCE).subject.startswith("LATE Rs 134,000")
    assert "had to move by Mon 6 Nov 2017" in told(late, Audience.FINANCE).subject


def test_the_first_words_of_a_stage_go_up_in_their_order() -> None:
    deadline = LATE.deadline
    assert deadline is not None
    daily = tuple(Rung(name=f"-{day}d", at=local(f"2017-11-0{day} 09:00"), status=Status.CRITICAL) for day in (7, 8, 9))
    stage = replace(LATE, deadline=replace(deadline, rungs=(*deadline.rungs, *daily)))
    looks = [(EventKind.OPENED, "2017-10-31")] + [(EventKind.REMINDER, f"2017-11-0{day}") for day in (3, 7, 8, 9)]
    told_so = [told(event(stage, kind, local(f"{day} 09:00")), Audience.FINANCE).subject for kind, day in looks]
    firsts = [subject.partition(" Rs ")[0] for subject in told_so]
    assert firsts == ["DUE", "REMINDER", "LATE", "STILL LATE", "STILL LATE"]


def test_a_payee_that_cannot_be_paid_comes_with_other_ways_in_their_order() -> None:
    text = told(event(UNPAYABLE), Audience.FINANCE).text
    assert "1. Send no money to this account" in text
    steps = replace(UNPAYABLE, facts=(*UNPAYABLE.facts, ("To do 1", "ask the vendor"), ("To do 2", "ask audit")))
    text = told(event(steps), Audience.FINANCE).text
    assert "  1. ask the vendor\n  2. ask audit\n" in text
    assert "Send no money" not in text


def test_departments_read_what_to_save_and_no_word_of_money() -> None:
    for incident in MATTERS:
        text = told(event(incident), Audience.DEPARTMENT).text
        assert not {"Rs", "INV-7", "Acme", "blocked"} & set(text.replace(",", " ").split())
    assert "What to save before then" in told(event(AHEAD), Audience.DEPARTMENT).text


def test_a_secretary_reads_three_sentences() -> None:
    message = told(event(LATE), Audience.SECRETARY)
    assert message.subject == (
        "DUE Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, in pre-audit: Official e-mail, 4,600 users"
    )
    assert message.text.splitlines() == [
        (
            "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, for Official e-mail, is held up in pre-audit and must "
            "move on by Mon 6 Nov 2017."
        ),
        "It concerns Police (3,400 users) and Health Department (1,200 users), 4,600 users in all.",
        "It goes to finance; nobody has confirmed yet to be at it.",
    ]


def test_the_end_of_a_forecast_before_its_days_says_that_no_reason_is_left() -> None:
    ended = replace(AHEAD, closed_at=local("2017-10-10 09:00"), close_reason="no open bill behind it")
    over = event(ended, EventKind.RESOLVED, local("2017-10-10 09:00"))
    for audience in (Audience.FINANCE, Audience.DEPARTMENT):
        assert told(over, audience).subject == (
            "RESOLVED Official e-mail: the matter is settled, and no reason any more to cut anything off"
        )


def test_the_end_of_a_forecast_within_its_days_does_not_deny_that_it_was_cut_off() -> None:
    ended = replace(AHEAD, closed_at=local("2017-10-31 09:00"), close_reason="no open bill behind it")
    over = event(ended, EventKind.RESOLVED, local("2017-10-31 09:00"))
    assert told(over, Audience.DEPARTMENT).subject == (
        "RESOLVED Official e-mail: the matter is settled; what was cut off for it, if anything, should come back"
    )


def test_a_forecast_that_will_be_in_time_does_not_say_that_it_is_settled() -> None:
    reason = f"1 open bill behind it, paid by Mon 9 Oct 2017 in nine of ten cases, {labels.IN_TIME}"
    ended = replace(AHEAD, closed_at=local("2017-10-06 09:00"), close_reason=reason)
    over = event(ended, EventKind.RESOLVED, local("2017-10-06 09:00"))
    assert told(over, Audience.DEPARTMENT).subject == (
        "RESOLVED Official e-mail: the matter will probably be settled in time"
    )


def test_a_forecast_whose_service_left_the_settings_does_not_say_that_it_is_settled() -> None:
    reason = f"official-email {labels.NO_SUCH_SERVICE}"
    ended = replace(AHEAD, closed_at=local("2017-10-06 09:00"), close_reason=reason)
    over = event(ended, EventKind.RESOLVED, local("2017-10-06 09:00"))
    for audience in (Audience.FINANCE, Audience.DEPARTMENT, Audience.SECRETARY):
        message = told(over, audience)
        assert "not followed any more; nothing says that the matter" in " ".join(message.text.split())
        assert "the matter is settled" not in message.subject
    assert "معاملہ طے ہونے کا کوئی اندراج نہیں" in told(over, Audience.DEPARTMENT, Language.URDU).text


def test_the_end_of_one_block_is_not_called_the_end_of_all() -> None:
    closed = local("2017-09-26 11:00")
    for reason, said in (
        (f"Acme {labels.CAN_BE_PAID}", "RESOLVED Acme Mail (Pvt) Ltd can be paid again, after 1 day"),
        ("Acme cannot be paid: court order", "RESOLVED Acme Mail (Pvt) Ltd, one obstacle less (account attached"),
    ):
        over = event(replace(UNPAYABLE, closed_at=closed, close_reason=reason), EventKind.RESOLVED, closed)
        message = told(over, Audience.FINANCE)
        assert message.subject.startswith(said)
        assert ("can be paid again" in message.text) is (labels.CAN_BE_PAID in reason)


def test_a_bill_that_is_blocked_says_so_first() -> None:
    held = replace(BILL, cause=Cause.BLOCKED)
    for kind, word in ((EventKind.OPENED, "BLOCKED "), (EventKind.REMINDER, "STILL BLOCKED ")):
        for audience in (Audience.FINANCE, Audience.ON_CALL, Audience.SECRETARY):
            subject = told(event(held, kind), audience).subject
            assert subject.startswith(word)
            assert "act by" not in subject


def test_a_forecast_that_moved_says_until_when_the_service_is_safe() -> None:
    deadline = AHEAD.deadline
    assert deadline is not None
    ahead = replace(
        deadline, at=local("2017-12-19 09:00"), rungs=(replace(deadline.rungs[0], at=local("2017-12-05 09:00")),)
    )
    moved = replace(AHEAD, deadline=ahead, closed_at=local("2017-10-10 09:00"), close_reason="the deadline has moved")
    over = event(moved, EventKind.RESOLVED, local("2017-10-10 09:00"))
    assert told(over, Audience.DEPARTMENT).subject == (
        "RESOLVED Official e-mail: the first day on which it may be cut off is now Tue 19 Dec 2017"
    )


def test_a_payee_to_whom_nothing_is_owed_is_blocked_all_the_same() -> None:
    idle = replace(UNPAYABLE, severity=Status.WARNING)
    assert told(event(idle), Audience.FINANCE).subject == (
        "BLOCKED Acme Mail (Pvt) Ltd cannot be paid: account attached by the tax authority; nothing is owed to it now"
    )


def test_a_payee_that_may_be_payable_is_doubtful_and_not_blocked() -> None:
    doubtful = replace(UNPAYABLE, severity=Status.WARNING, cause=Cause.MISMATCH)
    assert told(event(doubtful), Audience.FINANCE).subject.startswith("DOUBTFUL Acme Mail (Pvt) Ltd can perhaps not")


@pytest.mark.parametrize("incident", MATTERS, ids=lambda one: one.kind)
def test_words_are_whole_whatever_facts_are_missing(incident: Incident) -> None:
    """Bare, with each fact alone, and without each."""
    cases = [(), *((fact,) for fact in incident.facts)]
    cases += [tuple(one for one in incident.facts if one is not fact) for fact in incident.facts]
    kinds = (EventKind.OPENED, EventKind.REMINDER, EventKind.HANDOFF, EventKind.RESOLVED, EventKind.TEST)
    for facts, kind, audience, language in product(cases, kinds, Audience, Language):
        message = told(event(replace(incident, facts=facts), kind, rung="10wd"), audience, language)
        for text in (message.subject, message.text, message.short):
            assert text.strip()
            for broken in ("None", "  by .", ": ,", " ,", ": .", "for .", "{", "  and "):
                assert broken not in text.replace("\n  ", "\n"), (facts, kind, audience)
        assert is_urdu(message.subject) is (language is Language.URDU)


def test_a_contract_names_what_is_to_be_done_and_what_hangs_on_it() -> None:
    text = told(event(NOTICE_BY), Audience.FINANCE).text
    assert "give notice by Mon 30 Oct 2017" in text
    assert "What hangs on it: Official e-mail" in text


def test_a_bill_that_will_lapse_says_what_can_still_be_done_and_when_money_returns() -> None:
    text = told(event(MISSING_JUNE), Audience.FINANCE).text
    assert "money, which returns August 2017" in text
    assert "What can still be done" in text


def test_a_stage_that_moved_on_is_no_all_clear() -> None:
    reason = f"{LATE.subject} is over: the bill {labels.LIES_NOW} payee check, {labels.NOT_PAID_YET}"
    over = replace(LATE, closed_at=local("2017-11-06 09:00"), close_reason=reason)
    message = told(event(over, EventKind.RESOLVED, local("2017-11-06 09:00")), Audience.SECRETARY)
    assert message.subject.startswith("MOVED ON Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7")
    assert "the bill lies in payee check, not paid yet" in message.text
    assert "Nobody has to do anything" not in message.text


def test_a_bill_that_came_to_its_desk_today_is_not_there_for_no_days() -> None:
    facts = tuple((label, "0" if label == labels.DAYS_AT_STAGE else text) for label, text in LATE.facts)
    message = told(event(replace(LATE, facts=facts)), Audience.FINANCE)
    assert "came to be in pre-audit today" in message.text
    assert "0 working days" not in message.subject + message.text


def test_a_bill_that_will_come_too_late_says_so_and_what_to_ask_for() -> None:
    facts = (*LATE.facts, (labels.TOO_LATE, "Fri 24 Nov 2017"))
    text = told(event(replace(LATE, facts=facts)), Audience.FINANCE).text
    assert "By usual times the money comes too late, on Fri 24 Nov 2017. Ask the vendor for grace now" in text


def test_a_window_that_is_over_names_no_last_day() -> None:
    past = event(AHEAD, EventKind.REMINDER, local("2017-12-20 09:00"))
    assert "at the latest" not in told(past, Audience.FINANCE).subject
