"""What the preview says of what is told again and again while nobody answers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.outlook.preview import Foretold, GivenUpError, sent
from alerts.people.escalation import Escalation, Step
from alerts.record import SubjectRecord
from alerts.route import Route
from tests.alerts.test_outlook import NOW, SETTINGS, down, foretold, way
from tests.support.settings_files import load_text
from watchdog.assembly import directory_of
from watchdog.billing.foreseen import OnRecord
from watchdog.cli.preview_shown import preview_object, preview_text
from watchdog.explaining import Known
from watchdog.foretelling import preview
from watchdog.settings.values import Settings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEP = Step(after=10 * MINUTE, to=("boss",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_text(tmp_path, SETTINGS)


def nagging(settings: Settings, *escalations: Escalation) -> Settings:
    routes = tuple(Route(to=("ops",), escalation=one.id, goes_on=True) for one in escalations)
    people = {**settings.receivers, "boss": way("boss"), "chief": way("chief")}
    return replace(settings, receivers=people, routes=routes, escalations={one.id: one for one in escalations})


def every(length: timedelta, repeats: int | None = None, *, of: str = "urgent", to: str = "boss") -> Escalation:
    return Escalation(id=of, steps=(replace(STEP, to=(to,)),), repeat_every=length, repeats=repeats)


def heard_by(receiver: str, found: list[Foretold]) -> list[tuple[timedelta, int]]:
    """When after now, and how often it is told again behind that."""
    mine = [one for one in sent(found) if one.row.receiver == receiver]
    return [(one.at - NOW, 0 if one.again is None else one.again.times) for one in mine]


def test_three_repeats_are_listed_and_the_others_counted(settings: Settings) -> None:
    found = foretold(nagging(settings, every(HOUR)), down(), days=10)
    whole = 10 * 24 - 1  # the first comes 70 minutes from now, one an hour behind it
    assert heard_by("boss", found) == [
        (10 * MINUTE, 0),
        (10 * MINUTE + HOUR, 0),
        (10 * MINUTE + 2 * HOUR, 0),
        (10 * MINUTE + 3 * HOUR, whole - 3),
    ]
    (last,) = (one.again for one in found if one.again is not None and one.row.receiver == "boss")
    assert (last.every, last.until) == (HOUR, NOW + 10 * DAY - 50 * MINUTE)


def test_no_more_are_counted_than_the_settings_allow(settings: Settings) -> None:
    found = foretold(nagging(settings, every(HOUR, 50)), down(), days=90)
    assert [times for _, times in heard_by("boss", found)] == [0, 0, 0, 47]


def test_as_many_are_listed_as_there_are_where_they_are_few(settings: Settings) -> None:
    found = foretold(nagging(settings, every(HOUR, 3)), down(), days=90)
    assert [times for _, times in heard_by("boss", found)] == [0, 0, 0, 0]


def test_none_is_counted_while_a_silence_lasts(settings: Settings) -> None:
    silence = Mute(
        id="s1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(["check=mx"]),
        author="asad",
        reason="moving",
        starts_at=NOW + DAY,
        ends_at=NOW + 2 * DAY,
    )
    found = foretold(nagging(settings, every(HOUR)), down(), days=3, mutes=(silence,))
    counted = [one for one in found if one.again is not None and one.row.receiver == "boss"]
    assert [(one.again.times, one.again.until) for one in counted if one.again] == [
        (23 - 3, NOW + DAY - 50 * MINUTE),
        (24 - 3, NOW + 3 * DAY),
    ]


def test_each_of_two_escalations_goes_at_its_own_pace(settings: Settings) -> None:
    two = nagging(settings, every(HOUR), every(DAY, of="slow", to="chief"))
    found = foretold(two, down(), days=30)
    often = sum(1 + times for _, times in heard_by("boss", found)) - 1
    seldom = sum(1 + times for _, times in heard_by("chief", found)) - 1
    assert (often, seldom) == (30 * 24 - 1, 29)
    assert len(found) < 40


def test_a_season_of_repeats_every_half_minute_is_a_few_lines(settings: Settings) -> None:
    """259,200 of each: whoever asks waits no longer, and neither does the daemon."""
    found = foretold(nagging(settings, every(timedelta(seconds=30))), *map(one_of_many, range(20)), days=90)
    assert len(found) == 20 * (1 + 2 * 3)


def one_of_many(number: int) -> SubjectRecord:
    record = down()
    assert record.fault_incident is not None
    incident = replace(record.fault_incident, id=f"{number:024x}", subject=f"mx{number}")
    return replace(record, subject=incident.subject, fault_incident=incident)


def test_people_and_scripts_read_how_it_goes_on(settings: Settings) -> None:
    found = foretold(nagging(settings, every(HOUR)), down(), days=1)
    text = preview_text(found, 1, ZoneInfo("Asia/Karachi"), None)
    assert text.startswith("7 messages and up to 40 repeats in the next 1 day")
    assert "then every 1 h, up to 20 times more while nobody answers, until 09:10 on Tue 24 Nov 2026: STILL" in text
    (last,) = (one for one in found if one.again is not None and one.row.receiver == "boss")
    assert preview_object(last)["again"] == {"every_s": 3600.0, "times": 20, "until": "2026-11-24T04:10:00Z"}


def test_what_nobody_waits_for_any_more_is_given_up_and_says_how_far_it_came(settings: Settings) -> None:
    directory = directory_of(settings, settings.checks)
    known = Known(settings=settings, directory=directory, now=NOW, records=[down()], is_watched=True)
    with pytest.raises(GivenUpError, match="10:00 on Mon 23 Nov 2026"):
        preview(known, 90, OnRecord(), lambda: True)
