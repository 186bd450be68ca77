"""Of a part the pages say whose it is."""

from dataclasses import replace

import pytest

from alerts.incident import Incident
from alerts.people.escalation import why_held
from alerts.record import SubjectRecord
from checks.model import CheckId
from tests.support.telling import ESTATE, NIGHT, OUTAGE
from watchdog.engine.subjects import Subjects
from watchdog.web.glance import Conditions, Glance
from watchdog.web.incident_view import card

LINK = replace(OUTAGE, id="f" * 24, check_id=CheckId("link"), service="portal")


def glance() -> Glance:
    subjects = Subjects()
    subjects.put(
        SubjectRecord(
            check_id=LINK.check_id, subject=LINK.subject, seen_at=NIGHT, judged_at=NIGHT, fault_incident=LINK
        ),
        None,
    )
    return Glance(
        now=NIGHT,
        estate=ESTATE,
        has_anchors=True,
        specs={},
        subjects={check_id: subjects.of(check_id) for check_id in subjects.check_ids()},
        conditions=Conditions(started_at=NIGHT),
    )


def test_a_part_is_told_as_part_of_its_root() -> None:
    part = replace(OUTAGE, root=LINK.id)
    assert card(part, glance()).untold == "not by itself: part of Citizens' portal, which is told instead"
    assert "part of another incident" in card(replace(part, root="gone"), glance()).untold
    assert card(OUTAGE, glance()).untold == "nobody yet"


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (replace(OUTAGE, root=LINK.id), "it is part of another incident"),
        (replace(OUTAGE, recovered_at=NIGHT), "it is well for now"),
        (OUTAGE, "it must not be said now"),
    ],
)
def test_what_holds_an_escalation_is_said_as_it_is(one: Incident, why: str) -> None:
    assert why_held(one) == why
