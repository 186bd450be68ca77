"""A check that notices changes by its memory, over the real store, to be killed at any system call.

Usage: change_script.py FOLDER VALUE…: looks once at each value.
"""

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from alerts.incident import IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.message import Notification
from checks.model import Change, CheckId, Finding, Status
from checks.plugin import CheckContext
from tests.support.scripted import spec_of, surroundings
from tests.support.stored import notification
from watchdog.clock import random_ids, system_clock
from watchdog.engine.process import Process
from watchdog.engine.runner import run_check
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import StoreWriter
from watchdog.store.executor import StoreThread
from watchdog.store.store import Store, open_store

CHECK = CheckId("domain")


def row_of(event: IncidentEvent) -> Sequence[Notification]:
    return (notification(f"n-{event.id}", event.kind, incident_id=event.incident.id),)


def seen(value: str, ctx: CheckContext) -> Finding:
    """What a kind says that keeps the last value in its memory."""
    before = ctx.memory.get("value")
    ctx.memory.set("value", value)
    is_new = isinstance(before, str) and before != value
    change = Change(what="value", summary=f"{value} now", facts=(("Before", str(before)), ("Now", value)))
    return Finding(subject="domain", status=Status.OK, summary="as seen", changes=(change,) if is_new else ())


def no_trouble(key: str, text: str) -> None:
    raise AssertionError(f"{key}: {text}")


async def look(process: Process, value: str) -> None:
    async def answer(ctx: CheckContext) -> Sequence[Finding]:
        return (seen(value, ctx),)

    spec = spec_of(answer, check_id=CHECK)
    kept = process.memory_of(CHECK)
    run = await run_check(spec, surroundings(), now=system_clock(), kept=kept, timeout_s=5)
    await process.take(CHECK, run)
    await process.flush()
    os.write(1, f"{value}\n".encode())


async def look_at_each(store: Store, thread: StoreThread, values: Sequence[str]) -> None:
    process = Process(
        writer=StoreWriter(store, thread, system_clock, no_trouble),
        subjects=Subjects(store.load_records()),
        memories=store.load_memories(),
        clock=system_clock,
        ids=random_ids(random.SystemRandom()),
        on_told=lambda: None,
        trouble=no_trouble,
    )
    process.configure({CHECK: CheckFacts(kind="scripted")}, row_of)
    for value in values:
        await look(process, value)


def main(folder: Path, values: Sequence[str]) -> None:
    store, thread = open_store(folder), StoreThread("store")
    try:
        asyncio.run(look_at_each(store, thread, values))
    finally:
        thread.close()
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
