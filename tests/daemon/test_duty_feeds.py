"""Calendars of rotas while the daemon runs: read anew, kept when they break, told of."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from alerts.people.rota import Rota, on_duty
from alerts.route import Route
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret, SecretUnavailableError
from tests.support.on_duty import estate
from tests.support.virtual_estate import ZONE, Month, lay
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.duty_calendar import DutyCalendar
from watchdog.duty_feeds import DutyFeeds
from watchdog.feeds import FETCH_WITHIN_S, FeedCopies, mark_of
from watchdog.store.executor import Inline


def calendar(who: str, begins: str = "20171001T000000Z", lasts: str = "P300D") -> str:
    event = f"UID:1\r\nDTSTAMP:20170101T000000Z\r\nSUMMARY:{who}\r\nDTSTART:{begins}\r\nDURATION:{lasts}\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"


async def _nothing(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("a file needs no network")


def told(
    folder: Path, *deeds: Callable[[], object], fallback: str | None = "boss"
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Who is on duty an hour after each deed, the chore being new after each; and what was announced."""

    async def body() -> tuple[list[tuple[str, ...]], Month]:
        rota = Rota(id="noc", fallback=fallback)
        names = {name: name for name in ("ali", "sara", "boss")}
        place = DutyCalendar(rota="noc", place=folder / "noc.ics", zone=ZONE.key, names=names)
        settings = estate(down_for=timedelta(0), people=tuple(names), routes=(Route(to=("noc-duty",)),), rotas=(rota,))
        daemon, month = lay(replace(settings, duty_calendars={"noc": place}), seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        present = []
        for deed in deeds:
            deed()
            chore = asyncio.create_task(_feeds(daemon, folder).forever())
            await asyncio.sleep(3600)
            present.append(on_duty(daemon.directory.rotas["noc"], virtual_clock()()))
            chore.cancel()
        stop.set()
        await running
        return present, month

    present, month = run_virtual(body())
    return present, sorted({one.notification.message.subject for one in month.sent})


def _feeds(daemon: Daemon, folder: Path) -> DutyFeeds:
    return DutyFeeds(daemon=daemon, folder=folder / "kept", fetch=_nothing, caller=Inline(), clock=virtual_clock())


def test_a_calendar_that_changes_changes_duty(tmp_path: Path) -> None:
    file = tmp_path / "noc.ics"
    present, said = told(
        tmp_path, lambda: file.write_text(calendar("ali"), "utf-8"), lambda: file.write_text(calendar("sara"), "utf-8")
    )
    assert present == [("ali",), ("sara",)]
    assert said == []


def test_a_calendar_that_breaks_is_gone_by_as_it_was_and_told_also_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "noc.ics"
    present, said = told(tmp_path, lambda: file.write_text(calendar("ali"), "utf-8"), file.unlink)
    assert present == [("ali",), ("ali",)]
    assert said == ["NOTICE the calendar of noc cannot be read"]


def test_a_calendar_that_names_strangers_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "noc.ics"
    present, said = told(
        tmp_path, lambda: file.write_text(calendar("ali"), "utf-8"), lambda: file.write_text(calendar("x"), "utf-8")
    )
    assert present == [("ali",), ("ali",)]
    assert said == ["NOTICE the calendar of noc cannot be read"]


def test_a_gap_that_comes_near_is_told_to_who_stands_in(tmp_path: Path) -> None:
    ends = calendar("ali", f"{EPOCH:%Y%m%dT%H%M%SZ}", "P1D")
    present, said = told(tmp_path, lambda: (tmp_path / "noc.ics").write_text(ends, "utf-8"))
    assert present == [("ali",)]
    assert said == ["NOTICE nobody is on duty in noc from 09:00 on Thu 19 Oct 2017"]


EMPTY = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


def test_a_calendar_that_has_become_empty_is_told_and_who_was_on_duty_is_not_any_more(tmp_path: Path) -> None:
    file = tmp_path / "noc.ics"
    present, said = told(
        tmp_path,
        lambda: file.write_text(calendar("ali"), "utf-8"),
        lambda: file.write_text(EMPTY, "utf-8"),
        fallback=None,
    )
    assert present == [("ali",), ()]
    assert said == ["NOTICE nobody is on duty in noc from 10:00 on Wed 18 Oct 2017"]


PLACE = "https://calendar.example.org/x"
PLACE_MARK = mark_of(PLACE) or ""
ROTAS = ("noc", "two", "three", "four")


async def _hangs(_request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(3600)
    raise AssertionError("nobody waits so long")


def _behind_servers(folder: Path) -> DutyFeeds:
    """Rotas whose calendars lie behind servers that hang."""
    names = {name: name for name in ("ali", "boss")}
    place = DutyCalendar(rota="", place=PLACE, zone=ZONE.key, names=names)
    rotas = tuple(Rota(id=id_, fallback="boss") for id_ in ROTAS)
    settings = estate(down_for=timedelta(0), people=tuple(names), routes=(Route(to=("noc-duty",)),), rotas=rotas)
    places = {id_: replace(place, rota=id_) for id_ in ROTAS}
    daemon, _ = lay(replace(settings, duty_calendars=places), seed=1)
    return DutyFeeds(daemon=daemon, folder=folder, fetch=_hangs, caller=Inline(), clock=virtual_clock())


def test_after_a_start_those_on_duty_are_there_before_their_calendars_answer(tmp_path: Path) -> None:
    async def body() -> list[tuple[str, ...]]:
        kept = _behind_servers(tmp_path)
        for id_ in ROTAS:
            FeedCopies(tmp_path).write(id_, PLACE_MARK, calendar("ali").encode())
        feeds = kept.recalled()
        return [on_duty(feeds.daemon.directory.rotas[id_], virtual_clock()()) for id_ in ROTAS]

    assert run_virtual(body()) == [("ali",)] * len(ROTAS)


def test_calendars_that_hang_are_waited_for_beside_one_another(tmp_path: Path) -> None:
    async def body() -> float:
        await _behind_servers(tmp_path).round()
        return asyncio.get_running_loop().time()

    assert run_virtual(body()) == FETCH_WITHIN_S


@dataclass
class Servers:
    """What each URL answers; one that is not named does not answer."""

    answers: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        if request.url not in self.answers:
            raise ProbeError(Cause.REFUSED, "")
        body = self.answers[request.url]
        return HttpResponse(request.url, 200, (), body, len(body), (), "192.0.2.1", None, 0.0, 0.0, 0.0, 0.0)


ELSEWHERE = "https://calendar.example.org/y"


@dataclass(frozen=True)
class Moved:
    asked: list[str]
    """Within three seconds of the new settings."""
    present: tuple[str, ...]
    said: set[str]


def moved(folder: Path, servers: Servers, place: str | Secret, after: Callable[[], str | Secret]) -> Moved:
    """The chore runs, settings change after a minute, and a minute later somebody looks."""

    async def body() -> Moved:
        names = {name: name for name in ("ali", "sara", "boss")}
        feed = DutyCalendar(rota="noc", place=place, zone=ZONE.key, names=names)
        rota = Rota(id="noc", fallback="boss")
        settings = estate(down_for=timedelta(0), people=tuple(names), routes=(Route(to=("noc-duty",)),), rotas=(rota,))
        daemon, month = lay(replace(settings, duty_calendars={"noc": feed}), seed=1)
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        feeds = DutyFeeds(daemon=daemon, folder=folder, fetch=servers, caller=Inline(), clock=virtual_clock())
        chore = asyncio.create_task(feeds.forever())
        await asyncio.sleep(61)
        other = replace(settings, duty_calendars={"noc": replace(feed, place=after())})
        carried = daemon.directory.rotas["noc"].shifts if isinstance(place, Secret) else ()
        daemon.configure(other)
        daemon.directory.read_anew(replace(daemon.directory.rotas["noc"], shifts=carried))
        asked_before = len(servers.asked)
        await asyncio.sleep(3)
        at_once = servers.asked[asked_before:]
        await asyncio.sleep(60)
        present = on_duty(daemon.directory.rotas["noc"], virtual_clock()())
        chore.cancel()
        stop.set()
        await running
        said = {
            one.notification.message.text for one in month.sent if "cannot be read" in one.notification.message.subject
        }
        return Moved(at_once, present, said)

    return run_virtual(body())


def test_another_url_is_asked_as_soon_as_settings_name_it(tmp_path: Path) -> None:
    servers = Servers({PLACE: calendar("ali").encode(), ELSEWHERE: calendar("sara").encode()})
    came = moved(tmp_path, servers, PLACE, lambda: ELSEWHERE)
    assert (came.asked, came.present) == ([ELSEWHERE], ("sara",))


def test_another_url_that_does_not_answer_leaves_nobody_of_the_old_calendar_on_duty_and_is_told_at_once(
    tmp_path: Path,
) -> None:
    came = moved(tmp_path, Servers({PLACE: calendar("ali").encode()}), PLACE, lambda: ELSEWHERE)
    assert came.present == ()
    assert "Nothing is known of that place" in "".join(came.said)


def test_another_url_in_the_same_secret_is_another_place(tmp_path: Path) -> None:
    held = [PLACE]
    place = Secret("noc-calendar", lambda: held[-1])

    def change() -> Secret:
        held.append(ELSEWHERE)
        return place

    came = moved(tmp_path, Servers({PLACE: calendar("ali").encode()}), place, change)
    assert (came.asked, came.present) == ([ELSEWHERE], ())


def test_a_secret_that_cannot_be_read_just_now_is_no_other_place(tmp_path: Path) -> None:
    def read() -> str:
        if is_gone:
            raise SecretUnavailableError("secret noc-calendar: Permission denied")
        return PLACE

    is_gone: list[bool] = []
    place = Secret("noc-calendar", read)

    def lose() -> Secret:
        is_gone.append(True)
        return place

    assert moved(tmp_path, Servers({PLACE: calendar("ali").encode()}), place, lose).present == ("ali",)


def test_after_a_start_with_another_url_a_kept_copy_of_the_old_one_names_nobody(tmp_path: Path) -> None:
    async def body() -> list[tuple[str, ...]]:
        kept = _behind_servers(tmp_path)
        for id_ in ROTAS:
            FeedCopies(tmp_path).write(id_, mark_of(ELSEWHERE) or "", calendar("ali").encode())
        feeds = kept.recalled()
        return [on_duty(feeds.daemon.directory.rotas[id_], virtual_clock()()) for id_ in ROTAS]

    assert run_virtual(body()) == [()] * len(ROTAS)
