"""What is said of incidents: held while we are blind, muted by maintenance, waiting while the way out is dead."""

from collections.abc import Callable
from typing import assert_never

from alerts.incident import EventKind, IncidentEvent
from benchmarks.quality.story import Ending, Page, Story, arrival
from benchmarks.quality.truth import Spans
from checks.model import CheckId, Status


class Bulletins:
    """Turns events of incidents into pages and words of an end."""

    def __init__(self, channel: Spans, is_held: Callable[[], bool], is_muted: Callable[[CheckId], bool]) -> None:
        self.story = Story()
        self.tick = 0
        """Now; kept by the owner."""
        self._channel = channel
        self._is_held = is_held
        self._is_muted = is_muted
        self._pages: dict[str, Page] = {}
        """By incident, its last page."""
        self._over: set[str] = set()
        self._worn: set[str] = set()
        """Incidents told as a warning."""
        self._held: list[tuple[str, Page | Ending]] = []

    def hear(self, event: IncidentEvent) -> None:
        incident = event.incident
        match event.kind:
            case EventKind.OPENED if incident.root is not None:
                self._list(incident.root, incident.check_id)
            case EventKind.OPENED | EventKind.REMINDER | EventKind.SEVERITY:
                if incident.severity is Status.CRITICAL:
                    self._page(event)
                elif not self._is_muted(incident.check_id):
                    self._worn.add(incident.id)
                    self.story.degraded.append((incident.check_id, self.tick))
            case EventKind.RESOLVED:
                self._end(incident.id, incident.check_id)
            case (
                EventKind.JOINED
                | EventKind.RECOVERED
                | EventKind.UNSTABLE
                | EventKind.NOTICE
                | EventKind.HANDOFF
                | EventKind.DIGEST
                | EventKind.TEST
                | EventKind.ACKNOWLEDGED
                | EventKind.UNACKNOWLEDGED
            ):
                pass
            case _:
                assert_never(event.kind)

    def release(self, tick: int) -> None:
        """Messages may go again. Of what began and ended meanwhile nobody hears."""
        held, self._held = self._held, []
        begun = {incident for incident, message in held if isinstance(message, Page)}
        for incident, message in held:
            if not (incident in self._over and incident in begun):
                message.sent = arrival(self._channel, tick)

    def _list(self, root: str, check_id: CheckId) -> None:
        """A part of another incident: nobody is told, the root lists it."""
        page = self._pages.get(root)
        if page is not None:
            page.named.setdefault(check_id, self.tick)

    def _page(self, event: IncidentEvent) -> None:
        if self._is_muted(event.incident.check_id):
            return
        named = (event.incident.check_id, *(part.check_id for part in event.parts))
        told_before = frozenset(part.check_id for part in event.parts if part.was_told)
        page = Page(dict.fromkeys(named, self.tick), self.tick, told_before=told_before)
        self._pages[event.incident.id] = page
        self.story.pages.append(page)
        self._send(event.incident.id, page)

    def _end(self, incident: str, check_id: CheckId) -> None:
        """Of what nobody was told of, nobody hears the end."""
        self._over.add(incident)
        if self._pages.pop(incident, None) is not None:
            ending = Ending((check_id,), self.tick)
            self.story.endings.append(ending)
            self._send(incident, ending)
        elif incident in self._worn:
            self.story.mended.append((check_id, self.tick))

    def _send(self, incident: str, message: Page | Ending) -> None:
        if self._is_held():
            self._held.append((incident, message))
        else:
            message.sent = arrival(self._channel, self.tick)
