"""Whom a matter of money concerns by itself, whatever the routes say: the desk it lies on, the departments behind it.

Pure. Each of the kinds below answers a question of its own about the same bills. So that nobody hears of one bill three
times in a morning, a kind that no route names goes to those it concerns and to nobody else; where they are not known,
it goes the way of bills.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.route import Audience, Hearer, Receiver, Route, every_route, hearers_of
from checks.billing.labels import CAME_BACK_RUNG, SERVICE, SOONER_RUNG, STAGE
from checks.billing.path.schedule import TOO_LATE
from checks.estate import Estate, Service
from checks.invoice import bill_key
from checks.ledger.state import BillOnRecord
from checks.model import Cause, Status

BILLS: Final = "invoice_due"
STAGES: Final = "payment_stage"
CUT_OFFS: Final = "payment_cut_off"
PAYEES: Final = "payee"
CONTRACTS: Final = "contract"
OUTAGES: Final = "outage_forecast"
BOOKS: Final = "bookkeeping"

#: Kinds that look at what `invoice_due` looks at, each with a question of its own.
BESIDE_BILLS: Final = frozenset({STAGES, CUT_OFFS, PAYEES, CONTRACTS, OUTAGES, BOOKS})
ABOUT_MONEY: Final = BESIDE_BILLS | {BILLS}


def hearers_by(labels: Mapping[str, str], incident: Incident, directory: Directory) -> tuple[Hearer, ...]:
    """Who hears of `incident` by `labels`, in the order of the routes, then whom it concerns."""
    if incident.kind not in BESIDE_BILLS:
        return hearers_of(labels, directory.routes)
    is_named = is_named_by(directory.routes, incident.kind, incident.check_id)
    way = hearers_of(labels if is_named else as_bills(labels), directory.routes)
    concerned = _concerned(incident, directory, way)
    if not is_named:
        return concerned or way
    known = {hearer.receiver for hearer in way}
    return (*way, *(hearer for hearer in concerned if hearer.receiver not in known))


def as_bills(labels: Mapping[str, str]) -> Mapping[str, str]:
    """By what routes see a matter of money that none of them names."""
    return {**labels, "kind": BILLS}


@dataclass(frozen=True, slots=True)
class Concern:
    """Somebody whom a kind concerns by itself, whatever the routes say."""

    receiver: str
    what: str
    """Like "pre-audit" or "Health Department"."""


def concerns_of(kind: str, directory: Directory) -> tuple[Concern, ...]:
    """All whom any incident of `kind` may concern: owners of stages, or who speaks for a department."""
    estate = directory.estate
    found: list[Concern] = []
    if kind == STAGES:
        found = [Concern(one.owner, one.title) for one in estate.billing.path if one.owner is not None]
    elif kind == OUTAGES:
        ids = dict.fromkeys(id_ for service in estate.services.values() for id_ in service.departments)
        behind = [estate.departments[id_] for id_ in ids if id_ in estate.departments]
        found = [Concern(one.contact, one.name) for one in behind if one.contact is not None]
    return tuple(one for one in found if one.receiver in directory.receivers)


def services_of(incident: Incident, estate: Estate) -> tuple[Service, ...]:
    """Those that its facts name, by title or id; a matter of money belongs to no service by its check."""
    if incident.kind not in ABOUT_MONEY:
        return ()
    said = [text for label, text in incident.facts if label.casefold() in _SERVICE_LABELS]
    names = {part.strip().casefold() for text in said for part in (text, *text.split(", "))}
    return tuple(one for one in estate.services.values() if not names.isdisjoint((one.title.casefold(), one.id)))


def bill_of(incident: Incident, directory: Directory) -> BillOnRecord | None:
    """The open bill that one incident is about; None where it is about more or less than one, or that is closed."""
    if incident.drill is not None or incident.kind not in _OF_ONE_BILL or "/" not in incident.subject:
        return None
    named = incident.subject if incident.kind == BILLS else incident.subject.rpartition(" ")[0]
    vendor, _, number = named.partition("/")
    key, bills = bill_key(vendor, number), directory.on_record()
    place = bisect_left(bills, key, key=lambda one: one.key)
    return bills[place] if place < len(bills) and bills[place].key == key else None


def contacts_of(incident: Incident, directory: Directory) -> tuple[str, ...]:
    """Receivers who speak for the departments that would lose a service, where that is foretold."""
    if incident.kind != OUTAGES:
        return ()
    estate = directory.estate
    ids = dict.fromkeys(id_ for service in services_of(incident, estate) for id_ in service.departments)
    contacts = (estate.departments[id_].contact for id_ in ids if id_ in estate.departments)
    return tuple(dict.fromkeys(one for one in contacts if one is not None and one in directory.receivers))


def spared(event: IncidentEvent, directory: Directory) -> frozenset[str]:
    """Who is not told of a step of the ladder.

    Departments hear once, again when it has become urgent, and the end. Whoever reads the list of bills every morning
    has it there.
    """
    is_turn = event.before is not None and event.incident.severity is Status.CRITICAL
    if event.kind is not EventKind.REMINDER or is_turn or event.step or event.note:
        return frozenset()
    if event.incident.kind == OUTAGES:
        return frozenset(contacts_of(event.incident, directory))
    is_listed = event.incident.kind in _LISTED and event.incident.cause is not Cause.WITHDRAWN
    is_news = is_money_back(event) or is_sooner(event) or event.rung == TOO_LATE or _has_just_passed(event)
    return directory.digested if is_listed and not is_news else frozenset()


def is_money_back(event: IncidentEvent) -> bool:
    """Whether it tells that money which was sent came back: news to everybody."""
    return event.rung is not None and event.rung.startswith(CAME_BACK_RUNG)


def is_sooner(event: IncidentEvent) -> bool:
    """Whether it tells that a vendor put the day of cutting off forward: whoever planned by the old one must know.

    That a bill is overdue comes before it for whoever was not told of it yet.
    """
    if event.rung is None or not event.rung.startswith(SOONER_RUNG):
        return False
    deadline = event.incident.deadline
    return event.kind is not EventKind.OPENED or deadline is None or event.at < deadline.at


def _has_just_passed(event: IncidentEvent) -> bool:
    """The last day itself, and the first step behind it, are news."""
    deadline = event.incident.deadline
    if deadline is None or event.rung is None:
        return True
    behind = [rung for rung in deadline.rungs if rung.at > deadline.at and rung.at <= event.at]
    is_last_day = any(rung.name == event.rung and rung.name.startswith("0") for rung in deadline.rungs)
    return is_last_day or (len(behind) == 1 and behind[0].name == event.rung)


def as_reader(receiver: Receiver, incident: Incident, directory: Directory) -> Receiver:
    """Whoever speaks for a department reads what departments read, unless it was given other words."""
    is_plain = receiver.audience is Audience.ON_CALL and receiver.id in contacts_of(incident, directory)
    return replace(receiver, audience=Audience.DEPARTMENT) if is_plain else receiver


def waits_for_office(receiver: Receiver, incident: Incident, directory: Directory) -> bool:
    """An advance notice wakes nobody in a department, whatever else that department is told at night."""
    return receiver.hold_for_office_hours or receiver.id in contacts_of(incident, directory)


#: Kinds with an incident for each bill.
_OF_ONE_BILL: Final = frozenset({BILLS, STAGES, CUT_OFFS})

#: Kinds whose subjects stand in the list of bills.
_LISTED: Final = frozenset({BILLS, STAGES})

_SERVICE_LABELS: Final = frozenset({SERVICE.casefold(), f"{SERVICE.casefold()}s"})


def is_named_by(routes: Sequence[Route], kind: str, check_id: str) -> bool:
    """Whether any route asks for this kind, or for its check."""
    return any(route.match.get("kind") == kind or route.match.get("check") == check_id for route in every_route(routes))


def _concerned(incident: Incident, directory: Directory, way: Sequence[Hearer]) -> tuple[Hearer, ...]:
    """The owner of the stage, with the escalation of the route that asks for stages: the bill has its own. A department
    is asked for no answer.
    """
    if incident.kind == OUTAGES:
        return tuple(Hearer(contact) for contact in contacts_of(incident, directory))
    owner = _owner(incident, directory) if incident.kind == STAGES else None
    if owner is None:
        return ()
    is_named = is_named_by(directory.routes, incident.kind, incident.check_id)
    escalations = (one.escalation for one in way if one.escalation is not None and is_named)
    return (Hearer(owner, next(escalations, None)),)


def _owner(incident: Incident, directory: Directory) -> str | None:
    said = {text.casefold() for label, text in incident.facts if label == STAGE}
    stages = directory.estate.billing.path
    owner = next((one.owner for one in stages if not said.isdisjoint((one.id, one.title.casefold()))), None)
    return owner if owner in directory.receivers else None
