"""What a letter to a vendor says, as it stands on the day it is written. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from alerts.words.escape import one_line
from checks.billing.path.forecast import forecast
from checks.billing.path.pace import PaceOf
from checks.billing.path.position import position
from checks.billing.payee.verdict import Obstacle, PayeeVerdict
from checks.billing.risk.blast import blast_of, services_behind
from checks.billing.risk.stake import calendar_of
from checks.billing.risk.window import suspension_window
from checks.estate import Estate
from checks.ledger.event import BlockReason, LedgerEventKind
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, Block
from checks.plugin import Calendars
from checks.wording import local
from checks.workdays import WorkCalendar

#: Working days between the day by which nine of ten payments arrive and the day that is asked for.
_MARGIN_WD: Final = 3

#: What the vendor itself can mend.
THEIRS: Final = frozenset({BlockReason.ACCOUNT_ATTACHED, BlockReason.NOT_ACTIVE_TAXPAYER, BlockReason.IBAN_MISMATCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a letter says, as it stands today."""

    bill: BillOnRecord
    vendor: str
    office: str
    today: date
    stage: str
    since: date
    is_sanctioned: bool
    """It lies behind the stage that sanctions it; False, too, where the path of the estate has no such stage."""
    likely: date
    """As likely as not the money has arrived by then."""
    surely: date
    """Nine of ten payments have."""
    until: date
    """The day that is asked for."""
    earliest: date
    """On which the vendor may cut off."""
    still: str
    """Why it does not move; "" where it does."""
    blocks: tuple[Block | Obstacle, ...]
    """Its own, then what stands in the way of the vendor: declared, by its numbers, by the taxpayer lists."""
    services: tuple[str, ...]
    departments: tuple[tuple[str, int], ...]
    """Names, with their users."""


Paragraphs: TypeAlias = Callable[[Facts, BillingRules], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """Of one language; paragraphs of which there is nothing to say are ""."""

    subjects: Mapping[str, str]
    """By kind."""
    head: Callable[[Facts, str], str]
    grace: Paragraphs
    notice: Paragraphs
    account: Paragraphs
    close: Callable[[Facts], str]


def facts_of(  # noqa: PLR0917  # the bill, and all that it is judged by
    bill: BillOnRecord, payee: PayeeVerdict | None, estate: Estate, calendars: Calendars, today: date, pace: PaceOf
) -> Facts:
    """`bill` is open; `today` is a day of its office."""
    rules, calendar = estate.billing, calendar_of(bill, estate, calendars)
    coming, at = forecast(bill, rules, calendar, today, pace(bill.terms.office)), position(bill, rules)
    window = suspension_window(bill, rules, calendar)
    blast = blast_of(services_behind(bill, estate), estate)
    vendor = estate.vendors.get(bill.vendor)
    return Facts(
        bill=bill,
        vendor=one_line(vendor.name if vendor else bill.vendor, 120),
        office=one_line(estate.name, 120),
        today=today,
        stage=at.stage.id,
        since=local(at.entered_at, calendar.zone).date(),
        is_sanctioned=_is_sanctioned(at.index, rules),
        likely=coming.p50,
        surely=coming.p90,
        until=_asked_for(coming.p90, window.earliest, calendar),
        earliest=window.earliest,
        still=coming.stands_still,
        blocks=(*bill.blocks, *(payee.reasons if payee else ())),
        services=tuple(one_line(one.title, 80) for one in blast.services),
        departments=tuple((one_line(one.name, 80), one.users) for one in blast.departments),
    )


def _is_sanctioned(index: int, rules: BillingRules) -> bool:
    """`index` is of the stage it is at."""
    return any(stage.ends_with is LedgerEventKind.SANCTIONED for stage in rules.path[:index])


def _asked_for(surely: date, earliest: date, calendar: WorkCalendar) -> date:
    """Some working days behind the day by which it is surely paid; never before the vendor may cut off anyway."""
    return max(calendar.shift(surely, _MARGIN_WD), earliest)
