"""How checks that hang on each other stand, and what follows for their incidents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.drills.drill import DRILL_CHECK
from alerts.incident import EventKind, Incident, IncidentEvent, Nature, Part
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import Open, Settling, Suspect, is_urgent
from alerts.record import SubjectRecord
from alerts.roots.covering import Above, Place, place_of
from alerts.roots.evidence import Upper, down_since, has_calmed_down
from alerts.roots.family import Family
from alerts.roots.left_behind import left_behind
from alerts.roots.parts import adopted, failing_parts, joined, left_alone, owes_reminder, part_with, reminded
from checks.estate import Estate
from checks.model import CheckId, Status
from watchdog.clock import Clock, Ids
from watchdog.engine.arrears import Arrears
from watchdog.engine.subjects import Subjects

#: A check that others ask about is looked at this soon, and asked about again only after that.
ASKED_WITHIN_S = 5.0

#: What hangs on a root that is well again is looked at within this time, the more of it the longer.
LOOKED_AT_WITHIN_S = 30.0
FEW = 100

#: People who were told of a part before are reminded of it this long after its root is well again, not at once.
CALM = timedelta(seconds=60)

#: A part that relapses waits so long at most for what is above it to relapse as well.
UNDECIDED_AT_MOST = timedelta(minutes=3)

_TELLS_PARTS = frozenset({EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.HANDOFF})

LookSoon = Callable[[Iterable[CheckId], float], None]


class Kinship:
    """Knows who hangs on whom, and reads how they stand; the process alone changes them."""

    def __init__(self, subjects: Subjects, *, clock: Clock, ids: Ids, look_soon: LookSoon) -> None:
        """`look_soon` has checks looked at within so many seconds."""
        self._subjects = subjects
        self._clock = clock
        self._ids = ids
        self.look_soon = look_soon
        self._family = Family()
        self._facts: Mapping[CheckId, CheckFacts] = {}
        self._asked_at: dict[CheckId, datetime] = {}
        self._arrears = Arrears(subjects, clock=clock)

    def configure(self, family: Family, facts: Mapping[CheckId, CheckFacts], estate: Estate) -> None:
        self._family, self._facts = family, facts
        self._arrears.configure(facts, estate)
        self._asked_at.clear()

    def place(self, record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:
        """See alerts.judging.judge_fault.Placing."""
        return place_of(self._above(record, since, now), since=since, ready_at=ready_at, now=now)

    def _above(self, record: SubjectRecord, since: datetime | None, now: datetime) -> list[Above]:
        root = None if record.fault_incident is None else record.fault_incident.root
        fellows = self._arrears.unpaid_fellows(record.check_id, root)
        uppers = (*self._family.above.get(record.check_id, ()), *fellows)
        return [self._upper(one).standing_for(record, since=since, now=now) for one in uppers]

    def _below(self, root: Incident) -> Iterator[CheckId]:
        """Checks whose incidents may be part of `root`."""
        yield from self._family.below.get(root.check_id, ())
        for fellow in self._arrears.fellows(root.check_id):
            if root.debts or any(_is_part(subject.record, root) for subject in self._subjects.of(fellow)):
                yield fellow

    def _upper(self, check_id: CheckId) -> Upper:
        facts = self._facts[check_id]
        return Upper(
            check_id=check_id,
            records=self._records(check_id),
            interval=timedelta(seconds=facts.interval_s),
            stale_after=facts.stale_after,
        )

    def _records(self, check_id: CheckId) -> list[SubjectRecord]:
        return [subject.current() for subject in self._subjects.of(check_id)]

    # One look -------------------------------------------------------------------------------------------------

    def after_look(self, judged: Judgement, facts: CheckFacts) -> Judgement:
        """What a look at a check that hangs on others means besides: others are asked, a part may stand alone."""
        record = judged.record
        if record.status is Status.OK or record.status is Status.UNKNOWN:
            return judged
        if isinstance(record.fault, Suspect | Settling):
            if is_urgent(record.fault):
                self._ask(self._family.above.get(record.check_id, ()), record.fault.since)
            return judged
        incident = record.fault_incident
        if incident is None or not isinstance(record.fault, Open):
            return judged
        if incident.root is None:
            return self._reminded(judged, incident, facts)
        return self._reconsidered(judged, incident, facts)

    def _reminded(self, judged: Judgement, incident: Incident, facts: CheckFacts) -> Judgement:
        """Of what comes and goes and was a part people are reminded late, and not at all where it is well by then."""
        record, now = judged.record, self._clock()
        if not owes_reminder(record, facts.rule, now):
            return judged
        if not self._have_calmed_down(self._above(record, None, now), now, facts.rule.calm(is_unstable=False)):
            return judged
        due = reminded(record, incident, now, self._ids)
        return Judgement(due.record, (*judged.events, *due.events))

    def _ask(self, above: Iterable[CheckId], since: datetime) -> None:
        """Have those looked at of which nothing is known since then."""
        now = self._clock()
        soon = timedelta(seconds=ASKED_WITHIN_S)
        asked = [one for one in above if not self._is_known_since(one, since)]
        asked = [one for one in asked if one not in self._asked_at or now >= self._asked_at[one] + soon]
        if asked:
            self._asked_at.update(dict.fromkeys(asked, now))
            self.look_soon(asked, ASKED_WITHIN_S)

    def _is_known_since(self, check_id: CheckId, since: datetime) -> bool:
        return any(subject.judged_at >= since for subject in self._subjects.of(check_id))

    def _reconsidered(self, judged: Judgement, incident: Incident, facts: CheckFacts) -> Judgement:
        """A part that fails goes on as one while something above explains it, or will soon be known to."""
        record, now = judged.record, self._clock()
        above = self._above(record, None, now)
        roots = [one.root for one in above if one.root is not None]
        if incident.root in roots:
            return judged
        if roots:
            moved = replace(incident, root=roots[0])
            return Judgement(replace(record, fault_incident=moved), judged.events)
        if self._may_go_on(record, incident, above, now):
            return judged
        alone = left_alone(record, facts, now, self._ids)
        return Judgement(alone.record, (*judged.events, *alone.events))

    def _may_go_on(self, record: SubjectRecord, incident: Incident, above: Iterable[Above], now: datetime) -> bool:
        since = down_since(record)
        if since is not None and now < since + UNDECIDED_AT_MOST and any(one.is_undecided for one in above):
            return True
        return incident.was_told and not self._have_calmed_down(above, now, CALM)

    def _have_calmed_down(self, above: Iterable[Above], now: datetime, wait: timedelta) -> bool:
        return all(has_calmed_down(self._records(one.check_id), now, wait) for one in above)

    # What is told ---------------------------------------------------------------------------------------------

    def with_debts(self, judged: Judgement) -> Judgement:
        """`judged`, joined to the bills that may lie behind what it tells; a drill has none."""
        if judged.record.check_id == DRILL_CHECK:
            return judged
        return self._arrears.with_debts(judged)

    def with_parts(self, event: IncidentEvent) -> IncidentEvent:
        """`event`, with whatever fails because of what it tells."""
        root = event.incident
        if root.drill is not None or root.root is not None or not _explains(root):
            return event
        if event.kind is EventKind.RESOLVED:
            well_at = root.closed_at or event.at
            below_it = dict.fromkeys(self._below(root))
            parts = (left_behind(self._part(one), self._records(one), well_at) for one in below_it)
            return replace(event, parts=tuple(parts))
        if event.kind not in _TELLS_PARTS:
            return event
        below = [one for check_id in dict.fromkeys(self._below(root)) for one in self._records(check_id)]
        records = {(one.check_id, one.subject): one for one in below}
        records |= {(one.check_id, one.subject): one for one in self._adopted(root, event.at)}
        return replace(event, parts=tuple(failing_parts(records.values(), root.id, self._part)))

    def _part(self, check_id: CheckId) -> Part:
        facts = self._facts.get(check_id)
        return Part(check_id=check_id) if facts is None else part_with(check_id, facts)

    # What follows ---------------------------------------------------------------------------------------------

    def follow(self, event: IncidentEvent) -> Iterator[Judgement]:
        """What an event that was just applied does to the incidents of others."""
        incident = event.incident
        if incident.drill is not None:
            return
        if self._arrears.is_bill(incident):
            yield from self._arrears.joined_anew(incident)
        if incident.nature is not Nature.FAULT:
            return
        self._arrears.heard(incident)
        if event.kind is EventKind.RESOLVED:
            self._arrears.is_over(incident.check_id)
        match event.kind:
            case EventKind.OPENED if incident.root is not None:
                yield from self._join(incident, event.at)
            case EventKind.OPENED | EventKind.SEVERITY if incident.root is None and _explains(incident):
                yield from self._adopt(incident, event.at)
            case EventKind.RECOVERED | EventKind.RESOLVED:
                self._look_at_parts(incident)
            case _:
                pass

    def _join(self, part: Incident, at: datetime) -> Iterator[Judgement]:
        above = self._family.above.get(part.check_id, ())
        for check_id in (*above, *self._arrears.unpaid_fellows(part.check_id, part.root)):
            for subject in self._subjects.of(check_id):
                root = subject.record.fault_incident
                if root is not None and root.id == part.root:
                    yield Judgement(subject.current(), (joined(root, part, at, self._ids),))
                    return

    def _adopt(self, root: Incident, at: datetime) -> Iterator[Judgement]:
        for record in list(self._adopted(root, at)):
            if record.fault_incident is not None:
                yield Judgement(record, (joined(root, record.fault_incident, at, self._ids),))

    def _adopted(self, root: Incident, at: datetime) -> Iterator[SubjectRecord]:
        """What becomes part of `root`: what stood alone, and what was part of that."""
        below = [one for check_id in self._family.below.get(root.check_id, ()) for one in self._records(check_id)]
        explained = [record for record in below if self._explains(root, record, at)]
        known = frozenset(
            one.id for record in explained if (one := record.fault_incident) is not None and one.root is None
        )
        yield from filter(None, (adopted(record, root, known) for record in explained))

    def _explains(self, root: Incident, record: SubjectRecord, at: datetime) -> bool:
        since = down_since(record)
        if since is None:
            return False
        return self._upper(root.check_id).standing_for(record, since=since, now=at).root == root.id

    def _look_at_parts(self, root: Incident) -> None:
        parts = [
            check_id
            for check_id in dict.fromkeys(self._below(root))
            if any(_is_part(subject.record, root) for subject in self._subjects.of(check_id))
        ]
        if parts:
            self.look_soon(parts, ASKED_WITHIN_S if len(parts) <= FEW else LOOKED_AT_WITHIN_S)


def _explains(incident: Incident) -> bool:
    return incident.nature is Nature.FAULT and incident.severity is Status.CRITICAL


def _is_part(record: SubjectRecord, root: Incident) -> bool:
    return record.fault_incident is not None and record.fault_incident.root == root.id
