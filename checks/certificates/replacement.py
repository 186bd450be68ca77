"""Whether the certificate served is another one than before: noticed once per certificate, not once per flip.

Behind one name there may be many servers, and while a renewal is rolled out some of them have the new certificate and
some the old. So what is remembered are the last certificates, not the last one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256
from typing import NamedTuple

from checks.model import Change
from checks.network.values import Certificate
from checks.plugin import Json, Memory
from checks.wording import day_of, local, moment

#: {"served": the newest certificate as a list, see Served, "since": when it came or None, "before": fingerprint,
#: "known": fingerprints, newest last, "told": instants, "is_restless": bool}; the last two may be missing.
_KEY = "certificate/2"
#: As it was kept in earlier releases: {"fingerprint", "since", "before"}.
_OLD_KEY = "certificate/1"

_KNOWN = 64
_SHOWN_NAMES = 5

#: So many replacements within `_STORM` are told; the next one is said to be one of many, until `_CALM` went by without.
_MOST_TOLD = 3
_STORM = timedelta(hours=1)
_CALM = timedelta(days=1)

#: One attribute of a name in the form of RFC 4514, "O=Example\\, Inc.".
_ATTRIBUTE = re.compile(r"(?:\\.|[^,+\\])+", re.DOTALL)

Facts = Sequence[tuple[str, str]]


class Served(NamedTuple):
    """What is remembered of a certificate; all but the fingerprint are "" where only that was kept."""

    fingerprint: str
    issuer: str = ""
    names: str = ""
    names_digest: str = ""
    key: str = ""
    not_before: str = ""
    """ISO 8601, like `not_after`."""
    not_after: str = ""


class _Memory(NamedTuple):
    served: Served
    since: str | None = None
    before: str | None = None
    known: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """When people were told of a replacement, the last few."""
    is_restless: bool = False
    """Whether it was told that there is no end to them."""


class Notice(NamedTuple):
    facts: Facts = ()
    changes: tuple[Change, ...] = ()


_NOTHING = Notice()


def notice(leaf: Certificate, memory: Memory, subject: str, now: datetime, zone: tzinfo, *, is_trusted: bool) -> Notice:
    """What is to be said of `leaf`, given the certificates seen before; the first one of all is no change."""
    if _is_the_first(memory.get(_KEY), leaf):
        return _NOTHING
    kept = _recalled(memory)
    if kept is None:
        _remember(memory, _Memory(_served(leaf), known=(leaf.fingerprint_sha256,)))
        return _NOTHING
    if leaf.fingerprint_sha256 in kept.known:
        return Notice(_since(leaf, kept, zone))
    new = _Memory(
        served=_served(leaf),
        since=now.isoformat(),
        before=kept.served.fingerprint,
        known=(*kept.known, leaf.fingerprint_sha256)[-_KNOWN:],
        told=kept.told,
        is_restless=_is_restless(kept, now),
    )
    change = _change(kept.served, new.served, subject, zone, is_trusted=is_trusted)
    new, change = _bounded(new, change, subject, now)
    _remember(memory, new)
    return Notice(_since(leaf, new, zone), (change,))


def _is_restless(kept: _Memory, now: datetime) -> bool:
    return kept.is_restless and kept.since is not None and now - datetime.fromisoformat(kept.since) < _CALM


def _bounded(new: _Memory, change: Change, subject: str, now: datetime) -> tuple[_Memory, Change]:
    """`change` as people are told it: a server that shuffles its certificates would fill every mailbox."""
    if change.is_routine:
        return new, change
    if new.is_restless:
        return new, replace(change, is_routine=True)
    recent = [instant for instant in new.told if now - datetime.fromisoformat(instant) < _STORM]
    if len(recent) < _MOST_TOLD:
        return new._replace(told=(*recent, now.isoformat())), change
    text = (
        f"certificate of {subject} is another one at nearly every look; "
        "of further ones nobody is told until there was none for a day"
    )
    return new._replace(told=(), is_restless=True), replace(change, summary=text)


def shown_names(certificate: Certificate) -> str:
    more = len(certificate.names) - _SHOWN_NAMES
    shown = ", ".join(certificate.names[:_SHOWN_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def _served(leaf: Certificate) -> Served:
    return Served(
        fingerprint=leaf.fingerprint_sha256,
        issuer=leaf.issuer,
        names=shown_names(leaf),
        names_digest=sha256("\n".join(sorted(leaf.names)).encode()).hexdigest(),
        key=leaf.key,
        not_before=leaf.not_before.isoformat(),
        not_after=leaf.not_after.isoformat(),
    )


def _since(leaf: Certificate, kept: _Memory, zone: tzinfo) -> Facts:
    if kept.since is None:
        return ()
    since = moment(datetime.fromisoformat(kept.since), zone)
    if leaf.fingerprint_sha256 == kept.served.fingerprint:
        return (("Changed", f"first seen at {since}; before it SHA-256 {kept.before}"),)
    return (("Changed", f"an older one, served beside SHA-256 {kept.served.fingerprint}, first seen at {since}"),)


def _change(old: Served, new: Served, subject: str, zone: tzinfo, *, is_trusted: bool) -> Change:
    oddities = _oddities(old, new, is_trusted=is_trusted)
    until = day_of(local(datetime.fromisoformat(new.not_after), zone).date())
    told = f"was replaced by one {_joined(oddities)}" if oddities else f"was renewed and holds until {until}"
    return Change(
        what="certificate",
        summary=f"certificate of {subject} {told}",
        facts=tuple(_compared(old, new, zone)),
        is_routine=not oddities,
    )


def _oddities(old: Served, new: Served, *, is_trusted: bool) -> Sequence[str]:
    """What sets a replacement apart from a renewal in its usual course."""
    found = [] if is_trusted else ["that cannot be trusted"]
    if not old.not_after:
        return [*found, "with another fingerprint"]
    if not _same_issuer(old.issuer, new.issuer):
        found.append("of another issuer")
    if old.names_digest != new.names_digest:
        found.append("for other names")
    if datetime.fromisoformat(new.not_after) <= datetime.fromisoformat(old.not_after):
        found.append("that lapses no later")
    return found


def _same_issuer(old: str, new: str) -> bool:
    """Authorities sign by several certificates in turn ("CN=R12,O=Let's Encrypt,C=US"): their organisation counts."""
    organisations = _organisations(old)
    return old == new or bool(organisations and organisations == _organisations(new))


def _organisations(name: str) -> Sequence[str]:
    return [attribute for attribute in _ATTRIBUTE.findall(name) if attribute.startswith("O=")]


def _compared(old: Served, new: Served, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """What differs, before and now; what does not, once."""
    rows = (
        ("Issuer", old.issuer, new.issuer),
        ("Names", old.names, new.names),
        ("Key", old.key, new.key),
        ("Valid from", _shown(old.not_before, zone), _shown(new.not_before, zone)),
        ("Valid until", _shown(old.not_after, zone), _shown(new.not_after, zone)),
        ("SHA-256", old.fingerprint, new.fingerprint),
    )
    for label, before, now in rows:
        if before == now:
            yield label, f"{now}, as before"
        else:
            yield f"{label} before", before or "not known"
            yield f"{label} now", now


def _shown(instant: str, zone: tzinfo) -> str:
    return moment(datetime.fromisoformat(instant), zone) if instant else ""


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _remember(memory: Memory, kept: _Memory) -> None:
    value: dict[str, Json] = {
        "served": list(kept.served),
        "since": kept.since,
        "before": kept.before,
        "known": list(kept.known),
        "told": list(kept.told),
        "is_restless": kept.is_restless,
    }
    memory.set(_KEY, value)


def _is_the_first(kept: Json, leaf: Certificate) -> bool:
    """Whether it is the only one ever seen: so at nearly every look, which therefore reads no more than this."""
    match kept:
        case {"since": None, "served": [fingerprint, *_]}:
            return fingerprint == leaf.fingerprint_sha256
    return False


def _recalled(memory: Memory) -> _Memory | None:
    """None at first sight, and where what was kept cannot be read."""
    match memory.get(_KEY):
        case {"served": [*served], "since": since, "before": before, "known": [*known], **more}:
            kept = _Memory(Served(*map(str, served)), _text(since), _text(before), tuple(map(str, known)))
            return kept._replace(told=_texts(more.get("told")), is_restless=more.get("is_restless") is True)
    match memory.get(_OLD_KEY):
        case {"fingerprint": str(fingerprint), "since": since, "before": before}:
            both = (_text(before), fingerprint)
            return _Memory(Served(fingerprint), _text(since), both[0], tuple(one for one in both if one is not None))
    return None


def _texts(value: object) -> tuple[str, ...]:
    """None in what earlier releases kept."""
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
