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

_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


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


def linked(draft: Draft, recorded_at: datetime, previous: str, id_: str = "") -> LedgerEvent:
    """`draft` on record behind the event whose hash is `previous`, and not before that one was recorded.

    `id_` is that of `draft`, for whoever knows it.
    """
    id_ = id_ or id_of(draft)
    return LedgerEvent(
        draft=draft, id=id_, recorded_at=recorded_at, previous=previous, hash=_hash(draft, id_, recorded_at, previous)
    )


def first_break(events: Iterable[LedgerEvent]) -> Break | None:
    """`events` in the order of recording, all of them."""
    last: LedgerEvent | None = None
    for place, event in enumerate(events, start=1):
        if why := misfit(event, last):
            return Break(place, event, why)
        last = event
    return None


def misfit(event: LedgerEvent, last: LedgerEvent | None) -> str:
    """Why `event` cannot stand behind `last`; "" where it can."""
    if event.previous != (GENESIS if last is None else last.hash):
        return "the event before it is missing, or another than it was"
    if event.hash != _hash(event.draft, event.id, event.recorded_at, event.previous) or event.id != id_of(event.draft):
        return "it is not what was recorded"
    if last is not None and event.recorded_at < last.recorded_at:
        return "it is dated before the one that was recorded before it"
    return ""


def _hash(draft: Draft, id_: str, recorded_at: datetime, previous: str) -> str:
    recorded = recorded_at.isoformat(timespec="microseconds")
    said = {**draft_json(draft), "id": id_, "recorded_at": recorded, "previous": previous}
    return hashlib.sha256(_bytes(said)).hexdigest()


def _bytes(said: dict[str, object]) -> bytes:
    return _text(said).encode("ascii")
