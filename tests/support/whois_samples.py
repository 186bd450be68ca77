"""Answers of invented WHOIS servers in the layouts that real ones use, each with the date it truly means.

A file of tests/domains/samples/whois is one layout: a head (how the date is written, what is known of the server,
what is expected), "---", and the answer with <<domain>>, <<expiry>> and dates that mean something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from checks.domains.dates import DayOrder, Layout

FOLDER = Path(__file__).parents[1] / "domains" / "samples" / "whois"

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DOMAIN = "kp-office.gov.pk"

#: As the registry means them, on its own clock.
TRUE_DATES = (
    datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC),
    datetime(2030, 5, 5, 5, 5, 5, tzinfo=UTC),
    datetime(2027, 10, 11, 10, 11, 12, tzinfo=UTC),
    datetime(2029, 3, 4, 0, 30, 0, tzinfo=UTC),
    datetime(2036, 8, 13, 18, 7, 6, tzinfo=UTC),
    datetime(2026, 9, 1, 1, 2, 3, tzinfo=UTC),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    name: str
    raw: bytes
    truth: datetime
    """The instant the registry means, or the start of the day (UTC) where it names a day."""
    expect: Literal["date", "either", "unknown"]
    """"either": numbers whose order nobody announces."""
    layout: Layout
    expiry_text: str

    @property
    def is_readable(self) -> bool:
        """Whether the date must be read, for one of "either" because only one day is possible."""
        return self.expect == "date" or (
            self.expect == "either" and (self.truth.day > 12 or self.truth.day == self.truth.month)
        )


@lru_cache(maxsize=1)
def samples() -> Sequence[Sample]:
    return [_sample(path, date) for path in sorted(FOLDER.iterdir()) for date in TRUE_DATES]


def _sample(path: Path, date: datetime) -> Sample:
    head_text, _, body = path.read_text(encoding="utf-8").partition("---\n")
    head = dict(line.split(": ", 1) for line in head_text.splitlines())
    local = date.replace(hour=0, minute=0, second=0) if "midnight" in head else date
    expiry_text = local.strftime(head["expiry"])
    names = {
        "domain": DOMAIN,
        "DOMAIN": DOMAIN.upper(),
        "expiry": expiry_text,
        "created": "2003-05-06T07:08:09Z",
        "changed": "2026-06-07T08:09:10Z",
        "later": f"{date.year + 1}-04-30T10:11:12Z",
    }
    for name, text in names.items():
        body = body.replace(f"<<{name}>>", text)
    return Sample(
        name=f"{path.stem} {date:%Y-%m-%d}",
        raw=body.encode(),
        truth=_truth(local, head),
        expect=_expected(head.get("expect", "date")),
        layout=Layout(order=DayOrder(head["order"]) if "order" in head else None, is_renewal_expiry="renewal" in head),
        expiry_text=expiry_text,
    )


def _truth(local: datetime, head: dict[str, str]) -> datetime:
    if head.get("precision") != "instant":
        return local.replace(hour=0, minute=0, second=0)
    zone = head.get("zone", "+0000")
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    return local + offset if zone[0] == "-" else local - offset


def _expected(word: str) -> Literal["date", "either", "unknown"]:
    match word:
        case "date" | "either" | "unknown":
            return word
        case _:
            raise ValueError(word)
