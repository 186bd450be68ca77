"""Subjects of a check that a run which failed says nothing of."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.model import Finding, Observation, Status
from watchdog.engine.subjects import Subject


def undated(subjects: Iterable[Subject]) -> list[str]:
    """Names of those that a fault of their check speaks of: no failed look moves a deadline."""
    return [subject.record.subject for subject in subjects if subject.record.deadline is None]


def unseen(failed: Observation, names: Iterable[str]) -> Iterator[Observation]:
    """Of the other subjects of a run that failed nothing is known: they are not as well as they were last seen."""
    finding = failed.finding
    for name in names:
        if name != finding.subject:
            text = f"{name} cannot be judged: {finding.summary}"
            unseen = Finding(subject=name, status=Status.UNKNOWN, cause=finding.cause, summary=text)
            yield replace(failed, finding=unseen)
