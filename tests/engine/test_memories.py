from alerts.judging.episode import CheckFacts
from checks.model import CheckId
from watchdog.engine.memories import Memories

MX = CheckId("mx")


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
