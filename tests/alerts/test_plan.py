"""To whom an event goes, over which channels, and when."""

from dataclasses import replace
from datetime import time

import pytest

from alerts.directory import Directory
from alerts.incident import EventKind, Incident
from alerts.links import Links
from alerts.message import Notification
from alerts.next_step import NEXT_STEP_WITHIN
from alerts.outbox import SetAside
from alerts.plan import (
    notice_receivers,
    plan,
    plan_notice,
    plan_set_aside,
    replan,
)
from alerts.route import Receiver, Route
from alerts.telling import notification_id
from alerts.trial import plan_test
from alerts.words.render import render
from checks.estate import Office
from checks.model import Status
from checks.workdays import WorkCalendar
from tests.support.telling import (
    BILL,
    CERTIFICATE,
    CHANGED,
    FINANCE,
    KARACHI,
    NIGHT,
    ON_CALL,
    OUTAGE,
    STALE,
    Calendars,
    bill_events,
    bill_look,
    directory,
    event,
    local,
    mail,
)


def ways(rows: tuple[Notification, ...]) -> list[tuple[str, str]]:
    return [(row.channel, row.recipient) for row in rows]


def test_an_outage_goes_over_every_channel_of_the_first_matching_route() -> None:
    assert ways(plan(event(OUTAGE), directory())) == [
        ("on-call-1-apprise", ""),
        ("on-call-2-mail", "noc@example.org"),
    ]


def test_every_recipient_of_a_channel_has_a_row_of_its_own() -> None:
    team = Receiver(id="on-call", channels=(mail("team", "a@example.org", "b@example.org", "a@example.org"),))
    rows = plan(event(OUTAGE), directory(team, routes=(Route(to=("on-call",)),)))
    assert ways(rows) == [("team", "a@example.org"), ("team", "b@example.org")]


def test_a_bill_goes_to_finance_alone() -> None:
    assert ways(plan(event(BILL), directory())) == [("finance-1-mail", "so.finance@example.gov.pk")]


@pytest.mark.parametrize(
    "match",
    [
        {"kind": "smtp"},
        {"service": "official-email"},
        {"check": "mx"},
        {"severity": "critical"},
        {"nature": "fault"},
        {"team": "mail"},
        {"team": "mail", "kind": "smtp"},
    ],
)
def test_routes_match_what_the_incident_is_and_the_labels_of_its_check(match: dict[str, str]) -> None:
    routes = (Route(match=match, to=("finance",)), Route(to=("on-call",)))
    labelled = replace(OUTAGE, labels={"team": "mail"})
    assert {row.receiver for row in plan(event(labelled), directory(routes=routes))} == {"finance"}


def test_a_label_cannot_pose_as_the_kind_of_a_check() -> None:
    posing = replace(OUTAGE, labels={"kind": "invoice_due"})
    assert {row.receiver for row in plan(event(posing), directory())} == {"on-call"}


def test_an_event_no_route_matches_has_no_rows() -> None:
    assert plan(event(OUTAGE), directory(routes=(Route(match={"kind": "http"}, to=("on-call",)),))) == ()


def test_a_route_to_nobody_known_is_refused_at_birth() -> None:
    with pytest.raises(ValueError, match=r"receivers that do not exist: nobody, nowhere"):
        directory(routes=(Route(to=("nowhere", "on-call", "nobody")),))


def test_planning_twice_gives_the_same_rows() -> None:
    assert plan(event(OUTAGE), directory()) == plan(event(OUTAGE), directory())


def test_ids_are_stable_over_releases_since_sent_mail_refers_to_them() -> None:
    assert notification_id("e1", "mail:noc@example.org") == "4b4984eda30871d266109994"


def test_ids_differ_where_any_part_differs_however_the_parts_are_cut() -> None:
    ids = {notification_id(*parts) for parts in [("ab", "c"), ("a", "bc"), ("a,b", "c"), ("a", "b,c"), ("abc", "")]}
    assert len(ids) == 5


