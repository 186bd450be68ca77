"""The last word on subjects that a check no longer speaks of, so that nothing stays open for ever."""

from collections.abc import Mapping, Sequence

from checks.billing.path.subjects import ended, remember_subjects
from checks.model import Finding, Status
from checks.plugin import Memory


def with_partings(
    findings: Sequence[Finding], memory: Memory, why: Mapping[str, str], usual: str, asked: str = ""
) -> list[Finding]:
    """`findings`, and one that is well for every subject that a run before told of as not well or dated, and this one
    does not, where both were `asked` to look at the same. `why` says by subject what became of it, `usual` what became
    of the others: "is past".
    """
    spoken = {finding.subject for finding in findings}
    told = [one.subject for one in findings if one.status is not Status.OK or one.deadline is not None]
    gone = [name for name in remember_subjects(memory, told, asked) if name not in spoken]
    return [*findings, *(ended(name, why.get(name, usual)) for name in gone)]
