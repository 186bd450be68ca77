"""What the status codes of a registry mean for whoever depends on the name.

Codes: RFC 5731 §2.3 (EPP domains), RFC 3915 §3.1 (grace periods), RFC 8056 §2 (as RDAP writes them), and ICANN's
pages that explain them, whose addresses registries put behind the code.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checks.domains.status_words import says_expired, says_held, says_locked, says_nothing_bad, telling_part
from checks.fault import Fault, gravest_first
from checks.model import Cause, Status

#: Characters kept of a status that is no EPP code.
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

#: Our own word for what a source no longer lists although it did before.
NO_NAME_SERVERS = "no name servers"

#: Words for the same that are not EPP's: RDAP's (RFC 8056 §2), NIC.it's hold, and the long name of one grace period.
_OTHER_WORDS = {
    "active": "ok",
    "associated": "linked",
    "dnshold": "serverHold",
    "autorenewgraceperiod": "autoRenewPeriod",
}

_SQUEEZED = {code.lower(): code for code in MEANINGS} | _OTHER_WORDS
_ADDRESS = re.compile(r"[(<]*(?:https?://|www\.|icann\.org)\S*", re.IGNORECASE)
#: NIC.it writes "pendingDelete / redemptionPeriod", RDAP servers "Client Hold (clientHold)".
_BETWEEN = re.compile(r"[,;/|()]")
_MAX_TEXT = 1000


def normalised(text: str) -> str:
    """The EPP code that `text` spells ("client hold", "clientHold https://icann.org/epp#clientHold"), or its words.

    Words that are no code are kept, as they came, at most 60 characters, those that tell of a fault among them.
    """
    words = " ".join(_ADDRESS.sub(" ", text[:_MAX_TEXT]).split()).strip(" .,;")
    return _SQUEEZED.get(_squeezed(words)) or telling_part(words, MAX_LENGTH)


def normalised_all(texts: Iterable[str]) -> frozenset[str]:
    """Every status in `texts`, of which one may hold several ("clientHold, serverHold", "ok / autoRenewPeriod")."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _parts(text):
            # A date is no status: "Connected (2027/06/30)".
            if any(map(str.isalpha, part)) and (code := normalised(part)) and len(found) < MAX_STATUSES:
                found[code] = None
    return frozenset(found)


def judged(statuses: Iterable[str]) -> Sequence[Fault]:
    """What is wrong by the statuses, gravest first; `text` stands behind the domain's name.

    Words that are no EPP code are judged by what they plainly say; what nobody knows is UNKNOWN, never fine.
    """
    return gravest_first(fault for status in sorted(statuses) for fault in _faults(status))


def _faults(status: str) -> Iterator[Fault]:
    if meaning := MEANINGS.get(status):
        if meaning.status is not Status.OK:
            yield Fault(meaning.cause, meaning.status, f"has the status {status}: {meaning.text}")
    elif status == NO_NAME_SERVERS:
        words = "has no name servers any more, says the registry: the domain does not resolve"
        yield Fault(Cause.ON_HOLD, Status.CRITICAL, words)
    elif says_nothing_bad(status):
        pass
    elif says_expired(status):
        yield Fault(Cause.EXPIRED, Status.CRITICAL, f'has the status "{status}": it has lapsed or is being deleted')
    elif says_held(status):
        words = "it is suspended or taken out of the DNS, for example because it was not paid"
        yield Fault(Cause.ON_HOLD, Status.CRITICAL, f'has the status "{status}": {words}')
    elif says_locked(status):
        words = "nobody can change it; ask the registrar who locked it, unless you did"
        yield Fault(Cause.ON_HOLD, Status.WARNING, f'has the status "{status}": {words}')
    else:
        words = "ask the registrar whether it holds the domain"
        yield Fault(Cause.UNPARSABLE, Status.UNKNOWN, f'has a status we do not know: "{status}"; {words}')


def is_known(status: str) -> bool:
    """Whether the words of `normalised` say anything to us."""
    return not any(fault.status is Status.UNKNOWN for fault in _faults(status))


def is_date_provisional(statuses: Iterable[str]) -> bool:
    """Whether the expiry was moved by the registry's auto-renewal and may be taken back (RFC 3915 §3.1)."""
    return "autoRenewPeriod" in statuses


def _parts(text: str) -> Iterator[str]:
    for part in _BETWEEN.split(_ADDRESS.sub(" ", text[:_MAX_TEXT])):
        words = part.split()
        if len(words) > 1 and all(_squeezed(word) in _SQUEEZED for word in words):
            yield from words
        else:
            yield part


def _squeezed(words: str) -> str:
    return re.sub(r"[\s._-]+", "", words).lower()
