"""From the dates an answer states to the one that is believed, or to none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from checks.domains.dates import AmbiguousTextError, DateTextError, Layout, StatedDate, parse_date
from checks.domains.registration import AmbiguousDateError, Registration, UnreadableError

# The same day told with a zone and without one: less than a day apart.
_SAME_DAY = timedelta(days=1)

#: What registries write where they withhold a date.
_WITHHELD = frozenset({"", "-", "none", "n/a", "na", "null", "not defined", "not set", "not disclosed", "never"})


def is_withheld(text: str) -> bool:
    plain = " ".join(text.lower().split()).strip(" .*")
    return plain in _WITHHELD or "redacted" in plain[:40] or plain.startswith(("not available", "data protected"))


def with_expiry(
    rest: Registration, texts: Sequence[str], *, now: datetime, layout: Layout | None = None
) -> Registration:
    """`rest` with the date that all of `texts` state, the earliest instant where they are parts of one day.

    Raises AmbiguousDateError where one could be two days or two are different days, UnreadableError where one cannot
    be read; both carry `rest`. Texts by which a date is withheld say nothing.
    """
    told = [(_read(text, rest, now, layout), text) for text in texts if not is_withheld(text)]
    if not told:
        return rest
    (first, text), (last, _) = min(told), max(told)
    if last.at - first.at >= _SAME_DAY:
        reason = f"the answer states several dates of expiry, from {first.at:%Y-%m-%d} to {last.at:%Y-%m-%d}"
        raise AmbiguousDateError(reason, rest.raw_excerpt, rest)
    return replace(rest, expires_at=first.at, precision=first.precision, expiry_text=text)


def _read(text: str, rest: Registration, now: datetime, layout: Layout | None) -> StatedDate:
    try:
        return parse_date(text, now=now, layout=layout)
    except AmbiguousTextError as error:
        raise AmbiguousDateError(_told(text, error), rest.raw_excerpt, rest) from None
    except DateTextError as error:
        raise UnreadableError(_told(text, error), rest.raw_excerpt, rest) from None


def _told(text: str, error: DateTextError) -> str:
    return f'the date of expiry, "{text[:80]}", cannot be relied on: {error}'
