"""What must not be said for now, kept in memory: who sends asks it, who confirms waits for what is under way."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.mutes.former import FormerIds
from alerts.mutes.mute import Mute


@dataclass(slots=True)
class Mutes:
    """Shared by those who take people's word and those who send.

    `said` are durable before they come here; `planned` are the next times of the windows that the settings name, in
    force by the clock alone.
    """

    said: dict[str, Mute] = field(default_factory=dict)
    """By id, as on record; those whose end is told have gone, once their time is over."""
    planned: tuple[Mute, ...] = ()
    former_ids: FormerIds = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where an end may have come."""
    _out: dict[str, set[asyncio.Event]] = field(default_factory=dict)
    _on_way: dict[str, int] = field(default_factory=dict)
    _about: dict[str, str | None] = field(default_factory=dict)
    """By channel, the incident of the row that is on its way, where that is known."""

    def remember(self, mutes: Iterable[Mute]) -> None:
        """As the store has them."""
        self.said.update({mute.id: self.aware(mute) for mute in mutes})
        self.changed.set()

    def begin(self, mute: Mute) -> None:
        """What was said of it meanwhile stands: it may have been called off."""
        if mute.id not in self.said:
            self.remember([mute])

    def settled(self, mute_id: str, now: datetime) -> None:
        """Its end is told. A time of a window that was ended by hand is kept, or it would be in force anew."""
        mute = self.said.pop(mute_id)
        if mute.ends_at > now:
            self.said[mute_id] = replace(mute, settled_at=now)

    def forget(self, mute_id: str) -> None:
        """Its end is told and its time over."""
        self.said.pop(mute_id, None)

    def plan(self, times: Sequence[Mute]) -> None:
        """Take other windows."""
        self.planned = tuple(map(self.aware, times))
        self.changed.set()

    def renamed(self, former_ids: FormerIds) -> None:
        """Checks have other ids: what was said of them goes on."""
        self.former_ids = former_ids
        self.remember(tuple(self.said.values()))
        self.plan(self.planned)

    def aware(self, mute: Mute) -> Mute:
        """`mute`, which covers what was renamed as well."""
        return replace(mute, former_ids=self.former_ids)

    @property
    def all(self) -> Mapping[str, Mute]:
        """What was said, and of what is planned the times that were not begun yet."""
        return {mute.id: mute for mute in self.planned} | self.said

    def in_force(self, now: datetime) -> Sequence[Mute]:
        """A time of a window that was ended by hand stands as ended."""
        return [mute for mute in self.all.values() if mute.is_in_force(now)]

    # What is under way --------------------------------------------------------------------------------------------

    def sets_out(self, channel: str) -> None:
        self._on_way[channel] = self._on_way.get(channel, 0) + 1

    def carries(self, channel: str, incident_id: str | None) -> None:
        """What was claimed is about this incident; None: about none, or about several."""
        self._about[channel] = incident_id

    def is_back(self, channel: str) -> None:
        self._on_way[channel] = self._on_way.get(channel, 1) - 1
        if not self._on_way[channel]:
            del self._on_way[channel]
            self._about.pop(channel, None)
        for waiter in self._out.pop(channel, ()):
            waiter.set()

    @property
    def is_sending(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._on_way)

    async def all_back(self, within_s: float, about: str | None = None) -> Sequence[str]:
        """Wait until every row that is under way now has its outcome; the channels of those that have none yet.

        With `about` only rows that may be about that incident are waited for.
        """
        concerned = [one for one in self._on_way if about is None or self._about.get(one) in {None, about}]
        waiters = {channel: asyncio.Event() for channel in concerned}
        for channel, waiter in waiters.items():
            self._out.setdefault(channel, set()).add(waiter)
        if waiters:
            waiting = [asyncio.ensure_future(waiter.wait()) for waiter in waiters.values()]
            _, late = await asyncio.wait(waiting, timeout=within_s)
            for task in late:
                task.cancel()
        return [channel for channel, waiter in waiters.items() if not waiter.is_set()]
