"""What is over is packed, rolled up and let go of, with breath in between; a failing store is left alone."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import pytest

from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.housekeeping import BREATH_S, ROUND_EVERY_S, Housekeeping
from watchdog.settings.values import Retention
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError, StoreDamagedError, StoreError, StoreUnreadableError
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

P = ParamSpec("P")
T = TypeVar("T")

KARACHI = ZoneInfo("Asia/Karachi")
HOUR = timedelta(hours=1)


class Noting(Inline):
    """Notes when each verb was called; the `locked` ones (the first call is 1) find the store locked."""

    def __init__(self, locked: tuple[int, ...] = (), error: StoreError | None = None) -> None:
        self.calls: list[tuple[float, str]] = []
        self._locked = locked
        self._error = error or StoreBusyError("locked")

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        inner: Callable[..., object] = getattr(function, "func", function)
        self.calls.append((asyncio.get_running_loop().time(), inner.__name__))
        if len(self.calls) in self._locked:
            raise self._error
        return await super().call(function, *args, **kwargs)

    def times_of(self, verb: str) -> list[float]:
        return [at for at, name in self.calls if name == verb]


def filled(*looks: datetime) -> Store:
    store = open_store(None)
    finding = Finding(subject="mx1", status=Status.OK, cause=Cause.NONE, summary="seen")
    store.commit(
        Changes(
            observations=tuple(
                Observation(check_id=CheckId("mx"), finding=finding, observed_at=at, duration_s=0.25) for at in looks
            )
        )
    )
    return store


def kept_house(store: Store, caller: Noting, for_s: float) -> None:
    house = Housekeeping(
        store.attic,
        writing=caller,
        packing=caller,
        clock=virtual_clock(),
        rules=lambda: (KARACHI, Retention()),
    )

    async def scene() -> None:
        keeping = asyncio.create_task(house.forever())
        await asyncio.sleep(for_s)
        if keeping.done():
            await keeping
        keeping.cancel()

    run_virtual(scene())


def test_a_house_in_order_is_seen_to_every_minute() -> None:
    caller = Noting()
    kept_house(filled(), caller, 2 * ROUND_EVERY_S + 1)
    assert caller.times_of("shut_hour") == [0, ROUND_EVERY_S, 2 * ROUND_EVERY_S]


def test_an_hour_is_packed_once_it_is_over_and_its_last_looks_had_time_to_be_written() -> None:
    store, caller = filled(EPOCH + timedelta(minutes=1)), Noting()
    kept_house(store, caller, 2 * 3600)
    (packed_at,) = caller.times_of("mark_packed")
    assert 3600 + 300 <= packed_at <= 3600 + 300 + ROUND_EVERY_S


def test_hours_that_wait_are_packed_with_a_breath_between() -> None:
    caller = Noting()
    kept_house(filled(EPOCH - 3 * HOUR, EPOCH - 2 * HOUR), caller, 30)
    first, second = caller.times_of("mark_packed")
    assert second - first >= BREATH_S


def test_a_locked_store_is_tried_again_at_the_next_round_and_keeps_no_other_chore_from_its_turn() -> None:
    store, caller = filled(EPOCH - 3 * HOUR), Noting(locked=(2,))
    kept_house(store, caller, ROUND_EVERY_S + 1)
    assert caller.times_of("shut_hour")[:2] == [0, ROUND_EVERY_S]
    assert caller.times_of("sweep")[0] == 0
    assert len(caller.times_of("mark_packed")) == 1


@pytest.mark.parametrize(("error", "ends"), [(StoreDamagedError("page 17"), True), (StoreUnreadableError("?"), False)])
def test_a_file_that_is_not_whole_ends_the_daemon_and_a_value_that_cannot_be_read_does_not(
    error: StoreError, *, ends: bool
) -> None:
    with pytest.raises(StoreDamagedError, match="page 17") if ends else nullcontext():
        kept_house(filled(EPOCH - 3 * HOUR), Noting(locked=(2,), error=error), 30)


def test_looks_older_than_they_are_kept_go_unpacked() -> None:
    old, young = EPOCH - timedelta(days=91), EPOCH - timedelta(days=89)
    store = filled(old, young)
    kept_house(store, Noting(), 30)
    assert [look.observed_at for look in store.past.looks(CheckId("mx"), "mx1", old, EPOCH)] == [young]


def test_the_tail_keeps_the_hours_in_which_the_last_look_is_found() -> None:
    looks = [EPOCH - timedelta(hours=hours) for hours in range(1, 6)]
    store = filled(*looks)
    kept_house(store, Noting(), 60)
    assert store.attic.prune(EPOCH, EPOCH, date.min) == 3
