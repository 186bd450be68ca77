"""All that speaks of one bill's days says the same, whoever learnt the pace, and until the day is over."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from icalendar import Calendar

from alerts.bill_days import bill_calendar
from alerts.letter_facts import facts_of
from alerts.route import Language
from checks.billing import invoice_due, labels, payment_stage
from checks.billing.path.learnt_pace import PACE, newest_kept, paces_in
from checks.billing.path.pace import PaceOf, pace_of
from checks.calendars import OfficeCalendars
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.wording import day_of
from tests.support.bills import ESTATE, morning
from tests.support.fake_network import DictMemory
from tests.support.on_record import happened, received, terms
from tests.support.way_checks import WayCheck
from watchdog.cli.bill_seen import pace_seen
from watchdog.cli.looks import View

if TYPE_CHECKING:
    from watchdog.store.listings import Listings

P = ParamSpec("P")
T = TypeVar("T")

RULES = BillingRules(learn_from=10, is_watched=True)
BILLED = replace(ESTATE, billing=RULES)
CALENDARS = OfficeCalendars(BILLED)
TODAY, NOW = date(2026, 11, 20), morning(date(2026, 11, 20))
STAGE = "acme/INV-7 verification"


def verified_after(wd: int) -> list[Draft]:
    about, monday = f"acme/{wd}", date(2026, 6, 1)
    verified = CALENDARS.of(None).shift(monday, wd)
    return [
        received(monday, about=about, asks=terms(number=str(wd))),
        happened(LedgerEventKind.VERIFIED, verified, about=about),
    ]


def learnt() -> tuple[WayCheck, str]:
    """A check of stages that has learnt this morning, before ten slow bills went on record; and what it forecasts."""
    stages = WayCheck(payment_stage.KIND, rules=RULES)
    for wd in range(11, 21):
        stages.say(*verified_after(wd))
    stages.say(received(TODAY, asks=terms(suspends=date(2027, 6, 1))))
    forecast = dict(stages.look(NOW)[STAGE].facts)[labels.FORECAST]
    for wd in range(70, 95):
        stages.say(*verified_after(wd))
    return stages, forecast


def bill_and_pace(stages: WayCheck) -> tuple[BillOnRecord, PaceOf]:
    (bill,) = [one for one in stages.ledger.on_record() if one.key == "acme/inv7"]
    return bill, asyncio.run(paces_in(stages.ledger, BILLED, CALENDARS, NOW))


def test_the_message_of_a_bill_says_what_that_of_its_stage_says() -> None:
    stages, forecast = learnt()
    due = WayCheck(invoice_due.KIND, {"vendor": None, "csv": None}, rules=RULES, ledger=stages.ledger)
    assert dict(due.look(NOW)["acme/INV-7"].facts)[labels.FORECAST] == forecast


def test_the_letter_says_what_messages_say() -> None:
    stages, forecast = learnt()
    bill, pace = bill_and_pace(stages)
    said = facts_of(bill, None, BILLED, CALENDARS, TODAY, pace)
    assert day_of(said.likely) in forecast
    assert day_of(said.surely) in forecast


def test_the_calendar_has_the_act_by_day_of_the_message() -> None:
    stages, _forecast = learnt()
    deadline = stages.look(NOW)[STAGE].deadline
    bill, pace = bill_and_pace(stages)
    read = Calendar.from_ical(bill_calendar([bill], BILLED, CALENDARS, Language.ENGLISH, pace))
    days = [str(one.decoded("DTSTART")) for one in read.subcomponents if str(one["SUMMARY"]).startswith("Act by")][:1]
    assert deadline is not None
    assert days == [str(CALENDARS.of(None).local_date(deadline.at))]


def test_the_command_line_goes_by_what_checks_remember() -> None:
    stages, _forecast = learnt()
    _bill, pace = bill_and_pace(stages)
    listings = cast("Listings", SimpleNamespace(remembered=lambda key: [stages.memory.get(key)]))
    seen = pace_seen(View(listings=listings, estate=BILLED, now=NOW), CALENDARS)
    assert seen(None).times == pace(None).times


def test_whoever_asks_first_after_a_restart_goes_by_what_was_learnt_before_it() -> None:
    stages, forecast = learnt()
    kept = newest_kept([None, stages.memory.get(PACE)])
    again = WayCheck(payment_stage.KIND, rules=RULES, ledger=stages.ledger, memory=DictMemory())
    stages.ledger.lessons.kept[PACE] = kept
    assert dict(again.look(NOW)[STAGE].facts)[labels.FORECAST] == forecast


# What takes long -------------------------------------------------------------------------------------------------


class CountingExecutor(ThreadPoolExecutor):
    """A loop's own, which knows how often it was needed."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.calls = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.calls += 1
        return super().submit(fn, *args, **kwargs)


#: Slow as no written path is, and nobody else's: what is asked for here was not worked out by another test.
SLOW = replace(
    RULES,
    jurisdiction="federal",
    path=tuple(replace(stage, p50_wd=41, p90_wd=83) for stage in RULES.path),
)


def test_a_slow_path_is_worked_out_beside_the_loop_and_once() -> None:
    estate, ledger = replace(ESTATE, billing=SLOW), Journal()

    async def play() -> None:
        with CountingExecutor() as executor:
            asyncio.get_running_loop().set_default_executor(executor)
            pace = await paces_in(ledger, estate, CALENDARS, NOW)
            needed, worked_out = executor.calls, pace_of.cache_info().misses
            assert pace(None) is (await paces_in(ledger, estate, CALENDARS, NOW))(None)
            assert (needed, executor.calls) == (2, 2), "to learn, and to work out what was learnt"
            assert pace_of.cache_info().misses == worked_out, "something was left for the loop"

    asyncio.run(play())


def test_a_path_that_is_another_after_a_reload_is_worked_out_anew() -> None:
    ledger = Journal()
    graver = replace(SLOW, path=tuple(replace(stage, objection_percent=33) for stage in SLOW.path))

    async def play() -> None:
        with CountingExecutor() as executor:
            asyncio.get_running_loop().set_default_executor(executor)
            await paces_in(ledger, replace(ESTATE, billing=SLOW), CALENDARS, NOW)
            before = executor.calls
            await paces_in(ledger, replace(ESTATE, billing=graver), CALENDARS, NOW)
            assert executor.calls == before + 1

    asyncio.run(play())
