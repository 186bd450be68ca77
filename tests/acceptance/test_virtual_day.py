"""Twenty-four virtual hours in which everything goes wrong at our own end: in the end, state is truth."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.incident import EventKind, Nature
from alerts.judging.fault import Threshold
from alerts.message import Notification
from checks.model import CheckId, Status
from tests.support.blind_estate import Life, Scene, Spell, lived, settings_of, target_kind, without
from tests.support.scripted import Options
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError, StoreFullError

HOUR, DAY = 3600.0, 86_400.0
INTERVAL_S = 240.0
HOSTS = tuple(f"t{number}.example" for number in range(6))
LAPSES = EPOCH + timedelta(days=7, hours=12)

#: From then on nothing goes wrong any more but with targets; one of them is down for good.
CALM_S = 22 * HOUR

pytestmark = pytest.mark.slow


class Troubles:
    """What one seed makes of the day."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        down = {host: self._spells(3, 300, 5000, DAY - 2 * HOUR) for host in HOSTS}
        down[HOSTS[0]] = [*down[HOSTS[0]], Spell(CALM_S + 600, 2 * DAY)]
        dark = self._spells(5, 20, 4000, CALM_S)
        self.scene = Scene(dark=dark, down=down, jumps=self._jumps())
        self.full = self._spells(2, 60, 1500, CALM_S)
        self.locked = self._spells(2, 5, 90, CALM_S)
        self.meanwhile = [*self._reloads(), *self._sleeps()]

    def _spells(self, count: int, shortest_s: float, longest_s: float, until_s: float) -> list[Spell]:
        """Spells that do not overlap."""
        share = until_s / count
        found = []
        for number in range(count):
            length_s = min(self._dice.uniform(shortest_s, longest_s), share * 0.8)
            begin = number * share + self._dice.uniform(200, share - length_s)
            found.append(Spell(begin, begin + length_s))
        return found

    def _jumps(self) -> list[tuple[float, timedelta]]:
        """A month ahead and back, some hours back and right again."""
        ahead_s, back_s = self._dice.uniform(1, 5) * HOUR, self._dice.uniform(10, 15) * HOUR
        return [
            (ahead_s, timedelta(days=30)),
            (ahead_s + self._dice.uniform(60, 4 * HOUR), timedelta()),
            (back_s, timedelta(hours=-2)),
            (back_s + self._dice.uniform(60, 4 * HOUR), timedelta()),
        ]

    def _reloads(self) -> list[tuple[float, Callable[[Life], None]]]:
        """Broken settings now and then; one check goes and comes back."""

        def drop(life: Life) -> None:
            life.reload(without(f"on-{HOSTS[1]}"))

        def bring_back(life: Life) -> None:
            life.daemon.configure(life.born_with)

        at_s = self._dice.uniform(2, 10) * HOUR
        wrong = [(self._dice.uniform(0.1, 21) * HOUR, _break) for _ in range(3)]
        return [(at_s, drop), (at_s + self._dice.uniform(600, 6 * HOUR), bring_back), *wrong]

    def _sleeps(self) -> list[tuple[float, Callable[[Life], None]]]:
        def sleep(life: Life) -> None:
            life.scene.asleep_s += self._dice.uniform(10, 900)

        return [(self._dice.uniform(0.1, 21) * HOUR, sleep) for _ in range(2)]

    def commit(self, plain: Callable[[Changes], None]) -> Callable[[Changes], None]:
        """The store's commit, but for a full disk and a lock."""

        def committed(changes: Changes) -> None:
            now_s = asyncio.get_running_loop().time()
            if any(spell.covers(now_s) for spell in self.full):
                raise StoreFullError("disk full")
            if any(spell.covers(now_s) for spell in self.locked):
                raise StoreBusyError("locked")
            plain(changes)

        return committed


def _no_subject(_options: Options) -> str:
    raise ValueError("a plugin's bug")


