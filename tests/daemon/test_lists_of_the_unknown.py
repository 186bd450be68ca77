"""Lists of a morning on which not all is known: settings that change, lists of bills that cannot be read."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from alerts.digests.morning import morning_list
from alerts.digests.rule import DigestKind, DigestRule
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.restored import Restoration
from alerts.route import Language
from checks.billing.watch import Options
from tests.daemon.test_lists import HOUR, digests, settings
from tests.support.telling import local
from tests.support.virtual_estate import ZONE, Month, lay
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.digests import Digests
from watchdog.engine.quiet import Quiet
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

P = ParamSpec("P")
T = TypeVar("T")

LIST_AT_S = 900.0
RULE = DigestRule(id="finance-morning", kind=DigestKind.BILLS, to=("finance",), at=time(9, 15))
TELLS_NOTHING = replace(RULE, tells_nothing=True)
HEAD = "vendor,number,amount,due,suspends,service\n"
DUE = f"{HEAD}acme,INV-7,134000.00 PKR,2017-10-23,2017-11-10,mail\n"


def looking(estate: Settings, options: Options) -> Settings:
    """`estate` with its check of bills told to look elsewhere."""
    checks = [
        replace(one, spec=replace(one.spec, options=options)) if one.spec.id == "bills" else one
        for one in estate.checks
    ]
    return replace(estate, checks=tuple(checks))


def lists_of(
    estate: Settings,
    *,
    hours: float,
    at_s: float = 0.0,
    then: Callable[[Daemon], None] = lambda _daemon: None,
    chore_of: Callable[[Daemon, Month], Digests] = digests,
) -> list[Notification]:
    """The lists that go out within `hours` from nine o'clock; `then` happens so many seconds after it."""

    async def body() -> list[Notification]:
        daemon, month = lay(estate, seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        chore = asyncio.create_task(chore_of(daemon, month).forever())
        await asyncio.sleep(at_s)
        then(daemon)
        await asyncio.sleep(hours * HOUR - at_s)
        assert not chore.done()
        chore.cancel()
        stop.set()
        await running
        sent = [one.notification for one in sorted(month.sent, key=lambda one: one.at)]
        return [one for one in sent if one.message.event is EventKind.DIGEST]

    return run_virtual(body())


@pytest.mark.parametrize("rule", [RULE, TELLS_NOTHING], ids=["tells of bills", "tells of none, too"])
def test_a_reload_just_before_the_list_that_has_bills_looked_at_elsewhere_costs_no_bill(rule: DigestRule) -> None:
    estate = settings(rule)
    elsewhere = looking(estate, Options(vendor="acme"))
    rows = lists_of(estate, hours=2, at_s=LIST_AT_S - 5, then=lambda daemon: daemon.configure(elsewhere))
    assert {row.message.subject for row in rows} == {"DIGEST 1 bill to see to, Rs 134,000 at risk"}
    assert len(rows) == 2


@pytest.mark.parametrize("rule", [RULE, TELLS_NOTHING], ids=["tells of bills", "tells of none, too"])
def test_a_list_of_bills_that_cannot_be_read_is_no_list_without_bills(rule: DigestRule, tmp_path: Path) -> None:
    """It goes out once the list is read, the same day."""
    file = tmp_path / "bills.csv"
    estate = looking(replace(settings(rule), invoices=()), Options(csv=file))
    checks = [replace(one, spec=replace(one.spec, interval_s=300.0)) for one in estate.checks]
    estate = replace(estate, checks=tuple(checks))
    rows = lists_of(estate, hours=2, at_s=LIST_AT_S + 300, then=lambda _daemon: write(file))
    assert [row.message.subject for row in rows] == ["DIGEST 1 bill to see to, Rs 134,000 at risk"] * 2


def write(file: Path) -> None:
    file.write_text(DUE, "utf-8")


def test_a_reload_while_a_list_is_made_has_it_made_anew_for_whoever_is_there_then() -> None:
    estate = settings(RULE)
    finance = estate.receivers["finance"]
    other = replace(finance, channels=(replace(finance.channels[0], to=("new@x.example",)),))
    changed = replace(estate, receivers={**estate.receivers, "finance": other})

    def chore_of(daemon: Daemon, month: Month) -> Digests:
        reading = Reloading(lambda: daemon.configure(changed))
        return Digests(daemon=daemon, listings=month.store.listings, reading=reading, clock=virtual_clock())

    rows = lists_of(estate, hours=2, chore_of=chore_of)
    assert [row.recipient for row in rows] == ["new@x.example"]


class Reloading(Inline):
    """Settings become others at its third call, in the midst of a list."""

    def __init__(self, reload: Callable[[], None]) -> None:
        self._reload = reload
        self._calls = 0

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._calls += 1
        if self._calls == 3:
            self._reload()
        return function(*args, **kwargs)


def test_no_list_is_made_of_a_state_that_was_just_put_back() -> None:
    """What it says is as old as the copy; the digest of the restoration comes first."""

    async def body() -> list[EventKind]:
        start = EPOCH + timedelta(hours=5)
        put_back = Restoration(id="r1", at=start, copied_at=start - timedelta(days=1), source="copy")
        daemon, month = lay(settings(RULE), seed=1, start=start, quiet=Quiet(put_back))
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        lists = Digests(daemon=daemon, listings=month.store.listings, reading=Inline(), clock=virtual_clock(start))
        chore = asyncio.create_task(lists.forever())
        await asyncio.sleep(HOUR)
        chore.cancel()
        stop.set()
        await running
        return [one.notification.message.event for one in month.sent]

    assert EventKind.DIGEST not in run_virtual(body())


@pytest.mark.parametrize(("language", "word"), [(Language.ENGLISH, "cannot be read now"), (Language.URDU, "پڑھی نہیں")])
def test_a_list_that_cannot_be_read_is_named_where_nothing_of_it_is_known(language: Language, word: str) -> None:
    now = local("2017-11-28 09:15")
    text = morning_list([], language=language, zone=ZONE, now=now, unread=["bills in new.csv"]).text
    assert word in text
    assert "bills in new.csv" in text
    assert "No bill" not in text