def test_ids_are_those_of_addresses_whatever_the_channels_are_called() -> None:
    renamed = replace(ON_CALL, channels=(mail("on-call-1-mail", "NOC@example.org"), *ON_CALL.channels[:1]))
    before, after = plan(event(OUTAGE), directory()), plan(event(OUTAGE), directory(renamed, FINANCE))
    assert {row.id for row in before} == {row.id for row in after}
    assert ways(before) != ways(after)


def test_one_address_named_by_two_receivers_gets_one_mail_as_early_as_either_allows() -> None:
    held = replace(FINANCE, channels=(mail("finance-1-mail", "Noc@Example.org"),))
    routes = (Route(to=("finance", "on-call", "finance")),)
    rows = plan(event(STALE), directory(ON_CALL, held, routes=routes))
    assert ways(rows) == [("on-call-2-mail", "Noc@Example.org"), ("on-call-1-apprise", "")]
    assert rows[0].address == "mail:noc@example.org"
    assert [row.not_before for row in rows] == [NIGHT, NIGHT]


@pytest.mark.parametrize("incident", [OUTAGE, STALE, CERTIFICATE])
def test_an_incident_goes_out_at_once_since_it_settled_before_it_was_one(incident: Incident) -> None:
    assert {row.not_before for row in plan(event(incident), directory())} == {incident.opened_at}


def test_good_news_goes_out_at_once() -> None:
    assert {row.not_before for row in plan(event(OUTAGE, EventKind.RESOLVED), directory())} == {NIGHT}


@pytest.mark.parametrize("kind", [EventKind.RECOVERED, EventKind.UNSTABLE])
def test_that_it_comes_and_goes_is_on_record_alone(kind: EventKind) -> None:
    assert plan(event(OUTAGE, kind), directory()) == ()


@pytest.mark.parametrize("kind", [EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.RESOLVED])
def test_of_what_another_incident_explains_nobody_hears(kind: EventKind) -> None:
    assert plan(event(replace(OUTAGE, root="i-uplink"), kind), directory()) == ()


def test_a_lasting_warning_waits_for_the_office_of_who_holds_and_goes_behind_what_is_down() -> None:
    slow = replace(OUTAGE, severity=Status.WARNING)
    (row,) = plan(event(slow), directory(FINANCE, routes=(Route(to=("finance",)),)))
    (down,) = plan(event(OUTAGE), directory(FINANCE, routes=(Route(to=("finance",)),)))
    assert (row.not_before, down.not_before) == (local("2017-10-16 09:00"), NIGHT)
    assert row.urgency > down.urgency


def test_a_bill_of_friday_night_waits_for_the_office_on_monday() -> None:
    friday_night = event(BILL, EventKind.REMINDER, local("2017-11-10 22:00"))
    assert [row.not_before for row in plan(friday_night, directory())] == [local("2017-11-13 09:00")]


def test_a_bill_waits_even_when_it_is_critical_since_it_was_known_for_days() -> None:
    overdue = event(replace(BILL, severity=Status.CRITICAL), EventKind.REMINDER, local("2017-11-25 03:00"))
    assert [row.not_before for row in plan(overdue, directory())] == [local("2017-11-27 09:00")]


def test_a_bill_whose_next_step_comes_at_the_opening_of_the_office_waits_for_that_to_be_seen() -> None:
    (opened,) = bill_events(bill_look("2017-12-02 10:00"))  # overdue, on a Saturday
    (row,) = plan(opened, directory())
    assert row.not_before == local("2017-12-04 09:00") + NEXT_STEP_WITHIN
    (at_work,) = bill_events(bill_look("2017-12-04 10:00"))
    (at_once,) = plan(at_work, directory())
    assert at_once.not_before == local("2017-12-04 10:00")


