"""Pages made on demand: each kept for a moment, one made at a time, so that a flood costs what one reader costs."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from alerts.digests.note import Known
from alerts.outlook.explanation import Explanation
from alerts.route import Language
from checks.model import CheckId
from watchdog import explaining
from watchdog.daily_note import sheet_for
from watchdog.explaining import NoSuchCheckError, explained
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreError
from watchdog.web import check_view, templating
from watchdog.web.check_view import check_page, service_page
from watchdog.web.gather import Sources
from watchdog.web.glance import Glance
from watchdog.web.incident_view import incident_page
from watchdog.web.note_page import note_html
from watchdog.web.overview import overview, shown_checks, shown_incidents
from watchdog.web.telling_view import Telling, telling_page

P = ParamSpec("P")
T = TypeVar("T")

#: A page is served again, as it is, for this long.
KEPT_S = 2.0
MAX_KEPT = 16

#: Numbers of pages beyond this are not asked for by a person.
MAX_PAGE = 10_000


class StoreSilentError(Exception):
    """A page that only the store can fill cannot be made now."""


class Pages:
    """Makes and keeps pages. None stands for what does not exist, so that it is answered with 404."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
        self._thread.submit(str)  # begins it now, while there surely is memory for it
        self._one_at_a_time = asyncio.Lock()
        self._kept: OrderedDict[str, tuple[float, asyncio.Task[bytes | None]]] = OrderedDict()

    def close(self) -> None:
        for _, task in self._kept.values():
            task.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def overview(self, number: int) -> bytes | None:
        return await self._keep(f"/{number}", lambda: self._overview(number))

    async def service(self, service_id: str, number: int) -> bytes | None:
        if service_id not in self._sources.daemon.settings.estate.services:
            return None
        return await self._keep(f"/services/{number}/{service_id}", lambda: self._service(service_id, number))

    async def check(self, check_id: str) -> bytes | None:
        if CheckId(check_id) not in self._sources.daemon.specs:
            return None
        return await self._keep(f"/checks/{check_id}", lambda: self._check(CheckId(check_id)))

    async def incident(self, incident_id: str) -> bytes | None:
        """Raises StoreSilentError."""
        return await self._keep(f"/incidents/{incident_id}", lambda: self._incident(incident_id))

    async def telling(self) -> bytes | None:
        return await self._keep("/telling", self._telling)

    async def note(self, language: Language, office: str | None) -> bytes | None:
        """Raises StoreSilentError."""
        if office is not None and office not in self._sources.daemon.settings.estate.offices:
            return None
        return await self._keep(f"/note/{language.value}/{office or ''}", lambda: self._note(language, office))

    async def _note(self, language: Language, office: str | None) -> bytes | None:
        glance = await self._sources.glance()
        known = await self._sources.known(glance)
        if known is None:
            raise StoreSilentError
        return await self._beside(_note, known, glance, language, office)

    async def _telling(self) -> bytes | None:
        glance, telling = await self._sources.waiting(await self._sources.glance())
        return await self._beside(_rendered, "telling.html", partial(telling_page, telling), glance)

    async def _overview(self, number: int) -> bytes | None:
        glance = await self._sources.glance()
        incidents = await self._beside(shown_incidents, glance)
        checks = await self._beside(shown_checks, glance, number)
        glance = await self._sources.with_bars(await self._sources.with_told(glance, incidents), checks)
        return await self._beside(_rendered, "overview.html", overview, glance, number)

    async def _service(self, service_id: str, number: int) -> bytes | None:
        glance = await self._sources.glance()
        service = glance.estate.services.get(service_id)
        if service is None:
            return None
        checks = [spec.id for spec in glance.checks_of(service)]
        barred = await self._beside(check_view.shown_checks, service, glance, number)
        glance = await self._sources.with_bars(glance, barred)
        glance = await self._sources.with_told(glance, _open_of(glance, checks))
        return await self._beside(_rendered, "service.html", partial(service_page, service), glance, number)

    async def _check(self, check_id: CheckId) -> bytes | None:
        glance = await self._sources.glance()
        spec = glance.specs.get(check_id)
        if spec is None:
            return None
        glance = await self._sources.with_bars(glance, [check_id])
        glance = await self._sources.with_told(glance, _open_of(glance, [check_id]))
        glance, former = await self._sources.with_former(glance, check_id)
        why = await self._beside(_why, check_id, self._sources.daemon.settings, self._sources.telling(), glance)
        return await self._beside(_rendered, "check.html", partial(check_page, spec), glance, former, why)

    async def _incident(self, incident_id: str) -> bytes | None:
        try:
            history = await self._sources.incident(incident_id)
        except (StoreError, TimeoutError) as error:
            raise StoreSilentError from error
        if history is None:
            return None
        glance = await self._sources.glance()
        return await self._beside(_rendered, "incident.html", partial(incident_page, history), glance)

    async def _keep(self, key: str, make: Callable[[], Awaitable[bytes | None]]) -> bytes | None:
        """One making serves all who ask meanwhile and shortly after. Who goes away stops it for nobody else."""
        now_s = asyncio.get_running_loop().time()
        kept = self._kept.get(key)
        if kept is None or (kept[1].done() and now_s - kept[0] > KEPT_S) or _failed(kept[1]):
            while len(self._kept) >= MAX_KEPT and self._drop_oldest():
                pass
            kept = self._kept[key] = now_s, asyncio.create_task(self._make(key, make))
            self._kept.move_to_end(key)
        return await asyncio.shield(kept[1])

    def _drop_oldest(self) -> bool:
        """Whether there was one that is not being made."""
        done = next((key for key, (_, task) in self._kept.items() if task.done()), None)
        return done is not None and self._kept.pop(done) is not None

    async def _make(self, key: str, make: Callable[[], Awaitable[bytes | None]]) -> bytes | None:
        async with self._one_at_a_time:
            made = await make()
        if key in self._kept:  # kept from when it was ready, not from when it was asked for
            self._kept[key] = asyncio.get_running_loop().time(), self._kept[key][1]
        return made

    async def _beside(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Beside the loop, which has checks to run meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))


def _rendered(template: str, present: Callable[..., object], glance: Glance, *args: object) -> bytes:
    return templating.page(template, view=present(glance, *args))


def _note(known: Known, glance: Glance, language: Language, office: str | None) -> bytes:
    sheet = sheet_for(known, glance.estate, glance.titles, now=glance.now, language=language, office=office)
    return note_html(sheet)


def _why(check_id: CheckId, settings: Settings, telling: Telling, glance: Glance) -> Explanation | None:
    """None for the daemon's own checks."""
    known = explaining.Known(
        settings=settings,
        directory=telling.directory,
        now=glance.now,
        is_watched=True,
        records=[subject.current() for subjects in glance.subjects.values() for subject in subjects],
        mutes=telling.mutes,
    )
    try:
        return explained(check_id, None, known)[0]
    except NoSuchCheckError:
        return None


def _open_of(glance: Glance, checks: list[CheckId]) -> list[str]:
    return [one.id for check_id in checks for each in glance.of(check_id) for one in each.record.incidents]


def _failed(task: "asyncio.Task[bytes | None]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
