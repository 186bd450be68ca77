"""The daemon takes settings whole or not at all, and outlives its plugins."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from alerts.incident import EventKind, Nature
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.scripted import Answer, finding, scripted_kind, spec_of
from tests.support.virtual_estate import Month, lay, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.daemon import Daemon
from watchdog.settings.values import ConfiguredCheck, Settings


def watching(*answers: tuple[str, Answer]) -> Settings:
    """Checks at 60 s by id, each giving its answer."""
    whole = settings_of((), ("mx",), interval_s=60, lapses=EPOCH + timedelta(days=300))
    rule = whole.checks[0].threshold
    checks = [ConfiguredCheck(spec=spec_of(answer, check_id=name), threshold=rule) for name, answer in answers]
    return replace(whole, checks=tuple(checks), invoices=())


async def well(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.OK),)


async def down(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.CRITICAL),)


def play(settings: Settings, *steps: tuple[float, Callable[[Daemon], None]], for_s: float) -> tuple[Daemon, Month]:
    """Live for `for_s`, taking each step at its second."""

    async def scene() -> tuple[Daemon, Month]:
        daemon, month = lay(settings, seed=1)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for at_s, step in steps:
            loop.call_later(at_s, step, daemon)
        loop.call_later(for_s, stop.set)
        await daemon.run(stop)
        return daemon, month

    return run_virtual(scene())


def natures(month: Month) -> list[Nature]:
    return [incident.nature for incident in month.store.listings.recent_incidents(100)]


def test_settings_that_a_plugin_breaks_on_change_nothing() -> None:
    good = watching(("a", down))
    broken_kind = replace(scripted_kind(well), host=lambda _options: cast("str", 1 / 0))
    bad_spec = replace(spec_of(well, check_id="b"), kind=broken_kind)
    bad = replace(good, checks=(ConfiguredCheck(spec=bad_spec, threshold=good.checks[0].threshold),))

    def refuse(daemon: Daemon) -> None:
        with pytest.raises(ZeroDivisionError):
            daemon.configure(bad)

    daemon, month = play(good, (5.0, refuse), for_s=600)
    assert daemon.settings is good
    assert natures(month) == [Nature.FAULT]


def test_a_look_begun_under_former_settings_is_not_taken() -> None:
    async def slow(_ctx: CheckContext) -> Sequence[Finding]:
        await asyncio.sleep(8)
        return (finding(Status.OK, subject="former"),)

    async def quick(_ctx: CheckContext) -> Sequence[Finding]:
        return (finding(Status.OK, subject="present"),)

    former, present = watching(("a", slow)), watching(("a", quick))
    # The first look begins within a minute and takes 8 s: one of these reloads falls into it.
    daemon, _ = play(former, *((float(at), lambda d: d.configure(present)) for at in range(4, 64, 7)), for_s=300)
    assert [subject.record.subject for subject in daemon.subjects] == ["present"]


def test_a_kind_that_gives_nonsense_goes_stale_and_disturbs_nobody_else() -> None:
    async def nonsense(_ctx: CheckContext) -> Sequence[Finding]:
        return cast("Sequence[Finding]", (None,))

    _, month = play(watching(("a", nonsense), ("b", down)), for_s=1200)
    assert sorted(nature.value for nature in natures(month)) == ["fault", "staleness"]


def test_a_renamed_check_ends_its_incident_and_begins_anew() -> None:
    other = watching(("renamed", down))
    _, month = play(watching(("a", down)), (300.0, lambda daemon: daemon.configure(other)), for_s=900)
    events = {one.notification.message.event for one in month.sent if one.notification.message.check == "a"}
    assert events == {EventKind.OPENED, EventKind.RESOLVED}
    assert [incident.check_id for incident in month.store.listings.open_incidents()] == ["renamed"]


def test_the_daemons_own_words_reach_those_who_hear_of_everything_else() -> None:
    _, month = play(
        watching(("a", well)), (5.0, lambda daemon: daemon.announce("a test", "Nothing is wrong.")), for_s=120
    )
    assert [one.notification.message.subject for one in month.sent] == ["NOTICE a test"]
