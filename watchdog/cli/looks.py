"""What listings show, for scripts and for people: the same whether the daemon is asked or the database is read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from alerts.drills.drill import DRILL_CHECK
from alerts.incident import Incident
from alerts.mutes.mute import Mute, MuteKind
from alerts.record import SubjectRecord
from checks.estate import Estate
from checks.model import WORST_FIRST, CheckId
from checks.units import parse_duration
from watchdog.cli.listing_json import deadline_object, history_object, status_object, unseen_object
from watchdog.cli.listing_text import deadlines_text, incidents_text, notices_text, status_text
from watchdog.cli.mute_looks import in_force_text, mute_listing
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings
from watchdog.store.views import Dated, IncidentHistory

#: How many incidents `incidents --closed` goes back.
RECENT = 100
RECENT_NOTICES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a running daemon knows, written or not."""

    records: Sequence[SubjectRecord]
    """Every subject, by check and name."""
    unseen: Sequence[CheckId] = ()
    """Checks that were not looked at yet."""
    mutes: Sequence[Mute] = ()
    """Silences and windows, those to come as well."""
    labels: Mapping[CheckId, Mapping[str, str]] = field(default_factory=dict)
    """What of every check can be matched (alerts.mutes.standing.check_labels)."""

    @property
    def open_incidents(self) -> list[Incident]:
        """Oldest first."""
        standing = (incident for record in self.records for incident in record.incidents)
        return sorted(standing, key=lambda one: (one.opened_at, one.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at, and how it is shown. `width` is that of a terminal; None where it is a file, a pipe."""

    listings: Listings
    estate: Estate
    now: datetime
    width: int | None = None
    remembered: Remembered | None = None
    """Left out where no daemon answers: then what it has written stands."""
    kinds: Mapping[CheckId, str] = field(default_factory=dict)
    """Of the checks of the settings, where no daemon answers."""
    invoices: int = 0
    """Bills written in the settings themselves."""

    @property
    def known_kinds(self) -> frozenset[str]:
        """Of all checks; none where nobody knows."""
        labels = {} if self.remembered is None else self.remembered.labels
        return frozenset({*(one.get("kind", "") for one in labels.values()), *self.kinds.values()} - {""})

    def kind_of(self, check_id: CheckId) -> str:
        """Empty where nobody knows."""
        known = {} if self.remembered is None else self.remembered.labels.get(check_id, {})
        return known.get("kind") or self.kinds.get(check_id, "")

    def records(self) -> Sequence[SubjectRecord]:
        """Every subject, by check and name."""
        return self.listings.subjects() if self.remembered is None else self.remembered.records

    def dated(self) -> Sequence[Dated]:
        """Every subject that has a deadline, by check and name."""
        if self.remembered is None:
            return self.listings.dated()
        return [
            Dated(one.check_id, one.subject, one.status, one.cause, one.summary, at.at, at.act_by)
            for one in self.remembered.records
            if (at := one.deadline) is not None
        ]

    def open_incidents(self) -> Sequence[Incident]:
        """Oldest first."""
        return self.listings.open_incidents() if self.remembered is None else self.remembered.open_incidents


class NotFoundError(LookupError):
    """What was named is not there."""


class SeveralError(LookupError):
    """What was named is not one thing."""


Objects: TypeAlias = Sequence[Mapping[str, object]]


class Listing:
    """The same for scripts and for people. Long ones hand in functions: nobody wants both, and each takes its time.

    The functions read no store: that may be closed when they are called. `notes` are sentences that whoever looks
    should know.
    """

    def __init__(
        self, objects: Objects | Callable[[], Objects], text: str | Callable[[], str], notes: Sequence[str] = ()
    ) -> None:
        self._objects, self._text, self.notes = objects, text, notes

    @property
    def objects(self) -> Objects:
        return self._objects() if callable(self._objects) else self._objects

    @property
    def text(self) -> str:
        return self._text() if callable(self._text) else self._text


def statuses(view: View) -> Listing:
    """Every subject, worst first."""
    records = sorted(view.records(), key=lambda one: (WORST_FIRST.index(one.status), one.check_id))
    unseen = () if view.remembered is None else view.remembered.unseen
    text = status_text(records, view.now, view.estate.time_zone, view.width, unseen)
    return Listing([*map(status_object, records), *map(unseen_object, unseen)], text + in_force_text(view))


def mutes(view: View, *, kind: MuteKind, over: bool) -> Listing:
    """Silences or windows in force and to come, with what they match; with `over` those of the last 30 days too."""
    return Listing(*mute_listing(view, kind=kind, over=over))


def deadlines(view: View, *, within: str = "", kind: str = "") -> Listing:
    """What must be begun first, first: by when to act, else when it lapses or falls due.

    `within`, a duration, leaves what is nearer than that, `kind` what checks of that kind see. Raises NotFoundError
    where no check is of it.
    """
    if kind and view.known_kinds and kind not in view.known_kinds:
        raise NotFoundError(f"no check is of kind {kind}; there are {_named(view.known_kinds)}")
    dated = view.dated()
    kinds = {check_id: view.kind_of(check_id) for check_id in {one.check_id for one in dated}}
    chosen = [one for one in dated if kind in {"", kinds[one.check_id]}]
    until = view.now + parse_duration(within) if within else None
    near = sorted((one for one in chosen if until is None or one.by <= until), key=attrgetter("by"))
    notes = []
    if kind and not chosen:
        notes.append(f"no check of kind {kind} sees a deadline; there are {_named(kinds.values())}")
    return Listing(
        lambda: [deadline_object(one) for one in near],
        lambda: deadlines_text(near, view.now, view.estate.time_zone, view.width),
        notes,
    )


def _named(kinds: Iterable[str]) -> str:
    return ", ".join(sorted({kind for kind in kinds if kind})) or "none"


def incidents(view: View, *, closed: bool) -> Listing:
    """The open ones, worst first; or open and closed, the newest first, and what the watchdog said of itself."""
    found = _recent(view) if closed else sorted(view.open_incidents(), key=_gravity)
    notes: list[str] = []
    try:
        histories = _histories(view, [*found, *_drills(view, closed=closed)])
    except StoreError as error:
        if view.remembered is None:
            raise
        histories = [_bare(one) for one in found]
        notes.append(f"who was told cannot be read now: {error}")
    listing = shown(histories, view, notes)
    if closed and (notices := view.listings.notices(RECENT_NOTICES)):
        text = f"{listing.text}\n\n{notices_text(notices, view.estate.time_zone)}"
        return Listing(listing.objects, text, listing.notes)
    return listing


def named(view: View, word: str) -> Listing:
    """The one incident whose id begins with `word`. Raises NotFoundError and SeveralError."""
    return shown([history_of(view, word)], view)


def history_of(view: View, word: str) -> IncidentHistory:
    """As `named`."""
    stored = {one.id: one for one in view.listings.incidents_named(word, 2)}
    found = stored | {one.id: one for one in view.open_incidents() if one.id.startswith(word)}
    if word in found:
        found = {word: found[word]}
    if len(found) > 1:
        raise SeveralError(f"several incidents have ids that begin with {word}; give more of it")
    if not found:
        raise NotFoundError(f"no incident has an id that begins with {word}; `nigehban incidents` lists them")
    (history,) = _histories(view, list(found.values()))
    return history


def _drills(view: View, *, closed: bool) -> Sequence[Incident]:
    """They stand last, since nothing is wrong with them."""
    found = view.listings.incidents_of(DRILL_CHECK, RECENT)
    return [one for one in found if closed or one.closed_at is None]


def _recent(view: View) -> Sequence[Incident]:
    """What is remembered stands for what is stored of it."""
    stored = {one.id: one for one in view.listings.recent_incidents(RECENT)}
    unwritten = {one.id: one for one in view.open_incidents()}
    return sorted((stored | unwritten).values(), key=lambda one: one.opened_at, reverse=True)[:RECENT]


def _histories(view: View, found: Sequence[Incident]) -> list[IncidentHistory]:
    """Each with what is on record of it."""
    stored = view.listings.histories([one.id for one in found])
    return [_stands(one, stored[one.id]) if one.id in stored else _bare(one) for one in found]


def _stands(one: Incident, stored: IncidentHistory) -> IncidentHistory:
    """As it is remembered; but what people said is shown once it is on record, since then it is confirmed."""
    if one.acknowledged != stored.incident.acknowledged:
        one = replace(one, acknowledged=None)
    return replace(stored, incident=one)


def _bare(one: Incident) -> IncidentHistory:
    return IncidentHistory(incident=one, events=(), deliveries=(), waiting=())


def shown(histories: Sequence[IncidentHistory], view: View, notes: Sequence[str] = ()) -> Listing:
    """Incidents with all that happened to them."""
    text = incidents_text(histories, view.now, view.estate)
    return Listing([history_object(history) for history in histories], text, notes)


def _gravity(one: Incident) -> int:
    return WORST_FIRST.index(one.severity)
