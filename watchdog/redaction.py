"""The floor under every log line: known shapes of secrets and personal numbers are masked.

A floor, not the rule: secrets are not formatted in the first place. It errs on the side of hiding.
"""

import math
import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "***"

#: Schemes whose URLs name a place. In all others (Apprise's, say) any part may be a token, so nothing is shown.
_PLAIN_SCHEMES: Final = "https?|smtps?|imaps?|pop3s?|tcp|tls|dns|ldaps?|whois|rdap|file|unix|sqlite|postgresql"

_SENSITIVE_WORD: Final = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|(?:access|auth|bot|refresh)?[_-]?token|api[_-]?key|private[_-]?key)"
)

_SHAPES: Final = (
    # PEM keys, whole.
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
    # user:password@ in a URL; everything of a URL whose scheme is not a plain one.
    (re.compile(rf"\b((?:{_PLAIN_SCHEMES})://)[^\s/?#\"'<>]*@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (
        re.compile(rf"\b(?!(?:{_PLAIN_SCHEMES})://)([a-z][a-z0-9+.-]{{1,40}}://)[^\s\"'<>]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # What is asked of a page: it may hold a key.
    (re.compile(r"\b(https?://[^\s?#\"'<>]*)\?[^\s#\"'<>]+", re.IGNORECASE), rf"\1?{HIDDEN}"),
    # A signed link: whoever has it may do what it says.
    (re.compile(r"/answer/[A-Za-z0-9_=.-]+"), f"/answer/{HIDDEN}"),
    # Header fields that carry credentials, to the end of the line.
    (
        re.compile(r"\b((?:proxy-)?authorization|(?:set-)?cookie)\b[\"']?\s*[:=][^\r\n]*", re.IGNORECASE),
        rf"\1: {HIDDEN}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # SMTP, POP3 and IMAP credentials (RFC 4954 §4, RFC 1939 §7, RFC 9051 §6.2.3).
    (re.compile(r"\bAUTH(?:ENTICATE)?\s+([A-Z][A-Z0-9-]+)\s+[A-Za-z0-9+/=]+", re.IGNORECASE), rf"AUTH \1 {HIDDEN}"),
    (re.compile(r"\b(PASS|LOGIN)[ \t]+(?![=:])\S[^\r\n]*"), rf"\1 {HIDDEN}"),
    # word=value, "word": "value".
    (
        re.compile(rf"({_SENSITIVE_WORD})([\"']?\s*[=:]\s*)(?:\"[^\"]*\"?|'[^']*'?|[^\s,;&)}}\]]+)", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    # A Pakistani identity card number (CNIC), five, seven and one digit.
    (re.compile(r"\b\d{5}-\d{7}-\d\b"), "*****-*******-*"),
)

_SENSITIVE_NAME: Final = re.compile(rf"(?:^|_)(?:{_SENSITIVE_WORD}|authorization|cookie)$", re.IGNORECASE)


def redact_text(text: str) -> str:
    """`text` with what looks like a secret masked."""
    for shape, shown in _SHAPES:
        text = shape.sub(shown, text)
    return text


def redact(value: object, name: str = "") -> object:
    """`value` fit for a log: numbers, booleans and None as they are, all else as masked text, to any depth."""
    if name and _SENSITIVE_NAME.search(name):
        return HIDDEN
    match value:
        case float() if not math.isfinite(value):
            return str(value)  # JSON has no word for it
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {redact_text(str(key)): redact(held, str(key)) for key, held in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact(held) for held in value]
        case _:
            return redact_text(str(value))
