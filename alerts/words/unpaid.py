"""Bills that may lie behind an outage, said before anything else."""

import re
from typing import Final

from alerts.debt import Debt
from alerts.incident import Nature
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.wording import count
from checks.model import Cause
from checks.wording import local

#: What checks that met the vendor's own page or answer say of it; where the bill is known they say it a second time.
_LIKELY_REASON: Final = "likely reason"
_IN_BRACKETS: Final = re.compile(rf" \({_LIKELY_REASON}: [^)]*\)")


def unpaid(scene: Scene) -> str:
    """Like "probably unpaid: INV-7, Rs 134,000, 12 days past due"; "" where no bill is known to lie behind it."""
    debts = scene.incident.debts
    if not debts or scene.incident.nature is not Nature.FAULT:
        return ""
    others = f"; and {count(len(debts) - 1, 'other bill')}" if len(debts) > 1 else ""
    why = "the vendor has cut it off, unpaid" if scene.incident.cause is Cause.SUSPENDED else "probably unpaid"
    return f"{why}: {_bill(debts[0], scene)}{others}"


def unpaid_sentence(scene: Scene) -> str:
    said = unpaid(scene)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def still_unpaid(scene: Scene) -> str:
    """At the end of an outage: the service is back, the bill is not paid by that; "" where none is known."""
    debts = scene.incident.debts
    if not debts or scene.incident.nature is not Nature.FAULT:
        return ""
    others = f"; and {count(len(debts) - 1, 'other bill')}" if len(debts) > 1 else ""
    return f"Still not settled, as far as we know: {_bill(debts[0], scene)}{others}."


def _bill(debt: Debt, scene: Scene) -> str:
    said = [one_line(debt.number, 60), debt.amount, past_due(debt, scene)]
    if debt.cause is Cause.BLOCKED:
        said.append("its payment is blocked")
    if debt.is_disputed:
        said.append("it is disputed")
    return ", ".join(filter(None, said))


def past_due(debt: Debt, scene: Scene) -> str:
    """In calendar days, as people count them."""
    days = days_past_due(debt, scene)
    if days < 0:
        return f"due {scene.day(debt.due_at)}"
    return f"{count(days, 'day')} past due" if days else "due today"


def days_past_due(debt: Debt, scene: Scene) -> int:
    return local(scene.event.at, scene.zone).toordinal() - local(debt.due_at, scene.zone).toordinal()


def without_likely_reason(scene: Scene, said: str) -> str:
    """`said` by a check, without its guess at what the bill itself says better."""
    return _IN_BRACKETS.sub("", said) if unpaid(scene) else said


def is_said_by_bill(scene: Scene, label: str) -> bool:
    """Whether a fact repeats what the unpaid bill says."""
    return label.casefold() == _LIKELY_REASON and bool(unpaid(scene))
