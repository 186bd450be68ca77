"""What looks at an upper check say of one that hangs on it."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.judging.fault import HEALTHY, Fault, Held, Open, Settling, Suspect
from alerts.record import SubjectRecord
from alerts.roots.covering import Above
from alerts.roots.evidence import Upper, has_calmed_down
from checks.model import CheckId, Status
from tests.support.stored import START
from tests.support.stored import incident as stored_incident

LINK = CheckId("link")
ROOT = replace(stored_incident("root"), check_id=LINK)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def record(
    check: str, fault: Fault = HEALTHY, *, good_at: datetime | None = None, judged_at: float = 10
) -> SubjectRecord:
    return SubjectRecord(
        check_id=CheckId(check),
        subject=check,
        fault=fault,
        seen_at=minute(judged_at),
        judged_at=minute(judged_at),
        good_at=good_at,
        fault_incident=ROOT if isinstance(fault, Open | Held) else None,
    )


PART = record("mx", good_at=minute(0))
DOWN = record("link", Open(minute(1)), good_at=minute(0.5))


def above(*records: SubjectRecord, part: SubjectRecord = PART, since: datetime | None = None, now: float = 10) -> Above:
    upper = Upper(check_id=LINK, records=records, interval=timedelta(minutes=1), stale_after=timedelta(minutes=10))
    return upper.standing_for(part, since=since, now=minute(now))


def test_a_critical_fault_that_stands_explains_what_hangs_on_it() -> None:
    assert above(DOWN).root == "root"


def test_what_is_part_of_another_hands_on_its_root() -> None:
    assert above(replace(DOWN, fault_incident=replace(ROOT, root="top"))).root == "top"


def test_a_mere_warning_explains_nothing() -> None:
    assert above(replace(DOWN, fault=Open(minute(1), Status.WARNING))).root is None


def test_what_looks_well_again_explains_nothing() -> None:
    assert above(replace(DOWN, fault=Held(minute(1), minute(9)))).root is None


def test_what_was_not_judged_for_long_explains_nothing() -> None:
    assert above(DOWN, now=21).root is None


def test_who_was_well_while_it_was_down_does_not_hang_on_it() -> None:
    assert above(DOWN, part=record("mx", good_at=minute(3.9))).root == "root"
    assert above(DOWN, part=record("mx", good_at=minute(4.1))).root is None


def test_what_was_well_while_the_other_was_down_does_not_explain_that() -> None:
    late = replace(DOWN, fault=Open(minute(9)), good_at=minute(8.5))
    assert above(late, since=minute(6)).root == "root"
    assert above(late, since=minute(5)).root is None


def test_both_sides_count_from_their_last_good_look_where_an_incident_goes_on_through_a_short_recovery() -> None:
    again = replace(DOWN, good_at=minute(8))
    assert above(again, part=record("mx", good_at=minute(8)), since=minute(1)).root == "root"


def test_a_fault_on_its_way_is_undecided_and_a_check_that_is_well_is_not() -> None:
    on_their_way: tuple[Fault, ...] = (
        Suspect(minute(9), 1, 1),
        Settling(minute(9), minute(9.5)),
        Held(minute(1), minute(9), criticals=1),
    )
    decided: tuple[Fault, ...] = (HEALTHY, Suspect(minute(9), 1, 0), Open(minute(1)))
    assert all(above(record("link", fault)).is_undecided for fault in on_their_way)
    assert not any(above(record("link", fault)).is_undecided for fault in decided)


def test_one_of_several_subjects_is_enough() -> None:
    assert above(record("link"), DOWN).root == "root"


def test_the_newest_look_counts_and_none_is_none() -> None:
    assert above(record("link", judged_at=3), record("link", judged_at=7)).looked_at == minute(7)
    assert above().looked_at is None


def test_calm_begins_a_while_after_the_last_recovery() -> None:
    held = record("link", Held(minute(1), minute(9)))
    assert not has_calmed_down([held], minute(9.9), timedelta(minutes=1))
    assert has_calmed_down([held, record("link")], minute(10), timedelta(minutes=1))
