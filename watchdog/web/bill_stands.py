"""Which bill it is, how it stands and what comes next, on pages behind links: in the language of their reader. Pure."""

from collections.abc import Iterator
from datetime import date

from alerts.bill_links import stage_after, stage_title
from alerts.route import Language
from alerts.words.bidi import latin
from alerts.words.escape import one_line
from alerts.words.money.urdu_parts import block_in_urdu
from alerts.words.urdu.wording import day_of as urdu_day
from alerts.words.urdu.wording import money as urdu_money
from checks.billing.bill_facts import block_in_words
from checks.billing.path.position import position
from checks.estate import Estate
from checks.ledger.state import BillOnRecord, BillStanding, Block
from checks.units import Money
from checks.wording import day_of, local
from watchdog.web.bill_door_words import STANDING_WORDS, WORDS


def about(bill: BillOnRecord, estate: Estate, language: Language) -> list[str]:
    """Which bill, and where it lies while it is open."""
    vendor = estate.vendors.get(bill.vendor)
    line = WORDS[language].bill.format(
        number=one_line(bill.number, 60),
        vendor=one_line(vendor.name if vendor else bill.vendor, 80),
        amount=_money(bill.remaining if bill.is_open else bill.terms.amount, language),
        due=_day(bill.terms.due, language),
    )
    return [line, *_lies(bill, estate, language)]


def stands(bill: BillOnRecord, estate: Estate, language: Language) -> list[str]:
    """As `about`, with what is in its way, and what comes next."""
    return [*about(bill, estate, language), *_standing(bill, estate, language)]


def _lies(bill: BillOnRecord, estate: Estate, language: Language) -> Iterator[str]:
    if bill.is_open:
        at, rules = position(bill, estate.billing), estate.billing
        stage = one_line(stage_title(at.stage.id, rules, language), 80)
        since = _day(local(at.entered_at, estate.time_zone).date(), language)
        yield WORDS[language].lies.format(stage=stage, since=since)


def _standing(bill: BillOnRecord, estate: Estate, language: Language) -> Iterator[str]:
    words = STANDING_WORDS[language]
    match bill.standing:
        case BillStanding.PAID:
            yield words.paid
        case BillStanding.CANCELLED:
            yield words.cancelled
        case BillStanding.OPEN:
            if bill.paid.settled:
                yield words.left.format(
                    left=_money(bill.remaining, language), whole=_money(bill.terms.amount, language)
                )
            yield from _in_its_way(bill, language)
            following = stage_after(bill, estate.billing)
            stage = "" if following is None else one_line(stage_title(following.id, estate.billing, language), 80)
            yield words.last if following is None else words.next.format(stage=stage)
    if bill.overpaid:
        yield words.over.format(over=_money(Money(bill.overpaid, bill.terms.amount.currency), language))


def _in_its_way(bill: BillOnRecord, language: Language) -> Iterator[str]:
    words, shown = STANDING_WORDS[language], latin if language is Language.URDU else one_line
    for block in bill.blocks:
        yield words.blocked.format(why=_why(block, language))
    if bill.disputed:
        yield words.disputed.format(why=shown(bill.disputed, 200))
    if bill.held_until is not None:
        yield words.held.format(day=_day(bill.held_until, language))


def _why(block: Block, language: Language) -> str:
    why = block_in_words(block.reason, block.words)
    return block_in_urdu(why) if language is Language.URDU else one_line(why, 200)


def _money(amount: Money, language: Language) -> str:
    return urdu_money(str(amount)) if language is Language.URDU else str(amount)


def _day(day: date, language: Language) -> str:
    return urdu_day(day) if language is Language.URDU else day_of(day)
