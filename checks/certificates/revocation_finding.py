"""Whether a certificate is revoked, as a subject of its own: a list that lapses must neither hide nor heal a fault."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from checks.fault import Fault, gravest_first
from checks.model import Cause, Finding, Status
from checks.network.values import Revocation, TlsSession
from checks.wording import moment


def revocation_finding(subject: str, session: TlsSession, now: datetime, zone: tzinfo) -> Finding:
    """`subject` is the port's; that of the finding is told apart by a word."""
    faults = gravest_first(_faults(session.revocations, now, zone))
    worst = faults[0] if faults else Fault(Cause.NONE, Status.OK, "is not revoked")
    return Finding(
        subject=f"{subject} revocation",
        status=worst.status,
        cause=worst.cause,
        summary=f"certificate of {subject} {worst.text}",
        facts=(
            *(("Also", fault.text) for fault in faults[1:]),
            *_facts(session.revocations, now, zone),
        ),
        evidence="\n".join(map(_described, session.revocations)) if faults else "",
    )


def is_revoked(session: TlsSession) -> bool:
    return any(one.revoked_at is not None for one in session.revocations)


def _faults(revocations: Sequence[Revocation], now: datetime, zone: tzinfo) -> list[Fault]:
    if not revocations:
        return [_unknown(Cause.UNPARSABLE, "it is its own issuer, and no list tells of such")]
    told = (_fault(one, now, zone, is_leaf=place == 0) for place, one in enumerate(revocations))
    return [fault for fault in told if fault is not None]


def _fault(one: Revocation, now: datetime, zone: tzinfo, *, is_leaf: bool) -> Fault | None:
    """An entry holds even in a list that has lapsed: who is revoked stays so."""
    if one.revoked_at is not None:
        whose = "was revoked" if is_leaf else f"rests on the issuer {one.subject}, which was revoked"
        reason = f" ({one.reason})" if one.reason else ""
        return Fault(Cause.TLS_REVOKED, Status.CRITICAL, f"{whose} at {moment(one.revoked_at, zone)}{reason}")
    if one.unjudged:
        # Lists of roots are seldom at hand; that of the leaf's issuer is what the option was given for.
        return _unknown(Cause.UNPARSABLE, one.unjudged) if is_leaf else None
    if one.listed_until is not None and one.listed_until <= now:
        return _unknown(Cause.STALE, f"the list of {one.issuer} lapsed at {moment(one.listed_until, zone)}")
    if one.listed_from is not None and now < one.listed_from:
        return _unknown(Cause.STALE, f"the list of {one.issuer} does not hold before {moment(one.listed_from, zone)}")
    return None


def _unknown(cause: Cause, why: str) -> Fault:
    return Fault(cause, Status.UNKNOWN, f"may be revoked or not: {why}")


def _facts(revocations: Sequence[Revocation], now: datetime, zone: tzinfo) -> Sequence[tuple[str, str]]:
    return [("Revocation", f"{one.subject}: {_said(one, now, zone)}") for one in revocations]


def _said(one: Revocation, now: datetime, zone: tzinfo) -> str:
    if one.unjudged:
        return f"not known: {one.unjudged}"
    word = "not revoked" if one.revoked_at is None else "revoked"
    if one.listed_until is None:
        return f"{word} by the list of {one.issuer}"
    due = "was due" if one.listed_until <= now else "is due"
    return f"{word} by the list of {one.issuer}, whose next one {due} at {moment(one.listed_until, zone)}"


def _described(one: Revocation) -> str:
    return (
        f"{one.subject} | issued by {one.issuer} | revoked {one.revoked_at or 'no'} {one.reason} | "
        f"list of {one.listed_from or 'no date'} to {one.listed_until or 'no date'} | {one.unjudged}"
    )
