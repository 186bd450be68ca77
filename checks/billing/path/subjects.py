"""What one check has told of, so that what is over ends with a word and does not just fall silent."""

from collections.abc import Iterable, Sequence

from checks.model import Finding, Status
from checks.plugin import Memory

_KEY = "subjects/1"
_ASKED_KEY = "asked"


def remember_subjects(memory: Memory, told: Iterable[str], asked: str = "") -> Sequence[str]:
    """Keeps the subjects of this run; answers those of the last run that are not among them.

    None where that run was `asked` to look at something else: nobody knows whether they are over.
    """
    now, before = sorted(told), memory.get(_KEY)
    known = [one for one in before if isinstance(one, str)] if isinstance(before, list) else []
    is_same = memory.get(_ASKED_KEY) in {None, asked}
    memory.set(_ASKED_KEY, asked)
    if known != now:
        memory.set(_KEY, list(now))
    present = set(now)
    return [subject for subject in known if subject not in present] if is_same else ()


def ended(subject: str, why: str) -> Finding:
    """Ok, and without a deadline: its subject has none any more."""
    return Finding(subject=subject, status=Status.OK, summary=f"{subject} {why}")
