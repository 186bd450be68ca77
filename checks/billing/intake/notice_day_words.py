"""The words around a date that say what it is the date of, in English and Urdu."""

import re
from typing import Final

from checks.billing.intake.notice import DayMeaning

_DUE: Final = re.compile(
    r"\b(?:due\s*(?:date|by|on|for\s+payment)?|pay(?:able|ment|ments)?|paid|settle[d]?|clear(?:ed|ance)?|deposit(?:ed)?|remit(?:ted)?"
    r"|last\s+date|on\s+or\s+before|no(?:t)?\s+later\s+than|latest\s+by|deadline|received)\b"
    r"|آخری\s+تاریخ|واجب\s*الادا|ادائیگی|ادا\s+کر|جمع\s+کر|مقررہ\s+تاریخ",
    re.IGNORECASE,
)
_SUSPENSION: Final = re.compile(
    r"\b(?:suspen(?:d|ded|sion)|disconnect(?:ed|ion)?|cut[\s-]?off|terminat(?:e|ed|ion)|de-?activat(?:e|ed|ion)"
    r"|discontinu(?:e|ed|ance)|withdrawn|barred|blocked|switched\s+off|shut\s+down)\b(?!\s+(?:notice|letter|warning))"
    r"|منقطع|معطل|بند\s+کر|کاٹ\s+دی",
    re.IGNORECASE,
)
_ISSUED: Final = re.compile(
    r"\b(?:dated|(?:issue|invoice|bill|billing|notice|letter|statement|printing)\s+date|date\s+of\s+(?:issue|invoice|bill)|issued(?:\s+on)?"
    r"|date\s*:|dt\b|reminder(?:\s+letter)?\s+of|letter\s+of|sent|notice\s+of)|مورخہ|تاریخ\s+اجرا|بتاریخ|تاریخ\s*:",
    re.IGNORECASE,
)
_PERIOD: Final = re.compile(
    r"\b(?:billing\s+)?period\b|\bfor\s+the\s+months?\b|\bbilling\s+month\b|\bfrom\b(?!\s*$)|\bquarter\b|\bsince\b|کے\s+دوران|مدت",
    re.IGNORECASE,
)
#: What something hangs on.
WEIGHTY: Final = frozenset({DayMeaning.DUE, DayMeaning.SUSPENSION})
PATTERNS: Final = {
    DayMeaning.DUE: _DUE,
    DayMeaning.SUSPENSION: _SUSPENSION,
    DayMeaning.ISSUED: _ISSUED,
    DayMeaning.PERIOD: _PERIOD,
}
#: They say what can be avoided, not what happens then.
AVOIDED: Final = re.compile(
    r"\b(?:(?:to|and)\s+(?:avoid|prevent)|unless|until)\b[^.\n]{0,60}|\bnon-?payment\b|عدم\s+ادائیگی|تاکہ[^۔\n]{0,60}|سے\s+بچنے[^۔\n]{0,40}",
    re.IGNORECASE,
)
#: What was paid, put off or split up has other days than those it is told of by.
NOT_PLAIN: Final = re.compile(
    r"\b(?:received\s+your|thank(?:s|ing)?|paid\s+on|(?:was|been)\s+(?:paid|received|restored)|extend(?:ed|sion)|postponed?"
    r"|deferred|instead\s+of|re-?scheduled|instal?lments?)\b|قسط|توسیع|ملتوی|شکریہ",
    re.IGNORECASE,
)
#: A label right before its date leaves nothing to doubt.
LABELS: Final = {
    DayMeaning.DUE: re.compile(
        r"(?:due\s+(?:date|by|on)|last\s+date(?:\s+(?:of|for)\s+payment)?|pay(?:able|ment\s+due)?\s+(?:by|on\s+or\s+before)"
        r"|آخری\s+تاریخ|مقررہ\s+تاریخ)(?:\s+(?:is|was|of|ہے))?[\s:=.-]{0,6}$",
        re.IGNORECASE,
    ),
    DayMeaning.SUSPENSION: re.compile(
        r"(?:suspen(?:d|ded|sion)|disconnect(?:ed|ion)|cut[\s-]?off|terminat(?:ed|ion)|de-?activated|discontinued|shut\s+down|withdrawn|barred)"
        r"(?:\s+(?:date|is|be|without\s+(?:any\s+)?further\s+notice))?\s*(?:on|from|after|w\.?e\.?f\.?|with\s+effect\s+from|by|:)?[\s:]{0,3}(?:the\s+)?"
        r"(?:(?:morning|evening|night|close)\s+of\s+)?$",
        re.IGNORECASE,
    ),
}
