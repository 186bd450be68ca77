"""Money that was sent for a bill and came back: what a kind says of it, read once, and in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.words.escape import one_line
from checks.billing import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBack:
    """As a kind wrote it: escape it for its medium."""

    day: str
    why: str
    much: str
    """The sum, where it is another than the bill asks for."""
    is_unfounded: bool
    """Nothing is on record as sent."""


def money_back(facts: Mapping[str, str]) -> MoneyBack | None:
    """None where none came back."""
    day, _, why = facts.get(labels.CAME_BACK, "").partition(": ")
    if not day:
        return None
    return MoneyBack(day=day, why=why, much=facts.get(labels.SUM_BACK, ""), is_unfounded=labels.SENT_BEFORE in facts)


def word_of_money_back(facts: Mapping[str, str]) -> str:
    """First of a subject. What the bill asks for follows: it is not what came back, where a part did."""
    back = money_back(facts)
    if back is None or not (back.much or back.is_unfounded):
        return "MONEY CAME BACK"
    sent = ", none on record as sent" if back.is_unfounded else ""
    return f"MONEY CAME BACK{' ' if back.much else ''}{_much(back)}{sent}, open now"


def owed_again(facts: Mapping[str, str]) -> str:
    """A sentence, with a blank behind it; "" where none came back."""
    back = money_back(facts)
    if back is None:
        return ""
    much = _much(back)
    if back.is_unfounded:
        return f"{much or 'Money'} is said to have come back on {_when(back)}; none is on record as sent. "
    what = f"Of the money that was sent {much}" if much else "The money"
    return f"{what} came back on {_when(back)}; the bill is owed again. "


def beside_money_back(facts: Mapping[str, str]) -> str:
    """The same as a part of a sentence, behind what it is about."""
    back = money_back(facts)
    if back is None:
        return ""
    much = _much(back)
    if back.is_unfounded:
        return f"; {much or 'money'} is said to have come back on {_when(back)}, though none is on record as sent"
    return f"; {f'{much} of the money' if much else 'the money'} that was sent came back on {_when(back)}"


def _much(back: MoneyBack) -> str:
    return one_line(back.much, 40)


def _when(back: MoneyBack) -> str:
    return one_line(f"{back.day}: {back.why}" if back.why else back.day, 200)
