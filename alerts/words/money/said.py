"""What the facts of a matter of money say, safe to show; whatever is missing is ""."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.concern import BESIDE_BILLS, BOOKS, CONTRACTS, CUT_OFFS, PAYEES
from alerts.incident import EventKind, Nature
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from checks.billing.labels import (
    AMOUNT,
    AT_STAKE,
    BILL,
    CAN_BE_PAID,
    DAYS_AT_STAGE,
    IN_TIME,
    IS_CANCELLED,
    IS_PAID,
    LIFTED_BY,
    NO_SUCH_SERVICE,
    NOT_PAID_YET,
    TO_DO,
    USUAL_DAYS,
    VENDOR,
)
from checks.model import Cause, Status

_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_MAX_FACT_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Said:
    """One scene, its facts found by label however they are capitalised."""

    scene: Scene

    def fact(self, label: str) -> str:
        wanted = label.casefold()
        found = next((text for name, text in self.scene.incident.facts if name.casefold() == wanted), "")
        return one_line(found, _MAX_FACT_CHARS).rstrip(". ")

    @property
    def facts(self) -> Mapping[str, str]:
        """By label, the first of each."""
        return {label: self.fact(label) for label, _text in self.scene.incident.facts}

    def steps(self) -> Sequence[str]:
        """What the kind itself says is to be done, in its order."""
        return [one_line(text, _MAX_FACT_CHARS) for name, text in self.scene.incident.facts if name.startswith(TO_DO)]

    @property
    def amount(self) -> str:
        """The digits alone: of the bill, else of all that is at stake."""
        return (self.fact(AMOUNT) or self.fact(AT_STAKE)).partition(" (")[0]

    @property
    def vendor(self) -> str:
        known = self.scene.vendor
        return self.fact(VENDOR) or (one_line(known.name, 80) if known else "")

    @property
    def bill(self) -> str:
        """Its number; "" where several are named, or more is said of it."""
        found = self.fact(BILL)
        return "" if self.fact(AT_STAKE) else found

    @property
    def days_there(self) -> int | None:
        """Working days at its stage."""
        return _number(self.fact(DAYS_AT_STAGE))

    @property
    def usual_days(self) -> int | None:
        return _number(self.fact(USUAL_DAYS))

    @property
    def at(self) -> datetime | None:
        deadline = self.scene.incident.deadline
        return None if deadline is None else deadline.at

    @property
    def is_past(self) -> bool:
        return self.at is not None and self.at <= self.scene.event.at

    @property
    def is_late_again(self) -> bool:
        """Past its day, and told so before: not by the first step that lies behind it."""
        deadline = self.scene.incident.deadline
        if deadline is None or not self.is_past or not self.is_told_again:
            return False
        behind = [rung for rung in deadline.rungs if deadline.at < rung.at <= self.scene.event.at]
        return len(behind) > 1

    @property
    def is_payable_again(self) -> bool:
        """False where one block is over and others, or doubts, stay."""
        return CAN_BE_PAID in self._closing[0]

    @property
    def now_it_is(self) -> str:
        """What its kind said last, without what people wrote."""
        return one_line(self._closing[0], _MAX_FACT_CHARS).rstrip(". ")

    @property
    def lifted_by(self) -> str:
        """The proof that a block is over."""
        return one_line(self._closing[2], _MAX_FACT_CHARS)

    @property
    def _closing(self) -> tuple[str, str, str]:
        return self.scene.incident.close_reason.partition(f"; {LIFTED_BY}: ")

    @property
    def will_be_in_time(self) -> bool:
        """A forecast that ended though the bill is not paid."""
        return IN_TIME in self.scene.incident.close_reason

    @property
    def is_lost_sight_of(self) -> bool:
        """A forecast that ended because its service left the settings: nothing says that anything was paid."""
        return NO_SUCH_SERVICE in self.scene.incident.close_reason

    @property
    def is_unpaid_still(self) -> bool:
        """A matter that ended though its bill is not paid."""
        reason = self.scene.incident.close_reason
        is_known = IS_PAID in reason or IS_CANCELLED in reason
        is_forecast_open = self.will_be_in_time or self.is_lost_sight_of
        return NOT_PAID_YET in reason or is_forecast_open or (self.scene.incident.kind == CUT_OFFS and not is_known)

    @property
    def is_critical(self) -> bool:
        return self.scene.incident.severity is Status.CRITICAL

    @property
    def is_blocked(self) -> bool:
        return self.is_critical or self.scene.incident.cause is Cause.BLOCKED

    @property
    def is_told_again(self) -> bool:
        return self.scene.event.kind is EventKind.REMINDER

    @property
    def is_turn(self) -> bool:
        """Its severity turned while it stands."""
        return self.scene.event.kind is EventKind.SEVERITY

    @property
    def is_over(self) -> bool:
        return self.scene.event.kind is EventKind.RESOLVED

    @property
    def day(self) -> str:
        """Of the deadline."""
        return "" if self.at is None else self.scene.day(self.at)


def is_behind(day: str, said: Said) -> bool:
    """Whether a day as kinds write it, "Mon 6 Nov 2017", is over; False where it cannot be read."""
    try:
        written = datetime.strptime(day.partition(" (")[0], "%a %d %b %Y").replace(tzinfo=said.scene.zone)
    except ValueError:
        return False
    return written.date() < said.scene.event.at.astimezone(said.scene.zone).date()


def has_words(scene: Scene) -> bool:
    """Whether it is told in words of its own: what nobody could judge, and what changed, is told like anything else."""
    incident = scene.incident
    if incident.kind not in BESIDE_BILLS or incident.retirement is not None:
        return False
    if incident.kind in {CONTRACTS, BOOKS}:
        return incident.nature in {Nature.FAULT, Nature.DEADLINE}
    wanted = Nature.FAULT if incident.kind == PAYEES else Nature.DEADLINE
    return incident.nature is wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A matter in one language, for every audience. Sentences have their full stop but where it says otherwise."""

    word: str
    """The first of a subject."""
    subject: str
    """Behind it."""
    lead: Sequence[str]
    lay: str
    """For whoever pays nothing, one sentence: how it stands and what can come of it."""
    kind: str
    """The same for departments, blaming nobody."""
    todo: Sequence[tuple[str, Sequence[str]]] = ()
    """Headings, each with lines under it."""
    ahead: Sequence[tuple[str, Sequence[str]]] = ()
    """The same for departments."""
    left: str = ""
    """How much time there is, for departments."""
    about: str = ""
    """What tells it from other matters of the same service, for whoever decides: vendor, bill, amount, what is late."""
    brief: str = ""
    """For the subject of departments, where that is shorter."""
    ends: str = ""
    """What ends it."""


def _number(text: str) -> int | None:
    found = _NUMBER.match(text)
    return None if found is None else int(found[0])
