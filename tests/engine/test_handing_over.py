"""Who may tell of what another check of its kind told of before, and until when nobody ends it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from alerts.judging.episode import CheckFacts
from checks.model import CheckId
from tests.support.stored import record
from watchdog.engine.handing_over import LOOKED_AT_WITHIN_S, HandingOver, orphans
from watchdog.engine.memories import Memories
from watchdog.engine.subjects import Subject, Subjects

ONE, OTHER = CheckId("one"), CheckId("other")
BILL, LIST = "acme/INV-7", "bills"


class Desk:
    """Two checks of what is on record; the first has a bill."""

    def __init__(self, other: CheckFacts | None = None, *, name: str = BILL) -> None:
        self.subjects = Subjects([replace(record(), check_id=ONE, subject=name)])
        self.moved: list[CheckId] = []
        self.hurried: list[tuple[set[CheckId], float]] = []
        self.handing = HandingOver(self.subjects, hand_over=self._hand_over, look_soon=self._look_soon)
        facts = CheckFacts(kind="invoice_due", subject=LIST, is_on_record=True)
        self.handing.configure({ONE: facts, OTHER: other or facts})

    def _hand_over(self, subject: Subject, check_id: CheckId) -> None:
        self.moved.append(check_id)
        self.subjects.forget(subject.record.check_id, subject.record.subject)
        self.subjects.put(replace(subject.record, check_id=check_id), None)

    def _look_soon(self, check_ids: Iterable[CheckId], within_s: float) -> None:
        self.hurried.append((set(check_ids), within_s))

    @property
    def bill(self) -> Subject:
        (subject,) = self.subjects
        return subject


def test_what_another_check_has_waits_for_its_look_which_comes_soon() -> None:
    desk = Desk()
    assert desk.handing.is_for_another_to_say(OTHER, BILL)
    assert desk.handing.is_for_another_to_say(OTHER, BILL)
    assert desk.hurried == [({ONE}, LOOKED_AT_WITHIN_S)]


def test_it_comes_to_who_waits_once_its_check_does_not_name_it() -> None:
    desk = Desk()
    desk.handing.is_for_another_to_say(OTHER, BILL)
    assert desk.handing.goes_on(desk.bill)
    assert desk.moved == [OTHER]


def test_what_its_check_does_not_name_stays_until_the_other_has_looked() -> None:
    desk = Desk()
    assert desk.handing.goes_on(desk.bill)
    assert desk.hurried == [({OTHER}, LOOKED_AT_WITHIN_S)]
    desk.handing.looked(OTHER)
    assert not desk.handing.goes_on(desk.bill)
    assert desk.moved == []


def test_it_comes_to_the_other_as_soon_as_that_one_names_it() -> None:
    desk = Desk()
    desk.handing.goes_on(desk.bill)
    assert not desk.handing.is_for_another_to_say(OTHER, BILL)
    assert desk.moved == [OTHER]


def test_what_both_look_at_both_tell_of() -> None:
    desk = Desk()
    desk.handing.looked(ONE)
    assert not desk.handing.is_for_another_to_say(OTHER, BILL)
    assert desk.moved == []


def test_what_was_handed_over_while_others_had_their_turn_is_not_ended() -> None:
    desk = Desk()
    before = desk.bill
    desk.handing.goes_on(before)
    desk.handing.is_for_another_to_say(OTHER, BILL)
    desk.handing.looked(OTHER)
    assert desk.handing.goes_on(before)


@pytest.mark.parametrize(
    "other",
    [CheckFacts(kind="payment_stage", is_on_record=True), CheckFacts(kind="invoice_due")],
    ids=["another kind", "no kind of what is on record"],
)
def test_a_check_of_another_kind_neither_takes_nor_waits(other: CheckFacts) -> None:
    desk = Desk(other)
    assert not desk.handing.is_for_another_to_say(OTHER, BILL)
    assert not desk.handing.goes_on(desk.bill)


def test_the_list_of_a_check_is_its_own_whatever_it_is_called() -> None:
    desk = Desk(name=LIST)
    assert not desk.handing.is_for_another_to_say(OTHER, LIST)
    assert not desk.handing.goes_on(desk.bill)


def test_new_settings_begin_it_anew() -> None:
    desk = Desk()
    desk.handing.looked(ONE)
    facts = CheckFacts(kind="invoice_due", subject=LIST, is_on_record=True)
    desk.handing.configure({ONE: facts, OTHER: facts})
    assert desk.handing.is_for_another_to_say(OTHER, BILL)


@pytest.mark.parametrize("heirs", [1, 2])
def test_two_that_are_called_alike_never_go_to_the_same_check(heirs: int) -> None:
    subjects = Subjects([replace(record(), check_id=id_, subject=BILL) for id_ in (ONE, OTHER)])
    memories = Memories({id_: {"/kind": "invoice_due"} for id_ in (ONE, OTHER)})
    facts = CheckFacts(kind="invoice_due", subject=LIST, is_on_record=True)

    given = list(orphans(subjects, memories, {CheckId(f"heir{number}"): facts for number in range(heirs)}))

    assert [heir for _, heir in given] == [f"heir{number}" for number in range(heirs)]
