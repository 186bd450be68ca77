"""Which column of a list is what: by the names offices give them, English and Urdu, or as it is declared."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from checks.billing.intake.script import folded
from checks.billing.refusal import BadCell, BillsRefusedError

REQUIRED: Final = ("vendor", "number", "amount", "due")

#: A mapping to this leaves a column unread.
UNREAD: Final = "-"

_NAMES: Final[Mapping[str, str]] = {
    "vendor": "vendor id|vendor name|supplier|supplier name|payee|company|firm|party|seller|وینڈر|سپلائر|کمپنی|فرم",
    "number": "bill no|bill number|bill #|invoice|invoice no|invoice number|invoice id|inv no|no of bill|"
    "بل نمبر|انوائس نمبر|بل",
    "amount": "bill amount|invoice amount|total|total amount|amount payable|"
    "net payable|amount pkr|amount rs|رقم|کل رقم",
    "currency": "cur|ccy|کرنسی",
    "due": "due date|due on|payable by|pay by|last date|last day|payment due|due day|آخری تاریخ|واجب الادا تاریخ",
    "suspends": "suspend|suspension|suspension date|disconnection|disconnection date|cut off|cut off date|بندش|"
    "بندش کی تاریخ",
    "service": "service id|for service|سروس|خدمت",
    "office": "office id|paying office|دفتر",
    "contract": "contract id|contract no|agreement|po|po no|معاہدہ",
    "received": "received on|received date|date received|diary date|receipt date|وصولی کی تاریخ|موصول",
    "settled_on": "settled|settled date|paid on|vendor received on|date of payment|ادائیگی کی تاریخ",
    "evidence": "proof|receipt|receipt no|reference|ref|ثبوت|رسید",
    "notes": "note|remarks|remark|comment|comments|description|کیفیت|تفصیل",
    "stage": "status|at stage|current stage|مرحلہ",
}

#: What an export of ours says beside that; nothing of it is read.
OWN: Final = frozenset(
    {"key", "since", "act_by", "cuts_off", "remaining", "standing", "disputed", "held_until", "blocked"}
)

KNOWN: Final = tuple(_NAMES)

_BY_WORD: Final[Mapping[str, str]] = {
    folded(word): column for column, words in _NAMES.items() for word in (column, *words.split("|"))
}
_OWN_WORDS: Final = frozenset(map(folded, OWN))
_ALIKE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Columns:
    """What each cell of a row is: a known column, or "" where nothing is read."""

    names: tuple[str, ...]
    unread: tuple[str, ...] = ()
    """Headings of columns that nobody reads."""
    bare: tuple[int, ...] = ()
    """Places, from 0, of columns without a heading."""
    amount: int = 0
    """The place of the amount, which nobody can leave out."""
    behind_amount: str = UNREAD
    """What the next column is; UNREAD where there is none."""


def recognised(cells: Sequence[str], mapping: Mapping[str, str]) -> int:
    """How many of these cells are headings."""
    return len({name for cell in cells if (name := _column(cell, _by_heading(mapping)))})


def columns_of(
    row: int, cells: Sequence[str], mapping: Mapping[str, str], given: AbstractSet[str] = frozenset()
) -> Columns:
    """`given` need no column. Raises BillsRefusedError with all that is wrong with the headings."""
    asked = _by_heading(mapping)
    names = [_column(cell, asked) for cell in cells]
    problems = _unmet(row, cells, mapping)
    unread: list[str] = []
    for place, (cell, name) in enumerate(zip(cells, names, strict=True), start=1):
        word = folded(cell)
        if name or not word or word in _OWN_WORDS or asked.get(word) == UNREAD:
            continue
        if like := get_close_matches(word, _BY_WORD, 1, _ALIKE):
            text = f'nearly "{_BY_WORD[like[0]]}", but not quite; write that, or map the column'
            problems.append(BadCell(row, f"column {place}", text))
        else:
            unread.append(" ".join(cell.split())[:60])
    problems += [
        BadCell(row, name, "two columns are this one; map the other to -") for name in KNOWN if names.count(name) > 1
    ]
    problems += [BadCell(row, name, _missing(name)) for name in REQUIRED if name not in given and name not in names]
    if problems:
        raise BillsRefusedError(problems)
    amount = names.index("amount")
    return Columns(
        tuple(names),
        tuple(unread),
        bare=tuple(place for place, cell in enumerate(cells) if not cell.strip()),
        amount=amount,
        behind_amount=next(iter(names[amount + 1 :]), UNREAD),
    )


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises ValueError for what is mapped to no column that there is."""
    for heading, column in mapping.items():
        if column not in KNOWN and column != UNREAD:
            raise ValueError(f'"{heading}" is mapped to no column that we know; there are {", ".join(KNOWN)}, and -')


def _by_heading(mapping: Mapping[str, str]) -> Mapping[str, str]:
    return {folded(heading): column for heading, column in mapping.items()}


def _column(cell: str, asked: Mapping[str, str]) -> str:
    word = folded(cell)
    if word in asked:
        return "" if asked[word] == UNREAD else asked[word]
    found = _BY_WORD.get(word, "")
    return "" if found in asked.values() else found  # what is mapped comes from nowhere else


def _unmet(row: int, cells: Sequence[str], mapping: Mapping[str, str]) -> list[BadCell]:
    there = set(map(folded, cells))
    return [
        BadCell(row, column, "the heading that is mapped to it is not in this list")
        for heading, column in mapping.items()
        if folded(heading) not in there
    ]


def _missing(name: str) -> str:
    return f'this column is missing; name it so in the first row, or map yours to it: "Your heading={name}"'
