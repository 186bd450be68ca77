"""What a silence or a window is about: conditions on the labels that routes see, all of which must hold."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Final

from alerts.incident import Nature
from checks.model import Status

MAX_MATCHERS: Final = 20
MAX_CHARS: Final = 200

#: The label with the id of the check.
CHECK: Final = "check"

#: Labels that an incident has and a check does not, with all they can be.
_OF_INCIDENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "severity": tuple(status.value for status in Status),
    "nature": tuple(nature.value for nature in Nature),
}

_SAID: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)(!=|=~|=)(.*)", re.ASCII | re.DOTALL)


class MatcherError(ValueError):
    """Why it is no matcher, and what would be one."""


class Compared(Enum):
    IS = "="
    IS_NOT = "!="
    IS_LIKE = "=~"
    """A pattern of the shell: * any characters, ? one, [ab] one of these."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition. A label that is not there is as one that is empty."""

    label: str
    compared: Compared
    value: str

    def __str__(self) -> str:
        return f"{self.label}{self.compared.value}{self.value}"

    def holds(self, labels: Mapping[str, str], former: Collection[str] = ()) -> bool:
        """`former` are ids that the check had: what is said of one of them is said of it."""
        seen = labels.get(self.label, "")
        known = (seen, *former) if self.label == CHECK else (seen,)
        match self.compared:
            case Compared.IS:
                return self.value in known
            case Compared.IS_NOT:
                return self.value not in known
            case Compared.IS_LIKE:
                return any(fnmatchcase(one, self.value) for one in known)


def matcher_of(text: str) -> Matcher:
    """From "service=mail", "kind!=dns" or "check=~mx-*". Raises MatcherError."""
    found = _SAID.fullmatch(text.strip())
    if found is None or len(text) > MAX_CHARS:
        raise MatcherError('must each be like "service=official-email", "kind!=dns" or "check=~mx-*"')
    return Matcher(found[1], Compared(found[2]), found[3].strip())


def matchers_of(texts: Iterable[str]) -> tuple[Matcher, ...]:
    """Sorted, each once. Raises MatcherError, also for what would match everything there is."""
    matchers = tuple(sorted({matcher_of(text) for text in texts}, key=str))
    if not matchers:
        raise MatcherError('needs at least one matcher like "service=official-email"')
    if len(matchers) > MAX_MATCHERS:
        raise MatcherError(f"has {len(matchers)} matchers; {MAX_MATCHERS} are the most")
    if all(matcher.holds({}) for matcher in matchers):
        raise MatcherError("would match everything; name at least one label that must be there, like service=mail")
    return matchers


def all_hold(matchers: Sequence[Matcher], labels: Mapping[str, str], former: Collection[str] = ()) -> bool:
    return all(matcher.holds(labels, former) for matcher in matchers)


def may_hold(matchers: Sequence[Matcher], of_check: Mapping[str, str], former: Collection[str] = ()) -> bool:
    """Whether an incident of a check with these labels can be matched at all, whatever its severity and nature."""
    return all(
        any(matcher.holds({matcher.label: value}) for value in _OF_INCIDENTS[matcher.label])
        if matcher.label in _OF_INCIDENTS
        else matcher.holds(of_check, former)
        for matcher in matchers
    )
