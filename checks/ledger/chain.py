"""The chain of hashes over all events: who cuts out or changes one breaks it from there on. Pure.

A cut tail leaves a whole, shorter chain; so its head goes out with every list and heartbeat, and stays with people.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from checks.ledger.codec import draft_json
from checks.ledger.event import GENESIS, Draft, LedgerEvent


@dataclass(frozen=True, slots=True)
class Break:
    """The first event that does not fit."""

    place: int
    """From 1, in the order of recording."""
    event: LedgerEvent
    why: str


def id_of(draft: Draft) -> str:
    """The same for the same event: said twice, it is on record once."""
    return hashlib.sha256(_bytes({**draft_json(draft), "author": "", "evidence": ""})).hexdigest()[:32]


def linked(draft: Draft, recorded_at: datetime, previous: str) -> LedgerEvent:
    """`draft` on record behind the event whose hash is `previous`."""
    id_ = id_of(draft)
    return LedgerEvent(
        draft=draft, id=id_, recorded_at=recorded_at, previous=previous, hash=_hash(draft, id_, recorded_at, previous)
    )


def first_break(events: Iterable[LedgerEvent]) -> Break | None:
    """`events` in the order of recording, all of them."""
    previous = GENESIS
    for place, event in enumerate(events, start=1):
        if event.previous != previous:
            return Break(place, event, "the event before it is missing, or another than it was")
        if event.hash != _hash(event.draft, event.id, event.recorded_at, previous):
            return Break(place, event, "it is not what was recorded")
        previous = event.hash
    return None


def _hash(draft: Draft, id_: str, recorded_at: datetime, previous: str) -> str:
    recorded = recorded_at.isoformat(timespec="microseconds")
    said = {**draft_json(draft), "id": id_, "recorded_at": recorded, "previous": previous}
    return hashlib.sha256(_bytes(said)).hexdigest()


def _bytes(said: dict[str, object]) -> bytes:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")
