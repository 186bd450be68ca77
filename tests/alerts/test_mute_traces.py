"""Ten thousand lives of a small estate: nothing is said against a confirmed word, and what is left is told."""

import contextlib
from collections import Counter

import pytest

from alerts.incident import EventKind
from alerts.mute import Muted
from tests.support.mute_traces import ListBox, StoreBox, Trace
from watchdog.store.store import open_store


@pytest.mark.slow
def test_ten_thousand_traces_say_nothing_against_a_word_and_tell_what_is_left() -> None:
    seen: Counter[object] = Counter()
    for seed in range(10_000):
        box = ListBox()
        trace = Trace(f"mute {seed}", box)
        trace.run(steps=16)
        seen.update(why for _row, why in box.dropped)
        seen.update(row.message.event for row, _at in trace.sent)
        seen["told at an end"] += trace.told_at_ends
        seen["relapses"] += trace.relapses
    muted = (Muted.SILENCED, Muted.MAINTENANCE, Muted.ANSWERED, Muted.NEVER_TOLD, Muted.SUPERSEDED)
    happened = (EventKind.OPENED, EventKind.RESOLVED, "told at an end", "relapses")
    assert min(seen[one] for one in (*muted, *happened)) > 50, seen


@pytest.mark.slow
def test_the_store_keeps_the_same_promises() -> None:
    for seed in range(40):
        with contextlib.closing(open_store(None)) as store:
            Trace(f"store {seed}", StoreBox(store)).run(steps=40)
