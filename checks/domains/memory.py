"""What is known of a domain, as a check keeps it over restarts.

One JSON object under one key, some kilobytes. What does not read as it was written (another version's, damaged, about
another domain) counts as nothing known: the registry is asked.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from checks.domains.known import Details, Known
from checks.domains.outcome import Answered, Believed, Conclusive, Failed, Unregistered
from checks.domains.registration import EXCERPT_LENGTH, Precision, Registration, Source
from checks.model import Cause
from checks.network.transcript import clipped
from checks.plugin import Json, Memory

KEY = "domain/1"

_Object: TypeAlias = Mapping[str, Json]


def recall(memory: Memory, domain: str) -> Known:
    kept = memory.get(KEY)
    try:
        if isinstance(kept, dict) and kept["domain"] == domain:
            return _known(kept)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    return Known()


def remember(known: Known, memory: Memory, domain: str) -> None:
    memory.set(
        KEY,
        {
            "domain": domain,
            "last": _answer_json(known.last),
            "answered_at": _instant_json(known.answered_at),
            "alike": known.alike,
            "needed": known.needed,
            "believed": _believed_json(known.believed),
            "before": _believed_json(known.before),
            "failure": _failure_json(known.failure),
            "asked_at": _instant_json(known.asked_at),
            "failures": known.failures,
            "asked_of": known.asked_of,
            "details": {source: _details_json(one) for source, one in known.details.items()},
        },
    )


# Writing ----------------------------------------------------------------------------------------------------------


def _instant_json(at: datetime | None) -> Json:
    return None if at is None else at.isoformat()


def _answer_json(answer: Conclusive | None) -> Json:
    match answer:
        case None:
            return None
        case Answered():
            return {
                "registration": _registration_json(answer.registration),
                "server": answer.server,
                "trouble": _failure_json(answer.trouble),
                "also": clipped(answer.also),
            }
        case Unregistered():
            return {
                "source": answer.source.value,
                "server": answer.server,
                "reason": clipped(answer.reason),
                "excerpt": answer.excerpt[:EXCERPT_LENGTH],
                "also": clipped(answer.also),
            }


def _registration_json(told: Registration) -> Json:
    return {
        "domain": told.domain,
        "expires_at": _instant_json(told.expires_at),
        "expiry_text": clipped(told.expiry_text),
        "precision": told.precision.value,
        "is_registrars_date": told.is_registrars_date,
        "registrar": clipped(told.registrar),
        "name_servers": [*sorted(told.name_servers)],
        "statuses": [*sorted(told.statuses)],
        "source": told.source.value,
        "is_cut": told.is_cut,
        "raw_excerpt": told.raw_excerpt[:EXCERPT_LENGTH],
    }


def _believed_json(believed: Believed | None) -> Json:
    if believed is None:
        return None
    return {
        "at": believed.at.isoformat(),
        "registration": _registration_json(believed.registration),
        "server": believed.server,
        "seen_at": believed.seen_at.isoformat(),
        "declared": believed.declared,
    }


def _failure_json(failure: Failed | None) -> Json:
    if failure is None:
        return None
    return {
        "cause": failure.cause.value,
        "reason": clipped(failure.reason),
        "excerpt": failure.excerpt[:EXCERPT_LENGTH],
        "retry_after_s": failure.retry_after_s,
    }


def _details_json(details: Details) -> Json:
    return {
        "registrar": clipped(details.registrar),
        "name_servers": [*sorted(details.name_servers)],
        "statuses": [*sorted(details.statuses)],
        "had_name_servers": details.had_name_servers,
    }


# Reading; each raises KeyError, TypeError or ValueError for what was not written here -----------------------------


def _known(kept: _Object) -> Known:
    return Known(
        last=_answer(kept["last"]),
        answered_at=_instant_or_none(kept["answered_at"]),
        alike=_count(kept["alike"]),
        needed=_count(kept["needed"]),
        believed=_believed(kept["believed"]),
        before=_believed(kept["before"]),
        failure=_failure(kept["failure"]),
        asked_at=_instant_or_none(kept["asked_at"]),
        failures=_count(kept["failures"]),
        asked_of=_text(kept["asked_of"]),
        details={source: _details(_object(one)) for source, one in _object(kept["details"]).items()},
    )


def _answer(kept: Json) -> Conclusive | None:
    if kept is None:
        return None
    answer = _object(kept)
    if "registration" not in answer:
        return Unregistered(
            source=Source(answer["source"]),
            server=_text(answer["server"]),
            reason=_text(answer["reason"]),
            excerpt=_text(answer["excerpt"]),
            also=_text(answer["also"]),
        )
    return Answered(
        registration=_registration(_object(answer["registration"])),
        server=_text(answer["server"]),
        trouble=_failure(answer["trouble"]),
        also=_text(answer["also"]),
    )


def _registration(kept: _Object) -> Registration:
    return Registration(
        domain=_text(kept["domain"]),
        expires_at=_instant_or_none(kept["expires_at"]),
        expiry_text=_text(kept["expiry_text"]),
        precision=Precision(kept["precision"]),
        is_registrars_date=kept["is_registrars_date"] is True,
        registrar=_text(kept["registrar"]),
        name_servers=frozenset(_texts(kept["name_servers"])),
        statuses=frozenset(_texts(kept["statuses"])),
        source=Source(kept["source"]),
        is_cut=kept.get("is_cut") is True,
        raw_excerpt=_text(kept["raw_excerpt"]),
    )


def _believed(kept: Json) -> Believed | None:
    if kept is None:
        return None
    believed = _object(kept)
    return Believed(
        at=_instant(believed["at"]),
        registration=_registration(_object(believed["registration"])),
        server=_text(believed["server"]),
        seen_at=_instant(believed["seen_at"]),
        declared=_text(believed["declared"]),
    )


def _failure(kept: Json) -> Failed | None:
    if kept is None:
        return None
    failure = _object(kept)
    wait_s = failure["retry_after_s"]
    if wait_s is not None and not isinstance(wait_s, int | float):
        raise TypeError("not a number of seconds")
    return Failed(
        cause=Cause(failure["cause"]),
        reason=_text(failure["reason"]),
        excerpt=_text(failure["excerpt"]),
        retry_after_s=wait_s,
    )


def _details(kept: _Object) -> Details:
    return Details(
        registrar=_text(kept["registrar"]),
        name_servers=frozenset(_texts(kept["name_servers"])),
        statuses=frozenset(_texts(kept["statuses"])),
        had_name_servers=kept.get("had_name_servers") is True,
    )


def _object(kept: Json) -> _Object:
    if not isinstance(kept, dict):
        raise TypeError("not an object")
    return kept


def _text(kept: Json) -> str:
    if not isinstance(kept, str):
        raise TypeError("not a text")
    return kept


def _texts(kept: Json) -> Sequence[str]:
    if not isinstance(kept, list):
        raise TypeError("not a list")
    return [_text(one) for one in kept]


def _count(kept: Json) -> int:
    if not isinstance(kept, int) or kept < 0:
        raise TypeError("not a count")
    return kept


def _instant(kept: Json) -> datetime:
    at = datetime.fromisoformat(_text(kept))
    if at.utcoffset() is None:
        raise ValueError("not an instant")
    return at.astimezone(UTC)


def _instant_or_none(kept: Json) -> datetime | None:
    return None if kept is None else _instant(kept)
