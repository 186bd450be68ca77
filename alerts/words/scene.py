"""An event with all it touches looked up, every name in it safe to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import chain

from alerts.concern import hearers_by, services_of, spared
from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.people.escalation import names_told
from alerts.route import Audience, Hearer, Receiver
from alerts.words.escape import one_line
from alerts.words.wording import day, people, period, untitled
from checks.estate import Department, Estate, Service, Vendor
from checks.wording import local, moment

#: Nobody plans further ahead than this; beyond it working days are not counted.
MAX_DAYS_COUNTED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one receiver is told of. Working days are those of its office, days and hours those of `zone`."""

    event: IncidentEvent
    receiver: Receiver
    directory: Directory

    @property
    def incident(self) -> Incident:
        return self.event.incident

    @property
    def service(self) -> Service | None:
        """Its check's; of a matter of money, the first one its facts name."""
        name, estate = self.incident.service, self.directory.estate
        if name is None:
            return next(iter(services_of(self.incident, estate)), None)
        return estate.services.get(name)

    @property
    def vendor(self) -> Vendor | None:
        name = None if self.service is None else self.service.vendor
        return None if name is None else self.directory.estate.vendors.get(name)

    @property
    def title(self) -> str:
        """What people call the thing: the service's title, else its id, else the check's title or id."""
        check_id = self.incident.check_id
        named = self.incident.service or self.directory.titles.get(check_id, check_id)
        return one_line(self.service.title if self.service else named, 80)

    @property
    def summary(self) -> str:
        """Without a full stop and without the title, so that it can stand inside a sentence about that."""
        return self.said(self.incident.summary or self.incident.subject)

    def said(self, words: str) -> str:
        """`words` of a look in the form of `summary`."""
        return untitled(one_line(words, 300).rstrip(". "), self.title)

    @property
    def subject(self) -> str:
        return one_line(self.incident.subject)

    @property
    def title_and_subject(self) -> str:
        """Both, or one where they are the same word."""
        is_one = self.subject.casefold() == self.title.casefold()
        return self.title if is_one else f"{self.title}: {self.subject}"

    @property
    def departments(self) -> str:
        """Who depends on what is hit, with user counts; "" for nobody known."""
        return one_line(people(self.hit), 1000)

    @property
    def services(self) -> tuple[Service, ...]:
        """Its own service, then those of what fails because of it."""
        known = self.directory.estate.services
        said = (one.id for one in services_of(self.incident, self.directory.estate))
        named = (self.incident.service, *said, *(part.service for part in self.event.parts))
        return tuple(known[id_] for id_ in dict.fromkeys(named) if id_ is not None and id_ in known)

    @property
    def hit(self) -> tuple[Department, ...]:
        """The departments that depend on any of these."""
        known = self.directory.estate.departments
        ids = dict.fromkeys(id_ for service in self.services for id_ in service.departments)
        return tuple(known[id_] for id_ in ids if id_ in known)

    @property
    def zone(self) -> tzinfo:
        """The receiver's: its office's where that has one, else the estate's."""
        return zone_of(self.receiver, self.directory.estate)

    @property
    def users(self) -> int:
        """How many people depend on what is hit; 0 for nobody known."""
        return sum(department.users for department in self.hit)

    def day(self, at: datetime) -> str:
        return day(at, self.zone)

    def moment(self, at: datetime) -> str:
        return moment(at, self.zone)

    def period(self, since: datetime, until: datetime) -> str:
        return period(since, until, self.zone)

    def working_days_until(self, at: datetime) -> int | None:
        """Working days after today up to the day of `at`; negative for a day past, None when too far to count."""
        return self.working_days(self.event.at, at)

    def working_days(self, since: datetime, until: datetime) -> int | None:
        """Working days after the day of `since` up to that of `until`; negative backwards, None when too many."""
        calendar = self.directory.calendars.of(self.receiver.office)
        zone = self.zone
        start, end = local(since, zone).toordinal(), local(until, zone).toordinal()
        first, last = sorted((start, end))
        if last - first > MAX_DAYS_COUNTED:
            return None
        days = sum(calendar.is_working_day(date.fromordinal(ordinal)) for ordinal in range(first + 1, last + 1))
        return days if end >= start else -days

    @property
    def others(self) -> tuple[str, ...]:
        """The other receivers to whom the same goes; of an end, whoever is on record as told of the incident."""
        named, at = named_in(self.event, self.directory), self.event.at
        told = self.directory.people(named, at)
        if self.event.kind is EventKind.RESOLVED:
            told = (*told, *self.directory.people((*named, *_of_steps(self.incident, self.directory)), self._opened_at))
        return self._names(told)

    @property
    def heard_before(self) -> tuple[str, ...]:
        """Of a step of an escalation, to whom it went before."""
        if not self.event.step:
            return ()
        named = named_for(self.incident, self.directory)
        before = _of_steps(self.incident, self.directory)
        now = self.directory.people(self.event.to, self.event.at)
        earlier = self.directory.people((*named, *before), self._opened_at)
        return self._names(one for one in earlier if one.id not in {two.id for two in now})

    @property
    def _opened_at(self) -> datetime:
        return min(self.incident.opened_at, self.event.at)

    def _names(self, receivers: Iterable[Receiver]) -> tuple[str, ...]:
        """Machines are nobody to people who run none."""
        asks_for_people = self.receiver.audience is not Audience.ON_CALL
        named = {one.id: one for one in receivers if one.id != self.receiver.id}
        return tuple(one_line(id_, 80) for id_, one in named.items() if not (asks_for_people and _is_machine(one)))


