"""When the messages are due that prove a way out, and by which ways they go."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import EventKind
from alerts.outlook.recurring import proofs
from alerts.proof import ProofRule, due_at, period, plan_proof
from alerts.route import ChannelSpec, Language, Order, Receiver
from tests.support.telling import FINANCE, KARACHI, NIGHT, chat, directory, local, mail

DAILY = ProofRule(every=timedelta(days=1), at=time(9))
ON_CALL = Receiver(
    id="on-call", order=Order.FIRST, channels=(mail("on-call-1-mail", "a@x.org", "b@x.org"), chat("on-call-2-apprise"))
)


def test_a_daily_message_is_due_at_nine_by_the_clock_of_the_estate() -> None:
    before, after = local("2017-10-14 08:59"), local("2017-10-14 09:00")
    assert period(DAILY, after, KARACHI) == period(DAILY, before, KARACHI) + 1


def test_a_weekly_one_is_due_on_mondays() -> None:
    weekly = replace(DAILY, every=timedelta(days=7))
    sunday, monday = local("2017-10-15 23:00"), local("2017-10-16 09:00")
    assert period(weekly, monday, KARACHI) == period(weekly, sunday, KARACHI) + 1


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from([1, 6, 24, 168]))  # noqa: DTZ001  # made aware below
def test_from_one_to_the_next_it_takes_as_long_as_was_asked(naive: datetime, hours: int) -> None:
    rule, now = replace(DAILY, every=timedelta(hours=hours)), naive.replace(tzinfo=UTC)
    assert period(rule, now + rule.every, KARACHI) == period(rule, now, KARACHI) + 1


@given(st.integers(8000, 9500), st.sampled_from([1, 6, 24, 168]))
def test_a_message_is_due_when_its_period_begins(number: int, hours: int) -> None:
    rule = replace(DAILY, every=timedelta(hours=hours))
    at = due_at(rule, number, KARACHI)
    second = timedelta(seconds=1)
    assert (period(rule, at - second, KARACHI), period(rule, at, KARACHI)) == (number - 1, number)


def test_every_one_of_the_days_to_come_is_foretold() -> None:
    book = directory(ON_CALL, FINANCE)
    foretold = list(proofs(DAILY, book, since=NIGHT, until=NIGHT + timedelta(days=3)))
    told = [row.id for one in foretold for row in one.rows(one.times[0], ())]
    numbers = range(period(DAILY, NIGHT, KARACHI) + 1, period(DAILY, NIGHT, KARACHI) + 4)
    assert told == [row.id for number in numbers for row in plan_proof(DAILY, number, at=NIGHT, directory=book)]


def test_it_goes_over_every_channel_of_everybody_also_over_those_that_are_only_tried_when_the_first_fails() -> None:
    rows = plan_proof(DAILY, 7, at=NIGHT, directory=directory(ON_CALL, FINANCE))
    assert [(row.channel, row.recipient) for row in rows] == [
        ("on-call-1-mail", "a@x.org"),
        ("on-call-1-mail", "b@x.org"),
        ("on-call-2-apprise", ""),
        ("finance-1-mail", "so.finance@example.gov.pk"),
    ]
    assert {row.message.event for row in rows} == {EventKind.TEST}


def test_who_reads_urdu_gets_it_in_urdu_and_everybody_else_as_before() -> None:
    reader = replace(FINANCE, language=Language.URDU)
    *others, row = plan_proof(DAILY, 7, at=NIGHT, directory=directory(ON_CALL, reader))
    assert row.receiver == "finance"
    assert row.message.subject.startswith("آزمائش: یہ راستہ ٹھیک ہے")
    assert "کوئی خرابی نہیں" in row.message.text
    assert {other.message.language for other in others} == {Language.ENGLISH}


def test_the_same_one_planned_again_has_the_same_ids_and_the_next_one_others() -> None:
    people = directory(ON_CALL, FINANCE)
    first, again, then = (plan_proof(DAILY, number, at=NIGHT, directory=people) for number in (7, 7, 8))
    assert [row.id for row in first] == [row.id for row in again]
    assert not {row.id for row in first} & {row.id for row in then}


def test_an_alertmanager_gets_none_since_it_has_an_alert_that_always_fires() -> None:
    manager = ChannelSpec(name="on-call-1-alertmanager", kind="alertmanager", url="http://127.0.0.1:9093")
    rows = plan_proof(DAILY, 7, at=NIGHT, directory=directory(replace(ON_CALL, channels=(manager,)), FINANCE))
    assert [row.channel for row in rows] == ["finance-1-mail"]


def test_only_the_receivers_that_are_named_get_one() -> None:
    rule = replace(DAILY, to=("finance",))
    rows = plan_proof(rule, 7, at=NIGHT, directory=directory(ON_CALL, FINANCE))
    assert [row.receiver for row in rows] == ["finance"]
