"""How cells of a workbook show their numbers: as a day, or as money of a currency that stands in no cell."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from unicodedata import category

from checks.billing.intake.amounts import RUPEES
from checks.billing.intake.cells import NumberCell
from checks.billing.intake.script import plain
from checks.billing.intake.sheet_parts import fed
from checks.billing.intake.sheet_zip import SheetZip
from checks.currencies import currency_named

#: Formats that stand in no workbook (ECMA-376, part 1, 18.8.30): days, and money in the dress of its writer's country,
#: which Excel spells out where it uses them; who does not means the dollars of the standard's own language.
_DAY_FORMATS: Final = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
_DOLLAR_FORMATS: Final = frozenset({5, 6, 7, 8, 42, 44})
_NO_CODE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DAY_CODE: Final = re.compile("[yYdD]")
#: Excel takes 255.
_MAX_CODE_CHARS: Final = 1_000

_PIECES: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<symbol>[^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].|(?P<bare>.)', re.DOTALL
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_RUPEE: Final = "Rs"
#: "PRs" is how Windows writes it in some of its versions; PKR is a code, and read as one.
_RUPEE_WORDS: Final = (RUPEES | {"prs"}) - {"pkr"}
_OURS: Final = frozenset({_RUPEE, "PKR"})
_DOLLARS: Final = frozenset(
    re.findall(
        "[A-Z]{3}",
        "ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD UYU "
        "XCD",
    )
)
#: Whose money a sign may be; no other sign is taken.
_OF_SIGN: Final = {
    _RUPEE: frozenset({"PKR", "INR", "LKR", "NPR", "MUR", "SCR"}),
    "$": _DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"EGP", "FKP", "GBP", "GIP", "SHP", "SSP"}),
    "¥": frozenset({"CNY", "JPY"}),
    "₹": frozenset({"INR"}),
}
#: Codes that are written bare or in quotes, and are no word besides.
_OFTEN_BARE: Final = _DOLLARS | frozenset(
    re.findall("[A-Z]{3}", "AED CHF CNY EUR GBP INR JPY KWD MYR OMR PKR QAR SAR TRY")
)
_SHOWN_CHARS: Final = 10


@dataclass(frozen=True, slots=True)
class CellFormat:
    is_day: bool = False
    money: str = ""
    """The currency beside a number: three letters, or a sign."""


PLAIN: Final = CellFormat()


@dataclass(slots=True)
class _Styles:
    """The format of every style of cells, by its place."""

    found: list[CellFormat] = field(default_factory=list)
    _codes: dict[str, str] = field(default_factory=dict)
    _read: dict[str, CellFormat] = field(default_factory=dict)
    _is_within: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:_MAX_CODE_CHARS]
        elif name == "cellXfs":
            self._is_within = True
        elif name == "xf" and self._is_within:
            number = attributes.get("numFmtId", "0")
            if number not in self._read:
                self._read[number] = self._format(number)
            self.found.append(self._read[number])

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_within = False

    def text(self, text: str) -> None:
        """Styles have none."""

    def _format(self, number: str) -> CellFormat:
        code = self._codes.get(number)
        if code is not None:
            return format_of(code)
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0  # noqa: PLR2004
        return CellFormat(is_day=place in _DAY_FORMATS, money="$" if place in _DOLLAR_FORMATS else "")


def formats_of(archive: SheetZip) -> Sequence[CellFormat]:
    """By the place of a style."""
    styles = _Styles()
    fed(archive.part("xl/styles.xml"), styles)
    return styles.found


def format_of(code: str) -> CellFormat:
    """What a code such as `[$Rs-420] #,##0.00` shows beside its numbers; of several currencies one that is not ours."""
    if _DAY_CODE.search(_NO_CODE.sub("", code.partition(";")[0])) is not None:
        return CellFormat(is_day=True)
    found = list(_money(code))
    return CellFormat(money=next((one for one in found if one not in _OURS), found[0] if found else ""))


def check_shown(cell: NumberCell, currency: str) -> None:
    """Raises ValueError where the format of a number says that it is no money of `currency`."""
    if cell.money and currency not in _OF_SIGN.get(cell.money, {cell.money}):
        raise ValueError(
            f"formatted as {cell.money}, where the list says {currency}; if that is its currency, write three letters "
            "such as USD in a column currency, else format it as a plain number"
        )


def _money(code: str) -> Iterator[str]:
    shown = ""
    for piece in _PIECES.finditer(code):
        if symbol := plain(piece["symbol"] or ""):
            # What no list has is a currency too: it stands where formats name one.
            yield from list(_named(symbol, is_sign=True)) or [symbol[:_SHOWN_CHARS]]
        shown += piece["quoted"] or piece["escaped"] or _sign(piece["bare"] or "")
    yield from _named(plain(shown))


def _sign(bare: str) -> str:
    """All else that stands bare holds the place of a digit."""
    return bare if bare and category(bare) == "Sc" else " "


def _named(text: str, *, is_sign: bool = False) -> Iterator[str]:
    """`is_sign` where formats name a currency; elsewhere a word such as ALL or TOP is only a word."""
    yield from (letter for letter in text if category(letter) == "Sc")
    for word in _WORD.findall(text):
        if word.lower() in _RUPEE_WORDS:
            yield _RUPEE
        elif len(word) == 3 and (is_sign or word.upper() in _OFTEN_BARE):  # noqa: PLR2004  # letters of ISO 4217
            with suppress(ValueError):
                yield currency_named(word)
