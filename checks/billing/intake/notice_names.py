"""Who writes a notice, about which bills, and how earnest it is. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from checks.billing.intake.notice import Flag, FoundFlag, FoundNumber, FoundVendor, KnownBy
from checks.billing.intake.notice_lines import passage
from checks.estate import Vendor
from checks.invoice import bill_key

_MAX_NUMBERS: Final = 40
#: Names of firms and short ids of two letters stand in too many texts by chance.
_SHORTEST_NAME: Final = 3
_SHORTEST_NUMBER: Final = 4

_LABELLED: Final = re.compile(
    r"\b(?:invoice|bill|inv|demand\s+note)s?\s*(?:no\.?|number|nos\.?|#|id|ref\.?)?\s*[:#.=-]?\s*((?=[A-Z/_-]{0,12}[0-9])[A-Z0-9][A-Z0-9/_-]{1,38})"
    r"|(?:بل|انوائس)\s*(?:نمبر|نمبرز)\s*[:#-]?\s*([A-Z0-9][A-Z0-9/_-]{1,38})",
    re.IGNORECASE,
)
_TAX_NUMBER: Final = re.compile(r"(?<![\w-])([0-9]{6,7}-?[0-9](?:-?[0-9])?)(?![\w-])")
_TOKEN: Final = re.compile(r"(?<![\w/-])[A-Za-z0-9][A-Za-z0-9/_-]{2,38}(?![\w])")

_FLAGS: Final[Mapping[Flag, re.Pattern[str]]] = {
    Flag.FINAL: re.compile(
        r"\b(?:final|last)\s+(?:notice|reminder|warning|demand|call|opportunity)\b"
        r"|(?:آخری|حتمی)\s+(?:نوٹس|انتباہ|یاد\s*دہانی|موقع)",
        re.IGNORECASE,
    ),
    Flag.SUSPENSION: re.compile(
        r"\b(?:suspen(?:d|ded|sion)|disconnect(?:ed|ion)?|cut[\s-]?off|terminat(?:ed|ion)|de-?activat(?:ed|ion)|discontinued?|barred|shut\s+down"
        r"|withdrawn)\b|منقطع|معطل|بند\s+کر|کاٹ\s+دی",
        re.IGNORECASE,
    ),
    Flag.REMINDER: re.compile(r"\bremind(?:er|ed)?\b|\boverdue\b|یاد\s*دہانی", re.IGNORECASE),
    Flag.LEGAL: re.compile(
        r"\b(?:legal\s+(?:notice|action|proceedings?)|court|litigation|recovery\s+(?:suit|proceedings?)|arrears\s+of\s+land\s+revenue|advocate)\b"
        r"|قانونی\s+(?:کارروائی|کاروائی|نوٹس)|عدالت",
        re.IGNORECASE,
    ),
}
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|without|neither|nor)\b[^.,;\n]{0,24}$|\bdisregard\b[^.\n]{0,60}$|\bto\s+avoid\s+(?:any\s+)?confusion\b$",
    re.IGNORECASE,
)
_DENIED_AFTER: Final = re.compile(r"^[^۔\n]{0,40}(?:نہیں|نہ\s+کی|has\s+been\s+(?:lifted|withdrawn|cancelled))")


def vendors_in(text: str, vendors: Mapping[str, Vendor], numbers: Iterable[FoundNumber]) -> tuple[FoundVendor, ...]:
    """`numbers` are those of bills that stand in the text."""
    found = [*_by_tax_number(text, vendors), *_by_bill(numbers), *_by_name(text, vendors)]
    return tuple(dict.fromkeys(found))


def numbers_in(text: str, bills: Collection[str]) -> tuple[FoundNumber, ...]:
    """Of `bills`, keys of what is open, and of those that the text calls a bill. In their order, each once."""
    by_number: dict[str, list[str]] = {}
    for key in bills:
        by_number.setdefault(key.partition("/")[2], []).append(key)
    found: dict[str, FoundNumber] = {}
    for match, number in _written(text, by_number):
        plain = _bare(number)
        keys = by_number.get(plain, [])
        known = keys[0] if len(keys) == 1 else None
        place = passage(text, match.start(), match.end())
        found.setdefault(plain, FoundNumber(number=number, bill=known, passage=place))
    return tuple(found.values())[:_MAX_NUMBERS]


def flags_in(text: str) -> tuple[FoundFlag, ...]:
    """Each once, from where it stands first and is not denied."""
    return tuple(
        FoundFlag(flag=flag, passage=passage(text, match.start(), match.end()))
        for flag, words in _FLAGS.items()
        if (match := next((one for one in words.finditer(text) if not _is_denied(text, one)), None)) is not None
    )


def _is_denied(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(match.start() - 70, 0) : match.start()], text[match.end() : match.end() + 60]
    return _DENIED.search(before) is not None or _DENIED_AFTER.search(after) is not None


def _written(text: str, by_number: Collection[str]) -> Iterator[tuple[re.Match[str], str]]:
    for match in _LABELLED.finditer(text):
        yield match, (match[1] or match[2]).rstrip("-/_")
    for match in _TOKEN.finditer(text):
        number = match[0].rstrip("-/_")
        plain = _bare(number)
        if len(plain) >= _SHORTEST_NUMBER and plain in by_number and any(char.isdigit() for char in plain):
            yield match, number


def _bare(number: str) -> str:
    """As keys of bills have it."""
    return bill_key("", number).removeprefix("/")


def _by_tax_number(text: str, vendors: Mapping[str, Vendor]) -> Iterator[FoundVendor]:
    digits: dict[str, list[str]] = {}
    for vendor in vendors.values():
        if vendor.ntn and len(plain := "".join(filter(str.isdigit, vendor.ntn))) >= 7:  # noqa: PLR2004  # digits of one
            digits.setdefault(plain[:7], []).append(vendor.id)
    for match in _TAX_NUMBER.finditer(text):
        for vendor_id in digits.get(match[1].replace("-", "")[:7], ()):
            yield FoundVendor(
                vendor=vendor_id, by=KnownBy.TAX_NUMBER, passage=passage(text, match.start(), match.end())
            )


def _by_bill(numbers: Iterable[FoundNumber]) -> Iterator[FoundVendor]:
    for found in numbers:
        if found.bill is not None:
            yield FoundVendor(vendor=found.bill.partition("/")[0], by=KnownBy.BILL_NUMBER, passage=found.passage)


def _by_name(text: str, vendors: Mapping[str, Vendor]) -> Iterator[FoundVendor]:
    for vendor in vendors.values():
        for by, name in ((KnownBy.NAME, vendor.name), (KnownBy.ID, vendor.id)):
            match = _naming(name).search(text) if len(name) >= _SHORTEST_NAME else None
            if match is not None:
                yield FoundVendor(vendor=vendor.id, by=by, passage=passage(text, match.start(), match.end()))


def _naming(name: str) -> re.Pattern[str]:
    """`name` as whole words, however they are spaced, with or without its legal form."""
    bare = re.sub(
        r"[\s,.()]*(?:\(?\s*(?:pvt|private|smc)\.?\s*\)?)?[\s,.]*(?:ltd|limited)?\.?\s*$", "", name, flags=re.IGNORECASE
    )
    words = [re.escape(word) for word in (bare or name).split()]
    return re.compile(r"(?<!\w)" + r"[\s,.()-]{1,3}".join(words) + r"(?!\w)", re.IGNORECASE)
