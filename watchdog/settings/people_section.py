"""The people of the settings: receivers, rotas, escalations and the routes to them; all they name is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from alerts.people.escalation import Escalation
from alerts.people.rota import Rota, ever_on_duty, gaps
from alerts.route import Receiver, Route
from checks.calendar_feed import CalendarError, refuse_without_reader
from checks.secret import Secret
from checks.wording import moment
from watchdog.duty_calendar import DutyCalendar, read_file, shifts_in
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.people_entries import EscalationEntry, RotaEntry, receivers_named
from watchdog.settings.problems import TreePath
from watchdog.settings.reader import Reader
from watchdog.settings.route_tree import check_routes
from watchdog.settings.telling_entries import ReceiverEntry, RouteEntry

#: So far ahead somebody must be on duty at every moment.
LOOKED_AHEAD: Final = timedelta(days=90)


@dataclass(slots=True)
class PeopleSection:
    reader: Reader
    zone: ZoneInfo
    """Of the estate."""
    now: datetime
    receivers: dict[str, Receiver] = field(default_factory=dict)
    rotas: dict[str, Rota] = field(default_factory=dict)
    calendars: dict[str, DutyCalendar] = field(default_factory=dict)
    """Of the rotas that have one."""
    escalations: dict[str, Escalation] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def read(self, section: ChecksSection) -> None:
        self._read_receivers()
        for key, rota in self.reader.mapping("rotas", RotaEntry).items():
            self._read_rota(key, rota)
        for key, escalation in self.reader.mapping("escalations", EscalationEntry).items():
            self._read_escalation(key, escalation)
        entries = list(self.reader.listing("routes", RouteEntry))
        check_routes(self.reader, entries, section)
        self.routes = tuple(entry.route() for _, entry in entries)

    def _refer(self, path: TreePath, what: str, section: str, word: str | None) -> bool:
        known = self.reader.keys(section)
        if word is not None and word not in known:
            self.reader.refuse_reference(path, what, word, known)
            return False
        return True

    def _read_receivers(self) -> None:
        for key, entry in self.reader.mapping("receivers", ReceiverEntry).items():
            self._refer(("receivers", key, "office"), "office", "offices", entry.office)
            self._refer(("receivers", key, "rota"), "rota", "rotas", entry.rota)
            self.receivers[key] = entry.receiver(key)
        if self.reader.sources.sections.get("mail") is None:
            self._check_mail_can_leave()

    def _check_mail_can_leave(self) -> None:
        for receiver in self.receivers.values():
            for index, channel in enumerate(receiver.channels):
                if channel.kind == "mail":
                    path = ("receivers", receiver.id, "channels", index)
                    self.reader.refuse(path, "no relay to send mail by; add mail: {relay: ..., from: ...}")

    def _read_rota(self, key: str, entry: RotaEntry) -> None:
        path: TreePath = ("rotas", key)
        before = len(self.reader.problems)
        for inner, who in receivers_named(entry).items():
            if self._refer((*path, *inner), "receiver", "receivers", who):
                self._refuse_rota_in_rota((*path, *inner), who)
        rota = entry.rota(key, self.zone)
        if entry.ical is not None:
            self._read_calendar(path, entry.ical, entry, rota)
        else:
            self.rotas[key] = rota
        if len(self.reader.problems) == before:
            self._check_cover(path, self.rotas[key])

    def _refuse_rota_in_rota(self, path: TreePath, who: str) -> None:
        receiver = self.receivers.get(who)
        if receiver is not None and receiver.rota is not None:
            self.reader.refuse(path, "stands for a rota itself; name the people who take turns")

    def _read_calendar(self, path: TreePath, place: Secret | str, entry: RotaEntry, rota: Rota) -> None:
        self.rotas[rota.id] = rota
        is_file = isinstance(place, str) and "://" not in place
        folder = self.reader.sources.file_of(path).parent.absolute()
        calendar = DutyCalendar(
            rota=rota.id,
            place=folder / place if is_file and isinstance(place, str) else place,
            zone=(entry.time_zone or self.zone).key,
            names={**{id_: id_ for id_ in self.receivers}, **entry.names},
        )
        self.calendars[rota.id] = calendar
        if not is_file and entry.fallback is None:
            text = "a calendar from elsewhere may not be readable: add fallback, the receiver that stands in then"
            self.reader.refuse(path, text)
        try:
            refuse_without_reader()
            if isinstance(calendar.place, Path):
                shifts = shifts_in(read_file(calendar.place), calendar, self.now)
                self.rotas[rota.id] = entry.rota(rota.id, self.zone, shifts)
        except CalendarError as error:
            self.reader.refuse((*path, "ical"), str(error))

    def _check_cover(self, path: TreePath, rota: Rota) -> None:
        """Refuse times in which nobody would be on duty and nobody stands in."""
        if rota.fallback is not None:
            return
        for begins, ends in gaps(rota, self.now, self.now + LOOKED_AHEAD)[:1]:
            since, until = moment(begins, self.zone), moment(ends, self.zone)
            text = f"nobody is on duty from {since} to {until}: fill it, or add fallback, the receiver that stands in"
            self.reader.refuse(path, text)

    def _read_escalation(self, key: str, entry: EscalationEntry) -> None:
        path: TreePath = ("escalations", key)
        waited = timedelta()
        for number, step in enumerate(entry.steps):
            if step.after <= waited:
                text = "not later than the step before it; every step counts from the first message"
                self.reader.refuse((*path, "steps", number, "after"), text)
            waited = step.after
            for place, who in enumerate(step.to):
                self._refer((*path, "steps", number, "to", place), "receiver", "receivers", who)
        self.escalations[key] = entry.escalation(key)


def reach_of(receiver: Receiver, rotas: Mapping[str, Rota], receivers: Mapping[str, Receiver]) -> tuple[Receiver, ...]:
    """Everybody a receiver may stand for: itself, or all who are ever on duty."""
    rota = None if receiver.rota is None else rotas.get(receiver.rota)
    if rota is None:
        return (receiver,)
    named = (*ever_on_duty(rota), *filter(None, (rota.fallback,)))
    return tuple(receivers[one] for one in dict.fromkeys(named) if one in receivers)
