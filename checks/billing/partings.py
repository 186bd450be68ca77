"""The last word on subjects that a check no longer speaks of, so that nothing stays open for ever."""

from collections.abc import Mapping, Sequence

from checks.model import Finding, Status
from checks.plugin import Json, Memory

_KEY = "told"


def with_partings(findings: Sequence[Finding], memory: Memory, why: Mapping[str, str], usual: str) -> list[Finding]:
    """`findings`, and one that is well for every subject that a run before told of as not well or dated, and this one
    does not. `why` says by subject what became of it, `usual` what became of the others.
    """
    spoken = {finding.subject for finding in findings}
    told = memory.get(_KEY)
    before: list[Json] = told if isinstance(told, list) else []
    gone = [name for name in before if isinstance(name, str) and name not in spoken]
    now: list[Json] = [one.subject for one in findings if one.status is not Status.OK or one.deadline is not None]
    if now != before:
        memory.set(_KEY, now)
    last = (Finding(subject=name, status=Status.OK, summary=f"{name}: {why.get(name, usual)}") for name in gone)
    return [*findings, *last]
