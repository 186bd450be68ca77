"""Silences and windows as people ask for them: confirmed once they are durable and in force."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts.incident import Incident
from alerts.mutes.matcher import Matcher
from alerts.mutes.mute import LONGEST, MOST_AHEAD, Mute, MuteKind
from alerts.mutes.standing import check_labels, concerned_by
from checks.wording import moment
from watchdog.api.refusal import Refusal
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.store.errors import StoreBusyError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A store that is locked or full makes people wait; this long, then they are told.
WRITE_WITHIN_S: Final = 15.0
_TRY_AGAIN_S: Final = 0.5

#: What was claimed before a mute is in force is on its way; people wait so long for it to be out or back.
UNDER_WAY_WITHIN_S: Final = 10.0


#: Who asks twice within this time asks for the same.
AS_GOOD_AS: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for."""

    kind: MuteKind
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    until_ok: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A mute after somebody had a word on it. `is_new` is False where it stood so already."""

    mute: Mute
    is_new: bool
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteDesk:
    """Between the API and what is muted. Raises Refusal."""

    daemon: Daemon
    store: Store
    writing: Caller
    clock: Clock
    ids: Ids
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def add(self, wish: Wish) -> Muted:
        """What is asked for twice is there once, and whoever comes second learns whose it is."""
        self._refuse_odd(wish)
        async with self._one_at_a_time:
            if (standing := self._same(wish)) is not None:
                return Muted(mute=standing, is_new=False)
            mute = Mute(
                id=self.ids(),
                kind=wish.kind,
                matchers=wish.matchers,
                author=wish.author,
                reason=wish.reason,
                starts_at=wish.starts_at,
                ends_at=wish.ends_at,
                until_ok=wish.until_ok,
            )
            await self._written(self._add(mute))
        log.info("muted", kind=mute.kind.value, id=mute.id, by=mute.author, about=mute.about, until=str(mute.ends_at))
        return Muted(mute=mute, is_new=True, notes=[*self._matching(mute), *await self.under_way()])

    async def end(self, kind: MuteKind, word: str, by: str) -> Muted:
        """The one of that kind whose id begins with `word`."""
        async with self._one_at_a_time:
            mute = await self._named(kind, word)
            if mute.is_over(self.clock()):
                return Muted(mute=mute, is_new=False)
            ended = replace(mute, ended_at=self.clock(), ended_by=by)
            await self._written(self._end(mute, ended))
        log.info("ended", kind=kind.value, id=mute.id, by=by)
        return Muted(mute=ended, is_new=True)

    async def under_way(self, about: str | None = None) -> Sequence[str]:
        """Wait for what is being sent, of one incident or of all; what people should know of it."""
        late = await self.daemon.mutes.all_back(UNDER_WAY_WITHIN_S, about)
        return [f"one message may still go out over {channel}: it was on its way already" for channel in late]

    def _refuse_odd(self, wish: Wish) -> None:
        now = self.clock()
        if wish.ends_at <= max(wish.starts_at, now):
            raise Refusal(400, "it would end before it starts")
        if wish.ends_at - wish.starts_at > LONGEST:
            raise Refusal(400, f"at most {LONGEST.days} days; say it again when they are over")
        if wish.starts_at - now > MOST_AHEAD:
            raise Refusal(400, f"it starts more than {MOST_AHEAD.days} days ahead")
        if wish.until_ok and not self._concerned_incidents(wish.matchers):
            raise Refusal(409, "nothing that it matches is open, so there is nothing to wait for; give it an end")

    def _concerned_incidents(self, matchers: tuple[Matcher, ...]) -> Sequence[str]:
        now = self.clock()
        asked = Mute(
            id="", kind=MuteKind.SILENCE, matchers=matchers, author="", reason="", starts_at=now, ends_at=now + LONGEST
        )
        return concerned_by(self.daemon.mutes.aware(asked), {}, self._open()).incidents

    def _open(self) -> list[Incident]:
        return [incident for subject in self.daemon.subjects for incident in subject.record.incidents]

    def _matching(self, mute: Mute) -> Sequence[str]:
        labels = {check_id: check_labels(spec) for check_id, spec in self.daemon.specs.items()}
        if concerned_by(self.daemon.mutes.aware(mute), labels, self._open()).is_nothing:
            return [f"it matches nothing now: no check and no open incident has {mute.about}"]
        return []

    def _same(self, wish: Wish) -> Mute | None:
        for mute in self.daemon.mutes.said.values():
            is_same = (mute.kind, mute.matchers, mute.until_ok) == (wish.kind, wish.matchers, wish.until_ok)
            lasts = mute.over_at + AS_GOOD_AS >= wish.ends_at or wish.until_ok
            covers = mute.starts_at <= wish.starts_at + AS_GOOD_AS and lasts
            if is_same and covers and not mute.is_over(self.clock()):
                return mute
        return None

    async def _named(self, kind: MuteKind, word: str) -> Mute:
        known = {mute.id: mute for mute in await self.writing.call(self.store.recent_mutes, self.clock() - LONGEST)}
        known |= self.daemon.mutes.all
        found = [mute for mute in known.values() if mute.id.startswith(word) and mute.kind is kind]
        exact = [mute for mute in found if mute.id == word]
        match exact or found:
            case [mute]:
                return mute
            case []:
                raise Refusal(404, f"no {kind.value} has an id that begins so; nigehban {kind.value} list shows them")
            case _:
                raise Refusal(409, f"several of them have ids that begin with {word}; give more of it")

    async def _add(self, mute: Mute) -> None:
        await self._patiently(self.store.keep_mute, mute)
        self.daemon.mutes.remember([mute])

    async def _end(self, mute: Mute, ended: Mute) -> None:
        await self._patiently(self.store.keep_mute, mute)  # a time that the settings name may not be written yet
        await self._patiently(self.store.end_mute, ended)
        self.daemon.mutes.remember([ended])

    async def _patiently(self, write: Callable[[Mute], object], mute: Mute) -> None:
        while True:
            try:
                await self.writing.call(write, mute)
            except StoreBusyError:
                await asyncio.sleep(_TRY_AGAIN_S)
            else:
                return

    async def _written(self, writing: Coroutine[None, None, None]) -> None:
        """What was said is not unsaid by not waiting any longer: it may be written later, and is in force then."""
        task = asyncio.ensure_future(writing)
        done, _ = await asyncio.wait([task], timeout=WRITE_WITHIN_S)
        if not done:
            task.add_done_callback(_let_go)
            raise Refusal(503, "the store takes nothing now, so this is not confirmed; look at the list later")
        try:
            task.result()
        except StoreError as error:
            raise Refusal(500, f"{error}; so it is not confirmed, and the daemon's log says more") from None

    def words_of(self, muted: Muted) -> str:
        """What came of it, in one sentence."""
        mute, zone = muted.mute, self.daemon.settings.estate.time_zone
        what = f"{mute.kind.value} {mute.id} by {mute.author} ({mute.reason}), {mute.about}"
        already = "" if muted.is_new else "already "
        if mute.ended_at is not None:
            by = f" by {mute.ended_by}" if mute.ended_by else f": {mute.ended_why}"
            return f"{what}: {already}ended at {moment(mute.ended_at, zone)}{by}"
        until = f"until {moment(mute.ends_at, zone)}"
        if mute.until_ok:
            until = f"until it is well, at most {until}"
        if mute.starts_at > self.clock():
            return f"{what}: {already}planned from {moment(mute.starts_at, zone)} {until}"
        return f"{what}: {already}in force {until}"


def _let_go(task: "asyncio.Future[None]") -> None:
    """Its outcome is on record or in the log."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a silence that was asked for could not be written", error=str(error))
