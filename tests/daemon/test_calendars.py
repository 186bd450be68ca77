"""Calendars of maintenance: read again as they change, the last good copy kept, and told when that goes on too long."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.mutes.maintenance import Calendar, Window
from alerts.mutes.matcher import matchers_of
from alerts.words.framed import Said
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret
from tests.support.urdu_text import english_words
from tests.support.virtual_estate import settings_of
from tests.support.virtual_loop import run_virtual
from watchdog.calendars import CalendarKeeper, Calendars
from watchdog.engine.mutes import Mutes
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
URL = "https://calendar.example/works.ics?token=hunter2-canary"


def feed(*starts: str, lasts: str = "PT2H") -> bytes:
    events = "".join(f"BEGIN:VEVENT\nUID:{at}\nDTSTART:{at}\nDURATION:{lasts}\nEND:VEVENT\n" for at in starts)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n".encode()


def answer(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(URL, status, (), body, len(body), (), "192.0.2.1", None, 0.0, 0.0, 0.0, 0.0)


@dataclass
class Office:
    """A keeper with a server that can be told what to answer, and a clock that can be set."""

    folder: Path
    source: Path | Secret | str = URL
    now: datetime = NOW
    answers: HttpResponse | Exception = field(default_factory=lambda: answer(200, feed("20261123T020000Z")))
    asked: list[HttpRequest] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    mutes: Mutes = field(default_factory=Mutes)
    standing: Settings = field(init=False)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers

    def settings(self) -> Settings:
        when = Calendar(self.source, ZoneInfo("Asia/Karachi"))
        window = Window(id="works", title="Works of the provider", matchers=matchers_of(["check=mx"]), when=when)
        return replace(settings_of((), ("mx",), interval_s=60, lapses=NOW), maintenance=(window,))

    def keeper(self) -> CalendarKeeper:
        """As after a start."""
        self.standing = self.settings()
        return CalendarKeeper(
            calendars=Calendars(self.folder, lambda: self.now),
            settings=lambda: self.standing,
            mutes=self.mutes,
            fetch=self.fetch,
            caller=Inline(),
            clock=lambda: self.now,
            announce=self._say,
        )

    def move(self, source: Path | Secret | str) -> None:
        """New settings name another place."""
        self.source = source
        self.standing = self.settings()

    def _say(self, subject: str, text: str, *, urdu: Said) -> None:
        assert english_words(urdu.text) == set()
        self.told.append(f"{subject}\n{text}")

    @property
    def planned(self) -> list[str]:
        return [f"{mute.starts_at:%d %H:%M}" for mute in self.mutes.planned]


def after(office: Office, *steps: Callable[[], None]) -> Office:
    """A round, and one after each step, each a quarter of an hour later."""

    async def play() -> None:
        keeper = office.keeper()
        await keeper.round()
        for step in steps:
            step()
            office.now += timedelta(minutes=15)
            await keeper.round()

    run_virtual(play())
    return office


def test_the_events_behind_a_url_are_windows(tmp_path: Path) -> None:
    office = after(Office(tmp_path))
    assert office.planned == ["23 02:00"]
    assert [(one.url, one.is_confidential) for one in office.asked] == [(URL, True)]


def test_what_changes_there_changes_the_windows(tmp_path: Path) -> None:
    office = Office(tmp_path)
    after(office, lambda: setattr(office, "answers", answer(200, feed("20261123T050000Z"))))
    assert office.planned == ["23 05:00"]


@pytest.mark.parametrize(
    "bad",
    [
        answer(500, b""),
        answer(200, b"<html>"),
        answer(200, feed("20261123T050000Z", lasts="P40D")),
        answer(200, b"x" * 2_000_000),
        ProbeError(Cause.TIMEOUT, "nothing came"),
    ],
    ids=["error", "html", "too long", "too large", "timeout"],
)
def test_what_is_no_calendar_leaves_the_last_good_copy_in_force(tmp_path: Path, bad: HttpResponse | Exception) -> None:
    office = Office(tmp_path)
    after(office, lambda: setattr(office, "answers", bad))
    assert office.planned == ["23 02:00"]
    after(office)  # a start
    assert office.planned == ["23 02:00"], "over a start, too"


def test_a_day_of_failures_is_told_once_a_day_without_the_url(tmp_path: Path) -> None:
    office = Office(tmp_path)
    after(office, lambda: setattr(office, "answers", answer(404, b"")), *[lambda: None] * (4 * 24 * 2 + 8))
    assert len(office.told) == 2
    assert office.told[0].startswith("the calendar of maintenance works cannot be read\n")
    assert "the server answers 404" in office.told[0]
    assert "hunter2-canary" not in "".join(office.told)


def test_a_file_is_read_again_when_it_changes_and_kept_while_it_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "works.ics"
    file.write_bytes(feed("20261123T020000Z"))
    office = Office(tmp_path / "copies", source=file)

    def change() -> None:
        file.write_bytes(feed("20261123T060000Z"))

    after(office, lambda: None, change)
    assert office.planned == ["23 06:00"]
    keeper = office.keeper()

    async def play() -> None:
        await keeper.round()
        file.write_bytes(b"half a calen")
        await keeper.round()

    run_virtual(play())
    assert office.planned == ["23 06:00"]
    assert office.asked == []


ELSEWHERE = "https://calendar.example/plans.ics"


def test_windows_of_a_calendar_that_settings_no_longer_name_are_none(tmp_path: Path) -> None:
    office = Office(tmp_path)

    def move() -> None:
        office.move(ELSEWHERE)
        office.answers = answer(500, b"")

    after(office, move)
    assert office.planned == []
    after(office)  # a start
    assert office.planned == [], "over a start, too"


def test_another_url_is_asked_as_soon_as_settings_name_it(tmp_path: Path) -> None:
    office = Office(tmp_path)

    async def play() -> None:
        chore = asyncio.create_task(office.keeper().forever())
        await asyncio.sleep(5)
        office.move(ELSEWHERE)
        office.answers = answer(200, feed("20261123T050000Z"))
        await asyncio.sleep(3)
        chore.cancel()

    run_virtual(play())
    assert [one.url for one in office.asked] == [URL, ELSEWHERE]
    assert office.planned == ["23 05:00"]


def test_a_new_place_that_does_not_answer_is_told_at_once_and_then_once_a_day(tmp_path: Path) -> None:
    office = Office(tmp_path)

    def move() -> None:
        office.move(ELSEWHERE)
        office.answers = answer(404, b"")

    after(office, move)
    assert ["Nothing is known of it there" in text for text in office.told] == [True]
    after(office, *[lambda: None] * (4 * 24 + 1))
    assert len(office.told) == 3, "at a start, and a day later"


def test_another_url_in_the_same_secret_is_another_place(tmp_path: Path) -> None:
    held = [URL]
    office = Office(tmp_path, source=Secret("works", lambda: held[-1]))

    def change() -> None:
        held.append(ELSEWHERE)
        office.answers = answer(500, b"")

    assert after(office, change).planned == []


def test_a_calendar_is_awaited_until_its_place_was_asked_whatever_it_answers(tmp_path: Path) -> None:
    office = Office(tmp_path, answers=answer(500, b""))
    keeper = office.keeper()
    before = keeper.calendars.awaited(office.standing)
    run_virtual(keeper.round())
    assert (set(before), set(keeper.calendars.awaited(office.standing))) == ({"works"}, set())
