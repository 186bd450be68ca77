"""Pages show a drill as a drill, and count it nowhere."""

from dataclasses import replace
from datetime import timedelta

from alerts.drills.drill import DRILL_CHECK, Drill, DrillKind
from alerts.links import Action, Ticket
from tests.support.telling import ESTATE, NIGHT, OUTAGE
from watchdog.web.door_view import asked
from watchdog.web.glance import Conditions, Glance
from watchdog.web.header import header
from watchdog.web.incident_view import card
from watchdog.web.overview import overview

PLAYED = replace(
    OUTAGE,
    check_id=DRILL_CHECK,
    drill=Drill(kind=DrillKind.OUTAGE, by="asad", ends_at=NIGHT + timedelta(minutes=30), plays=OUTAGE.check_id),
)
DURING = Glance(
    now=NIGHT,
    estate=ESTATE,
    has_anchors=True,
    specs={},
    subjects={},
    conditions=Conditions(started_at=NIGHT, drill=PLAYED),
)


def test_every_page_says_that_a_drill_runs_and_that_all_it_shows_is_real() -> None:
    (note,) = header(DURING).notes
    assert note.title == "A drill runs until 02:44: outage, started by asad"
    assert "all that stands here is real" in note.lines[0]


def test_while_a_drill_runs_the_first_page_has_no_incident() -> None:
    assert overview(DURING).incidents == []


def test_the_page_of_a_drill_says_so_in_its_title() -> None:
    assert card(PLAYED, DURING).title == "DRILL, nothing is wrong: Official e-mail"
    assert card(OUTAGE, DURING).title == "Official e-mail"


def test_the_page_behind_a_link_of_a_drill_begins_with_it() -> None:
    ticket = Ticket(
        action=Action.FOUR_HOURS, incident=PLAYED.id, receiver="noc", expires_at=NIGHT + timedelta(days=1), nonce="n"
    )
    assert asked(ticket, "t", PLAYED, ESTATE, NIGHT).lines[0].startswith("DRILL, nothing is wrong. Official e-mail: ")
