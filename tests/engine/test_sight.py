"""Our own uplink dies and comes back: one notice, one catch-up, and nobody is told of single targets."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.judging.fault import Threshold
from checks.model import Cause, CheckId, Status
from tests.support.blind_estate import Life, Scene, Spell, lived, settings_of, without
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.settings.values import Anchor, Anchors, Settings
from watchdog.sight_check import SIGHT_CHECK

HOSTS = tuple(f"t{number}.example" for number in range(40))
AT_ONCE = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0)
OTHER_ANCHORS = Anchors((Anchor("192.0.2.8", 443),), needed=1)
MINUTE, HOUR = 60.0, 3600.0


@pytest.mark.parametrize("dark_s", [MINUTE, 10 * MINUTE, 2 * HOUR])
@pytest.mark.parametrize("rule", [AT_ONCE, Threshold()], ids=["at once", "usual"])
def test_a_dead_uplink_is_one_notice_and_one_catch_up_and_no_page(dark_s: float, rule: Threshold) -> None:
    scene = Scene(dark=[Spell(200, 200 + dark_s)])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS, rule=rule), dark_s + 600, local_webhook=True))
    assert life.pages == []
    assert len(life.notices("sees again")) == 1
    by_another_way = [one.notification.message.subject for one in life.sinks[1].taken]
    assert len([subject for subject in by_another_way if "Nigehban is blind" in subject]) == 1
    assert len(by_another_way) == 2
    assert life.store.next_due("on-call-1-mail") is None


def test_without_anchors_there_is_no_gate() -> None:
    scene = Scene(dark=[Spell(200, 400)])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:2], rule=AT_ONCE, anchors=Anchors()), 900))
    assert len(life.pages) == 4


def test_one_silent_anchor_of_three_blinds_nobody() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(100, 5000)]}, silent_anchors=frozenset({"192.0.2.3"}))
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:2]), 600))
    assert len(life.pages) == 1
    (sight,) = life.daemon.subjects.of(SIGHT_CHECK)
    assert sight.status is Status.WARNING


def test_an_incident_that_was_told_stays_open_through_a_blindness_and_closes_once_after_it() -> None:
    scene = Scene(dark=[Spell(400, 1000)], down={HOSTS[0]: [Spell(100, 700)]})
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:3]), 1800))
    assert [page.split(" ")[0] for page in life.pages] == ["DOWN", "RESOLVED"]


def test_what_goes_down_while_we_are_blind_is_told_after_it_and_stands_in_the_catch_up() -> None:
    scene = Scene(dark=[Spell(400, 1000)], down={HOSTS[0]: [Spell(700, 9000)]})
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:3]), 1800))
    assert [page.split(" ")[0] for page in life.pages] == ["DOWN"]
    (end,) = [row.message.text for row in life.mails if "sees again" in row.message.subject]
    assert f"{HOSTS[0]}: connection refused (being confirmed)" in end
    assert "3 checks failed meanwhile" in end


def test_a_page_that_was_to_go_out_when_sight_was_lost_waits_and_goes_if_it_still_holds() -> None:
    scene = Scene(dark=[Spell(130, 500)], down={HOSTS[0]: [Spell(60, 9000)], HOSTS[1]: [Spell(60, 300)]})
    rule = Threshold(failures_to_open=1, passes_to_close=1, settle_s=70)
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:2], rule=rule), 1500))
    assert [page for page in life.pages if HOSTS[1] in page] == []
    assert len([page for page in life.pages if HOSTS[0] in page]) == 1


def test_a_flapping_uplink_floods_nobody() -> None:
    scene = Scene(dark=[Spell(at, at + 180) for at in range(300, 2 * 3600, 300)])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:10]), 4 * HOUR))
    assert life.pages == []
    assert len(life.notices("blind")) <= 3
    assert len(life.notices("sees again")) <= 3


def test_a_flicker_is_told_to_nobody() -> None:
    scene = Scene(dark=[Spell(300, 312)])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:10], rule=AT_ONCE), 900))
    assert life.subjects == []


def test_sight_says_since_when_and_why() -> None:
    scene = Scene(dark=[Spell(200, 900)])
    seen = []

    def look(life: Life) -> None:
        seen.append(life.daemon.sight)

    settings = settings_of(scene, HOSTS[:2])
    life = run_virtual(lived(scene, settings, 1200, meanwhile=[(150, look), (600, look), (1100, look)]))
    before, blind, after = seen
    assert (before.is_blind, blind.is_blind, after.is_blind) == (False, True, False)
    assert blind.since is not None
    assert 200 <= (blind.since - EPOCH).total_seconds() <= 215
    assert [view.words for view in blind.anchors] == ["no answer within 3 s"] * 3
    assert 690 <= sum(life.blind_s) <= 740
    (record,) = life.daemon.subjects.of(CheckId(f"on-{HOSTS[0]}"))
    assert record.status is Status.OK


def test_while_we_are_blind_a_target_is_unknown_and_nothing_goes_stale() -> None:
    scene = Scene(dark=[Spell(200, 9000)])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS[:2]), 5000))
    (subject,) = life.daemon.subjects.of(CheckId(f"on-{HOSTS[0]}"))
    assert (subject.status, subject.record.cause) == (Status.UNKNOWN, Cause.BLIND)
    assert list(life.daemon.subjects.incidents()) == []


def test_after_sight_returned_all_that_was_not_judged_is_looked_at_within_half_a_minute() -> None:
    scene = Scene(dark=[Spell(200, 900)])
    settings = settings_of(scene, HOSTS, interval_s=600)
    looked: list[Status] = []

    def look(life: Life) -> None:
        looked.extend(subject.status for host in HOSTS for subject in life.daemon.subjects.of(CheckId(f"on-{host}")))

    run_virtual(lived(scene, settings, 1200, meanwhile=[(900 + 5 + 15 + 5 + 32, look)]))
    assert looked == [Status.OK] * len(HOSTS)


def blind_by_another_way(life: Life) -> list[str]:
    """What reached people over a channel that needs no uplink, of our blindness alone."""
    taken = [one.notification.message.subject for one in life.sinks[1].taken]
    return ["blind" if "is blind" in one else "sees" for one in taken if "is blind" in one or "sees again" in one]


def test_anchors_taken_out_by_a_reload_end_the_blindness_and_its_end_is_told() -> None:
    scene = Scene(dark=[Spell(200, 9000)])
    settings = settings_of(scene, HOSTS[:2])
    drop = lambda life: life.reload(lambda now: replace(now, anchors=Anchors()))  # noqa: E731
    life = run_virtual(lived(scene, settings, 1500, meanwhile=[(400, drop)], local_webhook=True))
    assert not life.daemon.sight.is_blind
    assert life.daemon.subjects.of(SIGHT_CHECK) == ()
    assert len(list(life.daemon.subjects.incidents())) == 2
    assert blind_by_another_way(life) == ["blind", "sees"]


def test_what_was_not_judged_is_looked_at_soon_after_anchors_are_taken_out() -> None:
    scene = Scene(dark=[Spell(200, 900)])
    settings = settings_of(scene, HOSTS, interval_s=600)
    looked: list[Status] = []

    def look(life: Life) -> None:
        looked.extend(subject.status for host in HOSTS for subject in life.daemon.subjects.of(CheckId(f"on-{host}")))

    drop = lambda life: life.reload(lambda now: replace(now, anchors=Anchors()))  # noqa: E731
    run_virtual(lived(scene, settings, 1000, meanwhile=[(905, drop), (905 + 33, look)]))
    assert looked == [Status.OK] * len(HOSTS)


def test_other_anchors_end_a_blindness_only_once_they_answer() -> None:
    scene = Scene(dark=[Spell(200, 900)])
    settings = settings_of(scene, HOSTS[:2])
    other = lambda life: life.reload(lambda now: replace(now, anchors=OTHER_ANCHORS))  # noqa: E731
    sights: list[bool] = []
    asked = [(401, lambda life: sights.append(life.daemon.sight.is_blind))]
    life = run_virtual(lived(scene, settings, 1500, meanwhile=[(400, other), *asked], local_webhook=True))
    assert sights == [True]
    assert not life.daemon.sight.is_blind
    assert life.pages == []
    assert blind_by_another_way(life) == ["blind", "sees"]


@pytest.mark.parametrize("again", [lambda now: now, lambda now: replace(now, anchors=Anchors())], ids=["same", "none"])
def test_an_end_that_a_restart_came_before_is_told_after_it(again: Callable[[Settings], Settings]) -> None:
    scene = Scene(dark=[Spell(200, 1000)])
    settings = settings_of(scene, HOSTS[:2])

    async def lives() -> list[list[str]]:
        first = await lived(scene, settings, 600, local_webhook=True)
        await asyncio.sleep(600)
        second = await lived(scene, again(settings), 900, local_webhook=True, store=first.store)
        third = await lived(scene, again(settings), 900, local_webhook=True, store=second.store)
        return [blind_by_another_way(life) for life in (first, second, third)]

    assert run_virtual(lives()) == [["blind"], ["sees"], []]


def test_a_restart_in_a_blindness_goes_on_with_it() -> None:
    scene = Scene(dark=[Spell(200, 2000)])
    settings = settings_of(scene, HOSTS[:2])
    begun: list[timedelta] = []

    def ask(life: Life) -> None:
        begun.append((life.daemon.sight.since or EPOCH) - EPOCH)

    async def lives() -> Life:
        first = await lived(scene, settings, 600, meanwhile=[(590, ask)], local_webhook=True)
        return await lived(scene, settings, 2400, meanwhile=[(100, ask)], local_webhook=True, store=first.store)

    life = run_virtual(lives())
    assert begun[0] == begun[1] > timedelta(seconds=200)
    assert life.pages == []
    assert blind_by_another_way(life).count("sees") == 1


def test_a_reload_leaves_the_check_of_our_sight_and_its_run_alone() -> None:
    scene = Scene()
    settings = settings_of(scene, HOSTS[:2])
    specs = []

    def reload(life: Life) -> None:
        specs.append(life.daemon.specs[SIGHT_CHECK])
        life.reload(without(f"on-{HOSTS[0]}"))
        specs.append(life.daemon.specs[SIGHT_CHECK])

    run_virtual(lived(scene, settings, 200, meanwhile=[(100, reload)]))
    before, after = specs
    assert before == after


def test_a_daemon_that_is_blind_ends_at_once() -> None:
    scene = Scene(dark=[Spell(0, 9000)], down={HOSTS[0]: [Spell(0, 9000)]})

    async def ended() -> float:
        await lived(scene, settings_of(scene, HOSTS[:2]), 300)
        return asyncio.get_running_loop().time()

    assert run_virtual(ended()) <= 300 + 25
