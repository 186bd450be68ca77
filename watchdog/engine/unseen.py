"""What a run says of the subjects of its check, and of which it says nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from alerts.judging.episode import CheckFacts
from checks.model import Finding, Observation, Status
from watchdog.engine.runner import Run, sees
from watchdog.engine.subjects import Subject


def spoken_of(known: Sequence[Subject], run: Run) -> Sequence[Observation]:
    """A run that failed speaks of the faults of all subjects the check has, not of one nobody else names."""
    if not run.failed or not known:
        return run.observations
    names = _undated(known)
    first = run.observations[0]
    if any(subject.record.subject == first.finding.subject for subject in known):
        return [*run.observations, *_unseen(first, names)]
    (seen,) = run.observations
    return [replace(seen, finding=replace(seen.finding, subject=name)) for name in names] or run.observations


def unnamed(known: Sequence[Subject], run: Run) -> Sequence[Subject]:
    named = {seen.finding.subject for seen in run.observations}
    return [subject for subject in known if subject.record.subject not in named]


def names_all(run: Run, facts: CheckFacts) -> bool:
    """Whether a subject that is not named is gone. What is on record is there as a whole however little is known of one
    vendor, unless the kind cannot see its list.
    """
    if not facts.is_on_record:
        return run.names_all
    whole = (seen.finding for seen in run.observations if seen.finding.subject == facts.subject)
    return not run.failed and all(map(sees, whole))


def _undated(subjects: Iterable[Subject]) -> list[str]:
    """Names of those that a fault of their check speaks of: no failed look moves a deadline."""
    return [subject.record.subject for subject in subjects if subject.record.deadline is None]


def _unseen(failed: Observation, names: Iterable[str]) -> Iterator[Observation]:
    """Of the other subjects of a run that failed nothing is known: they are not as well as they were last seen."""
    finding = failed.finding
    for name in names:
        if name != finding.subject:
            text = f"{name} cannot be judged: {finding.summary}"
            unseen = Finding(subject=name, status=Status.UNKNOWN, cause=finding.cause, summary=text)
            yield replace(failed, finding=unseen)
