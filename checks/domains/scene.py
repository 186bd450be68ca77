"""What every finding about one domain hangs on, and the words that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from checks.deadline import Ladder, resolve
from checks.domains.declaration import Declared
from checks.domains.known import Known
from checks.domains.outcome import Answered, Failed, Unregistered
from checks.domains.registration import Registration
from checks.model import Deadline
from checks.network.transcript import escaped
from checks.plugin import CheckContext
from checks.wording import moment

_KEPT_DEADLINES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    domain: str
    """A-label form: subjects and metric labels."""
    shown: str
    """As people read it: both forms, where they differ."""
    asked_for: str
    """What the settings name, where that is another name; "" otherwise."""
    declared: Declared | None
    ladder: Ladder
    unasked: str
    """Why no registry is asked; "" where one is."""
    ctx: CheckContext

    def moment(self, at: datetime) -> str:
        return moment(at, self.ctx.estate.time_zone)

    def source(self, told: Registration, server: str, at: datetime | None) -> str:
        """Like "WHOIS of whois.pknic.net.pk, asked at 11:00 on Fri 20 Nov 2026"."""
        when = f", asked at {self.moment(at)}" if at else ""
        return f"{told.source.name} of {server}{when}"


def deadline_of(at: datetime, ladder: Ladder, ctx: CheckContext) -> Deadline:
    if not ladder.counts_working_days:
        return _elapsed_deadline(ladder, at)
    return Deadline(at=at, rungs=resolve(ladder, at, calendar=ctx.calendars.of(None), now=ctx.now))


@lru_cache(_KEPT_DEADLINES)
def _elapsed_deadline(ladder: Ladder, at: datetime) -> Deadline:
    """Without working days it hangs on the date alone: worked out once, not at every look."""
    return Deadline(at=at, rungs=resolve(ladder, at, now=at))


def evidence_of(scene: Scene, known: Known) -> str:
    """What the registry said, as it came, and the dialogue of this look where it asked."""
    return "\n".join([*lines_of(_raw(known)), scene.ctx.net.transcript()]).strip()


def _raw(known: Known) -> str:
    match known.failure, known.last:
        case Failed(excerpt=excerpt), _:
            return excerpt
        case None, Unregistered(excerpt=excerpt):
            return excerpt
        case None, Answered(registration=told, trouble=trouble):
            return (trouble.excerpt if trouble else "") or told.raw_excerpt
        case _:
            return ""


def lines_of(text: str) -> Sequence[str]:
    return [escaped(line) for line in text.splitlines()]


def facts_of(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that say something, with nothing in them that could break a line."""
    return tuple((name, escaped(text)) for name, text in pairs if text)
