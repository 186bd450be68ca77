"""A vendor's bill as the estate knows it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from checks.units import Money

#: U+2010 to U+2015 and the minus sign are dashes; NFKC turns full-width ones into these, but not the digits of Arabic
#: and Urdu keyboards into plain ones.
_SPELLINGS: Final = {
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
    **{zero + digit: str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
}
_PARTINGS: Final = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One bill. Only `settled_on` together with `evidence` closes it; dates are days of the paying office."""

    vendor: str
    number: str
    amount: Money
    due: date
    suspends: date | None = None
    """The day the vendor has said it cuts the service off, if it has."""
    service: str | None = None
    office: str | None = None
    settled_on: date | None = None
    evidence: str = ""
    """What proves the settlement: the vendor's receipt number, a letter's reference."""

    @property
    def key(self) -> str:
        """What makes two spellings one bill: "acme/inv7" for INV-7, "inv 7" and "Inv7" of the vendor acme.

        Typographic dashes, full-width letters and Urdu digits, which spreadsheets and phones put in, count no more.
        What parts two digits does count, as one dash, however it is written: 2026-1-12 is not 2026-11-2.
        """
        return bill_key(self.vendor, self.number)

    def is_settled(self, today: date) -> bool:
        """Whether it is closed: settled on a day that has come, with something that proves it."""
        return self.settled_on is not None and self.settled_on <= today and bool(self.evidence.strip())


def bill_key(vendor: str, number: str) -> str:
    """As Invoice.key has it; a key is its own key."""
    plain = _plain(_plain(_plain(number)))  # letters that a dash parted may be one without it, and fold anew
    return f"{vendor}/{plain}"


def _plain(number: str) -> str:
    spelled = normalize("NFKC", number).translate(_SPELLINGS)
    return normalize("NFKC", _PARTINGS.sub(_between_digits, spelled).casefold())


def _between_digits(parting: re.Match[str]) -> str:
    text, start, end = parting.string, parting.start(), parting.end()
    return "-" if text[start - 1 : start].isdigit() and text[end : end + 1].isdigit() else ""


def former_key(key: str) -> str:
    """The key of the same bill where nothing counted that parts two digits."""
    vendor, slash, number = key.partition("/")
    return f"{vendor}{slash}{number.replace('-', '')}"
