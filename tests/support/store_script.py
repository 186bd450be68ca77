"""The core path of the store as a program, to be killed at any system call: what it printed, it was promised.

Usage: store_script.py FOLDER. The sink is FOLDER/sink, one line "id repeat" per message that left.
"""

import os
import sys
from pathlib import Path

from alerts.incident import EventKind
from alerts.message import Notification
from tests.support.stored import at, change, incident, notification, observation, record
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreError, StoreFullError
from watchdog.store.store import Store, open_store

CHANNEL = "on-call-1-mail"
CHANGES = Changes(
    observations=(observation(0),),
    records=(record(0),),
    incidents=(incident(),),
    events=(change("e1", EventKind.OPENED, incident()),),
    notifications=(notification("n1"), notification("n2", recipient="so@example.org")),
)


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def send(folder: Path, row: Notification) -> None:
    with (folder / "sink").open("a") as sink:
        sink.write(f"{row.id} {row.repeat}\n")


def deliver(store: Store, folder: Path) -> None:
    while (row := store.claim_next(CHANNEL, at(20))) is not None:
        send(folder, row)
        store.mark_sent(row.id, at(21), "250 ok")
        say(f"sent {row.id}")


def commit_patiently(store: Store) -> None:
    for _ in range(20):
        try:
            return store.commit(CHANGES)
        except StoreFullError as error:
            say(type(error).__name__)
    return None


def go(folder: Path) -> None:
    store = open_store(folder)
    say("opened")
    commit_patiently(store)
    say("committed")
    deliver(store, folder)
    store.close()
    say("closed")


def main(folder: Path) -> None:
    try:
        go(folder)
    except StoreError as error:
        say(type(error).__name__)
        sys.exit(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
