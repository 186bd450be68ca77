"""Who was told and cannot answer: nobody is on duty, or every way to them refuses what it is given. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from alerts.directory import Directory
from alerts.incident import Nobody
from alerts.words.wording import listed

#: By incident and receiver, whether what was to be told reached them, or still may; False: it was refused for good.
Heard: TypeAlias = Mapping[str, Mapping[str, bool]]

NOT_KNOWN: Final[Heard] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """Nobody to wait for."""

    why: Nobody
    names: tuple[str, ...]
    """Rotas, or receivers."""

    @property
    def words(self) -> str:
        match self.why:
            case Nobody.ON_DUTY:
                return f"Nobody is on duty in {listed(self.names)}"
            case Nobody.REACHED:
                return f"Nobody else could be told: every way to {listed(self.names)} refuses"


def unanswerable(
    told: Iterable[str], directory: Directory, at: datetime, reached: Mapping[str, bool]
) -> Unanswerable | None:
    """Of those receivers, who were told at `at`; None where one of them may answer.

    Duty is that of that moment: whoever was on duty then has read it, whatever came after.
    """
    names = tuple(dict.fromkeys(told))
    manned = [one for one in names if not directory.deserted((one,), at)]
    if not manned:
        return Unanswerable(Nobody.ON_DUTY, directory.deserted(names, at)) if names else None
    asked = tuple(one.id for one in directory.people(manned, at))
    if any(reached.get(one, True) for one in asked):  # nothing is known of who shares the address of another
        return None
    return Unanswerable(Nobody.REACHED, asked)
