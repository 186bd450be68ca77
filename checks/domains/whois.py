"""Reading what a WHOIS server says of a domain (RFC 3912): text in a hundred layouts, of which only dates that are
labelled as the expiry of the very name asked for are believed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import idna

from checks.domains.dates import Layout, order_text
from checks.domains.domain_name import BadNameError, a_label
from checks.domains.expiry import with_expiry
from checks.domains.registration import (
    EXCERPT_LENGTH,
    NotRegisteredError,
    RateLimitedError,
    Registration,
    Source,
    UnreadableError,
    host_names,
)
from checks.domains.statuses import is_known, judged, normalised_all
from checks.domains.whois_fields import Field, Line, fields_of, label_of, lines_of, text_of
from checks.domains.whois_labels import (
    BEGINNINGS,
    DOMAIN,
    EXPIRY,
    NAME_SERVERS,
    PERHAPS_STATUSES,
    REFERRALS,
    REGISTRAR,
    REGISTRARS_EXPIRY,
    RENEWAL,
    SECTION_NAME,
    STATUSES,
    WITHOUT_COLON,
)
from checks.domains.whois_refusal import is_limited, is_negative
from checks.domains.whois_sections import foreign_lines

_BEFORE_DATE = re.compile(
    rf"({'|'.join(WITHOUT_COLON)})[ .]+(?=[0-9]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[ ,])",
    re.IGNORECASE,
)
_DOMAIN_WITHOUT_COLON = re.compile(r"domain(?: name)? +(\S+)", re.IGNORECASE)
#: A label that may announce the expiry in words nobody told us of.
_LIKE_EXPIRY = re.compile(r"expir|paid|renew|valid (?:un)?til|valid to")
_DATED = re.compile(r"[0-9]{4}")


def parse_whois(raw: bytes, domain: str, *, now: datetime, layout: Layout | None = None) -> Registration:
    """The registration of `domain` (A-label form) as one answer of a WHOIS server states it.

    `layout` is what that server is known to write. The registry's date wins over the registrar's, which is taken, and
    marked, only where nothing else is there. Raises
    - UnreadableError: no text, about another name or about none, a date that is cut off, unreadable or labelled in
      words nobody knows; AmbiguousDateError: a date that could be two days, or several;
    - RateLimitedError: a quota or a ban instead of an answer;
    - NotRegisteredError: only where a known form of words says so near the beginning, and nothing in the answer
      looks like a registration.
    """
    text = text_of(raw)
    lines = lines_of(text)
    foreign = foreign_lines(lines)
    fields = [*fields_of(lines), *_without_colon(lines)]
    echoed = _echoed(fields, lines, domain)
    if echoed - {domain}:
        raise UnreadableError(f"the answer is about {min(echoed - {domain})}, not about {domain}", text)
    if not _describes(fields):
        raise _refusal(text, domain)
    if not echoed:
        raise UnreadableError(f"the answer does not say that it is about {domain}", text)
    return _registration(_Parted(fields, foreign), domain, now, layout)


class _Parted:
    """The fields of an answer, and those of them that speak of the domain by where they stand."""

    def __init__(self, fields: Sequence[Field], foreign: frozenset[int]) -> None:
        self.all = fields
        self.own = [field for field in fields if field.line not in foreign]
        self.others = [field for field in fields if field.line in foreign]


def _registration(parted: _Parted, domain: str, now: datetime, layout: Layout | None) -> Registration:
    fields = parted.all
    dates = _labelled(parted.own, EXPIRY | RENEWAL if layout and layout.is_renewal_expiry else EXPIRY)
    chosen = dates or _labelled(parted.own, REGISTRARS_EXPIRY)
    rest = Registration(
        domain=domain,
        expires_at=None,
        expiry_text=", ".join(field.value for field in chosen)[:200],
        registrar=_registrar(fields),
        name_servers=host_names(_first_word(value) for value in _values(fields, NAME_SERVERS)),
        statuses=_statuses(parted),
        source=Source.WHOIS,
        raw_excerpt=_excerpt(fields),
        referral=_first_word(next(iter(_values(fields, REFERRALS)), "")),
    )
    _check_whole(chosen, rest)
    if not chosen:
        _check_none_elsewhere(parted.others, rest)
        _check_none_missed(fields, rest)
    dated = with_expiry(rest, [_dated(field) for field in chosen], now=now, layout=layout)
    return replace(dated, is_registrars_date=dated.expires_at is not None and not dates)


def _statuses(parted: _Parted) -> frozenset[str]:
    """Under "state" stands a province as well, in answers that tell addresses: there only what is known is read.

    What another section says of itself is the domain's only where it is a fault: better one too many.
    """
    perhaps = normalised_all(_values(parted.own, PERHAPS_STATUSES))
    of_others = normalised_all(_values(parted.others, STATUSES))
    return (
        normalised_all(_values(parted.own, STATUSES))
        | frozenset(filter(is_known, perhaps))
        | frozenset(status for status in of_others if is_known(status) and judged([status]))
    )


def _check_none_elsewhere(others: Sequence[Field], rest: Registration) -> None:
    for field in _labelled(others, EXPIRY | REGISTRARS_EXPIRY):
        if any(map(_DATED.search, field.values)):
            reason = f'"{field.label_text[:60]}" stands in a section that may be about something else than the domain'
            raise UnreadableError(reason, rest.raw_excerpt, rest)


def _check_whole(dates: Sequence[Field], rest: Registration) -> None:
    if any(not field.is_complete for field in dates):
        raise UnreadableError("the answer ends within the date of expiry", rest.raw_excerpt, rest)


def _check_none_missed(fields: Sequence[Field], rest: Registration) -> None:
    for field in fields:
        if _LIKE_EXPIRY.search(field.label) and _DATED.search(field.value):
            reason = f'"{field.label_text[:60]}" may be the date of expiry, in words that are not known'
            raise UnreadableError(reason, rest.raw_excerpt, rest)


def _refusal(text: str, domain: str) -> NotRegisteredError | RateLimitedError | UnreadableError:
    if is_limited(text):
        return RateLimitedError("the registry says that too much was asked, or bars us", text)
    if is_negative(text, _spellings(domain)):
        return NotRegisteredError(f"the registry says that {domain} is not registered", text)
    return UnreadableError("the answer says nothing of a registration", text)


def _describes(fields: Iterable[Field]) -> bool:
    """Whether anything looks like a registration; a status alone may say that there is none."""
    telling = EXPIRY | RENEWAL | REGISTRARS_EXPIRY | NAME_SERVERS | BEGINNINGS | frozenset(REGISTRAR)
    return any(field.label in telling and field.values for field in fields)


def _echoed(fields: Iterable[Field], lines: Iterable[Line], domain: str) -> frozenset[str]:
    """The names the answer says it is about, in A-label form."""
    labelled = frozenset(_names(_values(fields, DOMAIN)))
    if labelled:
        return labelled
    plain = (_DOMAIN_WITHOUT_COLON.match(line.text) for line in lines)
    in_sections = (value for value in _values(fields, SECTION_NAME) if value.lower() == domain)
    return frozenset(_names([*(found[1] for found in plain if found), *in_sections]))


def _names(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        word = _first_word(text).rstrip(".")
        try:
            if "." in word:
                yield a_label(word)
        except BadNameError:
            yield word


def _without_colon(lines: Sequence[Line]) -> Iterator[Field]:
    for place, line in enumerate(lines):
        if found := _BEFORE_DATE.match(line.text):
            yield Field(label_of(found[1]), found[1], (line.text[found.end() :].strip(),), line.is_complete, place)


def _labelled(fields: Iterable[Field], labels: frozenset[str]) -> Sequence[Field]:
    return [field for field in fields if field.label in labels]


def _values(fields: Iterable[Field], labels: frozenset[str]) -> Sequence[str]:
    return [value for field in fields if field.label in labels for value in field.values]


def _registrar(fields: Sequence[Field]) -> str:
    named = (field.value for label in REGISTRAR for field in fields if field.label == label)
    return next(filter(None, named), "")[:200]


def _dated(field: Field) -> str:
    """The date, with the order of its parts that the label announces behind it."""
    return f"{field.value} {order_text(field.label_text)}".strip()


def _first_word(text: str) -> str:
    return next(iter(text.split()), "")


def _spellings(domain: str) -> Sequence[str]:
    try:
        return (domain, idna.decode(domain))
    except (idna.IDNAError, UnicodeError):
        return (domain,)


def _excerpt(fields: Iterable[Field]) -> str:
    """The lines that were read: neither the holder's nor anybody's address is among them."""
    read = (
        EXPIRY
        | RENEWAL
        | REGISTRARS_EXPIRY
        | DOMAIN
        | NAME_SERVERS
        | STATUSES
        | PERHAPS_STATUSES
        | frozenset(REGISTRAR)
    )
    return "\n".join(f"{f.label_text.strip()}: {', '.join(f.values)}" for f in fields if f.label in read)[
        :EXCERPT_LENGTH
    ]
