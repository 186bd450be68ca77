"""What the status codes of a registry mean for whoever depends on the name.

Codes: RFC 5731 §2.3 (EPP domains), RFC 3915 §3.1 (grace periods), RFC 8056 §2 (as RDAP writes them), and ICANN's
pages that explain them, whose addresses registries put behind the code.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.fault import Fault, gravest_first
from checks.model import Cause, Status

#: Words kept of a status that is no EPP code.
MAX_LENGTH = 60

#: More statuses than a name can have.
MAX_STATUSES = 30


@dataclass(frozen=True, slots=True)
class Meaning:
    status: Status
    cause: Cause
    text: str


def _fine(text: str) -> Meaning:
    return Meaning(Status.OK, Cause.NONE, text)


def _held(text: str) -> Meaning:
    return Meaning(Status.CRITICAL, Cause.ON_HOLD, text)


def _lapsed(text: str) -> Meaning:
    # Not NOT_REGISTERED: until it is released, the name is still its holder's to save, or at least nobody else's.
    return Meaning(Status.CRITICAL, Cause.EXPIRED, text)


#: Every code of the three documents, in EPP's spelling.
MEANINGS = {
    "ok": _fine("nothing stands against it"),
    "linked": _fine("other objects refer to it"),
    "clientDeleteProhibited": _fine("the registrar refuses to delete it"),
    "clientRenewProhibited": _fine("the registrar refuses to renew it"),
    "clientTransferProhibited": _fine("the registrar refuses to transfer it"),
    "clientUpdateProhibited": _fine("the registrar refuses to change it"),
    "serverDeleteProhibited": _fine("the registry refuses to delete it"),
    "serverRenewProhibited": _fine("the registry refuses to renew it"),
    "serverTransferProhibited": _fine("the registry refuses to transfer it"),
    "serverUpdateProhibited": _fine("the registry refuses to change it"),
    "clientHold": _held("the registrar has taken it out of the DNS, for example because it was not paid"),
    "serverHold": _held("the registry has taken it out of the DNS"),
    "inactive": _held("the registry has no name servers for it, so it does not resolve"),
    "redemptionPeriod": _lapsed("it was deleted and can only be restored, for a fee and for about 30 days"),
    "pendingRestore": _lapsed("it was deleted and is being restored; the registry waits for the registrar's report"),
    "pendingDelete": _lapsed("it is being deleted and will be released for anyone to register"),
    "pendingCreate": _fine("its registration is being worked on"),
    "pendingRenew": _fine("its renewal is being worked on"),
    "pendingTransfer": _fine("a transfer to another registrar is under way"),
    "pendingUpdate": _fine("a change of it is being worked on"),
    "addPeriod": _fine("it was registered a few days ago"),
    "autoRenewPeriod": _fine("the registry has moved its date by itself; unless it is paid, that is taken back"),
    "renewPeriod": _fine("it was renewed a few days ago"),
    "transferPeriod": _fine("it was transferred a few days ago"),
}

#: RDAP's words that are not EPP's (RFC 8056 §2).
_OTHER_WORDS = {"active": "ok", "associated": "linked"}

_SQUEEZED = {code.lower(): code for code in MEANINGS} | _OTHER_WORDS
_ADDRESS = re.compile(r"\(?<?https?://\S*")


def normalised(text: str) -> str:
    """The EPP code that `text` spells ("client hold", "clientHold https://icann.org/epp#clientHold"), or its words.

    Words that are no code are kept, as they came, at most 60 characters: registries have their own.
    """
    words = " ".join(_ADDRESS.sub(" ", text[:1000]).split()).strip(" .,;")
    return _SQUEEZED.get(re.sub(r"[\s_-]+", "", words).lower(), words[:MAX_LENGTH])


def normalised_all(texts: Iterable[str]) -> frozenset[str]:
    """Every status in `texts`, of which one may hold several ("clientHold, serverHold")."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _parts(text):
            if (code := normalised(part)) and len(found) < MAX_STATUSES:
                found[code] = None
    return frozenset(found)


def judged(statuses: Iterable[str]) -> Sequence[Fault]:
    """What is wrong by the statuses, gravest first; `text` stands behind the domain's name.

    Words that are no EPP code say nothing.
    """
    known = ((code, MEANINGS[code]) for code in sorted(statuses) if code in MEANINGS)
    return gravest_first(
        Fault(meaning.cause, meaning.status, f"has the status {code}: {meaning.text}")
        for code, meaning in known
        if meaning.status is not Status.OK
    )


def is_date_provisional(statuses: Iterable[str]) -> bool:
    """Whether the expiry was moved by the registry's auto-renewal and may be taken back (RFC 3915 §3.1)."""
    return "autoRenewPeriod" in statuses


def _parts(text: str) -> Sequence[str]:
    words = _ADDRESS.sub(" ", text[:1000]).split()
    if len(words) > 1 and all(word.strip(",;").lower() in _SQUEEZED for word in words):
        return words
    return re.split(r"[,;]", text[:1000])