def test_office_hours_are_those_of_the_receivers_own_office() -> None:
    six_days = WorkCalendar(Office(id="dao", week={day: (time(8), time(14)) for day in range(1, 7)}), KARACHI)
    clerk = replace(FINANCE, office="dao")
    rows = plan(
        event(BILL, EventKind.REMINDER, local("2017-11-10 22:00")),
        directory(clerk, ON_CALL, calendars=Calendars({"dao": six_days})),
    )
    assert [row.not_before for row in rows] == [local("2017-11-11 08:00")]


@pytest.mark.parametrize(
    ("incident", "waits"),
    [
        (OUTAGE, False),
        (replace(OUTAGE, severity=Status.WARNING), True),
        (STALE, True),
        (replace(CERTIFICATE, severity=Status.CRITICAL), True),
    ],
)
def test_only_a_critical_fault_disturbs_who_keeps_office_hours(incident: Incident, *, waits: bool) -> None:
    routes = (Route(to=("finance",)),)
    rows = plan(event(incident, at=local("2017-10-14 02:14")), directory(routes=routes))
    assert [row.not_before for row in rows] == [local("2017-10-16 09:00") if waits else local("2017-10-14 02:14")]


def test_who_was_told_of_an_outage_at_night_hears_of_its_end_at_night() -> None:
    routes = (Route(to=("finance",)),)
    assert {row.not_before for row in plan(event(OUTAGE, EventKind.RESOLVED), directory(routes=routes))} == {NIGHT}


def test_an_end_is_planned_for_whoever_may_have_been_told_whatever_the_routes_say_by_now() -> None:
    by_severity = (Route(match={"severity": "critical"}, to=("on-call",)), Route(to=("finance",)))
    ended = plan(event(replace(OUTAGE, severity=Status.WARNING), EventKind.RESOLVED), directory(routes=by_severity))
    assert {row.receiver for row in ended} == {"finance", "on-call"}
    nowhere = (Route(match={"kind": "http"}, to=("on-call",)),)
    assert len(plan(event(OUTAGE, EventKind.RESOLVED), directory(routes=nowhere))) == 3


def test_an_end_is_worded_by_the_calendar_of_each_office() -> None:
    six_days = WorkCalendar(Office(id="dao", week={day: (time(8), time(14)) for day in range(1, 7)}), KARACHI)
    clerk = replace(FINANCE, id="clerk", office="dao", channels=(mail("clerk-1-mail", "clerk@example.gov.pk"),))
    people = directory(FINANCE, clerk, ON_CALL, calendars=Calendars({"dao": six_days}))
    rows = plan(event(BILL, EventKind.RESOLVED, local("2017-11-11 10:00")), people)
    assert [row.message for row in rows] == [
        render(event(BILL, EventKind.RESOLVED, local("2017-11-11 10:00")), receiver, people)
        for receiver in (FINANCE, clerk, ON_CALL, ON_CALL)
    ]


@pytest.mark.parametrize(
    ("kind", "severity", "urgency"),
    [
        (EventKind.OPENED, Status.CRITICAL, 0),
        (EventKind.REMINDER, Status.CRITICAL, 0),
        (EventKind.OPENED, Status.WARNING, 1),
        (EventKind.OPENED, Status.UNKNOWN, 2),
        (EventKind.RESOLVED, Status.CRITICAL, 2),
    ],
)
def test_what_is_worst_goes_first(kind: EventKind, severity: Status, urgency: int) -> None:
    rows = plan(event(replace(OUTAGE, severity=severity), kind), directory())
    assert {row.urgency for row in rows} == {urgency}


def test_a_row_knows_its_event_and_its_incident() -> None:
    row = plan(event(OUTAGE), directory())[0]
    assert (row.event_id, row.incident_id, row.created_at) == (event(OUTAGE).id, OUTAGE.id, NIGHT)


def test_a_notice_goes_by_the_catch_all_route_at_once() -> None:
    rows = notice(directory(replace(ON_CALL, hold_for_office_hours=True), FINANCE))
    assert ways(rows) == [("on-call-1-apprise", ""), ("on-call-2-mail", "noc@example.org")]
    assert {(row.not_before, row.urgency, row.incident_id) for row in rows} == {(NIGHT, 1, None)}
    assert rows[0].message.subject == "NOTICE the disk is full"


