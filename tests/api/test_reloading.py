"""A reload answers everybody who asked for it, with all that is wrong, or takes the settings whole."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.directory import Directory
from alerts.route import ChannelSpec, Receiver
from checks.model import CheckId
from checks.secret import Secret, SecretUnavailableError
from tests.support.asgi import request
from tests.support.desks import Scene, down, scene, watching
from tests.support.failing_disk import FailingDisk
from tests.support.virtual_loop import run_virtual
from watchdog.daemon import Daemon
from watchdog.prepared import Prepared
from watchdog.reload import HalfTakenError
from watchdog.settings.problems import Place, Problem, SettingsError
from watchdog.settings.values import ApiSettings, Listen, Settings
from watchdog.store.errors import StoreBrokenError, StoreBusyError, StoreDamagedError, StoreError
from watchdog.store.store import Store

WRONG = SettingsError(
    [
        Problem(Place(Path("nigehban.yaml"), 3, 7), ("checks", 0, "port"), "must be a number"),
        Problem(Place(Path("nigehban.yaml"), 9, 1), ("rouets",), "unknown key; did you mean routes?"),
    ]
)


async def reload(here: Scene) -> tuple[int, dict[str, object]]:
    told = await request(here.app, "POST", "/v1/reload")
    return told.status, told.json


def test_good_settings_take_force_before_the_answer() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            here.to_load = [watching(("a", down), ("b", down))]
            status, told = await reload(here)
            assert (status, told["checks"], told["at_next_start"]) == (200, 2, [])
            assert [check.spec.id for check in here.daemon.settings.checks] == ["a", "b"]
            (ended,) = here.month.store.listings.recent_incidents(10)
            assert ended.close_reason == "the check was taken out of the settings"

    run_virtual(play())


def test_what_ended_with_it_and_what_was_perhaps_not_meant_is_named() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            incident = here.incident
            (check,) = watching(("a", down)).checks
            renamed = replace(watching(), checks=(replace(check, formerly=CheckId("nonesuch")),))
            here.to_load = [renamed]
            _, told = await reload(here)
            assert told["closed"] == [{"incident": incident, "check": "mx", "subject": "mx1.example.gov.pk"}]
            assert told["warnings"] == ["check a: formerly nonesuch, but no check has had that id"]
            _, told = await reload(here)
            assert (told["closed"], told["warnings"]) == ([], [])

    run_virtual(play())


def test_a_secret_that_cannot_be_read_is_named() -> None:
    def unreadable() -> str:
        raise SecretUnavailableError("secret oncall_url: No such file or directory")

    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            missing = Secret("oncall_url", unreadable)
            channel = ChannelSpec(name="on-call-1-mail", kind="webhook", url=missing)
            former = here.daemon.settings
            receivers = {**former.receivers, "on-call": Receiver(id="on-call", channels=(channel,))}
            here.to_load = [replace(former, receivers=receivers)]
            _, told = await reload(here)
            assert told["warnings"] == [missing.problem()]

    run_virtual(play())


def test_every_problem_is_answered_and_the_former_settings_stay() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            former = here.daemon.settings
            here.to_load = [WRONG]
            status, told = await reload(here)
            assert (status, told["problems"]) == (409, [str(problem) for problem in WRONG.problems])
            assert here.daemon.settings is former
            (note,) = (await request(here.app, "GET", "/v1/status")).json["notes"]
            assert note.startswith("the settings of virtual.yaml were refused at 09:05 on Wed 18 Oct 2017, the former ")
            assert note.endswith(": nigehban.yaml:3:7: checks[0].port: must be a number (and 1 more)")
            here.to_load = []
            assert (await reload(here))[0] == 200
            assert (await request(here.app, "GET", "/v1/status")).json["notes"] == []

    run_virtual(play())


def test_what_waits_for_the_next_start_is_named() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            other = replace(
                here.daemon.settings, listen=Listen(port=1), api=ApiSettings(socket=Path("/run/elsewhere.sock"))
            )
            here.to_load = [other]
            _, told = await reload(here)
            assert told["at_next_start"] == ["listen", "api"]

    run_virtual(play())


def test_who_asks_together_is_answered_together_by_one_reading() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            answers = await asyncio.gather(*(reload(here) for _ in range(5)))
            assert [status for status, _ in answers] == [200] * 5
            assert here.loads == 1

    run_virtual(play())


def test_who_asks_while_settings_are_read_waits_for_the_next_reading() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            held = asyncio.Event()

            async def slow(_settings: object) -> None:
                await held.wait()

            here.reloading.after = slow
            first = asyncio.create_task(reload(here))
            await asyncio.sleep(1)
            second = asyncio.create_task(reload(here))
            await asyncio.sleep(1)
            here.to_load = [WRONG]
            held.set()
            assert ((await first)[0], (await second)[0], here.loads) == (200, 409, 2)

    run_virtual(play())


def test_what_was_judged_and_cannot_be_written_ends_the_daemon_instead_of_being_forgotten() -> None:
    async def play() -> None:
        disks: list[FailingDisk] = []

        def fail_later(store: Store) -> FailingDisk:
            disks.append(FailingDisk(store))
            return disks[0]

        async with scene(watching(("mx", down)), disk=fail_later) as here:
            here.to_load = [watching(("a", down))]
            disks[0].errors.append(StoreBrokenError("the disk failed"))
            with pytest.raises(StoreBrokenError):
                await here.reloading.reload()

    run_virtual(play())


@pytest.mark.parametrize(("error", "ends"), [(StoreBusyError("locked"), False), (StoreDamagedError("page 17"), True)])
def test_of_what_is_left_over_only_damage_ends_the_daemon(error: StoreError, *, ends: bool) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:

            async def fail(_settings: object) -> None:
                raise error

            here.reloading.after = fail
            with pytest.raises(StoreDamagedError) if ends else nullcontext():
                assert not (await here.reloading.reload()).is_refused

    run_virtual(play())


class HalfTaking(Daemon):
    """Breaks when it has begun to take settings."""

    def __init__(self, whole: Daemon) -> None:
        self.settings, self.subjects = whole.settings, whole.subjects
        self._whole = whole

    @property
    def directory(self) -> Directory:
        return self._whole.directory

    def prepare(self, settings: Settings) -> Prepared:
        return self._whole.prepare(settings)

    def configure(self, settings: Settings, prepared: Prepared | None = None) -> None:
        assert prepared is not None
        self.settings = settings
        raise ValueError("a bug")


def test_settings_that_were_taken_by_half_are_not_called_refused() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            here.to_load = [watching(("a", down))]
            here.reloading.daemon = HalfTaking(here.daemon)
            with pytest.raises(HalfTakenError, match="a bug"):
                await here.reloading.reload()

    run_virtual(play())


def test_an_asker_that_goes_takes_the_answer_from_nobody() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            gone, stays = (asyncio.create_task(here.desk.reload("a")), asyncio.create_task(here.desk.reload("b")))
            await asyncio.sleep(0)
            gone.cancel()
            assert not (await stays).is_refused

    run_virtual(play())
