"""Whoever reads Urdu reads in Urdu what is about no incident, too: trials, and what the daemon says of itself."""

from dataclasses import replace

from alerts.outbox import SetAside
from alerts.plan import plan_set_aside
from alerts.route import Language, Route
from alerts.trial import plan_test
from tests.support.telling import FINANCE, NIGHT, ON_CALL, directory
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
