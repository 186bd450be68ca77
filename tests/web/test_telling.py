"""The page of who is told: duty, silences that match nothing, windows to come, ways out that are left alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.flow import Health
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.people.rota import Every, Rota, Turns
from tests.support.page_estate import NOW, PageEstate, glance_of, page_estate
from watchdog.store.views import Waiting
from watchdog.web.telling_view import TellingPage, telling_page

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("estate")) as built:
        yield built


def mute(name: str, matcher: str, *, begins: timedelta = -HOUR, kind: MuteKind = MuteKind.SILENCE) -> Mute:
    return Mute(
        id=name,
        kind=kind,
        matchers=matchers_of([matcher]),
        author="asad",
        reason="the relay is being moved",
        starts_at=NOW + begins,
        ends_at=NOW + begins + 3 * HOUR,
    )


def page(estate: PageEstate, *mutes: Mute, **more: object) -> TellingPage:
    telling = replace(estate.telling, mutes=mutes, **more)  # type: ignore[arg-type]  # fields of the tests' own
    return telling_page(telling, glance_of(estate))


def test_a_silence_says_whose_it_is_until_when_and_what_it_is_about(estate: PageEstate) -> None:
    (row,) = page(estate, mute("s1", "service=official-email")).now
    assert (row.word, row.by, row.reason) == ("Silence", "asad", "the relay is being moved")
    assert (row.when, row.about) == ("until 05:07", "service=official-email")
    assert "open incident" in row.concerns


def test_a_silence_that_matches_nothing_is_marked(estate: PageEstate) -> None:
    (row,) = page(estate, mute("s1", "service=nothing-of-ours")).now
    assert row.tone == "warning"
    assert row.concerns == "no check and no open incident is like this"


def test_windows_to_come_stand_apart(estate: PageEstate) -> None:
    window = mute("m1", "kind=smtp", begins=5 * HOUR, kind=MuteKind.MAINTENANCE)
    made = page(estate, window)
    assert made.now == []
    assert [(one.word, one.when) for one in made.to_come] == [("Maintenance", "from 08:07 until 11:07")]


def test_what_is_over_is_gone(estate: PageEstate) -> None:
    made = page(estate, mute("s1", "kind=smtp", begins=-5 * HOUR))
    assert (made.now, made.to_come) == ([], [])


def rota(fallback: str | None = None, members: tuple[str, ...] = ("asad", "bina")) -> Rota:
    turns = Turns(
        members=members, every=Every.WEEK, hand_off=time(9), zone=ZoneInfo("Asia/Karachi"), starts=date(2026, 11, 16)
    )
    return Rota(id="mail-team", turns=turns if members else None, fallback=fallback)


def test_who_is_on_duty_stands_with_who_is_next(estate: PageEstate) -> None:
    directory = replace(estate.telling.directory, rotas={"mail-team": rota()})
    (row,) = page(estate, directory=directory).duty
    assert (row.who, row.until, row.tone) == ("asad", "until 09:00, then bina", "ok")


@pytest.mark.parametrize(
    ("fallback", "who", "tone"), [("boss", "nobody; boss stands in", "warning"), (None, "nobody", "critical")]
)
def test_a_gap_in_duty_is_marked(estate: PageEstate, fallback: str | None, who: str, tone: str) -> None:
    directory = replace(estate.telling.directory, rotas={"mail-team": rota(fallback, ())})
    (row,) = page(estate, directory=directory).duty
    assert (row.who, row.tone) == (who, tone)


def test_a_channel_that_is_left_alone_stands_first_with_why_and_what_waits(estate: PageEstate) -> None:
    *_, name = sorted(set(estate.telling.directory.ways.values()))
    health = {name: Health(is_out=True, since=NOW - HOUR, reason="connection")}
    waiting = {name: Waiting(count=3, oldest=NOW - HOUR)}
    first, second, *_ = page(estate, health=health, waiting=waiting).channels
    assert (first.name, first.tone) == (name, "critical")
    assert first.words.startswith("left alone since 02:07: connection")
    assert first.waits == "3 messages waiting, the first since 1 h"
    assert (second.words, second.waits) == ("works, as far as we know", "nothing waits")


def test_a_store_that_is_silent_is_not_taken_for_an_empty_queue(estate: PageEstate) -> None:
    assert {one.waits for one in page(estate).channels} == {"what waits cannot be read just now"}