def _is_machine(receiver: Receiver) -> bool:
    return bool(receiver.channels) and all(channel.kind == "alertmanager" for channel in receiver.channels)


def _of_steps(incident: Incident, directory: Directory) -> tuple[str, ...]:
    """Ids of the receivers named by the steps that were told, as far as there still are such receivers."""
    named: list[str] = []
    for chase in incident.chases:
        escalation = directory.escalations.get(chase.escalation)
        if escalation is not None:
            named += chain.from_iterable(names_told(chase, escalation))
    return tuple(one for one in named if one in directory.receivers)


def named_in(event: IncidentEvent, directory: Directory) -> tuple[str, ...]:
    """Ids of the receivers that are told of `event`: its own, else those of the routes."""
    if event.to:
        return event.to
    quiet = spared(event, directory)
    return tuple(one for one in named_for(event.incident, directory) if one not in quiet)


def zone_of(receiver: Receiver, estate: Estate) -> tzinfo:
    office = estate.offices.get(receiver.office or "")
    return office.time_zone if office is not None and office.time_zone is not None else estate.time_zone


def named_for(incident: Incident, directory: Directory) -> tuple[str, ...]:
    """Ids of the receivers that routes name for it, and for the unpaid bills that may lie behind it."""
    return tuple(dict.fromkeys(hearer.receiver for hearer in hearers_for(incident, directory)))


def hearers_for(incident: Incident, directory: Directory) -> tuple[Hearer, ...]:
    """The same, each with the escalation that follows where it does not answer."""
    if incident.drill is not None and incident.drill.receivers:
        return tuple(Hearer(one) for one in incident.drill.receivers if one in directory.receivers)
    asked = (routing_labels(incident), *(debt.labels for debt in incident.debts))
    return tuple(dict.fromkeys(hearer for labels in asked for hearer in hearers_by(labels, incident, directory)))


def routing_labels(incident: Incident) -> dict[str, str]:
    """What routes can match. The names of the product win over labels of the same name."""
    return {
        **incident.labels,
        "kind": incident.kind,
        "check": incident.check_id if incident.drill is None else incident.drill.plays,
        "severity": incident.severity.value,
        "nature": incident.nature.value,
        **({} if incident.service is None else {"service": incident.service}),
    }
