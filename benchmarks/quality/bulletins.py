"""Incidents, and what is said of them: held while we are blind, waiting while the way out is dead."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.quality.story import Ending, Page, Story, arrival
from benchmarks.quality.truth import Spans
from checks.model import CheckId


@dataclass(slots=True, eq=False)
class Told:
    """One incident as people know it."""

    id: str
    check_id: CheckId
    root: "Told | None" = None
    """The incident that explains it: nobody is told of this one, its root lists it."""
    page: Page | None = None
    is_muted: bool = False
    """Maintenance was announced for it."""
    is_over: bool = False


class Bulletins:
    """Turns incidents into pages and words of an end."""

    def __init__(self, channel: Spans, is_held: Callable[[], bool]) -> None:
        self.story = Story()
        self._channel = channel
        self._is_held = is_held
        self._held: list[tuple[Told, Page | Ending]] = []
        self._standing: dict[str, Told] = {}
        self._begun = 0

    def begin(self, check_id: CheckId, tick: int, *, is_muted: bool) -> Told:
        told = self._new(check_id)
        told.is_muted = is_muted
        if not is_muted:
            told.page = Page({check_id: tick}, tick)
            self.story.pages.append(told.page)
            self._send(told, told.page, tick)
        return told

    def join(self, root_id: str, check_id: CheckId, tick: int) -> Told:
        """An incident that is part of another, which lists it."""
        told, root = self._new(check_id), self._standing[root_id]
        told.root = root
        if root.page is not None:
            root.page.named.setdefault(check_id, tick)
        return told

    def end(self, told: Told, tick: int) -> None:
        self.forget(told)
        told.is_over = True
        if told.page is not None:
            ending = Ending((told.check_id,), tick)
            self.story.endings.append(ending)
            self._send(told, ending, tick)

    def forget(self, told: Told) -> None:
        """It stands no longer, and nobody hears of that."""
        self._standing.pop(told.id, None)

    def release(self, tick: int) -> None:
        """Messages may go again. Of what began and ended meanwhile nobody hears."""
        held, self._held = self._held, []
        begun = {told.id for told, message in held if isinstance(message, Page)}
        for told, message in held:
            if not (told.is_over and told.id in begun):
                message.sent = arrival(self._channel, tick)

    def _new(self, check_id: CheckId) -> Told:
        self._begun += 1
        told = Told(str(self._begun), check_id)
        self._standing[told.id] = told
        return told

    def _send(self, told: Told, message: Page | Ending, tick: int) -> None:
        if self._is_held():
            self._held.append((told, message))
        else:
            message.sent = arrival(self._channel, tick)
