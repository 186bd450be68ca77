"""The daily note, of what a daemon or its database knows: for a page of the site, and for whoever prints it by hand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from alerts.digests.bills import KIND
from alerts.digests.morning import ChainEnd
from alerts.digests.note import Known, note_of
from alerts.digests.note_sheet import Reader, Sheet, sheet_of
from alerts.incident import Incident
from alerts.people.rota import Rota
from alerts.record import SubjectRecord
from alerts.route import Language
from checks.billing.risk.stake import stakes
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.model import CheckId
from watchdog.store.listings import Listings


def known_of(  # all that a note is made of
    listings: Listings,
    estate: Estate,
    *,
    records: Sequence[SubjectRecord],
    incidents: Sequence[Incident],
    kinds: Mapping[CheckId, str],
    rotas: Sequence[Rota] | None,
) -> Known:
    """Raises StoreError. Checks that `kinds` does not name, since settings cannot be read, are known by what they
    measure: a bill must not vanish for that.
    """
    rows, calendars = listings.ledger, OfficeCalendars(estate)
    bills, head = rows.open_bills(), rows.head()
    measured = {one.check_id: KIND for one in records if any(seen.name == KIND for seen in one.measurements)}
    first = next(iter(estate.offices), None)
    return Known(
        records=records,
        incidents=incidents,
        kinds={**measured, **kinds},
        rotas=rotas,
        places={stake.bill.key: place for place, stake in enumerate(stakes(bills, estate, calendars))},
        offices={bill.key: bill.terms.office or first for bill in bills},
        desks={stage.title: stage.owner for stage in estate.billing.path if stage.owner},
        chain=ChainEnd(hash=head.hash, events=head.events),
    )


def sheet_for(  # all that one sheet is made by
    known: Known,
    estate: Estate,
    titles: Mapping[CheckId, str],
    *,
    now: datetime,
    language: Language,
    day: date | None = None,
    office: str | None = None,
) -> Sheet:
    """Days are those of the office. Raises ValueError for a day that is over."""
    calendar = OfficeCalendars(estate).of(office)
    note = note_of(known, calendar, now=now, day=day, office=office)
    return sheet_of(note, Reader(language=language, estate=estate, titles=titles, zone=calendar.zone))
