"""Events as JSON and back: one form for rows, for the chain's hash and for exports."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from checks.ledger.event import BlockReason, Details, Draft, LedgerEventKind, Terms
from checks.units import parse_money


def details_json(details: Details) -> dict[str, Any]:
    """Only what is said."""
    found: dict[str, Any] = {}
    if details.terms is not None:
        found["terms"] = _terms_json(details.terms)
    for name in ("stage", "reason", "payment", "source"):
        if text := getattr(details, name):
            found[name] = text
    if details.block is not None:
        found["block"] = details.block.value
    if details.until is not None:
        found["until"] = details.until.isoformat()
    if details.amount is not None:
        found["amount"] = details.amount.text()
    for name in ("last_listed", "received_at"):
        if (at := getattr(details, name)) is not None:
            found[name] = at.isoformat(timespec="microseconds")
    return found


def details_of(found: Mapping[str, Any]) -> Details:
    """Raises ValueError or KeyError for what `details_json` never wrote."""
    return Details(
        terms=_terms_of(found["terms"]) if "terms" in found else None,
        stage=found.get("stage", ""),
        reason=found.get("reason", ""),
        block=BlockReason(found["block"]) if "block" in found else None,
        until=_day(found.get("until")),
        amount=parse_money(found["amount"]) if "amount" in found else None,
        payment=found.get("payment", ""),
        source=found.get("source", ""),
        last_listed=_instant(found.get("last_listed")),
        received_at=_instant(found.get("received_at")),
    )


def draft_json(draft: Draft) -> dict[str, Any]:
    return {
        "about": draft.about,
        "kind": draft.kind.value,
        "happened_at": draft.happened_at.isoformat(timespec="microseconds"),
        "author": draft.author,
        "evidence": draft.evidence,
        "details": details_json(draft.details),
    }


def draft_of(found: Mapping[str, Any]) -> Draft:
    """Raises ValueError or KeyError."""
    return Draft(
        about=found["about"],
        kind=LedgerEventKind(found["kind"]),
        happened_at=datetime.fromisoformat(found["happened_at"]).astimezone(UTC),
        author=found["author"],
        evidence=found["evidence"],
        details=details_of(found["details"]),
    )


def _terms_json(terms: Terms) -> dict[str, Any]:
    found: dict[str, Any] = {"number": terms.number, "amount": terms.amount.text(), "due": terms.due.isoformat()}
    if terms.suspends is not None:
        found["suspends"] = terms.suspends.isoformat()
    for name in ("service", "office", "contract"):
        if (value := getattr(terms, name)) is not None:
            found[name] = value
    return found


def _terms_of(found: Mapping[str, Any]) -> Terms:
    return Terms(
        number=found["number"],
        amount=parse_money(found["amount"]),
        due=date.fromisoformat(found["due"]),
        suspends=_day(found.get("suspends")),
        service=found.get("service"),
        office=found.get("office"),
        contract=found.get("contract"),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
