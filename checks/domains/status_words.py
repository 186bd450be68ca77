"""What registries say of a name in words of their own, where they do not use the codes of EPP.

Read as plain English, and only where nothing in the words says otherwise: "Domain is Registered", "NOT DELEGATED",
"Suspended for non-payment", "Delete forbidden". The words are those of the layouts that public WHOIS servers show, and
of RFC 9083 §10.2.2.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")

#: Words of which a harmless status is made, and of nothing else.
_HARMLESS = frozenset(
    {
        "ok", "active", "registered", "connected", "connect", "delegated", "verified", "validated", "paid", "published",
        "valid", "live", "normal", "assigned", "allocated", "granted", "enabled", "complete", "completed", "confirmed",
        "renewed", "approved", "private", "proxy", "obscured", "verifiedid", "sg",
        "domain", "name", "registration", "is", "the", "and", "in", "zone", "use", "dns", "until", "expiry", "date",
    }
)  # fmt: skip
_JOINING = frozenset(
    {"domain", "name", "registration", "is", "the", "and", "in", "zone", "use", "dns", "until", "expiry", "date", "sg"}
)

#: "Delete forbidden", "Transfer Locked", "deleteProhibited": what may not be done to a name that works.
_GUARD = re.compile(
    r"(?:transfer|delet(?:e|ion)|update|renew(?:al)?|change)s?[\W_]*(?:is[\W_]*)?"
    r"(?:prohibited|forbidden|locked|lock|denied|restricted|disallowed|not[\W_]*allowed|allowed)\b",
    re.IGNORECASE,
)
_AROUND_A_GUARD = frozenset({"registrar", "registry", "sponsoring", "client", "server", "by"})

_EXPIRED = re.compile(
    r"expired|lapsed|delet|redemption|quarantin|cancel|terminat|revok|withdrawn|pending\W?restor|\breleas",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"suspend|hold\b|inactive|deactivat|disabl|block|frozen|disconnect|undelegated|out of (?:the )?(?:zone|dns)|outzone"
    r"|\b(?:not|no|non)[\W_]+(?:\w+[\W_]+)?(?:delegated|active|activated|connected|published|in (?:the )?(?:zone|dns)"
    r"|into (?:the )?zone)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|never|without)[\W_]+(?:(?:been|on|yet|a|any)[\W_]+)*"
    r"(?:suspend|hold\b|expired|lapsed|delet|inactive|quarantin|block|deactivat|disabl|frozen|cancel|terminat)",
    re.IGNORECASE,
)


def says_nothing_bad(status: str) -> bool:
    rest = _GUARD.sub(" ", status)
    words = _words(rest)
    if rest != status:
        return words <= _HARMLESS | _AROUND_A_GUARD
    return words <= _HARMLESS and bool(words - _JOINING)


def says_expired(status: str) -> bool:
    return _says(_EXPIRED, status)


def says_held(status: str) -> bool:
    return _says(_HELD, status)


def says_locked(status: str) -> bool:
    """RFC 9083 §10.2.2: no changes can be made; by one's own wish or by another's, which the word does not tell."""
    return bool(_words(status) & {"locked", "lock"})


def telling_part(words: str, length: int) -> str:
    """At most `length` characters of `words`: the beginning, or those that tell of a fault."""
    found = _EXPIRED.search(words) or _HELD.search(words)
    start = max(0, found.end() - length) if found else 0
    return words[start : start + length].strip()


def _says(pattern: re.Pattern[str], status: str) -> bool:
    return bool(pattern.search(_GUARD.sub(" ", status))) and not _DENIED.search(status)


def _words(status: str) -> frozenset[str]:
    return frozenset(_WORD.findall(status.lower()))
