"""Over which channel a receiver is told first, and over which when that one fails."""

from dataclasses import replace
from datetime import timedelta

from alerts.directory import Directory
from alerts.fallback import plan_refused
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Rota, Shift
from alerts.plan import plan, plan_fallback, plan_notice
from alerts.route import Order, Receiver, Route
from alerts.trial import plan_test
from tests.support.telling import NIGHT, OUTAGE, chat, directory, event, mail

NOC = Receiver(
    id="noc",
    order=Order.FIRST,
    channels=(
        chat("noc-1-apprise"),
        mail("noc-2-mail", "a@example.org", "b@example.org"),
        mail("noc-3-mail", "c@x.org"),
    ),
)


def people(*receivers: Receiver) -> Directory:
    named = receivers or (NOC,)
    return directory(*named, routes=(Route(to=tuple(one.id for one in named)),))


def ways(rows: tuple[Notification, ...]) -> list[tuple[str, str]]:
    return [(row.channel, row.recipient) for row in rows]


def test_only_the_first_channel_is_used_at_first() -> None:
    assert ways(plan(event(OUTAGE), people())) == [("noc-1-apprise", "")]


def test_a_notice_goes_over_the_first_channel_too() -> None:
    rows = plan_notice(event_id="n", at=NIGHT, subject="s", text="t", directory=people(), labels={})
    assert ways(rows) == [("noc-1-apprise", "")]


def test_a_test_tries_every_channel() -> None:
    rows = plan_test("noc", event_id="t", at=NIGHT, directory=people())
    assert len(rows) == 4


def test_the_end_is_planned_for_every_channel_that_may_have_told_of_the_beginning() -> None:
    assert len(plan(event(OUTAGE, EventKind.RESOLVED), people())) == 4


def test_what_fails_goes_on_over_the_next_channel_in_the_same_words() -> None:
    (row,) = plan(event(OUTAGE), people())
    after = plan_fallback(row, people())
    assert ways(after) == [("noc-2-mail", "a@example.org"), ("noc-2-mail", "b@example.org")]
    assert all(one.message == row.message for one in after)
    assert {(one.event_id, one.created_at, one.not_before, one.urgency) for one in after} == {
        (row.event_id, row.created_at, row.not_before, row.urgency)
    }


def test_each_recipient_that_fails_leads_to_the_same_next_rows() -> None:
    (row,) = plan(event(OUTAGE), people())
    first, second = plan_fallback(row, people())
    assert plan_fallback(first, people()) == plan_fallback(second, people())
    assert ways(plan_fallback(first, people())) == [("noc-3-mail", "c@x.org")]


def test_nothing_follows_the_last_channel() -> None:
    (row,) = plan(event(OUTAGE), people())
    last = plan_fallback(plan_fallback(row, people())[0], people())[0]
    assert plan_fallback(last, people()) == ()


def test_nothing_follows_where_all_channels_were_used_at_once() -> None:
    at_once = people(replace(NOC, order=Order.ALL))
    assert [plan_fallback(row, at_once) for row in plan(event(OUTAGE), at_once)] == [()] * 4


def test_a_test_message_goes_no_other_way() -> None:
    rows = plan_test("noc", event_id="t", at=NIGHT, directory=people())
    assert plan_fallback(rows[0], people()) == ()


def test_a_receiver_that_is_gone_has_no_next_channel() -> None:
    (row,) = plan(event(OUTAGE), people())
    assert plan_fallback(row, people(replace(NOC, id="other"))) == ()


def test_receivers_that_share_an_address_each_go_on_their_own_way() -> None:
    boss = Receiver(id="boss", order=Order.FIRST, channels=(chat("boss-1-apprise"), mail("boss-2-mail", "boss@x.org")))
    both = people(NOC, boss)
    (row,) = plan(event(OUTAGE), both)
    assert [recipient for _, recipient in ways(plan_fallback(row, both, OUTAGE))] == [
        "a@example.org",
        "b@example.org",
        "boss@x.org",
    ]


def test_a_next_channel_that_leads_to_the_same_place_is_passed_over() -> None:
    twice = people(replace(NOC, channels=(NOC.channels[2], mail("noc-2-mail", "C@X.org"), NOC.channels[0])))
    (row,) = plan(event(OUTAGE), twice)
    assert ways(plan_fallback(row, twice)) == [("noc-1-apprise", "")]


def somebody(name: str) -> Receiver:
    return Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@example.org"),))


def test_that_whoever_is_on_duty_cannot_be_reached_is_told_to_those_who_take_turns_and_to_who_is_next() -> None:
    ali, sara, lead = map(somebody, ("ali", "sara", "lead"))
    day = timedelta(days=1)
    shifts = (
        Shift(who="ali", begins=NIGHT - day, ends=NIGHT + day),
        Shift(who="sara", begins=NIGHT + day, ends=NIGHT + 2 * day),
    )
    here = replace(
        directory(ali, sara, lead, Receiver(id="duty", channels=(), rota="noc"), routes=(Route(to=("duty",)),)),
        rotas={"noc": Rota(id="noc", shifts=shifts)},
        escalations={"urgent": Escalation(id="urgent", steps=(Step(after=day, to=("lead",)),))},
    )
    (row,) = plan(event(OUTAGE), here)
    untold = plan_refused(row, "550 no such user", was_told=False, at=NIGHT, directory=here)
    assert {one.receiver for one in untold} == {"sara", "lead"}
    assert plan_refused(row, "550 no such user", was_told=True, at=NIGHT, directory=here) == ()


def test_that_the_first_channel_refuses_is_told_by_the_next_one_where_nobody_else_hears_of_it() -> None:
    (row,) = plan(event(OUTAGE), people())
    told = plan_refused(row, "HTTP 403", was_told=True, at=NIGHT, directory=people())
    assert ways(told) == [("noc-2-mail", "a@example.org"), ("noc-2-mail", "b@example.org")]
    assert "noc-1-apprise are refused" in told[0].message.subject


def test_that_one_mailbox_of_several_refuses_is_told_to_the_others_alone() -> None:
    several = people(replace(NOC, channels=(NOC.channels[1], NOC.channels[2])))
    row, _ = plan(event(OUTAGE), several)
    told = plan_refused(row, "550 no such user", was_told=True, at=NIGHT, directory=several)
    assert ways(told) == [("noc-2-mail", "b@example.org")]


def test_that_the_only_channel_refuses_is_sent_to_nobody_by_that_channel() -> None:
    only = people(replace(NOC, channels=NOC.channels[:1]))
    (row,) = plan(event(OUTAGE), only)
    assert plan_refused(row, "HTTP 403", was_told=False, at=NIGHT, directory=only) == ()
