"""Codes of currencies, so that three letters beside an amount are not taken for one."""

import re
from typing import Final

#: ISO 4217, list one, without metals, funds and test codes; with those that ended since 2025, as bills still name them.
CURRENCIES: Final = frozenset(
    re.findall(
        "[A-Z]{3}",
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
        CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
        HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
        MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
        RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
        UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """,
    )
)
#: Codes that are words as well, or near to one: only capitals make them currencies.
_WORDS: Final = frozenset(re.findall("[A-Z]{3}", "ALL BAM BOB COP CUP GEL LAK MAD MOP NAD PEN SAR SOS TOP TRY"))


def currency_named(word: str, own: str = "PKR") -> str:
    """The code that `word` beside an amount is; `own` is taken whether the list of codes has it or not.

    Raises ValueError that says what is right.
    """
    code = word.upper()
    if code == own or (code in CURRENCIES and (word == code or code not in _WORDS)):
        return code
    raise ValueError("three letters that are no currency (ISO 4217); write 134000 PKR, or the number alone")
