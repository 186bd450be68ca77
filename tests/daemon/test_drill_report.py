"""What a drill's report makes of what is on record, for a terminal, a script and the mail to whoever asked for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.alertmanager_channel import alerts_of
from alerts.drills.drill import DRILL_CHECK, Drill, DrillKind
from alerts.incident import EventKind, Incident, Nature
from alerts.links import Action
from alerts.message import NotificationState
from alerts.route import Audience, ChannelSpec, Language, Receiver, Route
from alerts.words.bidi import bare
from checks.model import Cause, Status
from tests.support.telling import ESTATE, ON_CALL, directory, local
from watchdog.drills.report import DrillReport, report_of
from watchdog.drills.shown import letter, report_object, report_rows, report_text
from watchdog.store.views import DeliveryLine, EventLine, IncidentHistory, LinkUse, WaitingLine

NOW = local("2026-11-21 14:00")
SECOND = timedelta(seconds=1)
LEAD = "lead@x.example"

PLAYED = Incident(
    id="d1",
    check_id=DRILL_CHECK,
    subject="drill d1",
    nature=Nature.FAULT,
    kind="smtp",
    service="official-email",
    severity=Status.CRITICAL,
    cause=Cause.TIMEOUT,
    summary="no answer in time, as a drill",
    opened_at=NOW,
    since=NOW,
    closed_at=NOW + 1800 * SECOND,
    close_reason="the drill is over",
    drill=Drill(kind=DrillKind.OUTAGE, by="asad", ends_at=NOW + 1800 * SECOND, plays=DRILL_CHECK),
)


def line(receiver: str, after_s: int, state: NotificationState, **more: str) -> DeliveryLine:
    return DeliveryLine(
        notification_id=f"{receiver} {after_s}",
        event=EventKind.OPENED,
        receiver=receiver,
        channel=more.get("channel", f"{receiver}-1-mail"),
        recipient=f"{receiver}@x.example",
        at=NOW + after_s * SECOND,
        state=state,
        reason=more.get("reason", "none"),
        detail="",
        repeat=False,
    )


def event(kind: EventKind, after_s: int, *, by: str = "", note: str = "") -> EventLine:
    return EventLine(
        id=f"{kind} {after_s}",
        kind=kind,
        at=NOW + after_s * SECOND,
        rung=None,
        severity=Status.CRITICAL,
        cause=Cause.TIMEOUT,
        summary="",
        by=by,
        note=note,
    )


def pressed(receiver: str, after_s: int, action: Action, already_by: str = "") -> LinkUse:
    return LinkUse(
        nonce=f"{receiver}",
        at=NOW + after_s * SECOND,
        action=action,
        incident_id="d1",
        receiver=receiver,
        already_by=already_by,
    )


HISTORY = IncidentHistory(
    incident=PLAYED,
    events=(
        event(EventKind.OPENED, 0),
        event(EventKind.ACKNOWLEDGED, 95, by="noc by signed link"),
        event(EventKind.REMINDER, 600, note="Nobody has acknowledged this for 10 min: this is step 1 of 2"),
        event(EventKind.ACKNOWLEDGED, 700, by="hina"),
    ),
    deliveries=(
        line("noc", 5, NotificationState.PENDING, reason="timeout"),
        line("noc", 35, NotificationState.SENT),
        line("lead", 6, NotificationState.REJECTED, reason="refused"),
        line("lead", 9, NotificationState.SENT, channel="lead-2-hook"),
        line("health", 4, NotificationState.SENT),
        line("gone", 4, NotificationState.REJECTED, reason="refused"),
    ),
    waiting=(
        WaitingLine(
            notification_id="w",
            event=EventKind.OPENED,
            receiver="finance",
            channel="finance-1-mail",
            recipient="f@x.example",
            due_at=NOW + timedelta(days=2),
        ),
    ),
    answers=(pressed("noc", 95, Action.UNTIL_WELL), pressed("lead", 99, Action.FOUR_HOURS, already_by="noc")),
)


def receiver(name: str, audience: Audience = Audience.ON_CALL) -> Receiver:
    return Receiver(id=name, audience=audience, channels=(ChannelSpec(name=f"{name}-1-mail", kind="mail"),))


RECEIVERS = {name: receiver(name) for name in ("noc", "lead", "finance")} | {
    "health": receiver("health", Audience.DEPARTMENT)
}


@pytest.fixture
def report() -> DrillReport:
    found = report_of(HISTORY, RECEIVERS)
    assert found is not None
    return found


def test_the_time_to_an_answer_counts_from_the_first_message_that_arrived(report: DrillReport) -> None:
    took = {one.receiver: one.took for one in report.heard}
    assert took == {"noc": 60 * SECOND, "lead": 90 * SECOND, "health": None, "gone": None, "finance": None}


def test_whoever_pressed_a_link_second_has_answered_too(report: DrillReport) -> None:
    assert [(one.receiver, one.answer) for one in report.heard if one.answered_at is not None] == [
        ("noc", Action.UNTIL_WELL),
        ("lead", Action.FOUR_HOURS),
    ]


def test_departments_and_whoever_nothing_reached_are_not_called_silent(report: DrillReport) -> None:
    assert (report.asked, report.silent) == ([report.heard[0], report.heard[1]], [])


def test_an_answer_by_a_name_that_nobody_told_stands_apart(report: DrillReport) -> None:
    assert [(one.by, one.at - NOW) for one in report.others] == [("hina", 700 * SECOND)]


def test_on_a_terminal_it_reads_as_people_speak(report: DrillReport) -> None:
    ways = f"lead-1-mail at {LEAD} (rejected: refused); lead-2-hook at {LEAD}"
    lines = report_text(report, ESTATE, NOW + timedelta(days=1)).splitlines()
    assert [" ".join(one.split()) for one in lines] == [
        "DRILL d1, outage of Official e-mail, started by asad.",
        "It ran from 14:00 on Sat 21 Nov 2026 for 30 min: the drill is over.",
        "2 of 2 answered, the first answer came after 1 min 35 s, by noc.",
        "",
        "RECEIVER TOLD BY ANSWERED",
        "noc 14:00:35 noc-1-mail at noc@x.example after 1 min: at it until it is well",
        f"lead 14:00:09 {ways} after 1 min 30 s: at it for 4 hours",
        "health 14:00:04 health-1-mail at health@x.example is not asked",
        "gone never gone-1-mail at gone@x.example (rejected: refused) never",
        "finance never finance-1-mail at f@x.example (waits) never",
        "",
        "14:10:00 Nobody has acknowledged this for 10 min: this is step 1 of 2",
        "14:11:40 answered by hina",
    ]


def test_scripts_get_the_same_as_values(report: DrillReport) -> None:
    shown = report_object(report)
    assert (shown["drill"], shown["kind"], shown["by"], shown["first_answer_s"]) == ("d1", "outage", "asad", 95.0)
    assert shown["never_answered"] == []
    assert shown["steps"] == [
        {"at": "2026-11-21T09:10:00Z", "words": "Nobody has acknowledged this for 10 min: this is step 1 of 2"}
    ]


@pytest.mark.parametrize(
    ("language", "subject"),
    [(Language.ENGLISH, "DRILL report: 2 of 2 answered"), (Language.URDU, "مشق کی رپورٹ: 2 میں سے 2 نے جواب دیا")],
)
def test_its_mail_is_marked_and_is_in_the_language_of_its_reader(
    report: DrillReport, language: Language, subject: str
) -> None:
    message = letter(report, replace(ON_CALL, language=language), directory(), NOW)
    assert (bare(message.subject), message.fields["drill"]) == (subject, "outage")
    first = subject.split(" ", maxsplit=1)[0]
    assert all(text.startswith(first) for text in (message.text, message.short))
    assert "noc-1-mail at noc@x.example" in message.text


def test_a_first_answer_by_nobody_who_was_told_is_called_so() -> None:
    early = replace(HISTORY, answers=(), events=(event(EventKind.ACKNOWLEDGED, 66, by="root"),))
    found = report_of(early, RECEIVERS)
    assert found is not None
    said = "0 of 2 answered, the first answer came after 1 min 6 s, by root, who is no receiver that was told; never: "
    assert said in report_text(found, ESTATE, NOW)
    urdu = letter(found, replace(ON_CALL, language=Language.URDU), directory(), NOW)
    assert "جو اطلاع پانے والوں میں نہیں" in urdu.text


def test_no_alertmanager_fires_for_a_report(report: DrillReport) -> None:
    alerts = ChannelSpec(name="noc-2-alertmanager", kind="alertmanager")
    reader = replace(ON_CALL, channels=(*ON_CALL.channels[:1], alerts))
    asked = replace(report, drill=replace(report.drill, report_to=(reader.id,)))
    rows = report_rows(asked, directory(reader, routes=(Route(to=(reader.id,)),)), at=NOW)
    assert {row.channel for row in rows} == {ON_CALL.channels[0].name}
    (fallen_back,) = alerts_of(rows[0].message, NOW)
    assert fallen_back["endsAt"] == fallen_back["startsAt"]


def test_what_is_real_has_no_report() -> None:
    assert report_of(replace(HISTORY, incident=replace(PLAYED, drill=None)), RECEIVERS) is None
