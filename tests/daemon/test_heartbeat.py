"""A sign of life goes out as long as the daemon does its work, and only then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest, HttpResponse
from checks.secret import Secret, secret_from_file
from tests.support.fake_network import answer
from tests.support.settings_files import HEAD, load_text
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.engine.vitals import (
    MAX_OVERDUE_S,
    MAX_UNWRITTEN_S,
    STUCK_AFTER_S,
    TimedWriter,
    Vitals,
    ailment,
    hang,
)
from watchdog.heartbeat import RETRY_S, TIMEOUT_S, Heartbeat, keep_alive
from watchdog.sd_notify import ServiceManager
from watchdog.settings.values import HeartbeatSettings
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreError

WELL = Vitals(overdue_s=0.0, unwritten_s=0.0)
URL = "https://switch.example.org/t0ken"

Said = HttpResponse | Exception


@dataclass(slots=True)
class Scene:
    """A heartbeat over a scripted outside: what it was asked when, and what was counted."""

    settings: HeartbeatSettings | None = field(default_factory=lambda: HeartbeatSettings(url=URL))
    vitals: Vitals = WELL
    says: Callable[[float], Said] = lambda _at_s: answer(200)
    asked: list[tuple[float, HttpRequest]] = field(default_factory=list)
    counted: list[tuple[str, str]] = field(default_factory=list)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        at_s = asyncio.get_running_loop().time()
        self.asked.append((at_s, request))
        said = self.says(at_s)
        if isinstance(said, Exception):
            raise said
        return said

    def beat(self, outcome: str, reason: str, at_s: float) -> None:
        assert at_s > 0
        self.counted.append((outcome, reason))

    def play(self, *steps: tuple[float, Callable[[], None]], for_s: float) -> "Scene":
        async def scene() -> None:
            loop = asyncio.get_running_loop()
            heart = Heartbeat(lambda: self.settings, lambda: self.vitals, self.fetch, virtual_clock(), self)
            for at_s, step in steps:
                loop.call_at(loop.time() + at_s, step)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(heart.forever(), for_s)

        run_virtual(scene())
        return self

    @property
    def times(self) -> Sequence[float]:
        """When it was asked, from the first time on."""
        return [at_s - self.asked[0][0] for at_s, _ in self.asked]


# When ------------------------------------------------------------------------------------------------------------


def test_it_beats_at_once_and_then_as_often_as_told() -> None:
    assert Scene().play(for_s=200).times == [0, 60, 120, 180]


def test_without_settings_nothing_is_sent() -> None:
    assert Scene(settings=None).play(for_s=600).asked == []


def test_other_settings_take_force_at_once() -> None:
    scene = Scene()

    def more_often() -> None:
        scene.settings = HeartbeatSettings(url=URL, every_s=5)

    scene.play((30, more_often), for_s=42.5)
    assert scene.times == [0, 30, 35, 40]


def test_settings_read_anew_without_a_change_do_not_beat_out_of_turn() -> None:
    scene = Scene()

    def reload() -> None:
        scene.settings = HeartbeatSettings(url=URL)

    assert scene.play((30, reload), for_s=100).times == [0, 60]


def test_one_that_fails_is_tried_again_once_and_then_as_often_as_told() -> None:
    scene = Scene(says=lambda _at_s: ProbeError(Cause.REFUSED, "no")).play(for_s=RETRY_S + 130)
    assert scene.times == [0, RETRY_S, RETRY_S + 60, RETRY_S + 120]
    assert set(scene.counted) == {("failed", "unreachable")}


# Whether ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vitals", "said"),
    [
        (WELL, ""),
        (Vitals(overdue_s=MAX_OVERDUE_S, unwritten_s=MAX_UNWRITTEN_S), ""),
        (Vitals(overdue_s=MAX_OVERDUE_S + 1, unwritten_s=0), "a check has been due for 61 s and was not started"),
        (Vitals(overdue_s=0, unwritten_s=MAX_UNWRITTEN_S + 1), "the store has not taken what was seen for 121 s"),
    ],
)
def test_what_ails_the_daemon_is_said_in_words(vitals: Vitals, said: str) -> None:
    assert ailment(vitals) == said


def test_a_daemon_that_is_not_well_holds_its_beats_until_it_is() -> None:
    scene = Scene()

    def sicken() -> None:
        scene.vitals = Vitals(overdue_s=90, unwritten_s=0)

    def recover() -> None:
        scene.vitals = WELL

    scene.play((30, sicken), (125, recover), for_s=200)
    assert scene.times == [0, 130, 190]
    assert scene.counted == [("sent", ""), ("held", "unwell"), ("held", "unwell"), ("sent", ""), ("sent", "")]


# What ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_beat_says_nothing_but_that_it_is_there_and_follows_nobody(method: str) -> None:
    scene = Scene(HeartbeatSettings(url=URL, method=method)).play(for_s=5)
    (_, request), *_ = scene.asked
    assert (request.url, request.method, request.body, dict(request.headers)) == (URL, method, b"", {})
    assert request.max_redirects == 0
    assert request.is_confidential, "the token would go to whoever answers"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (answer(302), "redirected"),
        (answer(404), "refused"),
        (answer(503), "busy"),
        (answer(500), "server_error"),
        (ProbeError(Cause.TLS_UNTRUSTED, "x"), "tls_untrusted"),
        (ProbeError(Cause.NAME_FAILED, "x"), "unreachable"),
        (RuntimeError("our own bug"), "bug"),
    ],
)
def test_whatever_is_said_instead_of_yes_is_counted_by_its_reason(says: Said, reason: str) -> None:
    assert Scene(says=lambda _at_s: says).play(for_s=5).counted == [("failed", reason)]


def test_a_service_that_says_nothing_is_left_after_its_time() -> None:
    scene = Scene()

    async def silent(_request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(3600)
        raise AssertionError

    async def play() -> float:
        loop = asyncio.get_running_loop()
        heart = Heartbeat(lambda: scene.settings, lambda: WELL, silent, virtual_clock(), scene)
        began_s = loop.time()
        await heart.tick(began_s)
        return loop.time() - began_s

    assert run_virtual(play()) == pytest.approx(TIMEOUT_S, abs=0.1)
    assert scene.counted == [("failed", "timeout")]


@pytest.mark.parametrize("written", ["http://switch.example.org/x", "ftp://switch.example.org/", "nonsense"])
def test_a_secret_that_is_no_https_url_is_sent_nowhere(tmp_path: Path, written: str) -> None:
    scene = Scene(HeartbeatSettings(url=kept(tmp_path, written))).play(for_s=5)
    assert (scene.asked, scene.counted) == ([], [("failed", "bad_url")])


def test_a_secret_is_read_each_time_and_missing_it_fails_that_beat_alone(tmp_path: Path) -> None:
    secret = kept(tmp_path, URL)
    scene = Scene(HeartbeatSettings(url=secret))

    def rotate() -> None:
        kept(tmp_path, "https://switch.example.org/other")

    scene.play((30, (tmp_path / "url").unlink), (90, rotate), for_s=135)
    assert [request.url for _, request in scene.asked] == [URL, "https://switch.example.org/other"]
    assert scene.counted == [("sent", ""), ("failed", "secret"), ("failed", "secret"), ("sent", "")]


def kept(folder: Path, url: str) -> Secret:
    path = folder / "url"
    path.touch(0o600)
    path.write_text(url)
    return secret_from_file(path, "heartbeat_url")


# Facts -----------------------------------------------------------------------------------------------------------


def test_the_time_of_a_commit_counts_while_it_lasts_and_no_longer() -> None:
    class Slow:
        async def commit(self, _changes: Changes) -> None:
            await asyncio.sleep(100)

    async def play() -> list[float]:
        writer = TimedWriter(Slow())
        seen = [writer.unwritten_s]
        committing = asyncio.create_task(writer.commit(Changes()))
        await asyncio.sleep(40)
        seen.append(round(writer.unwritten_s))
        await committing
        return [*seen, writer.unwritten_s]

    assert run_virtual(play()) == [0, 40, 0]


WELL = Vitals(overdue_s=0, unwritten_s=0)


@pytest.mark.parametrize(
    ("vitals", "is_hung"),
    [
        (WELL, False),
        (replace(WELL, overdue_s=STUCK_AFTER_S + 1), True),
        (replace(WELL, unanswered_s=STUCK_AFTER_S + 1), True),
        (replace(WELL, unwritten_s=86_400, unanswered_s=5), False),
    ],
    ids=["well", "nothing is started", "the store thread hangs", "the disk is full for a day"],
)
def test_only_what_a_restart_may_set_going_counts_as_hung(vitals: Vitals, *, is_hung: bool) -> None:
    assert bool(hang(vitals)) is is_hung


def test_the_service_manager_hears_nothing_while_something_hangs_and_hears_again_after_it() -> None:
    said: list[float] = []
    vitals = [WELL]

    class Manager(ServiceManager):
        def alive(self) -> None:
            said.append(asyncio.get_running_loop().time())

    async def play() -> None:
        keeping = asyncio.create_task(keep_alive(Manager("/run/notify", watchdog_s=60), lambda: vitals[0]))
        await asyncio.sleep(45)
        vitals[0] = replace(WELL, unanswered_s=STUCK_AFTER_S + 1)
        await asyncio.sleep(100)
        vitals[0] = WELL
        await asyncio.sleep(2)
        keeping.cancel()

    run_virtual(play())
    assert said == [0, 30, 145]


# Settings --------------------------------------------------------------------------------------------------------


def test_the_section_is_read(tmp_path: Path) -> None:
    settings = load_text(tmp_path, HEAD + "heartbeat: {url: !secret switch, every: 5m, method: POST}\n")
    beat = settings.heartbeat
    assert beat is not None
    assert (str(beat.url), beat.every_s, beat.method) == ("!secret switch", 300, "POST")


# The end of the ledger's chain ------------------------------------------------------------------------------------


def ending(said: Callable[[], Awaitable[str]], method: str = "GET", url: str = URL) -> HttpRequest:
    """The first beat of a daemon whose ledger ends as `said`."""
    scene = Scene(settings=HeartbeatSettings(url=url, method=method))

    async def beat() -> None:
        heart = Heartbeat(lambda: scene.settings, lambda: WELL, scene.fetch, virtual_clock(), scene, said)
        await heart.tick(asyncio.get_running_loop().time())

    run_virtual(beat())
    return scene.asked[0][1]


async def known() -> str:
    return "1234-3f9a1c2b"


def test_the_end_of_the_ledger_goes_in_the_query_of_a_get_beside_what_stands_there() -> None:
    assert ending(known).url == f"{URL}?ledger=1234-3f9a1c2b"
    assert ending(known, url=f"{URL}?status=up").url == f"{URL}?status=up&ledger=1234-3f9a1c2b"


def test_the_end_of_the_ledger_is_the_text_of_a_post() -> None:
    request = ending(known, "POST")
    assert (request.url, request.body) == (URL, b"ledger 1234-3f9a1c2b\n")


def test_a_ledger_that_is_empty_or_cannot_be_read_keeps_no_beat_back() -> None:
    async def nothing() -> str:
        return ""

    async def broken() -> str:
        raise StoreError("the disk is gone")

    async def endless() -> str:
        await asyncio.sleep(3600)
        return "never"

    for said in (nothing, broken, endless):
        assert ending(said).url == URL
