"""Lists that go out at fixed times: when they are due, and what stands in them."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digests.bills import BillState, bills_of, neutral, totals, worst_first
from alerts.digests.morning import MOST_WITH_LINKS, ChainEnd, morning_list
from alerts.digests.rule import DigestKind, DigestRule, due_day, event_id
from alerts.digests.tell import list_rows
from alerts.digests.week import Told, Week, week_list
from alerts.incident import Acknowledgement
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from alerts.route import Language, Route
from checks.billing import labels
from checks.estate import Holiday
from checks.invoice import Invoice
from checks.model import Cause, CheckId, Observation
from checks.units import parse_money
from checks.workdays import WorkCalendar
from tests.support.telling import (
    BILLS,
    CALENDAR,
    FINANCE,
    INVOICE,
    KARACHI,
    NIGHT,
    OFFICE,
    OUTAGE,
    bill_finding,
    directory,
    local,
    mail,
)

MORNING = DigestRule(id="finance-morning", kind=DigestKind.BILLS, to=("finance",), at=time(9, 15))
WEEKLY = replace(MORNING, id="weekly", kind=DigestKind.ON_CALL_SUMMARY, weekdays=frozenset({1}), at=time(9))


def closed_on(*days: str, estimated: bool = False) -> WorkCalendar:
    holidays = tuple(Holiday(date=date.fromisoformat(day), name="Eid", estimated=estimated) for day in days)
    return WorkCalendar(replace(OFFICE, holidays=holidays), KARACHI)


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        ("2017-11-06 09:14", False),  # a Monday
        ("2017-11-06 09:15", True),
        ("2017-11-06 23:59", True),  # missed, and caught up the same day
        ("2017-11-07 00:00", False),
        ("2017-11-04 10:00", False),  # a Saturday
    ],
)
def test_a_morning_list_is_due_on_working_days_from_its_time_to_midnight(at: str, is_due: bool) -> None:  # noqa: FBT001  # a table
    assert (due_day(MORNING, CALENDAR, local(at)) == local(at).astimezone(KARACHI).date()) is is_due


def test_no_list_goes_out_on_a_holiday_but_on_one_that_is_only_estimated() -> None:
    at = local("2017-11-06 10:00")
    assert due_day(MORNING, closed_on("2017-11-06"), at) is None
    assert due_day(MORNING, closed_on("2017-11-06", estimated=True), at) == date(2017, 11, 6)


def test_a_weekly_list_waits_for_the_next_open_day() -> None:
    calendar = closed_on("2017-11-06", "2017-11-07")
    days = [due_day(WEEKLY, calendar, local(f"2017-11-{day:02} 10:00")) for day in range(6, 14)]
    assert [day for day in days if day] == [date(2017, 11, 8), date(2017, 11, 13)]


@given(st.integers(0, 60 * 24 * 60), st.sets(st.integers(1, 7), min_size=1))
def test_within_a_week_each_named_day_brings_one_list_at_most(minutes: int, weekdays: set[int]) -> None:
    rule = replace(WEEKLY, weekdays=frozenset(weekdays))
    start = local("2017-11-06 09:00") + timedelta(minutes=minutes)
    days = [due_day(rule, CALENDAR, start + timedelta(days=day)) for day in range(7)]
    found = [day for day in days if day is not None]
    assert len(set(found)) == len(found) <= len(weekdays)
    assert found or start.astimezone(KARACHI).time() < rule.at


def record(now: str, invoice: Invoice = INVOICE, cause: Cause | None = None, **facts: str) -> SubjectRecord:
    """A bill as it stands in memory at `now`."""
    finding = bill_finding(local(now), invoice)
    finding = replace(finding, facts=(*finding.facts, *facts.items()), cause=cause or finding.cause)
    seen = Observation(check_id=CheckId("bills"), finding=finding, observed_at=local(now), duration_s=0.0)
    return judge(None, seen, BILLS, lambda: "1b2c3d4e5f60718293a4b001").record


def bill(number: str, due: str, amount: str = "134000 PKR") -> Invoice:
    return replace(INVOICE, number=number, due=date.fromisoformat(due), suspends=None, amount=parse_money(amount))


NOW = "2017-11-28 09:15"
SEVERAL = (
    record(NOW, bill("A-1", "2017-12-04", "2500000 PKR")),
    record(NOW, bill("B-2", "2017-11-27")),
    record(NOW, bill("C-3", "2018-11-27"), Cause.BLOCKED),
    record(NOW, bill("D-4", "2018-11-27")),
    record(NOW, bill("E-5", "2018-10-27", "20 USD"), Disputed="they billed a service that was off"),
)


def test_what_is_overdue_stands_first_and_what_is_blocked_or_disputed_always() -> None:
    found = bills_of(SEVERAL, CALENDAR, local(NOW))
    assert [(one.number, *one.states) for one in found] == [
        ("B-2", BillState.OVERDUE),
        ("C-3", BillState.BLOCKED),
        ("E-5", BillState.DISPUTED),
        ("A-1", BillState.LATE_START),
    ]
    assert [str(total) for total in totals(found)] == ["Rs 2,768,000", "USD 20"]
    assert found[0].days_left == -1


def test_the_list_names_each_bill_with_what_presses_and_what_is_at_risk() -> None:
    found = bills_of(SEVERAL, CALENDAR, local(NOW))
    message = morning_list(found, language=Language.ENGLISH, zone=KARACHI, now=local(NOW))
    assert message.subject == "DIGEST 4 bills to see to, Rs 2,768,000 and USD 20 at risk"
    assert "1 bill overdue." in message.text
    first = message.text.split("1. ")[1].split("2. ")[0]
    for said in ("B-2", "Acme Mail", "Rs 134,000", "Due: Mon 27 Nov 2017", "none, 1 past", "Health Department"):
        assert said in first
    assert [message.html.count(f"<strong>{place}. ") for place in range(1, 6)] == [1, 1, 1, 1, 0]
    assert message.short.startswith("DIGEST 4 bills to see to")


def test_the_file_beside_it_holds_the_same_and_no_formula() -> None:
    hostile = record(NOW, replace(bill("=HYPERLINK(1)", "2017-11-27"), vendor="@evil"))
    found = bills_of((hostile,), CALENDAR, local(NOW))
    (file,) = morning_list(found, language=Language.ENGLISH, zone=KARACHI, now=local(NOW)).attachments
    assert (file.name, file.media_type) == ("bills-2017-11-28.csv", "text/csv")
    assert file.text.startswith("\ufeff")
    head, row = csv.reader(io.StringIO(file.text.removeprefix("\ufeff")))
    cells = dict(zip(head, row, strict=True))
    assert cells["bill"] == "'=HYPERLINK(1)"
    assert cells["vendor"] == "'@evil"
    assert (cells["amount"], cells["currency"], cells["due"]) == ("134000.00", "PKR", "27 Nov 2017")
    assert cells["state"] == "overdue"


@given(st.text(st.characters(), max_size=40))
def test_no_cell_is_a_formula_or_breaks_its_row(cell: str) -> None:
    safe = neutral(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t")) or safe.removeprefix("-").isdecimal()
    assert not {"\r", "\n", "\x00"} & set(safe)


def test_the_list_in_urdu_has_its_own_words() -> None:
    found = bills_of(SEVERAL[1:2], CALENDAR, local(NOW))
    message = morning_list(found, language=Language.URDU, zone=KARACHI, now=local(NOW))
    assert "تاریخ گزر گئی" in message.text
    assert "پیر 27 نومبر 2017" in message.text
    assert 'dir="rtl"' in message.html


def test_nothing_to_do_is_one_line() -> None:
    message = morning_list((), language=Language.ENGLISH, zone=KARACHI, now=local(NOW))
    assert message.text == "No bill to see to today"
    assert message.attachments == ()


def test_a_list_has_the_same_rows_whenever_it_is_planned_and_one_per_address() -> None:
    twin = replace(FINANCE, id="twin", channels=(mail("twin-1-mail", *FINANCE.channels[0].to, "ds@example.gov.pk"),))
    people = directory(FINANCE, twin, routes=(Route(to=("finance",)),))
    message = morning_list((), language=Language.ENGLISH, zone=KARACHI, now=local(NOW))

    def planned(at: datetime) -> list[tuple[str, str]]:
        letters = [(FINANCE, message), (twin, message)]
        rows = list_rows(MORNING, date(2017, 11, 28), letters, at=at, directory=people)
        return [(row.id, row.recipient) for row in rows]

    first = planned(local(NOW))
    assert first == planned(local(NOW) + timedelta(hours=3))
    assert [to for _, to in first] == ["so.finance@example.gov.pk", "ds@example.gov.pk"]
    assert event_id(MORNING, date(2017, 11, 28)) != event_id(MORNING, date(2017, 11, 29))


# The week ------------------------------------------------------------------------------------------------------------

HEALED = replace(OUTAGE, closed_at=NIGHT + timedelta(minutes=14), close_reason="answers")


def week(*told: Told, idle: tuple[str, ...] = ()) -> str:
    since, until = NIGHT - timedelta(days=1), NIGHT + timedelta(days=6)
    one = Week(since=since, until=until, told=told, idle_silences=idle)
    return week_list(one, language=Language.ENGLISH, zone=KARACHI).text


def told(number: int, **more: object) -> Told:
    incident = replace(HEALED, id=f"i{number}")
    return replace(Told(incident=incident, title="Official e-mail"), **more)  # type: ignore[arg-type]


def test_a_week_counts_incidents_by_service_and_messages_by_person() -> None:
    text = week(*(told(number, pages=("ayesha", "bilal")) for number in range(2)), told(3, pages=("ayesha",)))
    assert "3 incidents, 0 of them still open; 5 messages in all." in text
    assert "1. Official e-mail\n   Incidents: 3\n   Lasted in all: 45 min" in text
    assert "ayesha: 3 messages" in text
    assert "bilal: 2 messages" in text


def test_a_week_names_the_usual_time_to_an_answer() -> None:
    text = week(*(told(n, answered_at=NIGHT + timedelta(minutes=n)) for n in (1, 4, 9)))
    assert "Usual time to an answer: 4 min" in text
    assert "nobody answered" in week(told(1))


def test_a_week_names_what_is_open_without_an_answer_what_made_noise_and_what_flapped() -> None:
    standing = Told(incident=OUTAGE, title="Official e-mail")
    text = week(standing, told(2, flaps=2), told(3))
    assert "Open, and nobody has said to be at it\n  Official e-mail: 02:13 on Sat 14 Oct 2017" in text
    assert "mx: 3 incidents" in text
    assert "What came and went\n  Official e-mail: mx1.example.gov.pk:25" in text
    answered = replace(OUTAGE, acknowledged=Acknowledgement(by="ayesha", at=NIGHT))
    assert "nobody has said to be at it" not in week(Told(incident=answered, title="Official e-mail"))


def test_a_week_counts_an_outage_once_and_not_what_failed_because_of_it() -> None:
    root = Told(incident=OUTAGE, title="Official e-mail")
    parts = [
        Told(incident=replace(OUTAGE, id=f"p{number}", root=OUTAGE.id), title="Citizens' portal") for number in range(4)
    ]
    said = week(root, *parts)
    assert said == week(root)
    told_before = replace(parts[0], incident=replace(parts[0].incident, was_told=True))
    assert "Citizens' portal" in week(root, told_before)


def test_a_week_names_silences_that_match_nothing() -> None:
    assert "Silences in force that match nothing\n  check=old" in week(idle=("check=old (bilal: moved)",))


def test_a_week_ends_with_the_end_of_the_chain_where_there_is_a_ledger() -> None:
    one = Week(since=NIGHT, until=NIGHT + timedelta(days=7), told=())
    chain = ChainEnd(hash="0123456789abcdef" * 4, events=12)
    text = week_list(one, language=Language.ENGLISH, zone=KARACHI, chain=chain).text
    assert "0123 4567 89ab cdef" in text
    assert "12 events" in text
    empty = ChainEnd(hash="0" * 64, events=0)
    assert "0000" not in week_list(one, language=Language.ENGLISH, zone=KARACHI, chain=empty).text


def test_a_week_in_urdu_has_its_own_words() -> None:
    one = Week(since=NIGHT, until=NIGHT + timedelta(days=7), told=(told(1, pages=("ayesha",)),))
    message = week_list(one, language=Language.URDU, zone=KARACHI)
    assert message.subject == "خلاصہ: ہفتہ وار نگرانی، 1 واقعہ، 1 پیغام"


def on_its_way(number: str, **facts: str) -> SubjectRecord:
    """A bill whose place on its way is known."""
    known = record(NOW, bill(number, "2017-12-04"))
    words = known.deadline_words
    assert words is not None
    way = {
        labels.STAGE: "pre-audit",
        labels.DAYS_AT_STAGE: "9",
        labels.CUT_OFF_FROM: "Thu 19 Oct 2017 (passed)",
        labels.CUT_OFF_UNTIL: "Mon 27 Nov 2017",
        **facts,
    }
    others = tuple(fact for fact in words.facts if fact[0] not in way and fact[0] != "Vendor cuts off")
    return replace(known, deadline_words=replace(words, facts=(*others, *way.items())))


def test_a_line_says_where_the_bill_lies_on_whose_desk_and_when_it_may_be_cut_off() -> None:
    found = bills_of((on_its_way("A-1"),), CALENDAR, local(NOW), {"pre-audit": "ag-desk"})
    message = morning_list(found, language=Language.ENGLISH, zone=KARACHI, now=local(NOW))
    assert "Lies: pre-audit, for 9 working days, with ag-desk" in message.text
    assert "May be cut off: from Thu 19 Oct 2017 to Mon 27 Nov 2017" in message.text
    (file,) = message.attachments
    head, row = csv.reader(io.StringIO(file.text.removeprefix("\ufeff")))
    cells = dict(zip(head, row, strict=True))
    assert (cells["stage"], cells["working days there"], cells["desk"]) == ("pre-audit", "9", "ag-desk")
    assert (cells["cut off from"], cells["cut off until"]) == ("19 Oct 2017", "27 Nov 2017")


def test_a_list_in_urdu_names_days_and_stages_in_urdu() -> None:
    found = bills_of((on_its_way("A-1"),), CALENDAR, local(NOW))
    text = morning_list(found, language=Language.URDU, zone=KARACHI, now=local(NOW)).text
    assert "پری آڈٹ، 9 دفتری دن سے" in text
    assert "جمعرات 19 اکتوبر 2017 سے پیر 27 نومبر 2017 تک" in text


def test_what_is_held_or_disputed_stands_in_the_list_however_far_its_day_is() -> None:
    held = record(NOW, bill("F-6", "2018-11-27"), None, **{labels.HELD_UNTIL: "Mon 1 Jan 2018"})
    (found,) = bills_of((held,), CALENDAR, local(NOW))
    assert found.states == (BillState.HELD,)


def test_most_lost_per_rupee_stands_first_and_what_the_ledger_does_not_know_last() -> None:
    found = bills_of(SEVERAL, CALENDAR, local(NOW))
    places = {one.key: place for place, one in enumerate(reversed(found)) if one.number != "E-5"}
    assert [one.number for one in worst_first(found, places)] == ["A-1", "C-3", "B-2", "E-5"]


def test_each_line_carries_its_links_up_to_a_bound() -> None:
    many = tuple(record(NOW, bill(f"L-{number}", "2017-11-27")) for number in range(MOST_WITH_LINKS + 5))
    found = bills_of(many, CALENDAR, local(NOW))
    message = morning_list(
        found,
        language=Language.ENGLISH,
        zone=KARACHI,
        now=local(NOW),
        links=lambda one: [("I have a question", f"https://x.example/answer/{one.number}")],
    )
    assert message.text.count("https://x.example/answer/") == MOST_WITH_LINKS
    assert message.html.count('<a href="https://x.example/answer/') == MOST_WITH_LINKS


def test_the_end_of_the_chain_stands_at_the_end_of_the_list_and_of_an_empty_one() -> None:
    chain = ChainEnd(hash="3f9a1c2bd4e5f607" + "0" * 48, events=1234)
    for bills in (bills_of(SEVERAL, CALENDAR, local(NOW)), ()):
        message = morning_list(bills, language=Language.ENGLISH, zone=KARACHI, now=local(NOW), chain=chain)
        assert "The ledger has 1,234 events, the last one 3f9a 1c2b d4e5 f607." in message.text.splitlines()[-1]
