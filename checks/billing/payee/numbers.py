"""Numbers by which a payee is known: how people print them, and the one form they are compared in.

Digits of any script are taken (people copy from Urdu letters), spaces and dashes are grouping. The errors say what
would be right and never repeat the number: that of a person is nobody's business.
"""

import re
import unicodedata
from typing import Final

_NTN_DIGITS: Final = 7
_LONG_DIGITS: Final = 13
_MASKED: Final = "•"

#: Hyphen-minus, U+2010 to U+2015, the minus sign.
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_NTN: Final = re.compile("([0-9A-Z][0-9]{6})(?:-?[0-9])?|([0-9A-Z][0-9]{5})-([0-9])", re.ASCII)
#: What may be left of an NTN that begins with zeros.
_SHORTENED: Final = re.compile("[0-9]{4,6}", re.ASCII)
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_PK_IBAN: Final = re.compile(r"PK[0-9]{2}[A-Z]{4}[0-9A-Z]{16}")

#: First digit of an identity card: the province it was issued for (1 Khyber Pakhtunkhwa, 2 former tribal areas,
#: 3 Punjab, 4 Sindh, 5 Balochistan, 6 Islamabad, 7 Gilgit-Baltistan, 8 Azad Kashmir).
_PROVINCES: Final = frozenset("12345678")
_GENDERS: Final = frozenset("123456789")


def parse_ntn(text: str) -> str:
    """The seven signs of a national tax number: "1234567-8" (its check digit dropped), "066744-0", "0667440".

    Digits, but for some numbers that begin with a letter. How the check digit is reckoned is not published, so the
    shape is all that can be judged.
    """
    match = _NTN.fullmatch(_plain(text).upper())
    if match is None:
        raise ValueError("an NTN is seven digits, with a check digit behind a dash where one is printed: 1234567-8")
    return match[1] or match[2] + match[3]


def parse_strn(text: str) -> str:
    """The 13 digits of a sales tax registration, printed 12-34-5678-901-23; it has no check digit."""
    digits = _digits(text)
    if len(digits) != _LONG_DIGITS:
        raise ValueError("an STRN is 13 digits, such as 12-34-5678-901-23")
    return digits


def parse_cnic(text: str) -> str:
    """The 13 digits of an identity card, printed 12345-1234567-1: place, person, gender. It has no check digit."""
    digits = _digits(text)
    if len(digits) != _LONG_DIGITS:
        raise ValueError("a CNIC is 13 digits, grouped 5-7-1")
    if digits[0] not in _PROVINCES:
        raise ValueError("a CNIC begins with the digit of its province, 1 to 8; look for a slip of the pen")
    if digits[-1] not in _GENDERS:
        raise ValueError("the last digit of a CNIC is not 0; look for a slip of the pen")
    return digits


def parse_iban(text: str) -> str:
    """An account number whose check digits hold: rearranged, it is 1 modulo 97 (ISO 13616-1, clause 5).

    One of Pakistan is 24 long: PK, two check digits, four letters of the bank, sixteen signs of the account (IBAN
    Registry of SWIFT, entry PK). Letters print it in groups, with dashes, in small letters: the compact form is one.
    """
    plain = _plain(text).replace("-", "")
    compact = plain.upper() if plain.isascii() else plain
    if not _IBAN.fullmatch(compact):
        raise ValueError("must be an IBAN: two letters, two digits, then letters and digits")
    if compact.startswith("PK") and not _PK_IBAN.fullmatch(compact):
        raise ValueError("an IBAN of Pakistan is PK, two digits, four letters of the bank and 16 signs of the account")
    if int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 != 1:
        raise ValueError("not a valid IBAN: its check digits do not fit; look for a slip of the pen")
    return compact


def listed_number(text: str) -> str | None:
    """The number of a row of a taxpayer list as it is looked up: an NTN (parse_ntn), or 13 digits of a CNIC or STRN.

    A spreadsheet that took an NTN for a quantity has dropped its leading zeros, and perhaps put ".0" behind it. None
    where it is no such number.
    """
    plain = _plain(text).removesuffix(".0").upper()
    if len(digits := _digits(plain)) == _LONG_DIGITS:
        return digits
    if match := _NTN.fullmatch(plain):
        return match[1] or match[2] + match[3]
    return plain.zfill(_NTN_DIGITS) if _SHORTENED.fullmatch(plain) else None


def masked(number: str) -> str:
    """A number of a person as others may see it, the last four signs only: "•••••••••1234"."""
    plain = _plain(number).replace("-", "")
    return _MASKED * max(len(plain) - 4, 0) + plain[-4:] if len(plain) > 4 else _MASKED * len(plain)  # noqa: PLR2004


def _digits(text: str) -> str:
    plain = _plain(text)
    return plain.replace("-", "") if _is_grouped(plain) else ""


def _is_grouped(plain: str) -> bool:
    """Groups of digits with a dash between."""
    return re.fullmatch("[0-9]+(-[0-9]+)*", plain) is not None


def _plain(text: str) -> str:
    """ASCII digits for those of any script, plain dashes, no spaces."""
    flat = text.translate(_DASHES)
    return "".join(_ascii_digit(sign) for sign in flat if not sign.isspace())


def _ascii_digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
