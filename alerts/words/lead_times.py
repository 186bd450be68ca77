"""Steps of a ladder in words: how far ahead of its end each is told."""

import re

from alerts.words.wording import count

# Names of rungs, see checks.deadline.
_LEAD = re.compile(r"([0-9]{1,9})(wd|d|h|m)")
_UNITS = {"wd": "working day", "d": "day", "h": "hour", "m": "minute"}
_SHARE = re.compile(r"[0-9]{1,3}/[0-9]{1,4}")


def lead_words(rung_name: str) -> str:
    """How far ahead a step of the ladder is, in words; "" for a rung that is no step of it."""
    if _SHARE.fullmatch(rung_name):
        return f"with {rung_name} of its lifetime left"
    lead = _LEAD.fullmatch(rung_name)
    if lead is None:
        return ""
    number = int(lead[1])
    return f"{count(number, _UNITS[lead[2]])} ahead" if number else "on the last day"
