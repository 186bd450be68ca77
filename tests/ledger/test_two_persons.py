"""Whatever people say, confirm and refuse, in whatever order: where two must, no bill is ever closed by one alone."""

import asyncio
import random
from contextlib import suppress

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.proposal import WordError, person
from checks.ledger.rules import BillingRules
from checks.units import parse_money
from tests.support.ledgers import draft, hour, keeper_with, received, terms
from watchdog.billing.keeper import LedgerKeeper

K = LedgerEventKind
PEOPLE = ("ali", "sara", "ali by signed link", "omar")
CONFIRMERS = frozenset({"ali", "sara"})
BILLS = 20


def saying(rng: random.Random, about: str) -> Draft:
    at = hour(rng.randrange(5))
    return rng.choice([
        draft(K.ACKNOWLEDGED, at, about, evidence=rng.choice(["", "receipt"])),
        draft(K.ACKNOWLEDGED, at, about, amount=parse_money("70000.00 PKR")),
        draft(K.WITHHELD, at, about, amount=parse_money("134000.00 PKR")),
        draft(K.CANCELLED, at, about, reason="twice"),
        draft(K.CORRECTED, at, about, terms=terms("0.00 PKR"), reason="a slip"),
        draft(K.CREDITED, at, about),
        draft(K.CREDIT_RETURNED, at, about),
    ])  # fmt: skip


async def act(keeper: LedgerKeeper, rng: random.Random, about: str) -> None:
    waiting = [one.id for one in await keeper.proposals() if one.drafts[0].about == about]
    who = rng.choice(PEOPLE)
    match (
        rng.choice(["say", "propose", "confirm", "confirm", "edit", "refuse"])
        if waiting
        else rng.choice(["say", "propose"])
    ):
        case "say":
            with suppress(WordError):
                await keeper.say([saying(rng, about)], who)
        case "propose":
            await keeper.propose([saying(rng, about)], "inbox", "notice.pdf", "")
        case "edit":
            meant = [saying(rng, about)]
            with suppress(WordError):
                await keeper.put_right(rng.choice(waiting), lambda _said, _bills: meant, who)
        case "confirm":
            with suppress(WordError):
                await keeper.confirm(rng.choice(waiting), who)
        case _:
            await keeper.refuse(rng.choice(waiting), who, "no")


async def a_dozen_acts(keeper: LedgerKeeper, rng: random.Random, about: str) -> None:
    await keeper.record([received(about)])
    for _ in range(12):
        await act(keeper, rng, about)


def persons(event: LedgerEvent) -> set[str]:
    """Who stands behind it, as its author says."""
    return {person(name) for name in event.draft.author.split(", confirmed by ")} - {"inbox"}


def lessening(events: list[LedgerEvent]) -> list[LedgerEvent]:
    """The first correction asks for nothing any more, those after it for as little."""
    corrected = [event for event in events if event.draft.kind is K.CORRECTED]
    settling = [event for event in events if event.draft.kind in {K.ACKNOWLEDGED, K.WITHHELD, K.CANCELLED}]
    return [*settling, *corrected[:1]]


def test_what_lessens_what_is_owed_has_two_persons_behind_it_and_a_confirmer_last() -> None:
    rng = random.Random(5)
    keeper = keeper_with([])
    keeper.rules = lambda: BillingRules(two_persons=True, confirmers=CONFIRMERS)
    closed = 0
    for number in range(BILLS):
        about = f"acme/{number}"
        asyncio.run(a_dozen_acts(keeper, rng, about))
        for event in lessening(keeper.rows.events_of(about)):
            assert len(persons(event)) > 1, event
            assert person(event.draft.author.rpartition(", confirmed by ")[2]) in CONFIRMERS
            closed += 1
    assert closed > BILLS / 3
    found = keeper.rows.audit()
    assert (found.is_sound, found.words.wrong, found.words.stray) == (True, None, None)
    assert found.words.proposals > BILLS
    assert found.words.closed_alone == 0
