"""Whoever reads Urdu reads in Urdu what is about no incident, too: trials, and what the daemon says of itself."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from alerts.channel import Delivered, Outcome
from alerts.distress import Distress, Line
from alerts.fallback import plan_refused
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.outbox import SetAside
from alerts.plan import plan, plan_notice, plan_set_aside
from alerts.restored import Restoration, plan_damage
from alerts.route import Language, Route
from alerts.trial import plan_test
from alerts.words.framed import Said, render_plain
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment
from tests.support.telling import FINANCE, KARACHI, NIGHT, ON_CALL, OUTAGE, directory, event
from tests.support.urdu_text import english_words

IN_URDU = replace(FINANCE, language=Language.URDU)
URDU_READER = directory(ON_CALL, IN_URDU)


def test_a_trial_is_in_the_language_of_its_reader() -> None:
    (row,) = plan_test("finance", event_id="t1", at=NIGHT, directory=URDU_READER)
    assert row.message.language is Language.URDU
    assert "کوئی خرابی نہیں، یہ صرف آزمائش ہے۔" in row.message.text
    assert "finance" in row.message.subject
    assert english_words(row.message.text) == set()


def test_readers_of_english_go_on_reading_english() -> None:
    rows = plan_test("on-call", event_id="t1", at=NIGHT, directory=URDU_READER)
    assert {row.message.subject for row in rows} == {"TEST message to on-call of KP Directorate of IT"}


def test_a_message_that_was_set_aside_is_told_in_the_readers_language() -> None:
    row = SetAside(
        notification_id="n1", event_id="e1", receiver="on-call", channel="on-call-1", subject="DOWN Portal", why="torn"
    )
    (told,) = plan_set_aside(row, at=NIGHT, directory=directory(IN_URDU, routes=(Route(to=("finance",)),)))
    assert "\u2066DOWN Portal\u2069" in told.message.text
    assert "\u2066torn\u2069" in told.message.text
    assert english_words(told.message.text) == set()


AT = moment(NIGHT, KARACHI)
LATER = moment(NIGHT + timedelta(hours=2), KARACHI)
SAID = {
    "a lost canary": notices.canary_lost("canary@office.example", timedelta(hours=1), "the relay took it"),
    "a canary that is back": notices.canary_back("canary@office.example"),
    "a refused message": notices.refused("ali@x.example", "ali-1-mail", "DOWN Portal", "no mailbox", was_told=False),
    "a message others have": notices.refused("ali@x.example", "ali-1-mail", "بحال: پورٹل", "full", was_told=True),
    "damaged, with a copy": notices.damaged("page 7 is torn", AT, "copy-1"),
    "damaged, without one": notices.damaged("page 7 is torn", "", ""),
    "distress": notices.trouble("disk full", "no room left on the device"),
    "outages from memory": notices.from_memory(["DOWN Portal", "خرابی: ای میل"]),
    "writing again": notices.writable_again("disk full", AT, timedelta(minutes=12), 3),
    "no copy": notices.not_copied("/mnt/copies", "no such folder"),
    "asleep": notices.asleep(AT, LATER, timedelta(hours=2)),
    "a clock that jumped": notices.clock_jumped(AT, LATER, at_start=False),
    "a clock that may be wrong": notices.clock_jumped(AT, LATER, at_start=True),
    "a clock that is right": notices.clock_right(AT),
    "a clock that is believed": notices.clock_believed(AT, LATER, vouched=True, at_once=False),
    "a calendar of duty": notices.duty_unreadable("noc", "404"),
    "nobody on duty": notices.nobody_on_duty("noc", AT, LATER, None),
    "somebody stands in": notices.nobody_on_duty("noc", AT, LATER, "boss"),
    "a calendar of duty of which nothing is known": notices.duty_unknown("noc", "404"),
    "a calendar of work of which nothing is known": notices.work_unknown("weekly", "Weekly work", "404"),
    "a calendar of work": notices.work_unreadable("weekly", "Weekly work", "404"),
    "blind": notices.blind(AT, 1, 3, 2, [("8.8.8.8", "no answer"), ("gateway", "answers")]),
    "seeing": notices.seeing(timedelta(minutes=9), [(AT, LATER)], 3, ["mx refuses"], 4),
}


@pytest.mark.parametrize("name", SAID)
def test_every_notice_of_the_daemon_is_urdu_but_for_names_and_quotations(name: str) -> None:
    said = SAID[name]
    rows = plan_notice(
        event_id="n",
        at=NIGHT,
        subject="in English",
        text="in English",
        directory=directory(IN_URDU, routes=(Route(to=("finance",)),)),
        labels={},
        urdu=said,
    )
    (message,) = (row.message for row in rows)
    assert english_words(f"{message.subject}\n{message.text}") == set()
    assert message.text.count("\u2069") == message.text.count("\u2066") + message.text.count("\u2068")
    assert message.short.count("\u2069") == message.short.count("\u2066") + message.short.count("\u2068")
    assert r"\u20" not in f"{message.subject}{message.text}{message.short}"


def test_readers_of_both_languages_are_told_of_a_refusal_in_theirs() -> None:
    fellow = replace(ON_CALL, id="fellow")
    people = directory(fellow, IN_URDU, ON_CALL, routes=(Route(to=("fellow", "finance")),))
    row = plan_test("on-call", event_id="t", at=NIGHT, directory=people)[1]
    told = plan_refused(row, "no such mailbox", was_told=True, at=NIGHT, directory=people)
    said = {one.receiver: one.message.text for one in told}
    assert "was refused for good: no such mailbox" in said["fellow"]
    assert "\u2066no such mailbox\u2069" in said["finance"]
    assert english_words(said["finance"]) == set()


def test_damage_is_told_in_urdu() -> None:
    restoration = Restoration(id="r", at=NIGHT, copied_at=NIGHT - timedelta(days=1), source="copy-1", why="torn")
    (row,) = plan_damage(restoration, directory(IN_URDU, routes=(Route(to=("finance",)),)))
    assert english_words(row.message.text) == set()


@dataclass(slots=True)
class Taking:
    """A channel that takes everything."""

    name: str
    timeout_s: float = 1.0
    taken: list[Notification] = field(default_factory=list)

    async def send(self, notification: Notification) -> Outcome:
        self.taken.append(notification)
        return Delivered()


def test_distress_from_memory_is_told_to_each_in_their_language() -> None:
    ways = (Taking("a"), Taking("b"))
    lines = [
        Line(channel=ways[0], recipient="", address="a"),
        Line(channel=ways[1], recipient="", address="b", language=Language.URDU),
    ]

    def said(words: Said, reader: Language) -> Notification:
        receiver = replace(FINANCE, language=reader)
        message = render_plain(
            EventKind.NOTICE, words.subject, words.text, at=NIGHT, directory=directory(), fields={}, receiver=receiver
        )
        return replace(plan_test("finance", event_id="t", at=NIGHT, directory=directory())[0], message=message)

    english = said(Said("disk full", "no room"), Language.ENGLISH).message
    urdu = said(notices.trouble("disk full", "no room"), Language.URDU).message
    asyncio.run(Distress(lines, lambda: NIGHT).tell("disk_full", english, in_urdu=urdu))
    assert [way.taken[0].message.language for way in ways] == [Language.ENGLISH, Language.URDU]


def test_an_outage_in_urdu_has_no_fixed_word_of_english() -> None:
    (row,) = plan(event(OUTAGE), directory(IN_URDU, routes=(Route(to=("finance",)),)))
    assert english_words(row.message.text) == set()
