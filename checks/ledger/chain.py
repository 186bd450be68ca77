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
_quoted = json.encoder.encode_basestring_ascii


@dataclass(frozen=True, slots=True)
class Break:
    """The first event that does not fit."""

    place: int
    """From 1, in the order of recording."""
    event: LedgerEvent
    why: str


def id_of(draft: Draft) -> str:
    """The same for the same event: said twice, it is on record once."""
    return _id(_said(draft))


def linked(draft: Draft, recorded_at: datetime, previous: str, id_: str = "") -> LedgerEvent:
    """`draft` on record behind the event whose hash is `previous`, and not before that one was recorded.

    `id_` is that of `draft`, for whoever knows it.
    """
    said = _said(draft)
    id_ = id_ or _id(said)
    hash_ = _hash(said, id_, recorded_at, previous)
    return LedgerEvent(draft=draft, id=id_, recorded_at=recorded_at, previous=previous, hash=hash_)


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
    if event != linked(event.draft, event.recorded_at, event.previous):
        return "it is not what was recorded"
    if last is not None and event.recorded_at < last.recorded_at:
        return "it is dated before the one that was recorded before it"
    return ""


def _said(draft: Draft) -> dict[str, str]:
    """Each part as it stands in a JSON object: encoded once, hashed with and without its author."""
    return {name: _text(part) if name == "details" else _quoted(part) for name, part in draft_json(draft).items()}


def _id(said: dict[str, str]) -> str:
    text = (
        f'{{"about":{said["about"]},"author":"","details":{said["details"]},"evidence":"",'
        f'"happened_at":{said["happened_at"]},"kind":{said["kind"]}}}'
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def _hash(said: dict[str, str], id_: str, recorded_at: datetime, previous: str) -> str:
    recorded = recorded_at.isoformat(timespec="microseconds")
    text = (
        f'{{"about":{said["about"]},"author":{said["author"]},"details":{said["details"]},"evidence":{said["evidence"]},'
        f'"happened_at":{said["happened_at"]},"id":{_quoted(id_)},"kind":{said["kind"]},"previous":{_quoted(previous)},'
        f'"recorded_at":"{recorded}"}}'
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()
