"""The clock of the machine jumps, or the machine sleeps: no deadline is told too early, late or twice."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.judging.fault import Threshold
from checks.model import CheckId, Status
from tests.support.blind_estate import Life, Scene, Spell, born, lived, settings_of
from tests.support.virtual_estate import ZONE
from tests.support.virtual_loop import EPOCH, VirtualLoop, run_virtual
from watchdog.steady_clock import BELIEVED_AFTER_S, Believed, Jumped, SetBack, SteadyClock

HOUR, DAY = 3600.0, 86_400.0
HOSTS = ("t1.example", "t2.example", "t3.example")
LAPSES = EPOCH + timedelta(days=10)


def ladder_pages(life: Life) -> list[str]:
    return [page for page in life.pages if "contract" in page]


@pytest.mark.parametrize("by", [timedelta(days=30), timedelta(hours=-2), timedelta(days=-400)])
def test_a_jump_that_is_set_back_is_one_notice_and_one_of_its_end_and_nothing_else(by: timedelta) -> None:
    scene = Scene(jumps=[(1000, by), (1000 + HOUR, timedelta())])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS, lapses=LAPSES), 4 * HOUR))
    assert len(ladder_pages(life)) == 1  # the 21 and 14 days that were due at first sight
    assert len(life.pages) == 1
    assert len(life.notices("jumped")) == 1
    assert len(life.notices("is right again")) == 1
    assert len(life.subjects) == 3


def test_both_times_stand_in_the_notice_as_people_there_say_them() -> None:
    scene = Scene(jumps=[(1000, timedelta(days=30))])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS), HOUR))
    (text,) = [row.message.text for row in life.mails]
    right = EPOCH + timedelta(seconds=1000)
    assert f"It should be {right.astimezone(ZONE):%H:%M} on Wed 18 Oct 2017" in text
    assert f"says {right.astimezone(ZONE):%H:%M} on Fri 17 Nov 2017" in text


def test_a_jump_that_a_time_service_vouches_for_is_taken_at_once_with_one_notice() -> None:
    scene = Scene(jumps=[(1000, timedelta(days=30))], vouched=True)
    life = run_virtual(lived(scene, settings_of(scene, HOSTS, lapses=LAPSES), HOUR))
    assert len(life.notices("jumped")) == 1
    assert len(ladder_pages(life)) == 2
    assert len(life.subjects) == 3


def test_a_jump_that_stays_is_believed_after_hours_and_nothing_goes_stale_of_it() -> None:
    scene = Scene(jumps=[(1000, timedelta(days=30))])
    life = run_virtual(lived(scene, settings_of(scene, HOSTS, lapses=LAPSES), 1000 + BELIEVED_AFTER_S + HOUR))
    assert len(ladder_pages(life)) == 2
    assert len(life.notices("believed")) == 1
    assert len(life.pages) == 2


def test_an_outage_while_the_clock_is_doubted_is_told_as_ever() -> None:
    scene = Scene(jumps=[(1000, timedelta(days=-3))], down={HOSTS[0]: [Spell(2000, 3000)]})
    life = run_virtual(lived(scene, settings_of(scene, HOSTS), 2 * HOUR))
    assert [page.split(" ")[0] for page in life.pages] == ["DOWN", "RESOLVED"]
    assert life.store.next_due("on-call-1-mail") is None


def test_a_start_with_a_clock_behind_what_was_seen_is_a_jump_and_tells_nothing_twice() -> None:
    scene = Scene()
    settings = settings_of(scene, HOSTS, lapses=LAPSES)

    async def twice() -> tuple[Life, Life]:
        first = await lived(scene, settings, HOUR)
        scene.jumps = [(0, timedelta(days=-2))]
        second = born(scene, settings, store=first.store)
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(HOUR, stop.set)
        await second.daemon.run(stop)
        return first, second

    first, second = run_virtual(twice())
    assert len(ladder_pages(first)) == 1
    assert second.subjects == second.notices("may be wrong")
    assert len(second.subjects) == 1


def test_ten_minutes_of_sleep_are_one_notice_and_no_page_and_everything_is_looked_at_again() -> None:
    scene = Scene()
    settings = settings_of(scene, HOSTS, rule=Threshold(failures_to_open=2, settle_s=0), lapses=LAPSES)

    def sleep(life: Life) -> None:
        life.scene.asleep_s += 600

    life = run_virtual(lived(scene, settings, HOUR, meanwhile=[(1000, sleep)]))
    assert len(life.notices("asleep for 10 minutes")) == 1
    assert len(life.subjects) == 2  # and the contract
    assert list(life.daemon.subjects.incidents()) != []
    (subject,) = life.daemon.subjects.of(CheckId(f"on-{HOSTS[0]}"))
    assert subject.status is Status.OK


def test_what_is_looked_at_once_an_hour_is_looked_at_within_a_minute_of_waking() -> None:
    scene = Scene()
    settings = settings_of(scene, HOSTS)
    hourly = tuple(replace(check, spec=replace(check.spec, interval_s=HOUR)) for check in settings.checks)
    seen: list[datetime] = []

    def sleep(life: Life) -> None:
        life.scene.asleep_s += 8 * HOUR

    def note(life: Life) -> None:
        seen.extend(subject.seen_at for host in HOSTS for subject in life.daemon.subjects.of(CheckId(f"on-{host}")))

    meanwhile = [(600, sleep), (600 + 100, note)]
    run_virtual(lived(scene, replace(settings, checks=hourly), 2 * HOUR, meanwhile=meanwhile))
    assert len(seen) == len(HOSTS)
    assert min(seen) >= EPOCH + timedelta(seconds=600 + 8 * HOUR)


def test_a_stop_of_the_process_is_a_sleep_and_what_was_seen_across_it_is_not_judged() -> None:
    scene = Scene(down={host: [Spell(1000, 1600)] for host in HOSTS})
    settings = settings_of(scene, HOSTS, rule=Threshold(failures_to_open=1, settle_s=0))

    def stop(_life: Life) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.stall(600)

    life = run_virtual(lived(scene, settings, HOUR, meanwhile=[(1000.001, stop)]))
    assert life.pages == []
    assert len(life.notices("asleep for 10 minutes")) == 1


def test_a_short_sleep_is_worth_a_log_line_and_no_message() -> None:
    scene = Scene()

    def sleep(life: Life) -> None:
        life.scene.asleep_s += 120

    life = run_virtual(lived(scene, settings_of(scene, HOSTS), HOUR, meanwhile=[(1000, sleep)]))
    assert life.subjects == []


def test_a_rung_that_came_due_in_our_sleep_is_told_once() -> None:
    scene = Scene()
    settings = settings_of(scene, HOSTS, lapses=EPOCH + timedelta(days=14, hours=1))

    def sleep(life: Life) -> None:
        life.scene.asleep_s += 2 * HOUR

    life = run_virtual(lived(scene, settings, 2 * HOUR, meanwhile=[(1000, sleep)]))
    assert len(ladder_pages(life)) == 2


class Hands:
    """A wall clock and a boot clock, moved by hand."""

    def __init__(self) -> None:
        self.wall, self.up_s = EPOCH, 1000.0
        self.steady = SteadyClock(lambda: self.wall, lambda: self.up_s)

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.up_s += seconds

    def judged(self, *, vouched: bool = False) -> object:
        return self.steady.judge(lambda _since: vouched)


def test_a_clock_that_is_slewed_is_followed() -> None:
    hands = Hands()
    for _ in range(100):
        hands.pass_s(60)
        hands.wall += timedelta(seconds=2)
        assert hands.steady() == hands.wall
    assert hands.judged() is None


def test_a_jump_is_told_once_however_often_one_asks() -> None:
    hands = Hands()
    hands.wall += timedelta(days=1)
    assert hands.judged() == Jumped(EPOCH, EPOCH + timedelta(days=1))
    hands.pass_s(10)
    assert hands.judged() is None
    assert hands.steady.doubted == hands.wall


def test_a_clock_that_jumps_again_begins_to_be_believed_anew() -> None:
    hands = Hands()
    hands.wall += timedelta(days=1)
    hands.judged()
    hands.pass_s(BELIEVED_AFTER_S - 1)
    hands.wall += timedelta(days=1)
    assert hands.judged() is None
    hands.pass_s(BELIEVED_AFTER_S - 1)
    assert hands.judged() is None
    hands.pass_s(1)
    assert isinstance(hands.judged(), Believed)
    assert hands.steady() == hands.wall


def test_a_clock_that_was_set_back_is_followed_again() -> None:
    hands = Hands()
    hands.wall += timedelta(days=1)
    hands.judged()
    hands.pass_s(100)
    hands.wall -= timedelta(days=1)
    assert hands.judged() == SetBack()
    assert hands.steady() == hands.wall


def test_a_time_service_is_asked_whether_it_confirmed_the_clock_since_it_stands_there() -> None:
    hands = Hands()
    hands.wall += timedelta(days=1)
    hands.judged()
    hands.pass_s(100)
    asked: list[datetime] = []

    def vouch(since: datetime) -> bool:
        asked.append(since)
        return True

    hands.steady.judge(vouch)
    assert asked == [EPOCH + timedelta(days=1)]
    assert hands.steady() == hands.wall
