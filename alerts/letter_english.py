"""Letters to vendors in English: polite, exact, and nothing that is not on record. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from alerts.bill_links import stage_title
from alerts.letter_facts import THEIRS, Facts, LetterWords
from alerts.route import Language
from alerts.words import wording
from alerts.words.escape import one_line
from checks.ledger.event import BlockReason
from checks.ledger.rules import BillingRules
from checks.wording import day_of

_WHY: Final[Mapping[BlockReason, str]] = {
    BlockReason.ACCOUNT_ATTACHED: "your bank account is attached by the tax authority",
    BlockReason.NOT_ACTIVE_TAXPAYER: "you do not stand on the list of active taxpayers",
    BlockReason.IBAN_MISMATCH: "the account number (IBAN) that we hold is not accepted as yours",
    BlockReason.NO_BUDGET: "the budget for it is not released yet",
    BlockReason.COURT_ORDER: "a court order stands against it",
    BlockReason.FREEZE: "no bills are being cleared at present",
}


def _head(facts: Facts, subject: str) -> str:
    bill = facts.bill
    return "\n".join(
        [
            facts.office,
            f"No. [reference]                                        Dated: {day_of(facts.today)}",
            "",
            f"To: {facts.vendor}",
            "",
            f"Subject: {subject.format(number=one_line(bill.number, 60))}",
        ]
    )


def _bill(facts: Facts, rules: BillingRules) -> str:
    bill = facts.bill
    paid = f", of which {bill.remaining} is left to pay" if bill.paid.settled else ""
    stage = stage_title(facts.stage, rules, Language.ENGLISH)
    tense = "was" if bill.terms.due < facts.today else "is"
    return (
        f"Your bill {one_line(bill.number, 60)} over {bill.terms.amount}{paid} "
        f'{tense} due on {day_of(bill.terms.due)}. It has been at the stage "{one_line(stage, 80)}" '
        f"since {day_of(facts.since)}."
    )


def _coming(facts: Facts) -> str:
    if facts.still or facts.blocks:
        return ""
    return (
        "By the usual times of the offices on its way the money will most likely be with you by "
        f"{day_of(facts.likely)}, and in nine of ten cases by {day_of(facts.surely)}."
    )


def _lost(facts: Facts) -> str:
    if not facts.services:
        return ""
    people = [f"{name} ({users:,} users)" if users else name for name, users in facts.departments]
    who = f", and with it the work of {wording.listed(people)}" if people else ""
    return f"If the service were cut off, {wording.listed(list(facts.services))} would stop{who}."


def _grace(facts: Facts, rules: BillingRules) -> Sequence[str]:
    return (
        _bill(facts, rules),
        _obstacles(facts),
        _coming(facts),
        f"We ask you not to suspend or disconnect the service before {day_of(facts.until)}, and to confirm this in "
        "writing. The bill is not disputed by this letter, and we shall write again if anything changes."
        if not facts.bill.disputed
        else f"We ask you not to suspend or disconnect the service before {day_of(facts.until)}, while what is "
        f"disputed is settled ({one_line(facts.bill.disputed, 200)}), and to confirm this in writing.",
        _lost(facts),
    )


def _obstacles(facts: Facts) -> str:
    why = [_WHY[block.reason] for block in facts.blocks]
    return f"It cannot be paid at this moment because {wording.listed(why)}." if why else ""


def _sanction(facts: Facts) -> str:
    """How far the office is with it, whatever hinders the payment."""
    if facts.is_sanctioned:
        return "The payment is sanctioned. "
    return "The bill is not sanctioned yet. " if facts.still else "The bill is being processed, not sanctioned yet. "


def _notice(facts: Facts, rules: BillingRules) -> Sequence[str]:
    theirs = any(block.reason in THEIRS for block in facts.blocks)
    return (
        _bill(facts, rules),
        _obstacles(facts) or "The payment could not be received: [say what the bank or the accounts office wrote].",
        "This lies with you and not with this office. Please settle it with the authority concerned and send us what "
        "proves it: [the order of release, the page of the list, the certificate of your bank]."
        if theirs
        else "We shall tell you as soon as it is removed."
        if facts.blocks
        else "",
        (
            f"{_sanction(facts)}Please keep the service running meanwhile, at least until {day_of(facts.until)}, "
            "and confirm this in writing."
        ),
        _lost(facts),
    )


def _account(facts: Facts, rules: BillingRules) -> Sequence[str]:
    return (
        _bill(facts, rules),
        _obstacles(facts),
        (
            "So that the payment can reach you, please name another account in the very name of your firm, and send "
            "with it, signed and stamped:\n"
            "  1. the IBAN (24 characters, beginning with PK), confirmed by the bank on its letterhead;\n"
            "  2. your NTN or CNIC, and the page that shows you as an active taxpayer;\n"
            "  3. a statement that this account is not attached, and that payment into it discharges the bill."
        ),
        (
            "We cannot pay into the account of a person or of another firm. A change of account is checked with you by "
            "telephone, at the number that we hold already, before anything is paid."
        ),
        f"Please keep the service running meanwhile, at least until {day_of(facts.until)}.",
        _lost(facts),
    )


def _close(facts: Facts) -> str:
    return f"[name, designation, signature]\n{facts.office}"


ENGLISH: Final = LetterWords(
    subjects={
        "grace": "Bill {number}: request not to suspend the service",
        "notice": "Bill {number}: the payment cannot be received",
        "alternate-account": "Bill {number}: another account for the payment",
    },
    head=_head,
    grace=_grace,
    notice=_notice,
    account=_account,
    close=_close,
)
