"""Which bills may lie behind which outages, and what follows when one is paid or falls due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from alerts.debt import Debt
from alerts.incident import Incident, Nature
from alerts.judging.episode import CheckFacts, Judgement
from alerts.record import SubjectRecord
from alerts.roots.debts import BILL_KINDS, bill_labels, is_joined_at, unpaid, vendors_behind, with_debts
from checks.estate import Estate
from checks.model import CheckId, Status
from watchdog.clock import Clock
from watchdog.engine.subjects import Subjects


class Arrears:
    """Knows the vendors behind checks, and reads their bills; the process alone changes what carries them."""

    def __init__(self, subjects: Subjects, *, clock: Clock) -> None:
        self._subjects = subjects
        self._clock = clock
        self._facts: Mapping[CheckId, CheckFacts] = {}
        self._vendors: Mapping[CheckId, frozenset[str]] = {}
        self._of_vendor: Mapping[str, Sequence[CheckId]] = {}
        self._bill_checks: Sequence[CheckId] = ()
        self._unpaid: set[CheckId] = set()
        """Checks that may be down for an unpaid bill; one that is well again may still be among them."""

    def configure(self, facts: Mapping[CheckId, CheckFacts], estate: Estate) -> None:
        self._facts = facts
        behind = {check_id: vendors_behind(check_id, one.service, estate) for check_id, one in facts.items()}
        self._vendors = {check_id: vendors for check_id, vendors in behind.items() if vendors}
        self._of_vendor = {
            vendor: [check_id for check_id, theirs in self._vendors.items() if vendor in theirs]
            for vendor in estate.vendors
        }
        self._bill_checks = [check_id for check_id, one in facts.items() if one.kind in BILL_KINDS]
        faults = [one for subject in self._subjects.at_fault() if (one := subject.record.fault_incident) is not None]
        roots = {one.root for one in faults}
        self._unpaid = {one.check_id for one in faults if one.root is None and (one.debts or one.id in roots)}

    # Whom a bill explains ---------------------------------------------------------------------------------------

    def fellows(self, check_id: CheckId) -> Iterator[CheckId]:
        """The other checks of the same vendor."""
        for vendor in self._vendors.get(check_id, ()):
            yield from (one for one in self._of_vendor[vendor] if one != check_id)

    def unpaid_fellows(self, check_id: CheckId, root: str | None = None) -> Iterator[CheckId]:
        """Checks of the same vendor that are down, probably for an unpaid bill: that explains this one as well.

        Among them is whichever has the incident `root`, paid meanwhile or not: who was cut off with it comes back
        with it.
        """
        vendors = self._vendors.get(check_id)
        if not vendors:
            return
        for fellow in self._unpaid:
            if fellow == check_id or not vendors & self._vendors.get(fellow, frozenset()):
                continue
            if any(_has_debts(one) or _stands(one, root) for one in self._records(fellow)):
                yield fellow

    def heard(self, incident: Incident) -> None:
        """`incident` opened or carries bills."""
        if incident.debts:
            self._unpaid.add(incident.check_id)

    def is_over(self, check_id: CheckId) -> None:
        """An incident of this check has ended."""
        if not any(map(_has_debts, self._records(check_id))):
            self._unpaid.discard(check_id)

    # What is owed -----------------------------------------------------------------------------------------------

    def with_debts(self, judged: Judgement) -> Judgement:
        """`judged`, joined to the bills that may lie behind what it tells."""
        if not any(map(is_joined_at, judged.events)):
            return judged
        found = self._debts_behind(judged.record.check_id)
        return judged if found is None else with_debts(judged, found)

    def is_bill(self, incident: Incident) -> bool:
        return incident.nature is Nature.DEADLINE and incident.kind in BILL_KINDS

    def joined_anew(self, bill: Incident) -> Iterator[Judgement]:
        """What stands and has other bills behind it than it carries, since `bill` was paid, blocked or fell due."""
        of_bill = self._subjects.get(bill.check_id, bill.subject)
        labels = {} if of_bill is None else bill_labels(of_bill.current())
        for subject in [one for one in self._subjects.at_fault() if _is_outage(one.record.fault_incident)]:
            record = subject.current()
            incident = record.fault_incident
            if incident is None or not self._concerns(labels, incident):
                continue
            debts = self._debts_behind(record.check_id)
            if debts is not None and debts != incident.debts:
                carrying = replace(incident, debts=debts)
                self.heard(carrying)
                yield Judgement(replace(record, fault_incident=carrying))

    def _concerns(self, bill: Mapping[str, str], outage: Incident) -> bool:
        if not bill:  # it is gone, and with it what is known of it
            return bool(outage.debts)
        is_for_it = outage.service is not None and bill.get("service") == outage.service
        return is_for_it or bill.get("vendor") in self._vendors.get(outage.check_id, frozenset())

    def _debts_behind(self, check_id: CheckId) -> tuple[Debt, ...] | None:
        """None where no bill can be behind it."""
        facts = self._facts.get(check_id)
        service = None if facts is None else facts.service
        vendors = self._vendors.get(check_id, frozenset())
        if not vendors and service is None:
            return None
        return unpaid(vendors, service, self._bills(), self._clock())

    def _bills(self) -> Iterator[tuple[SubjectRecord, CheckFacts]]:
        for check_id in self._bill_checks:
            for record in self._records(check_id):
                yield record, self._facts[check_id]

    def _records(self, check_id: CheckId) -> Iterable[SubjectRecord]:
        return [subject.current() for subject in self._subjects.of(check_id)]


def _has_debts(record: SubjectRecord) -> bool:
    incident = record.fault_incident
    return incident is not None and bool(incident.debts) and incident.root is None


def _is_outage(incident: Incident | None) -> bool:
    return incident is not None and incident.root is None and incident.severity is Status.CRITICAL


def _stands(record: SubjectRecord, incident_id: str | None) -> bool:
    incident = record.fault_incident
    return incident is not None and incident_id is not None and incident.id == incident_id
