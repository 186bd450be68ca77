"""What stands behind a door of links where nobody is told of incidents."""

from alerts.incident import Acknowledgement
from watchdog.api.desk import Said
from watchdog.cli.looks import NotFoundError
from watchdog.store.views import IncidentHistory, LinkUse


class NobodyThere:
    """A desk where no incident is known: answers to questions, and bills, need none."""

    async def acknowledge(self, word: str, said: Acknowledgement, pressed: LinkUse | None = None) -> Said:
        raise NotFoundError(f"{word}, {said.by}, {pressed}")

    async def incident(self, word: str) -> IncidentHistory:
        raise NotFoundError(word)


class NobodyNext:
    async def pass_on(self, incident_id: str, pressed: LinkUse) -> tuple[str, ...]:
        raise KeyError(incident_id, pressed)
