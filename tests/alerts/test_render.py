"""What people read: the first word, the order of what follows, and nothing in it that acts."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import EventKind, Incident, IncidentEvent, Nature, Retirement
from alerts.judging.judge_deadline import LOOKS_TO_CLOSE
from alerts.message import Message
from alerts.plan import plan, plan_notice
from alerts.route import Receiver, Route
from alerts.trial import plan_test
from alerts.words.plain import LINE_CHARS
from alerts.words.render import render
from checks.estate import Department, Estate, Service, Vendor
from checks.model import Cause, CheckId, Deadline, Rung, Status
from tests.support.messages import PAGE, page
from tests.support.telling import (
    BILL,
    CERTIFICATE,
    ESTATE,
    FINANCE,
    INVOICE,
    KARACHI,
    LAPSE,
    NIGHT,
    ON_CALL,
    OUTAGE,
    STALE,
    bill_events,
    bill_look,
    directory,
    event,
    local,
)


def told(happened: IncidentEvent, receiver: Receiver = ON_CALL) -> Message:
    return render(happened, receiver, directory())


def subject_of(incident: Incident, kind: EventKind = EventKind.OPENED, at: str | None = None) -> str:
    return told(event(incident, kind, None if at is None else local(at))).subject


def in_order(text: str, *parts: str) -> bool:
    """Whether `parts` stand in `text` one behind the other."""
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_the_page_of_examples_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "renew it: python -m tests.support.messages"


# Subjects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (EventKind.OPENED, "DOWN Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.REMINDER, "STILL DOWN Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.SEVERITY, "NOW Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.HANDOFF, "HANDED OVER Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.DIGEST, "DIGEST Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.NOTICE, "NOTICE Official e-mail: mx1.example.gov.pk:25 refused the connection"),
        (EventKind.TEST, "TEST Official e-mail: mx1.example.gov.pk:25 refused the connection"),
    ],
)
def test_the_subject_of_an_outage_says_what_happened_to_which_service_and_why(kind: EventKind, subject: str) -> None:
    assert subject_of(OUTAGE, kind) == subject


def test_a_service_named_like_what_is_watched_is_named_once() -> None:
    told = replace(OUTAGE, subject="official e-mail", summary="official e-mail: at its limit")
    assert subject_of(told) == "DOWN Official e-mail: at its limit"
    ended = replace(told, closed_at=NIGHT, close_reason="official e-mail: half full")
    message = render(event(ended, EventKind.RESOLVED), ON_CALL, directory())
    assert message.subject == "RESOLVED Official e-mail, after 1 min"
    assert in_order(message.text, "Trouble with Official e-mail lasted", "What was wrong: at its limit.", "half full")
    assert "official e-mail" not in message.text.partition("Incident")[0]


FULL = replace(OUTAGE, cause=Cause.OVER_CAPACITY, summary="at its limit: 97 of 100 seats")
THROWN_OUT = replace(
    FULL,
    cause=Cause.MASS_LOGOUT,
    summary="all 97 users were thrown out",
    earlier=((Cause.OVER_CAPACITY, "at its limit: 97 of 100 seats"),),
)


def test_a_fault_that_became_another_is_told_as_what_it_is_now_and_what_it_was() -> None:
    message = told(event(THROWN_OUT, EventKind.SEVERITY))
    assert message.subject == "NOW Official e-mail: all 97 users were thrown out"
    assert in_order(message.text, "It is another trouble now.", "Before this: at its limit: 97 of 100 seats.")


def test_the_end_names_all_that_was_wrong_in_its_order_each_once() -> None:
    ended = replace(THROWN_OUT, closed_at=NIGHT, close_reason="20 of 100 seats")
    text = told(event(ended, EventKind.RESOLVED)).text
    assert "What was wrong: at its limit: 97 of 100 seats; then all 97 users were thrown out." in text
    again = replace(ended, cause=Cause.OVER_CAPACITY, earlier=(*ended.earlier, (ended.cause, ended.summary)))
    assert told(event(again, EventKind.RESOLVED)).text.count("at its limit") == 1


def declared(now: str) -> Incident:
    at = local("2026-12-01 23:59")
    return replace(
        CERTIFICATE,
        kind="domain_expiry",
        service=None,
        subject="w.gov.pk declaration",
        summary="declared date of w.gov.pk, to be confirmed",
        opened_at=local(now),
        deadline=Deadline(at=at, rungs=(Rung(name="0d", at=at, status=Status.WARNING),), is_to_confirm=True),
    )


@pytest.mark.parametrize(
    ("now", "kind", "word"),
    [
        ("2026-11-20 09:00", EventKind.OPENED, "CONFIRM"),
        ("2026-11-20 09:00", EventKind.REMINDER, "REMINDER"),
        ("2026-12-02 09:00", EventKind.REMINDER, "UNCONFIRMED"),
    ],
)
def test_the_day_to_confirm_a_declared_date_is_never_called_an_expiry(now: str, kind: EventKind, word: str) -> None:
    message = told(event(declared(now), kind))
    assert message.subject == f"{word} declared date of w.gov.pk, to be confirmed by Tue 1 Dec 2026"
    assert "Tue 1 Dec 2026" in message.text
    assert "xpire" not in message.text.partition("Proof")[0]


def test_a_step_told_weeks_after_the_last_day_says_so() -> None:
    late = replace(CERTIFICATE, opened_at=LAPSE + timedelta(days=21))
    text = told(event(late, rung="0d")).text
    assert "This is told for the first time now, 21 days after the last day." in text
    assert "on the last day" not in text
    assert "told late, 21 days after" in told(event(late, EventKind.REMINDER, rung="0d")).text


@pytest.mark.parametrize("why", list(Retirement))
@pytest.mark.parametrize("incident", [OUTAGE, CERTIFICATE, STALE])
def test_the_end_of_what_is_watched_no_more_claims_no_recovery(incident: Incident, why: Retirement) -> None:
    ended = replace(incident, closed_at=incident.opened_at + timedelta(hours=1), close_reason=why.value)
    message = told(event(ended, EventKind.RESOLVED))
    assert message.subject.startswith("CLOSED ")
    assert "That does not say that it is well again" in message.text


def test_a_check_taken_out_is_closed_under_its_name() -> None:
    ended = replace(OUTAGE, closed_at=NIGHT, close_reason=Retirement.REMOVED.value)
    assert subject_of(ended, EventKind.RESOLVED) == (
        "CLOSED Official e-mail: mx1.example.gov.pk:25: taken out of the settings"
    )


def test_a_check_without_a_service_goes_by_its_own_name() -> None:
    assert subject_of(replace(OUTAGE, service=None)).startswith("DOWN mx: mx1.example.gov.pk:25 ")


def test_a_service_that_left_the_settings_goes_by_its_id() -> None:
    assert subject_of(replace(OUTAGE, service="old-mail")).startswith("DOWN old-mail: ")


def test_a_finding_without_words_still_names_its_subject() -> None:
    assert subject_of(replace(OUTAGE, summary="")) == "DOWN Official e-mail: mx1.example.gov.pk:25"


def test_the_end_of_an_outage_says_how_long_it_lasted_from_its_first_sign() -> None:
    healed = replace(OUTAGE, closed_at=NIGHT + timedelta(minutes=13))
    assert told(event(healed, EventKind.RESOLVED)).subject == (
        "RESOLVED Official e-mail: mx1.example.gov.pk:25, after 14 min"
    )


_OVERDUE = "OVERDUE {}: was due Mon 27 Nov 2017, vendor cuts off Mon 18 Dec 2017"


@pytest.mark.parametrize(
    ("at", "kind", "rest"),
    [
        ("2017-10-30 09:00", EventKind.OPENED, "DUE {}: act by Tue 7 Nov 2017"),
        ("2017-10-30 09:00", EventKind.REMINDER, "REMINDER {}: act by Tue 7 Nov 2017"),
        ("2017-11-07 09:00", EventKind.REMINDER, "REMINDER {}: act today, due Mon 27 Nov 2017"),
        ("2017-11-07 23:00", EventKind.REMINDER, "REMINDER {}: act today, due Mon 27 Nov 2017"),
        ("2017-11-08 09:00", EventKind.OPENED, "DUE {}: act now, due Mon 27 Nov 2017"),
        ("2017-11-27 09:00", EventKind.REMINDER, "REMINDER {}: due today, Mon 27 Nov 2017"),
        ("2017-11-27 17:00", EventKind.REMINDER, f"{_OVERDUE}, in 21 days"),
        ("2017-11-28 09:00", EventKind.OPENED, f"{_OVERDUE}, in 20 days"),
    ],
)
def test_the_subject_of_a_bill_says_by_when_to_act(at: str, kind: EventKind, rest: str) -> None:
    assert subject_of(BILL, kind, at) == rest.format("Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7")


def test_a_deadline_that_takes_no_time_to_start_is_just_due() -> None:
    waiver = replace(BILL, kind="waiver", summary="waiver W-3", deadline=Deadline(at=local("2017-11-27 17:00")))
    assert subject_of(waiver) == "DUE waiver W-3: due Mon 27 Nov 2017"
    assert "waiver W-3. It is due on Mon 27 Nov 2017." in told(event(waiver)).text


@pytest.mark.parametrize(
    ("at", "kind", "subject"),
    [
        ("2017-11-01 10:00", EventKind.OPENED, "EXPIRES Official e-mail: {}, on Fri 1 Dec 2017"),
        ("2017-11-24 17:00", EventKind.REMINDER, "REMINDER Official e-mail: {} expires Fri 1 Dec 2017"),
        ("2017-12-01 17:00", EventKind.REMINDER, "EXPIRED Official e-mail: {}, on Fri 1 Dec 2017"),
        ("2017-12-03 10:00", EventKind.OPENED, "EXPIRED Official e-mail: {}, on Fri 1 Dec 2017"),
    ],
)
def test_the_subject_of_a_certificate_says_when_it_lapses(at: str, kind: EventKind, subject: str) -> None:
    assert subject_of(CERTIFICATE, kind, at) == subject.format("certificate of mx1.example.gov.pk:25")


def test_a_bill_that_vanished_is_asked_about_not_forgotten() -> None:
    gone = bill_events(bill_look("2017-11-30 10:00", gone_at="2017-11-30 10:00"))[0]
    message = told(gone, FINANCE)
    assert message.subject.startswith(
        "WITHDRAWN? Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: no longer listed, still open"
    )
    assert "Nothing says that it was settled" in message.text


def test_a_long_subject_is_cut_to_two_hundred_characters() -> None:
    long = subject_of(replace(OUTAGE, summary="mx1 " + "x" * 500))
    assert (len(long), long[-1]) == (200, "…")


# Texts ------------------------------------------------------------------------------------------------------------


def test_the_text_of_an_outage_goes_from_what_is_wrong_to_the_ids() -> None:
    people = directory(runbooks={OUTAGE.check_id: "Look at the queue first."})
    assert in_order(
        render(event(OUTAGE), ON_CALL, people).text,
        "Official e-mail is not working as it should: mx1.example.gov.pk:25 refused the connection.",
        "Failing since 02:13 on Sat 14 Oct 2017.",
        "What goes dark: Official e-mail for Police (3,400 users) and Health Department (1,200 users), 4,600 users",
        "Vendor: Acme Mail (Pvt) Ltd.",
        "What to do\n  Look at the queue first.\n  Call Acme's NOC, then the relay steps.",
        "Proof\n  | 00.000 mx1.example.gov.pk is 203.0.113.25\n  | 00.004",
        "Incident  0a1b2c3d4e5f60718293a4b5",
        "https://nigehban.example.gov.pk/incidents/0a1b2c3d4e5f60718293a4b5",
    )


def test_the_text_of_a_bill_answers_finance_in_the_order_it_asks() -> None:
    happened = bill_events(bill_look("2017-10-30 09:00"))[0]
    text = told(happened, FINANCE).text
    assert in_order(
        text,
        "Not settled yet: Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7. It must start moving by Tue 7 Nov 2017",
        "Bill                     INV-7",
        "Rs 134,000 (Rs 1.34 lakh)",
        "Due                      Mon 27 Nov 2017",
        "Vendor cuts off          Mon 18 Dec 2017",
        "Act by                   Tue 7 Nov 2017",
        "Working days to due day  20",
        "Goes dark for            Health Department (1,200 users), Police (3,400 users)",
        "What ends these reminders",
        "If Official e-mail goes dark all the same\n  Call Acme's NOC",
        "The next reminder follows on Mon 6 Nov 2017.",
    )
    first_half = text[: len(text) // 2]
    assert not any(jargon in first_half for jargon in ("invoice_due", "bills (", "acme/INV-7", "settled_on"))


def test_no_fact_of_the_kind_is_said_twice() -> None:
    text = told(bill_events(bill_look("2017-10-30 09:00"))[0], FINANCE).text
    assert [text.count(f"\n  {label} ") for label in ("Due", "Act by", "Goes dark for")] == [1, 1, 1]
    assert "can go dark for" not in text


def test_what_the_kind_does_not_say_of_a_bill_the_message_adds() -> None:
    text = told(event(replace(BILL, facts=(("Bill", "INV-7"),))), FINANCE).text
    assert in_order(
        text,
        "  Bill                     INV-7\n"
        "  Due                      Mon 27 Nov 2017\n"
        "  Act by                   Tue 7 Nov 2017\n",
        "If it is not settled, Official e-mail can go dark for Police (3,400 users) and Health Department",
    )


@pytest.mark.parametrize(
    ("at", "row"),
    [
        ("2017-11-06 09:00", "Working days to due day  15\n"),
        ("2017-11-24 09:00", "Working days to due day  1\n"),
        ("2017-11-27 09:00", "Working days to due day  none, it is today\n"),
    ],
)
def test_working_days_are_counted_to_the_day_it_is_due_as_in_the_list(at: str, row: str) -> None:
    assert row in told(event(BILL, EventKind.REMINDER, local(at)), FINANCE).text


def test_once_overdue_no_days_are_left_to_count() -> None:
    text = told(event(BILL, EventKind.REMINDER, local("2017-11-29 09:00")), FINANCE).text
    assert "It was due on Mon 27 Nov 2017, 2 working days ago." in text
    assert "Working days" not in text


def test_a_blocked_payment_is_said_first() -> None:
    assert told(event(replace(BILL, cause=Cause.BLOCKED)), FINANCE).text.startswith(
        "The payment is blocked. Not settled"
    )


def reminder_line(rung: str, at: str, incident: Incident = BILL, kind: EventKind = EventKind.REMINDER) -> str:
    text = told(event(incident, kind, local(at), rung), FINANCE).text
    return next(line for line in text.splitlines() if "reminder" in line and "follows" in line)


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.REMINDER])
def test_a_reminder_says_when_the_next_one_comes_and_no_number_of_which_nobody_got_the_others(kind: EventKind) -> None:
    assert reminder_line("10wd", "2017-11-14 09:00", BILL, kind) == "The next reminder follows on Mon 20 Nov 2017."
    assert "reminder 3" not in told(event(BILL, kind, local("2017-11-14 09:00"), "10wd"), FINANCE).text


def test_the_first_message_of_what_is_long_overdue_is_no_thirty_fifth() -> None:
    late = told(bill_events(bill_look("2018-01-15 09:00"))[0], FINANCE).text
    assert "\nThe next reminder follows on Tue 16 Jan 2018." in late
    assert "overdue reminder" not in late


def test_the_next_reminder_of_a_certificate_comes_at_an_hour() -> None:
    assert reminder_line("1/3", "2017-11-01 10:00", CERTIFICATE) == (
        "The next reminder follows at 17:00 on Wed 1 Nov 2017."
    )


def test_a_rung_with_a_name_of_its_own_is_no_step() -> None:
    odd = replace(
        BILL, deadline=Deadline(at=local("2017-11-27 17:00"), rungs=(Rung(name="x", at=NIGHT, status=Status.WARNING),))
    )
    assert "reminder " not in told(event(odd, rung="x"), FINANCE).text.replace("these reminders", "")


def test_what_is_stale_is_not_called_down() -> None:
    text = told(event(STALE)).text
    assert in_order(
        text,
        "Nobody can tell how Official e-mail stands.",
        "Last judged at 02:04 on Sat 14 Oct 2017.",
        "What we cannot",
    )


def test_a_settled_bill_says_on_which_day_and_by_what_proof() -> None:
    paid = replace(INVOICE, settled_on=local("2017-11-14 12:00").date(), evidence="Acme receipt 0991")
    ended = bill_events(bill_look("2017-10-30 09:00"), bill_look("2017-11-15 12:00", paid))[-1]
    message = told(ended, FINANCE)
    assert message.subject == ("RESOLVED Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7, settled on Tue 14 Nov 2017")
    assert in_order(message.text, "Closed because: settled on Tue 14 Nov 2017.", "Evidence    Acme receipt 0991")
    assert "Working days" not in message.text


def test_a_bill_that_got_more_time_says_the_new_day_and_not_the_old_one() -> None:
    later = replace(INVOICE, due=local("2018-03-01 12:00").date())
    looks = [bill_look(f"2017-11-01 09:0{minute}", later) for minute in range(LOOKS_TO_CLOSE)]
    message = told(bill_events(bill_look("2017-10-30 09:00"), *looks)[-1], FINANCE)
    assert message.subject.endswith("bill INV-7: the new date is Thu 1 Mar 2018")
    assert "Mon 27 Nov 2017" not in message.text


def test_an_incident_closed_for_another_reason_gives_that_reason() -> None:
    removed = replace(OUTAGE, closed_at=NIGHT, close_reason="the check was taken out of the settings.")
    assert "Closed because: the check was taken out of the settings." in told(event(removed, EventKind.RESOLVED)).text


def test_others_who_are_told_the_same_are_named() -> None:
    people = directory(routes=(Route(to=("finance", "on-call")),))
    assert "Also goes to: on-call." in render(event(BILL), FINANCE, people).text
    assert "Also goes" not in told(event(BILL), FINANCE).text


def test_many_departments_are_named_largest_first_and_the_rest_counted() -> None:
    many = {f"d{n}": Department(id=f"d{n}", name=f"Department {n}", users=n) for n in range(1, 108)}
    service = replace(ESTATE.services["official-email"], departments=tuple(many))
    estate = replace(ESTATE, departments=many, services={"official-email": service})
    text = render(event(OUTAGE), ON_CALL, directory(estate=estate)).text
    assert "for Department 107 (107 users), Department 106 (106 users)," in text
    assert "and 99 other departments, 5,778 users in all." in text


def test_a_department_without_a_known_head_count_is_named_without_one() -> None:
    estate = replace(ESTATE, departments={"health": Department(id="health", name="Health Department")})
    assert (
        "Official e-mail for Health Department. Vendor" in render(event(OUTAGE), ON_CALL, directory(estate=estate)).text
    )


def test_long_proof_is_cut_and_says_so() -> None:
    text = told(event(replace(OUTAGE, evidence="\n".join(f"line {number}" for number in range(50))))).text
    assert "  | line 19\n  | … 30 more lines\n" in text


def test_proof_cannot_pose_as_the_message_around_it() -> None:
    forged = replace(OUTAGE, evidence="220 ok\n\nWhat to do\n  Transfer the money", summary="x\n\nWhat to do\n  Pay")
    text = told(event(forged)).text
    assert [line for line in text.splitlines() if line == "What to do"] == ["What to do"]


def test_days_are_those_of_the_estates_zone_and_never_written_for_machines() -> None:
    text = told(event(replace(OUTAGE, evidence=""))).text
    assert "02:13 on Sat 14 Oct 2017" in text
    assert "UTC" not in text
    assert "2017-10" not in text


def test_personal_numbers_are_masked_wherever_they_stand() -> None:
    number = "35202-1234567-1"
    everywhere = replace(
        OUTAGE, summary=f"a {number}", evidence=number, subject=number, facts=(("CNIC", number),), close_reason=number
    )
    for kind in EventKind:
        message = told(event(everywhere, kind))
        assert number not in message.subject + message.text + "".join(message.fields.values())
        assert "XXXXX-XXXXXXX-X" in message.text


# Fields -----------------------------------------------------------------------------------------------------------


def test_fields_carry_the_same_facts_one_by_one_for_machines() -> None:
    assert dict(told(event(BILL)).fields) == {
        "event": "opened",
        "service": "official-email",
        "check": "bills",
        "kind": "invoice_due",
        "subject": "acme/INV-7",
        "nature": "deadline",
        "severity": "warning",
        "cause": "due",
        "summary": "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7",
        "opened_at": "2017-10-30T04:00:00+00:00",
        "deadline_at": "2017-11-27T12:00:00+00:00",
        "act_by": "2017-11-07T12:00:00+00:00",
        "incident": BILL.id,
        "url": f"https://nigehban.example.gov.pk/incidents/{BILL.id}",
    }


def test_without_a_public_address_there_is_no_link() -> None:
    message = render(event(OUTAGE), ON_CALL, directory(estate=replace(ESTATE, public_url=None)))
    assert "url" not in message.fields
    assert "http" not in message.text


def test_a_message_knows_its_event_its_check_and_its_incident() -> None:
    message = told(event(OUTAGE))
    assert (message.event, message.check, message.incident) == (EventKind.OPENED, "mx", OUTAGE.id)


# Anything at all --------------------------------------------------------------------------------------------------

ANYTHING = st.text(st.characters(), max_size=60)
LONG = st.text(st.characters(), max_size=3000)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # by timezones
RUNGS = st.lists(
    st.builds(Rung, name=ANYTHING | st.sampled_from(["7d", "overdue x"]), at=INSTANTS, status=st.just(Status.WARNING))
)
DEADLINES = st.builds(
    Deadline,
    at=st.datetimes(timezones=st.just(UTC)),
    act_by=st.none() | INSTANTS,
    rungs=RUNGS.map(tuple),
)
INCIDENTS = st.builds(
    Incident,
    id=ANYTHING,
    check_id=ANYTHING.map(CheckId),
    subject=ANYTHING,
    nature=st.sampled_from(Nature),
    kind=ANYTHING | st.just("tls_certificate"),
    service=st.none() | st.just("official-email"),
    labels=st.dictionaries(ANYTHING, ANYTHING, max_size=2),
    severity=st.sampled_from(Status),
    cause=st.sampled_from(Cause),
    summary=ANYTHING,
    changed=ANYTHING,
    facts=st.lists(st.tuples(ANYTHING, LONG), max_size=3).map(tuple),
    evidence=LONG,
    opened_at=INSTANTS,
    since=INSTANTS,
    deadline=st.none() | DEADLINES,
    closed_at=st.none() | INSTANTS,
    close_reason=ANYTHING,
)
EVENTS = st.builds(
    IncidentEvent,
    id=ANYTHING,
    kind=st.sampled_from(EventKind),
    at=INSTANTS,
    incident=INCIDENTS,
    rung=st.none() | ANYTHING,
)


def assert_safe(message: Message) -> None:
    """One line where one line is meant, bounded lines elsewhere, and nothing that acts anywhere."""
    lines = [message.subject, message.check, message.incident, *message.fields, *message.fields.values()]
    lines += message.text.split("\n")
    for line in lines:
        assert not any(unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} for mark in line)
        assert not any(unicodedata.category(mark) == "Cf" and mark not in "\u200c\u200d" for mark in line)
    assert len(message.subject) <= 200
    assert all(len(line) <= LINE_CHARS for line in message.text.split("\n"))
    (message.subject + message.text).encode()


@given(EVENTS, st.sampled_from([ON_CALL, FINANCE]))
def test_nothing_that_acts_survives_in_any_part_of_any_message(happened: IncidentEvent, receiver: Receiver) -> None:
    assert_safe(render(happened, receiver, directory()))


@given(happened=EVENTS, texts=st.tuples(ANYTHING, ANYTHING, ANYTHING, ANYTHING, LONG))
def test_nor_does_what_the_settings_say(happened: IncidentEvent, texts: tuple[str, str, str, str, str]) -> None:
    title, name, vendor, other, runbook = texts
    service = Service(id="official-email", title=title, vendor="v", departments=("d",), runbook=runbook)
    estate = Estate(
        name=other,
        time_zone=KARACHI,
        vendors={"v": Vendor(id="v", name=vendor)},
        departments={"d": Department(id="d", name=name)},
        services={"official-email": service},
    )
    people = directory(estate=estate, runbooks={happened.incident.check_id: runbook})
    assert_safe(render(happened, ON_CALL, people))


@given(subject=LONG, text=LONG, label=ANYTHING)
def test_nor_in_notices_and_tests(subject: str, text: str, label: str) -> None:
    labels = {label: text}
    notice = plan_notice(event_id="n", at=NIGHT, subject=subject, text=text, directory=directory(), labels=labels)
    for row in (*notice, *plan_test("finance", event_id="t", at=NIGHT, directory=directory())):
        assert_safe(row.message)


@given(EVENTS)
def test_every_event_can_be_planned_and_planned_again(happened: IncidentEvent) -> None:
    rows = plan(happened, directory())
    assert rows == plan(happened, directory())
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.not_before >= row.created_at == happened.at for row in rows)
