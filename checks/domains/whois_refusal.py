"""Answers of a WHOIS server that describe no registration: it will not tell, or it knows no such name."""

import re
from collections.abc import Iterable, Sequence

#: Where such an answer says it: before any terms of use, which speak of limits as well.
FIRST_LINES = 12

_MAX_LINE = 200

_LIMITED = re.compile(
    r"(?:quota|limit|allowance)s? (?:has been |is |was |been )?(?:exceeded|reached|hit)"
    r"|exceeded (?:the|your|its|our|a)?\s?(?:[a-z]+ ){0,4}(?:quota|limit|rate|number|allowance|quer)"
    r"|too many (?:\w+ ){0,3}(?:requests|queries|connections|lookups|attempts)"
    r"|(?:queried|querying|requests?|queries) too (?:often|fast|frequently|quickly|many)"
    r"|(?:try|query|come|ask) (?:again|back) (?:later|in|after)|slow down"
    r"|(?:ip|address|access|client|you)\S* (?:\S+ ){0,4}(?:blocked|blacklisted|banned|denied|barred|throttled)"
    r"|(?:access|connection|query|request) (?:is |was |has been )?(?:denied|refused|rejected|limited|throttled)"
    r"|temporarily (?:unable|unavailable|blocked|denied|suspended)"
    r"|rate[- ]limit(?:ed|ing)?\b"
)

_NAME = "@"
_ABOUT = rf"(?:(?:for|about|on|of) )?(?:the )?(?:domain )?(?:name )?{_NAME}"
#: With the asked name in the line ("@").
_NEGATIVE_OF_NAME = re.compile(
    rf"no (?:match|matches|match found|data|data found|entries|entries found|object found|record|records|record found"
    r"|records found|information|information available|information found|such domain)"
    rf" {_ABOUT}(?: (?:was |were )?found)?(?: in (?:the |our )?(?:database|registry))?"
    rf"|(?:domain |object )?not (?:found|registered)(?: in (?:the )?(?:database|registry))? {_ABOUT}"
    rf"|(?:the )?(?:requested )?(?:domain )?(?:name )?{_NAME}"
    r" (?:(?:was |is |has )?not (?:found|registered|been registered|exist)|does not exist|no match|no match found"
    r"|is free|is available|is available for registration|is available for purchase)"
    r"(?: in (?:the |our )?(?:database|registry))?"
)

#: A whole line without the name, where the answer describes nothing else.
_NEGATIVES = frozenset(
    {
        "no match", "no match found", "no matches found", "no matching record", "no matching records",
        "no matching records found", "no entries found", "no entries found in the selected source", "no data found",
        "no data was found to match the request criteria", "domain not found", "not found", "object not found",
        "no object found", "object does not exist", "the queried object does not exist",
        "the queried object does not exist no matching objects found", "domain does not exist",
        "the domain does not exist", "no such domain", "not registered", "domain not registered",
        "the domain has not been registered", "this domain name has not been registered",
        "no records found", "no record found", "no information found", "nothing found", "status free",
        "status available", "domain status available", "domain status no object found", "domain status free",
    }
)  # fmt: skip


def is_limited(text: str) -> bool:
    """Whether the first lines say that too much was asked, or that we are barred."""
    return any(_LIMITED.search(" ".join(line.lower().split())) for line in _first_lines(text))


def is_negative(text: str, spellings: Iterable[str]) -> bool:
    """Whether one of the first lines is, in whole, a known way to say that the name (in one of its spellings) is not
    registered. Sense is for the caller to make of everything else in the answer.
    """
    names = [spelling.lower() for spelling in spellings]
    return any(_is_negative_line(line.lower(), names) for line in _first_lines(text))


def _is_negative_line(line: str, names: Sequence[str]) -> bool:
    for name in names:
        line = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", _NAME, line)
    words = " ".join(re.sub(rf"[^\w{_NAME}]+", " ", line).split())
    words = words.removeprefix("error ").removeprefix("101 ")
    return words in _NEGATIVES or _NEGATIVE_OF_NAME.fullmatch(words) is not None


def _first_lines(text: str) -> Sequence[str]:
    lines = (line.strip() for line in text[:20_000].replace("\r", "\n").split("\n"))
    return [line[:_MAX_LINE] for line in lines if line.strip("%#*-=> ")][:FIRST_LINES]
