"""What pages are made of: everything known at one instant, taken from memory and store, changed by nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.incident import Incident
from checks.estate import Estate, Service
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subject
from watchdog.store.past_views import SubjectSlices
from watchdog.store.views import DeliveryLine, ToldLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the watchdog itself is."""

    started_at: datetime
    blind_since: datetime | None = None
    blind_why: str = ""
    clock_says: datetime | None = None
    """What the wall clock says, while it is doubted."""
    unwritten_since: datetime | None = None
    """When writing began to fail; None while it works."""
    unwritten_why: str = ""
    refused_at: datetime | None = None
    """When settings were refused that nobody has mended since."""
    refused: Sequence[str] = ()
    """Each "file:line:column: what is wrong"."""
    unread: bool = False
    """The store could not be asked just now: what only it knows is missing."""
    drill: Incident | None = None
    """What is only played just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The estate as the daemon sees it at `now`."""

    now: datetime
    estate: Estate
    has_anchors: bool
    """Whether anything tells our own blindness from their silence."""
    specs: Mapping[CheckId, CheckSpec]
    titles: Mapping[CheckId, str] = field(default_factory=dict)
    """What people call checks that have a name besides their id."""
    subjects: Mapping[CheckId, Sequence[Subject]]
    """Copies: records and looks are frozen, and a copy is not moved on."""
    conditions: Conditions
    begun_s: float = 0.0
    """When its page was begun, by the loop's clock."""
    told: Sequence[ToldLine] = ()
    """The newest outcomes of sending, newest first."""
    told_of: Mapping[str, Sequence[DeliveryLine]] = field(default_factory=dict)
    """By incident: who was told, oldest first."""
    hours: Mapping[CheckId, Sequence[SubjectSlices]] = field(default_factory=dict)
    """Of each subject 24 slices, the present hour last; checks without history are missing."""
    days: Mapping[CheckId, Sequence[SubjectSlices]] = field(default_factory=dict)
    """Of each subject 30 slices, today last."""
    unbarred: frozenset[CheckId] = frozenset()
    """Checks whose history was not asked for, as the page shows too many."""

    def checks_of(self, service: Service) -> Sequence[CheckSpec]:
        return [spec for spec in self.specs.values() if spec.service == service.id]

    def of(self, check_id: CheckId) -> Sequence[Subject]:
        return self.subjects.get(check_id, ())

    def title(self, incident: Incident) -> str:
        """What people call the thing: the service's title, else the check's title or id."""
        service = None if incident.service is None else self.estate.services.get(incident.service)
        if service is not None:
            return service.title
        return incident.service or self.titles.get(incident.check_id, incident.check_id)
