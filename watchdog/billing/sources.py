"""Takes in bills from where the settings say they come from. Trouble with a source is told, once until it is over."""

import asyncio
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import IO, Final, Protocol, TypeVar, assert_never

import structlog

from alerts.words.escape import one_line
from checks.billing.intake.request import Layout
from checks.billing.refusal import BillsRefusedError
from checks.network.errors import ProbeError
from checks.network.office_thread import in_thread
from checks.network.values import ApiRequest
from checks.secret import Secret, SecretUnavailableError
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.source_files import DONE, REFUSED, WatchedFolder
from watchdog.billing.source_rows import SourceError, rows_of_json
from watchdog.billing.source_sql import rows_of_database
from watchdog.clock import Clock
from watchdog.engine.runner import NetworkSession
from watchdog.settings.intake_values import ApiSource, FolderSource, Source, SqlSource
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreDamagedError, StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()

ROUND_EVERY_S: Final = 5.0
#: Of one look at a source, before what it has is read.
LOOK_WITHIN_S: Final = 20.0
_BROKE: Final = "what it holds breaks the reader, which is a fault of this program; its log has more"
_SHOWN: Final = 5
#: So many things told of one source are known; a list names some 1,000 at most.
_REMEMBERED: Final = 10_000
_OK: Final = 200

T = TypeVar("T")


class Announce(Protocol):
    def __call__(self, subject: str, text: str, *, severity: str = "warning") -> None: ...


