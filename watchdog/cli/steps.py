"""Steps of a ladder in words: "20wd" is what settings call it."""

import re

from alerts.wording import count

_LEAD = re.compile(r"([0-9]+)(wd|d|h|m)")
_SHARE = re.compile(r"[0-9]+%")
_UNITS = {"wd": "working day", "d": "day", "h": "hour", "m": "minute"}

#: Rungs that follow the last day begin with these words.
_AFTER = {"overdue": "overdue", "withdrawn": "no longer listed"}


def step_words(rung: str) -> str:
    """Like "10 working days ahead"; "" for what is no step of ours."""
    if _SHARE.fullmatch(rung):
        return f"with {rung} of its lifetime left"
    lead = _LEAD.fullmatch(rung)
    if lead is None:
        return _AFTER.get(rung.partition(" ")[0], "")
    number = int(lead[1])
    return f"{count(number, _UNITS[lead[2]])} ahead" if number else "on the last day"
