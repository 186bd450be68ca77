from datetime import UTC, datetime, timedelta

import pytest

from alerts.judging.episode import CheckFacts
from alerts.mutes.former import FormerId
from checks.model import CheckId
from watchdog.engine.memories import Memories

MX = CheckId("mx")
POST = CheckId("post")
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def about(subject: str) -> dict[CheckId, CheckFacts]:
    return {MX: CheckFacts(kind="smtp", subject=subject)}


def test_what_a_check_is_about_is_written_once() -> None:
    memories = Memories({})
    assert list(memories.introduce(about("mx1:25"))) == [(MX, "/about", "mx1:25")]
    assert list(memories.introduce(about("mx1:25"))) == []
    assert memories.about(MX) == "mx1:25"


def test_what_a_run_noted_is_what_the_next_one_is_given() -> None:
    memories = Memories({MX: {"seen": 1, "first": 0}})
    memories.keep(MX, {"seen": 2})
    assert memories.of(MX) == {"seen": 2, "first": 0}


def test_what_is_known_of_one_target_is_forgotten_when_the_check_looks_at_another() -> None:
    memories = Memories({MX: {"fingerprint": "ab", "/about": "mx1:25"}})
    assert set(memories.drop_strangers(about("mx2:25"))) == {(MX, "fingerprint"), (MX, "/about")}
    assert memories.of(MX) == {}


def test_a_target_that_moved_while_the_daemon_was_down_is_noticed_at_the_start() -> None:
    stored = Memories({MX: {"fingerprint": "ab", "/about": "mx1:25"}})
    assert (MX, "fingerprint") in set(stored.drop_strangers(about("mx2:25")))


def test_a_reload_that_changes_nothing_of_a_check_leaves_its_memory() -> None:
    memories = Memories({MX: {"fingerprint": "ab", "/about": "mx1:25"}})
    assert list(memories.drop_strangers(about("mx1:25"))) == []
    assert memories.of(MX)["fingerprint"] == "ab"


def test_a_check_that_is_gone_takes_its_memory_with_it() -> None:
    memories = Memories({MX: {"fingerprint": "ab"}})
    assert list(memories.drop_strangers({})) == [(MX, "fingerprint")]


def test_a_renamed_check_knows_what_it_was_called_and_until_when() -> None:
    memories = Memories({MX: {"fingerprint": "ab", "/about": "mx1:25"}})
    assert memories.rename(MX, POST, NOON)["fingerprint"] == "ab"
    assert memories.former_ids == {POST: [FormerId(MX, NOON)]}


def test_a_check_that_is_renamed_twice_knows_both() -> None:
    memories, mail = Memories({MX: {"/about": "mx1:25"}}), CheckId("mail")
    memories.rename(MX, POST, NOON)
    memories.rename(POST, mail, LATER)
    assert memories.former_ids == {mail: [FormerId(MX, NOON), FormerId(POST, LATER)]}


def test_a_check_that_is_called_as_it_was_has_not_that_id_as_a_former_one() -> None:
    memories = Memories({MX: {"/about": "mx1:25"}})
    memories.rename(MX, POST, NOON)
    memories.rename(POST, MX, LATER)
    assert memories.former_ids == {MX: [FormerId(POST, LATER)]}


def test_an_id_that_another_check_has_by_now_is_nobodys_former_one() -> None:
    memories = Memories({MX: {"/about": "mx1:25"}})
    memories.rename(MX, POST, NOON)
    assert list(memories.introduce(about("mx2:25")))
    assert memories.former_ids == {POST: []}


def test_what_a_check_was_called_is_forgotten_when_it_looks_at_something_else() -> None:
    memories = Memories({MX: {"/about": "mx1:25"}})
    memories.rename(MX, POST, NOON)
    list(memories.drop_strangers({POST: CheckFacts(kind="smtp", subject="mx2:25")}))
    assert memories.former_ids == {}


def test_a_note_that_cannot_be_read_is_none() -> None:
    assert Memories({POST: {"/about": "mx1:25", "/formerly": None}}).former_ids == {POST: []}


# Checks of what is on record --------------------------------------------------------------------------------------

BILLS = CheckId("bills")


def of_bills(subject: str, *, kind: str = "invoice_due", is_on_record: bool = True) -> dict[CheckId, CheckFacts]:
    return {BILLS: CheckFacts(kind=kind, subject=subject, is_on_record=is_on_record)}


def remembering_bills() -> Memories:
    memories = Memories({BILLS: {"told/1": ["acme/INV-7"]}})
    list(memories.introduce(of_bills("bills in 2026.csv")))
    return memories


def test_what_is_on_record_is_remembered_over_other_options() -> None:
    memories, now = remembering_bills(), of_bills("bills in 2027.csv")
    assert memories.turned(now) == {BILLS: "bills in 2026.csv"}
    assert list(memories.drop_strangers(now)) == []
    assert list(memories.introduce(now)) == [(BILLS, "/about", "bills in 2027.csv")]
    assert memories.turned(now) == {}


@pytest.mark.parametrize(
    "now",
    [of_bills("bills on the way", kind="payment_stage"), of_bills("mx1:25", kind="smtp", is_on_record=False)],
    ids=["one of what is on record", "one of a target"],
)
def test_a_check_that_is_of_another_kind_now_forgets_what_is_on_record(now: dict[CheckId, CheckFacts]) -> None:
    memories = remembering_bills()
    assert memories.elsewhere(now) == {BILLS}
    assert (BILLS, "told/1") in set(memories.drop_strangers(now))


def test_what_a_version_before_kept_without_its_kind_is_known_from_its_first_start_on() -> None:
    stored = Memories({BILLS: {"told/1": ["acme/INV-7"], "/about": "bills"}})
    assert list(stored.introduce(of_bills("bills"))) == [(BILLS, "/kind", "invoice_due")]
    assert stored.elsewhere(of_bills("bills of acme")) == frozenset()
