"""The daemon dies at any moment while people press links: each acts once, and the record says what it did."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from alerts.incident import EventKind
from alerts.links import Action
from tests.support import link_script
from tests.support.mortal import Ran, mortal
from watchdog.store.store import open_store
from watchdog.store.views import IncidentHistory

FEWEST_KILLS = 3
ACTIONS = {action.value for action in Action}
EVENT_OF = {EventKind.REMINDER: Action.PASS_ON, EventKind.ACKNOWLEDGED: Action.FOUR_HOURS}


def done(ran: Ran) -> set[str]:
    return {line for line in ran.said if line in ACTIONS}


def history_in(folder: Path) -> IncidentHistory | None:
    with closing(open_store(folder)) as store:
        return store.listings.history("i1")


def acts(history: IncidentHistory | None) -> list[Action]:
    """What was done, by the events it left; a passed link has its message with it."""
    if history is None:
        return []
    told = [line.event for line in history.waiting]
    assert told == [event.kind for event in history.events if event.kind is EventKind.REMINDER]
    return [EVENT_OF[event.kind] for event in history.events if event.kind in EVENT_OF]


def uses(history: IncidentHistory | None) -> list[Action]:
    """What the record says that links did."""
    return [] if history is None else [use.action for use in history.answers if use.has_changed]


def assert_each_acted_once(folder: Path) -> None:
    history = history_in(folder)
    assert acts(history) == uses(history) == [Action.PASS_ON, Action.FOUR_HOURS]
    assert history is not None
    assert [(use.receiver, use.already_by) for use in history.answers if not use.has_changed] == [
        ("on-call", "health-it by signed link")
    ]


def test_without_a_kill_each_link_acts_once_and_who_came_second_changed_nothing(tmp_path: Path) -> None:
    with mortal(link_script) as script:
        ran = script.run(tmp_path)
    assert (ran.is_whole, done(ran)) == (True, {"pass-on", "ack-4h"})
    assert_each_acted_once(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 2), ("pwrite64", 1, 13)])
def test_a_kill_at_any_sync_or_write_leaves_an_act_and_its_use_or_neither(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    begun = tmp_path / "begun"
    begun.mkdir()
    link_script.main(begun, is_pressed=False)
    with mortal(link_script, call) as script:
        for kills, number in enumerate(range(first, 1000, step)):
            folder = tmp_path / f"{number}"
            shutil.copytree(begun, folder)
            ran = script.run(folder, dies_at=number)
            after = history_in(folder)
            assert acts(after) == uses(after), "an act without its use, or a use without its act"
            assert done(ran) <= {action.value for action in uses(after)}, "confirmed, then lost"
            link_script.main(folder)
            assert_each_acted_once(folder)
            if ran.is_whole:
                assert kills >= FEWEST_KILLS, "hardly a kill found it at work"
                return
    pytest.fail("it never came to its end")
