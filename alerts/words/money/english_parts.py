"""Parts of sentences about money in English."""

from alerts.words.due import moved_to
from alerts.words.escape import one_line
from alerts.words.money.said import Said


def told_word(said: Said, first: str, again: str) -> str:
    return again if said.is_told_again else first


def money_of(said: Said) -> str:
    """Like "Rs 134,000 to Acme Mail (Pvt) Ltd"."""
    return f"{said.amount} to {said.vendor}" if said.amount and said.vendor else said.scene.summary


def thing_of(said: Said) -> str:
    """The same with its bill."""
    if not (said.amount and said.vendor):
        return said.scene.summary
    return f"{money_of(said)}, bill {said.bill}" if said.bill else money_of(said)


def before_verb(said: Said) -> str:
    """The same where its sentence goes on."""
    return f"{thing_of(said)}," if said.amount and said.vendor and said.bill else thing_of(said)


def hangs_on_it(said: Said) -> str:
    whom = said.scene.departments
    return f"What hangs on it: {said.scene.title}{f' for {whom}' if whom else ''}." if said.scene.service else ""


def settled(said: Said) -> str:
    return f"The matter with the provider of {said.scene.title} is settled" if said.is_over else ""


def ending(said: Said, what: str, thing: str = "") -> str:
    """The subject of an end; "" while it stands."""
    if not said.is_over:
        return ""
    named, deadline = thing or thing_of(said), said.scene.incident.deadline
    if deadline is not None and (moved := moved_to(said.scene, deadline)):
        return f"{named}: in time again, the next day to act is {moved}"
    reason = reason_of(said)
    return reason if named and reason.startswith(named) else f"{named}: {reason or what}"


def reason_of(said: Said) -> str:
    """Why it ended, without the name that its kind has for it."""
    reason = one_line(said.scene.incident.close_reason, 200).rstrip(". ")
    told = reason.removeprefix(said.scene.subject)
    return told.removeprefix(" is over").lstrip(": ") if told != reason else reason


def capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
