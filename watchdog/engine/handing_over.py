"""What is on record goes over from one check to another: one story, whoever tells it.

Which of two checks of a kind looks at a bill is for the kind to say, by naming it. So at their first looks under new
settings nobody begins anew what another check of the kind has and has not looked at yet, and nobody ends what another
one may still name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from alerts.judging.episode import CheckFacts
from checks.model import CheckId
from watchdog.engine.memories import Memories
from watchdog.engine.subjects import Subject, Subjects
from watchdog.store.former_ids import KIND

#: Less than makes anything stale.
LOOKED_AT_WITHIN_S: Final = 30.0


def orphans(
    subjects: Subjects, memories: Memories, facts: Mapping[CheckId, CheckFacts]
) -> Iterator[tuple[Subject, CheckId]]:
    """What checks that were taken out told of, where others of the kind are left, each with one of them: it keeps the
    subject until it is known whether any of them looks at it. No two of one name go to the same one.
    """
    given: set[tuple[CheckId, str]] = set()
    for gone in subjects.check_ids():
        kind = None if gone in facts else memories.of(gone).get(KIND)
        heirs = [id_ for id_, one in facts.items() if one.is_on_record and one.kind == kind]
        for subject in subjects.of(gone) if heirs else ():
            name = subject.record.subject
            others = (id_ for id_ in heirs if name != facts[id_].subject and (id_, name) not in given)
            free = (id_ for id_ in others if subjects.get(id_, name) is None)
            heir = None if name == memories.about(gone) else next(free, None)
            if heir is not None:
                given.add((heir, name))
                yield subject, heir


class HandingOver:
    def __init__(
        self,
        subjects: Subjects,
        *,
        hand_over: Callable[[Subject, CheckId], None],
        look_soon: Callable[[Iterable[CheckId], float], None],
    ) -> None:
        """`hand_over` has a subject, with all that is known of it, be one of another check; `look_soon` has checks
        looked at within so many seconds.
        """
        self._subjects = subjects
        self._hand_over = hand_over
        self._look_soon = look_soon
        self._facts: Mapping[CheckId, CheckFacts] = {}
        self._looked: set[CheckId] = set()
        self._awaited: set[CheckId] = set()
        self._parted: set[tuple[CheckId, str]] = set()
        """Subjects that their check does not name any more, while others have yet to look."""
        self._wanted: dict[tuple[str, str], CheckId] = {}
        """By kind and subject who named one that another check has, and had yet to look at."""

    def configure(self, facts: Mapping[CheckId, CheckFacts]) -> None:
        self._facts = {check_id: one for check_id, one in facts.items() if one.is_on_record}
        self._looked.clear()
        self._awaited.clear()
        self._parted.clear()
        self._wanted.clear()

    def looked(self, check_id: CheckId) -> None:
        """It saw the whole under the settings of now."""
        self._looked.add(check_id)

    def is_for_another_to_say(self, check_id: CheckId, name: str) -> bool:
        """Whether another check has what `check_id` names for the first time, and has to look before anybody knows that
        it lets go of it. What was let go already comes to `check_id` now.
        """
        holder = self._holder(check_id, name)
        if holder is None:
            return False
        other = holder.record.check_id
        if (other, name) in self._parted:
            self._hand_over(holder, check_id)
            return False
        if other in self._looked:
            return False
        self._wanted[self._facts[check_id].kind, name] = check_id
        self._wait_for({other})
        return True

    def goes_on(self, subject: Subject) -> bool:
        """Whether what its own check does not name any more is another one's now, or may be after that one's look."""
        check_id, name = subject.record.check_id, subject.record.subject
        facts = self._facts.get(check_id)
        if facts is None or name == facts.subject:
            return False
        if self._subjects.get(check_id, name) is not subject:  # it was handed over while others had their turn
            return True
        if (taker := self._wanted.pop((facts.kind, name), None)) is not None:
            self._hand_over(subject, taker)
            return True
        to_look = set(self._peers(check_id)) - self._looked
        if not to_look:
            return False
        self._parted.add((check_id, name))
        self._wait_for(to_look)
        return True

    def _wait_for(self, check_ids: set[CheckId]) -> None:
        """Whoever is waited for looks now: nobody judges meanwhile what is between two checks."""
        if fresh := check_ids - self._awaited:
            self._awaited |= fresh
            self._look_soon(fresh, LOOKED_AT_WITHIN_S)

    def _holder(self, check_id: CheckId, name: str) -> Subject | None:
        """Of checks of the same kind; the primary subject of a check is its own, whatever it is called."""
        facts = self._facts.get(check_id)
        if facts is None or name == facts.subject or self._subjects.get(check_id, name) is not None:
            return None
        held = (self._subjects.get(peer, name) for peer in self._peers(check_id))
        return next((subject for subject in held if subject is not None), None)

    def _peers(self, check_id: CheckId) -> Iterator[CheckId]:
        kind = self._facts[check_id].kind
        return (id_ for id_, facts in self._facts.items() if facts.kind == kind and id_ != check_id)