def _break(life: Life) -> None:
    """Settings that a plugin breaks on change nothing."""
    first = life.daemon.settings.checks[0]
    kind = replace(target_kind(life.scene), subject=_no_subject)
    bad = replace(first, spec=replace(first.spec, kind=kind))
    with pytest.raises(ValueError, match="a plugin's bug"):
        life.reload(lambda now: replace(now, checks=(bad,)))


def day(seed: int) -> tuple[Life, Troubles]:
    troubles = Troubles(seed)
    rule = Threshold(failures_to_open=3, passes_to_close=2, settle_s=30)
    settings = settings_of(troubles.scene, HOSTS, interval_s=INTERVAL_S, rule=rule, lapses=LAPSES)
    life = run_virtual(
        lived(troubles.scene, settings, DAY, meanwhile=troubles.meanwhile, seed=seed, commit=troubles.commit)
    )
    return life, troubles


@pytest.mark.parametrize("seed", range(4))
def test_after_a_day_of_our_own_troubles_state_is_truth(seed: int) -> None:
    life, troubles = day(seed)
    open_checks = {one.check_id for one in life.daemon.subjects.incidents() if one.nature is Nature.FAULT}
    assert open_checks == {f"on-{HOSTS[0]}"}
    assert all(not subject.record.stale_incident for subject in life.daemon.subjects)
    for host in HOSTS:
        (subject,) = life.daemon.subjects.of(CheckId(f"on-{host}"))
        assert subject.status is (Status.CRITICAL if host == HOSTS[0] else Status.OK)
    assert life.store.next_due("on-call-1-mail") is None
    assert life.store.next_due("on-call-2-webhook") is None
    _assert_threads(life)
    _assert_rungs(life)
    _assert_notices(life, troubles)
    _assert_pages_are_true(life, troubles)


def _assert_threads(life: Life) -> None:
    """I1, I2, I3, I6: each once, bad news first, every open incident told, no thread without its beginning."""
    for sink in life.sinks:
        ids = Counter(sent.notification.id for sent in sink.taken)
        assert set(ids.values()) <= {1}
        threads: dict[str, list[EventKind]] = {}
        for sent in sink.taken:
            if (incident := sent.notification.incident_id) is not None:
                threads.setdefault(incident, []).append(sent.notification.message.event)
        assert all(kinds[0] is EventKind.OPENED for kinds in threads.values())
        assert all(kinds.count(EventKind.RESOLVED) <= 1 for kinds in threads.values())
        still_open = {incident.id for incident in life.daemon.subjects.incidents()}
        assert still_open <= threads.keys()
        ended = {incident for incident, kinds in threads.items() if EventKind.RESOLVED in kinds}
        assert ended == threads.keys() - still_open


def _assert_rungs(life: Life) -> None:
    """I7: three weeks and two weeks at first sight, one week half a day later: told once each, and no other."""
    told = [one for one in life.mails if one.message.check == "contract"]
    assert [one.message.event for one in told] == [EventKind.OPENED, EventKind.REMINDER]
    assert EPOCH + timedelta(hours=12) <= told[1].created_at <= EPOCH + timedelta(hours=12, minutes=20)


def _assert_notices(life: Life, troubles: Troubles) -> None:
    """Nobody is flooded with what we have to say of ourselves."""
    assert len(life.notices("clock of the watching machine jumped")) == 2
    assert len(life.notices("sees again")) <= len(troubles.scene.dark)
    assert len(life.notices("Nigehban is blind")) == 0  # nothing leaves over an uplink that is down


def _assert_pages_are_true(life: Life, troubles: Troubles) -> None:
    """Whoever was told that a target is down: it was."""
    for row in life.mails:
        if row.incident_id is not None and row.message.event is EventKind.OPENED and row.message.check != "contract":
            assert _was_down(row, troubles.scene), row.message.subject


def _was_down(row: Notification, scene: Scene) -> bool:
    """By the loop's seconds: sleeps make the time of day later than those, by at most half an hour."""
    latest_s = (row.created_at - EPOCH).total_seconds()
    spells: Sequence[Spell] = scene.down[row.message.check.removeprefix("on-")]
    return any(spell.begin <= latest_s and latest_s - scene.asleep_s <= spell.end for spell in spells)
