"""Days of contracts, and bills that were waited for, in English."""

from typing import Final

from alerts.words.money.english_parts import capital, ending, hangs_on_it, reason_of, settled, told_word
from alerts.words.money.said import Said, Wording
from checks.billing import labels

#: By how the subject of a contract's day ends: the setting that ends what is told of it.
_KEYS: Final = {
    "tender": "tender_begun",
    "notice": "notice_given",
    "exit rehearsal": "exit_rehearsed",
    "end": "ends",
}


def settled_by(subject: str) -> tuple[str, str]:
    """The id of the contract, and the setting that ends what is told of its day; "" where none is known."""
    found = ((subject.removesuffix(f" {end}"), key) for end, key in _KEYS.items() if subject.endswith(f" {end}"))
    return next(found, ("", ""))


def contract_in_english(said: Said) -> Wording:
    if said.at is None:
        return _missing(said)
    matter = said.fact(labels.MATTER)
    act = f"{matter} by {said.day}" if matter else f"by {said.day}"
    was = f"{matter} was due {said.day}" if matter else f"was due {said.day}"
    over, when = ending(said, "seen to", said.scene.summary), was if said.is_past else act
    thing = f"{said.scene.summary}: {when}"
    ahead = f"A matter with the provider of {said.scene.title} has to be seen to by {said.day}"
    return Wording(
        word="OVERDUE" if said.is_past else told_word(said, "DUE", "REMINDER"),
        subject=over or thing,
        lead=(f"{capital(over)}.",) if over else (f"{capital(thing)}.", hangs_on_it(said)),
        lay=capital(over or thing),
        about=said.scene.summary if over else f"{said.scene.summary} {'was due' if said.is_past else 'by'} {said.day}",
        kind=settled(said) or ahead,
        ends=_ends(said),
    )


def _ends(said: Said) -> str:
    contract, key = settled_by(said.scene.subject)
    if not key:
        return "It ends when the contract in the settings says something else."
    if key == "ends":
        return f"It ends when its new last day, ends: DAY, stands at contracts: {contract} in the settings."
    return f"It ends when its day, {key}: DAY, stands at contracts: {contract} in the settings."


def _missing(said: Said) -> Wording:
    """A bill that should have come by now."""
    matter, who = said.fact(labels.MATTER), said.vendor or "the vendor"
    reason = reason_of(said)
    over = f"bill of {who} that was waited for{f': {reason}' if reason else ''}" if said.is_over else ""
    do = f"{capital(matter)}." if matter else ""
    return Wording(
        word=told_word(said, "MISSING", "STILL MISSING"),
        subject=over or said.scene.summary.removeprefix("no ").partition(";")[0],
        lead=(f"{capital(over)}.",) if over else (f"{capital(said.scene.summary)}.", do, hangs_on_it(said)),
        lay=capital(over or said.scene.summary),
        about=f"bill of {who}" if over else said.scene.summary.removeprefix("no ").partition(": ")[0],
        kind=settled(said) or f"A letter of the provider of {said.scene.title} is waited for",
        ends="It ends when the bill is written down (nigehban invoices add).",
    )
