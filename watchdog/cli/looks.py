"""What listings show, for scripts and for people: the same whether the daemon is asked or the database is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.incident import Incident
from checks.estate import Estate
from checks.model import WORST_FIRST
from watchdog.cli.listing_json import deadline_object, history_object, status_object
from watchdog.cli.listing_text import deadlines_text, incidents_text, notices_text, status_text
from watchdog.store.listings import Listings
from watchdog.store.views import IncidentHistory

#: How many incidents `incidents --closed` goes back.
RECENT = 100
RECENT_NOTICES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at, and how it is shown. `width` is that of a terminal; None where it is a file, a pipe."""

    listings: Listings
    estate: Estate
    now: datetime
    width: int | None = None


class NotFoundError(LookupError):
    """What was named is not there, or not one thing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The same for scripts and for people."""

    objects: list[dict[str, object]]
    text: str


def statuses(view: View) -> Listing:
    """Every subject, worst first."""
    records = sorted(view.listings.subjects(), key=lambda one: (WORST_FIRST.index(one.status), one.check_id))
    text = status_text(records, view.now, view.estate.time_zone, view.width)
    return Listing([status_object(record) for record in records], text)


def deadlines(view: View) -> Listing:
    """What lapses or falls due, soonest first."""
    records = view.listings.deadlines()
    text = deadlines_text(records, view.now, view.estate.time_zone, view.width)
    return Listing([deadline_object(record) for record in records], text)


def incidents(view: View, *, closed: bool) -> Listing:
    """The open ones, worst first; or open and closed, the newest first, and what the watchdog said of itself."""
    listings = view.listings
    found = listings.recent_incidents(RECENT) if closed else sorted(listings.open_incidents(), key=_gravity)
    histories = [history for one in found if (history := listings.history(one.id)) is not None]
    listing = shown(histories, view)
    if closed and (notices := listings.notices(RECENT_NOTICES)):
        return Listing(listing.objects, f"{listing.text}\n\n{notices_text(notices, view.estate.time_zone)}")
    return listing


def named(view: View, word: str) -> Listing:
    """The one incident whose id begins with `word`. Raises NotFoundError where none or several do."""
    return shown([history_of(view.listings, word)], view)


def history_of(listings: Listings, word: str) -> IncidentHistory:
    """As `named`."""
    found = listings.incidents_named(word, 2)
    if len(found) > 1:
        raise NotFoundError(f"several incidents have ids that begin with {word}; give more of it")
    history = listings.history(found[0].id) if found else None
    if history is None:
        raise NotFoundError(f"no incident has an id that begins with {word}; `nigehban incidents` lists them")
    return history


def shown(histories: Sequence[IncidentHistory], view: View) -> Listing:
    """Incidents with all that happened to them."""
    text = incidents_text(histories, view.now, view.estate)
    return Listing([history_object(history) for history in histories], text)


def _gravity(one: Incident) -> int:
    return WORST_FIRST.index(one.severity)
