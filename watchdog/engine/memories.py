"""What kinds remember of their checks between looks and over restarts."""

from collections.abc import Iterator, Mapping

from alerts.episode import CheckFacts
from checks.model import CheckId
from checks.plugin import Json

#: The key under which stands what a check was about when it began to remember: its primary subject.
_ABOUT = "/about"


class Memories:
    """In memory, as stored; who changes it writes what is answered."""

    def __init__(self, stored: Mapping[CheckId, Mapping[str, Json]]) -> None:
        self._kept = {check_id: dict(kept) for check_id, kept in stored.items()}

    def of(self, check_id: CheckId) -> Mapping[str, Json]:
        return self._kept.get(check_id, {})

    def keep(self, check_id: CheckId, memory: Mapping[str, Json], subject: str) -> Mapping[str, Json]:
        """Take what a run noted; answers what is to be written."""
        kept = self._kept.setdefault(check_id, {})
        written = dict(memory) if _ABOUT in kept else {**memory, _ABOUT: subject}
        kept.update(written)
        return written

    def rename(self, former: CheckId, check_id: CheckId) -> Mapping[str, Json]:
        """What is remembered of `former` belongs to `check_id`; answers all of it."""
        kept = self._kept.pop(former, {})
        if kept:
            self._kept[check_id] = kept
        return kept

    def drop_strangers(self, facts: Mapping[CheckId, CheckFacts]) -> Iterator[tuple[CheckId, str]]:
        """Forget checks that are gone or look at something else now, answering each key that is gone with them.

        What is known of one target says nothing of another: its certificate would seem to be replaced.
        """
        for check_id, kept in list(self._kept.items()):
            subject = facts[check_id].subject if check_id in facts else None
            if kept.get(_ABOUT, subject) != subject or subject is None:
                for key in self._kept.pop(check_id):
                    yield check_id, key