def test_a_notice_that_no_route_takes_is_told_to_everybody() -> None:
    rows = notice(directory(routes=(Route(match={"kind": "invoice_due"}, to=("finance",)),)))
    assert {row.receiver for row in rows} == {"on-call", "finance"}


def test_a_critical_notice_goes_first() -> None:
    assert {row.urgency for row in notice(directory(), severity="critical")} == {0}


def notice(people: Directory, **labels: str) -> tuple[Notification, ...]:
    return plan_notice(
        event_id="n1", at=NIGHT, subject="the disk is full", text="Free some space.", directory=people, labels=labels
    )


def test_a_notice_goes_where_the_alarm_goes() -> None:
    people = directory(routes=(Route(match={"severity": "critical"}, to=("finance",)),))
    assert [one.id for one in notice_receivers({"severity": "critical"}, people, NIGHT)] == ["finance"]
    assert [one.id for one in notice_receivers({"severity": "warning"}, people, NIGHT)] == ["on-call", "finance"]


def test_a_message_set_aside_is_told_to_whoever_hears_of_critical_things() -> None:
    rows = plan_set_aside(POISON, at=NIGHT, directory=directory())
    assert {(row.receiver, row.urgency) for row in rows} == {("on-call", 0)}
    assert rows[0].message.subject == "NOTICE a message was set aside"
    assert "'DOWN mail', meant for finance over finance-1-mail: the daemon ended" in rows[0].message.text
    assert rows == plan_set_aside(POISON, at=NIGHT, directory=directory())


def test_a_message_that_cannot_be_read_is_told_of_without_its_subject() -> None:
    rows = plan_set_aside(replace(POISON, subject=""), at=NIGHT, directory=directory())
    assert "a message that cannot be read any more, meant for finance" in rows[0].message.text


def test_nobody_is_told_that_a_telling_of_this_kind_was_set_aside() -> None:
    notice = plan_set_aside(POISON, at=NIGHT, directory=directory())[0]
    assert plan_set_aside(replace(POISON, event_id=notice.event_id), at=NIGHT, directory=directory()) == ()


POISON = SetAside(
    notification_id="n7",
    event_id="e7",
    receiver="finance",
    channel="finance-1-mail",
    subject="DOWN mail",
    why="the daemon ended 3 times while sending it",
)


DUTY = Receiver(id="duty", office="hq", hold_for_office_hours=True, channels=(mail("duty-1-mail", "duty@example.org"),))
TO_DUTY = (Route(to=("duty",)),)


def test_a_row_whose_way_is_gone_is_told_in_its_own_words_to_whom_the_routes_name_now() -> None:
    row = plan(event(STALE), directory())[1]
    (again,) = replan(row, STALE, directory(DUTY, ON_CALL, FINANCE, routes=TO_DUTY))
    assert (again.receiver, again.channel, again.address) == ("duty", "duty-1-mail", "mail:duty@example.org")
    assert (again.message, again.event_id, again.created_at) == (row.message, row.event_id, row.created_at)
    assert again.id != row.id
    assert again.not_before == local("2017-10-16 09:00")


def test_an_address_that_merely_changes_its_channel_keeps_its_row() -> None:
    row = plan(event(OUTAGE), directory())[1]
    moved = replace(ON_CALL, channels=ON_CALL.channels[::-1])
    assert row.id in {one.id for one in replan(row, OUTAGE, directory(moved, FINANCE))}


def test_an_end_whose_way_is_gone_goes_to_whoever_may_have_been_told() -> None:
    row = plan(event(OUTAGE, EventKind.RESOLVED), directory())[0]
    people = directory(DUTY, FINANCE, routes=TO_DUTY)
    assert {one.receiver for one in replan(row, OUTAGE, people)} == {"duty", "finance"}