@dataclass(slots=True, kw_only=True)
class BillSources:
    """One look at a time for each source."""

    settings: Callable[[], Settings]
    importer: Importer
    open_network: Callable[[], NetworkSession]
    announce: Announce
    clock: Clock
    round_every_s: float = ROUND_EVERY_S
    look_within_s: float = LOOK_WITHIN_S
    _under: Settings | None = None
    _due_s: dict[str, tuple[tuple[Source, Layout], float]] = field(default_factory=dict)
    """When each is looked at again, as long as the settings say the same of it."""
    _trouble: set[str] = field(default_factory=set)
    """Sources that people know of: whatever comes to their trouble is in the log alone."""
    _looking: set[str] = field(default_factory=set)
    _folders: dict[str, WatchedFolder] = field(default_factory=dict)
    _told: dict[str, set[str]] = field(default_factory=dict)
    """What people were told of the lists of each source."""
    _busy: set[str] = field(default_factory=set)
    """Sources whose last look is not over, though nobody waits for it any more."""

    async def forever(self) -> None:
        """No source waits for another. Raises StoreDamagedError."""
        try:
            async with asyncio.TaskGroup() as looks:
                while True:
                    self._begin(looks)
                    await asyncio.sleep(self.round_every_s)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def round(self) -> None:
        """Look at those whose time has come, side by side, to the end of the slowest."""
        async with asyncio.TaskGroup() as looks:
            self._begin(looks)

    def _begin(self, looks: asyncio.TaskGroup) -> None:
        now_s = asyncio.get_running_loop().time()
        settings, intake = self.settings(), self.settings().intake
        former, self._under = self._under, settings
        mended = frozenset() if settings is former else self._trouble  # perhaps a secret, which settings name as before
        ids = {one.id for one in intake.sources}
        self._due_s = {id_: due for id_, due in self._due_s.items() if id_ in ids - mended}
        self._trouble &= ids
        for source in intake.sources:
            setting = source, intake.layout_of(source)
            before, due_s = self._due_s.get(source.id, (setting, now_s))
            if source.id not in self._looking and (before != setting or due_s <= now_s):
                self._due_s[source.id] = setting, now_s + source.every.total_seconds()
                self._looking.add(source.id)
                looks.create_task(self._look(source)).add_done_callback(partial(self._looked, source.id))

    def _looked(self, source_id: str, _look: asyncio.Task[None]) -> None:
        self._looking.discard(source_id)

    async def _look(self, source: Source) -> None:
        try:
            await self._take_in(source)
        except StoreDamagedError:
            raise
        except BillsRefusedError as error:
            more = len(error.problems) - _SHOWN
            shown = [str(problem) for problem in error.problems[:_SHOWN]] + ([f"and {more} more"] if more > 0 else [])
            self._troubled(source, f"nothing of its list was taken: {'; '.join(shown)}")
        except (SourceError, StoreError, SecretUnavailableError) as error:
            self._troubled(source, str(error))
        except ProbeError as error:
            self._troubled(source, f"it cannot be asked: {error.cause.value}")
        except TimeoutError:  # an OSError too, so it comes first
            self._troubled(source, f"no answer within {self.look_within_s:g} s")
        except OSError as error:
            self._troubled(source, error.strerror or type(error).__name__)
        except Exception as error:  # noqa: BLE001  # one source never ends the watching of all else
            log.error("a look at a source of bills broke", source=source.id, at=_place(error))
            self._troubled(source, f"{_BROKE} ({type(error).__name__})")
        else:
            self._well(source)

    async def _take_in(self, source: Source) -> None:
        place = source.place
        match place:
            case FolderSource():
                await self._files(source, place)
            case SqlSource():
                mark = self.settings().intake.layout_of(source).mark
                look = partial(rows_of_database, place.database.reveal(), place.query, self._zone, mark)
                await self._list(source, await self._asked(source, look))
            case ApiSource():
                await self._list(source, await self._answer(source, place))
            case _:
                assert_never(place)

    @property
    def _zone(self) -> tzinfo:
        return self.settings().estate.time_zone

    async def _list(self, source: Source, file: IO[bytes]) -> None:
        with file:
            layout = self.settings().intake.layout_of(source)
            came = await self.importer.take_from(source.id, file, layout, name=f"source {source.id}")
        self._tell(source, came)

    # Folders --------------------------------------------------------------------------------------------------------

    async def _files(self, source: Source, place: FolderSource) -> None:
        """All that are finished; what is refused is told by name, since nobody looks at it again by itself."""
        folder = self._folders.setdefault(source.id, WatchedFolder(place.folder))
        if folder.folder != place.folder:
            folder = self._folders[source.id] = WatchedFolder(place.folder)
        stuck: dict[str, str] = {}
        for name in await self._asked(source, lambda _over: folder.finished()):
            try:
                await self._read_or_refused(source, folder, name)
            except (SourceError, StoreError, TimeoutError):
                raise
            except OSError as error:
                stuck[name] = error.strerror or type(error).__name__
            except Exception as error:  # noqa: BLE001  # it keeps no other file waiting
                log.error("a file broke its reader", source=source.id, file=one_line(name, 100), at=_place(error))
                stuck[name] = f"{_BROKE} ({type(error).__name__})"
        if news := [f"{one_line(name, 100)}: {stuck[name]}" for name in folder.keep_last(stuck)]:
            more = [f"and {len(news) - _SHOWN} more"] if len(news) > _SHOWN else []
            text = f"They stay where they are, and all others are taken in. {'; '.join(news[:_SHOWN] + more)}"
            self.announce(f"files of {source.id} cannot be taken in: {len(news)}", text)

    async def _read_or_refused(self, source: Source, folder: WatchedFolder, name: str) -> None:
        try:
            await self._file(source, folder, name)
        except BillsRefusedError as error:
            reasons = [one_line(str(problem), 500) for problem in error.problems]
            await self._put_away(source, folder, name, REFUSED, reasons)
            shown = one_line(name, 100)
            text = f"{shown} is in {REFUSED}/ with the reasons beside it. Mend it and put it back. {reasons[0]}"
            self.announce(f"a list of {source.id} is refused: {shown}", text)

    async def _file(self, source: Source, folder: WatchedFolder, name: str) -> None:
        layout = self.settings().intake.layout_of(source)
        with await self._asked(source, lambda _over: folder.copied(name)) as file:
            came = await self.importer.take_from(source.id, file, layout, name=one_line(name, 100))
        self._tell(source, came)
        await self._put_away(source, folder, name, DONE)

    async def _put_away(
        self, source: Source, folder: WatchedFolder, name: str, where: str, reasons: Sequence[str] = ()
    ) -> None:
        at = self.clock()
        await self._asked(source, lambda _over: folder.put_away(name, where, at, reasons))

    # Asking ---------------------------------------------------------------------------------------------------------

    async def _asked(self, source: Source, work: Callable[[threading.Event], T]) -> T:
        """In a thread, for LOOK_WITHIN_S; one that hangs is never joined by another."""
        if source.id in self._busy:
            raise SourceError("the look before has not come back yet")
        is_over = threading.Event()
        self._busy.add(source.id)
        async with asyncio.timeout(self.look_within_s):
            return await in_thread(
                partial(work, is_over),
                name=f"source {source.id}",
                stop=is_over.set,
                ended=partial(self._busy.discard, source.id),
            )

    async def _answer(self, source: Source, place: ApiSource) -> IO[bytes]:
        url, token = place.url, place.token
        request = ApiRequest(
            url=url.reveal() if isinstance(url, Secret) else url, token=None if token is None else token.reveal()
        )
        async with asyncio.timeout(self.look_within_s):
            network = self.open_network()
            try:
                answer = await network.ask_api(request)
            finally:
                network.close()
        if answer.status != _OK:
            raise SourceError(f"the server answers {answer.status}")
        layout = self.settings().intake.layout_of(source)
        return await self._asked(source, lambda _over: rows_of_json(answer.body, place.rows, self._zone, layout))

    # Telling --------------------------------------------------------------------------------------------------------

    def _tell(self, source: Source, came: Imported) -> None:
        """What of a list is not taken as it stands, or waits for people: each once, in whatever row it stands later."""
        said = {f"{cell.column}: {cell.problem}": str(cell) for cell in came.ignored}
        said |= {f"unread {one}": f"nobody reads the column {one_line(one, 60)}" for one in came.unread}
        said |= {f"waits {one}": f"`nigehban invoices confirm {one}` waits for somebody" for one in came.proposals}
        told = self._told.setdefault(source.id, set())
        news = [text for key, text in said.items() if key not in told]
        if len(told) > _REMEMBERED:
            told.clear()
        told.update(said)
        if news:
            more = [f"and {len(news) - _SHOWN} more"] if len(news) > _SHOWN else []
            text = f"All else of its list is taken in. {'; '.join(news[:_SHOWN] + more)}."
            self.announce(f"not all that {source.id} says is taken in: {len(news)}", text)

    def _troubled(self, source: Source, why: str) -> None:
        log.warning("a source of bills is in trouble", source=source.id, why=why)
        if source.id not in self._trouble:
            self._trouble.add(source.id)
            text = f"No bills come from the source {source.id} of the settings: {why}. It is looked at again and again."
            self.announce(f"bills of {source.id} are not taken in", text)

    def _well(self, source: Source) -> None:
        if source.id in self._trouble:
            self._trouble.discard(source.id)
            text = f"Bills come from the source {source.id} of the settings again."
            self.announce(f"bills of {source.id} are taken in again", text)


def _place(error: Exception) -> Sequence[str]:
    """Where it broke, without the values there."""
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
