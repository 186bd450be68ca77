"""While nothing can be written: outages are told from memory once, and its end is told to whoever knew of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.judging.fault import Threshold
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.route import Receiver, Route
from tests.support.blind_estate import Life, Scene, Spell, lived, settings_of
from tests.support.virtual_estate import Sent
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.settings.values import Settings
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError, StoreError, StoreFullError
from watchdog.unwritten import WAITED_S, Unwritten

HOSTS = tuple(f"t{number}.example" for number in range(4))
AT_ONCE = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0)
FULL_AT_S = 200.0


class Looks:
    """Looks each second, as the daemon beside which it runs lives."""

    def __init__(self) -> None:
        self._unwritten: Unwritten | None = None

    def __call__(self, life: Life) -> None:
        if self._unwritten is None:
            self._unwritten = Unwritten(engine=life.daemon, clock=virtual_clock())
        self._unwritten.look()


def failing(until_s: float, error: StoreError) -> Callable[[Callable[[Changes], None]], Callable[[Changes], None]]:
    def disk(plain: Callable[[Changes], None]) -> Callable[[Changes], None]:
        def commit(changes: Changes) -> None:
            if FULL_AT_S <= asyncio.get_running_loop().time() < until_s:
                raise error
            plain(changes)

        return commit

    return disk


def life_of(  # a scene, and how the daemon that lives in it is set up
    scene: Scene,
    until_s: float,
    for_s: float,
    error: StoreError | None = None,
    rule: Threshold = AT_ONCE,
    *,
    change: Callable[[Settings], Settings] = lambda settings: settings,
    mutes: Sequence[Mute] = (),
) -> Life:
    looks = Looks()
    return run_virtual(
        lived(
            scene,
            change(settings_of(scene, HOSTS, rule=rule)),
            for_s,
            meanwhile=[
                (1.0, lambda life: life.daemon.mutes.remember(mutes)),
                *((float(second), looks) for second in range(1, int(for_s))),
            ],
            commit=failing(until_s, error or StoreFullError("no room")),
        )
    )


def subjects(life: Life) -> list[str]:
    return [row.message.subject for row in life.mails]


def test_an_outage_is_told_from_memory_once_however_long_the_disk_stays_full() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(300, 99_999)]})
    life = life_of(scene, until_s=4 * 3600, for_s=4 * 3600 + 15)
    (told,) = [row.message for row in life.mails if "told from memory" in row.message.subject]
    assert told.subject.startswith("NOTICE DOWN ")
    assert HOSTS[0] in told.text
    assert told.text.startswith("This is told from memory, since nothing can be written just now.")


def test_its_down_goes_out_as_ever_when_it_can_be_written_and_so_does_one_closing_notice() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(300, 99_999)]})
    life = life_of(scene, until_s=920, for_s=1500)
    assert len([subject for subject in subjects(life) if subject.startswith("DOWN")]) == 1
    (end,) = [row.message for row in life.mails if "can be written again" in row.message.subject]
    assert "after 11 min" in end.subject
    assert "1 incident that began meanwhile and is still open is among them" in end.text


def test_what_was_written_before_is_not_told_again() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(50, 99_999)]})
    life = life_of(scene, until_s=900, for_s=1200)
    assert not [subject for subject in subjects(life) if "from memory" in subject]


def test_many_that_go_down_together_are_not_a_message_each() -> None:
    scene = Scene(down={host: [Spell(205, 99_999)] for host in HOSTS})
    life = life_of(scene, until_s=900, for_s=1200)
    first, rest = [row.message for row in life.mails if "told from memory" in row.message.subject]
    assert any("things are down" in one.subject for one in (first, rest))
    assert all(host in f"{first.text} {rest.text}" for host in HOSTS)


@pytest.mark.parametrize("lasts_s", [5.0, WAITED_S - 5])
def test_a_short_lock_is_waited_out_in_silence(lasts_s: float) -> None:
    scene = Scene(down={HOSTS[0]: [Spell(150, 99_999)]})
    life = life_of(scene, until_s=FULL_AT_S + lasts_s, for_s=900, error=StoreBusyError("locked"))
    assert not [subject for subject in subjects(life) if "NOTICE" in subject]


def test_what_heals_before_anybody_would_hear_of_it_is_told_to_nobody() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(205, 270)]})
    life = life_of(scene, until_s=900, for_s=1200, rule=Threshold(failures_to_open=1, passes_to_close=1, settle_s=500))
    assert not [subject for subject in subjects(life) if "from memory" in subject]


# Whom it concerns ------------------------------------------------------------------------------------------------


def muted(kind: MuteKind, until_s: float) -> Mute:
    """What covers the first host from the beginning until then."""
    return Mute(
        id="m1",
        kind=kind,
        matchers=matchers_of([f"check=on-{HOSTS[0]}"]),
        author="asma",
        reason="switch replaced",
        starts_at=EPOCH,
        ends_at=EPOCH + timedelta(seconds=until_s),
    )


def from_memory(life: Life, sink: int = 0) -> list[Sent]:
    return [sent for sent in life.sinks[sink].taken if "from memory" in sent.notification.message.subject]


def hosts_in(told: Sequence[Sent]) -> list[str]:
    return [host for host in HOSTS if any(host in sent.notification.message.text for sent in told)]


@pytest.mark.parametrize("kind", MuteKind)
def test_what_a_silence_or_a_window_covers_is_told_to_nobody_from_memory_either(kind: MuteKind) -> None:
    scene = Scene(down={HOSTS[0]: [Spell(300, 99_999)], HOSTS[1]: [Spell(320, 99_999)]})
    life = life_of(scene, until_s=900, for_s=890, mutes=[muted(kind, 5000)])
    assert hosts_in(from_memory(life)) == [HOSTS[1]]


def test_what_is_still_down_when_its_silence_ends_is_told_from_memory_then() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(300, 99_999)]})
    life = life_of(scene, until_s=900, for_s=890, mutes=[muted(MuteKind.SILENCE, 600)])
    (told,) = from_memory(life)
    assert EPOCH + timedelta(seconds=600) <= told.at < EPOCH + timedelta(seconds=605)


def of_their_own(settings: Settings) -> Settings:
    """The second host has a team of its own, and whoever is on call hears of the rest."""
    mail, hook = settings.receivers["on-call"].channels
    return replace(
        settings,
        receivers={"on-call": Receiver(id="on-call", channels=(mail,)), "team": Receiver(id="team", channels=(hook,))},
        routes=(Route(match={"check": f"on-{HOSTS[1]}"}, to=("team",)), Route(to=("on-call",))),
    )


def test_from_memory_too_whoever_the_routes_name_is_told_and_nobody_is_woken_by_what_is_none_of_theirs() -> None:
    scene = Scene(down={HOSTS[0]: [Spell(300, 99_999)], HOSTS[1]: [Spell(300, 99_999)]})
    life = life_of(scene, until_s=900, for_s=890, change=of_their_own)
    assert [hosts_in(from_memory(life, sink)) for sink in (0, 1)] == [[HOSTS[0]], [HOSTS[1]]]