def linked(people: Directory) -> Notification:
    """What asks finance at night something of a bill, to be told as its office opens, with a link of its own."""
    links = Links(base_url="https://nigehban.example.org", key=b"k" * 32)
    urls = links.offered(event_id="q", incident="i", receiver="finance", at=NIGHT).values()
    (row,) = notice(replace(people, routes=(Route(to=("finance",)),)))
    message = replace(row.message, text="Lies where?\n" + "\n".join(urls), html=f"<a href='{next(iter(urls))}'>x</a>")
    return replace(row, message=message, not_before=local("2017-10-16 09:00"))


def test_what_belongs_to_no_incident_follows_its_reader_to_another_address_and_keeps_its_time() -> None:
    row = linked(directory())
    moved = replace(FINANCE, channels=(mail("finance-1-mail", "new@example.org"),))
    (again,) = replan(row, None, directory(ON_CALL, moved))
    assert (again.receiver, again.address, again.not_before) == ("finance", "mail:new@example.org", row.not_before)
    assert again.message == row.message


def test_others_get_it_without_the_links_of_its_reader() -> None:
    row = linked(directory())
    (again, *_) = replan(row, None, directory(ON_CALL, routes=(Route(to=("on-call",)),)))
    assert again.receiver == "on-call"
    assert "Lies where?" in again.message.text
    assert "/answer/" in row.message.text
    assert "/answer/" not in again.message.text + again.message.html
    assert "made for somebody else" in again.message.text


def test_a_notice_whose_way_is_gone_goes_by_its_severity() -> None:
    row = notice(directory(), severity="critical")[0]
    routes = (Route(match={"severity": "critical"}, to=("duty",)), Route(to=("finance",)))
    assert [one.receiver for one in replan(row, None, directory(DUTY, FINANCE, routes=routes))] == ["duty"]


def test_a_test_tries_every_channel_of_one_receiver_at_any_hour() -> None:
    rows = plan_test("finance", event_id="t1", at=NIGHT, directory=directory())
    assert ways(rows) == [("finance-1-mail", "so.finance@example.gov.pk")]
    assert (rows[0].not_before, rows[0].urgency) == (NIGHT, 0)
    assert rows[0].message.subject == "TEST message to finance of KP Directorate of IT"


def test_a_test_of_an_unknown_receiver_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        plan_test("nobody", event_id="t1", at=NIGHT, directory=directory())


def test_a_test_tries_two_channels_to_one_address_both() -> None:
    twice = Receiver(id="noc", channels=(mail("noc-1-mail", "a@example.org"), mail("noc-2-mail", "A@example.org")))
    rows = plan_test("noc", event_id="t1", at=NIGHT, directory=directory(twice, routes=(Route(to=("noc",)),)))
    assert ways(rows) == [("noc-1-mail", "a@example.org"), ("noc-2-mail", "A@example.org")]
    assert rows[0].id != rows[1].id


# Changes ------------------------------------------------------------------------------------------------------------


def change_rows(told: Receiver = FINANCE, *, severity: Status = Status.WARNING) -> tuple[Notification, ...]:
    routes = (Route(match={"nature": "change"}, to=("finance",)), Route(to=("on-call",)))
    people = directory(ON_CALL, told, routes=routes)
    return plan(event(replace(CHANGED, severity=severity), EventKind.NOTICE), people)


def test_a_change_is_routed_by_its_nature() -> None:
    (row,) = change_rows(replace(FINANCE, hold_for_office_hours=False))
    assert (row.receiver, row.not_before, row.message.event) == ("finance", NIGHT, EventKind.NOTICE)


def test_a_change_wakes_nobody_who_keeps_office_hours() -> None:
    (row,) = change_rows()
    assert row.not_before == local("2017-10-16 09:00")


def test_a_routine_change_is_told_to_nobody() -> None:
    assert change_rows(severity=Status.OK) == ()
