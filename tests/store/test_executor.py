"""The store's calls from the loop: on their own thread, or at once."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.message import NotificationState
from alerts.outbox import Outbox
from tests.support.stored import at, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreRefusedError
from watchdog.store.executor import Caller, DurableOutbox, Inline, StoreThread
from watchdog.store.store import open_store

MAIL = "on-call-1-mail"


def promised(outbox: Outbox) -> Outbox:
    """The type checker holds the store to what delivery was promised."""
    return outbox


@pytest.fixture
def thread() -> Iterator[StoreThread]:
    made = StoreThread("store")
    yield made
    made.close()


def test_calls_run_on_one_thread_that_is_not_the_loops(thread: StoreThread) -> None:
    async def run() -> set[int]:
        return {await thread.call(threading.get_ident) for _ in range(5)}

    idents = asyncio.run(run())
    assert len(idents) == 1
    assert threading.get_ident() not in idents


def test_calls_run_in_the_order_they_were_made(thread: StoreThread) -> None:
    done: list[int] = []

    async def run() -> None:
        await asyncio.gather(*(thread.call(done.append, number) for number in range(50)))

    asyncio.run(run())
    assert done == list(range(50))


def test_the_loop_turns_while_the_store_works(thread: StoreThread) -> None:
    released = threading.Event()

    async def run() -> bool:
        working = asyncio.create_task(thread.call(released.wait, 30))
        await asyncio.sleep(0)
        released.set()
        return await working

    assert asyncio.run(run())


def test_an_inline_call_is_done_before_anything_else_runs() -> None:
    done: list[str] = []

    async def run() -> None:
        other = asyncio.create_task(Inline().call(done.append, "other"))
        await Inline().call(done.append, "mine")
        assert done == ["mine"]
        await other

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["thread", "inline"])
def test_errors_of_the_store_reach_the_caller(kind: str, thread: StoreThread) -> None:
    store = open_store(None)
    caller: Caller = thread if kind == "thread" else Inline()
    poison = Changes(notifications=(notification("n", incident_id="missing"),))
    with pytest.raises(StoreRefusedError):
        asyncio.run(caller.call(store.commit, poison))
    store.close()


@pytest.mark.parametrize("kind", ["thread", "inline"])
def test_the_outbox_of_delivery_is_that_of_the_store(kind: str, thread: StoreThread, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    outbox = promised(DurableOutbox(store, thread if kind == "thread" else Inline()))
    names = ("a", "b", "c")
    rows = tuple(notification(name, recipient=name) for name in names)
    store.commit(Changes(incidents=(incident(),), notifications=rows))

    async def deliver() -> None:
        claimed = [await outbox.claim_next(MAIL, at(10)) for _ in names]
        assert [row and row.id for row in claimed] == list(names)
        await outbox.mark_sent("a", at(11), "250 ok")
        await outbox.postpone("b", at(11), at(90), "busy", "421")
        await outbox.bury("c", at(11), NotificationState.REJECTED, "refused", "550")
        assert await outbox.next_due(MAIL) == at(90)

    asyncio.run(deliver())
    assert [line.state for line in store.listings.deliveries("i1")] == [
        NotificationState.SENT,
        NotificationState.PENDING,
        NotificationState.REJECTED,
    ]
    store.close()


def test_listings_and_commits_may_come_from_two_threads(tmp_path: Path, thread: StoreThread) -> None:
    store, reader = open_store(tmp_path), StoreThread("listings")

    async def run() -> None:
        for number in range(20):
            rows = (notification(f"n{number}", incident_id=None),)
            listed, _ = await asyncio.gather(
                reader.call(store.listings.outbox_pending), thread.call(store.commit, Changes(notifications=rows))
            )
            assert sum(waiting.count for waiting in listed.values()) in {number, number + 1}

    asyncio.run(run())
    reader.close()
    store.close()
