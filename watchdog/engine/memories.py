"""What kinds remember of their checks between looks and over restarts."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from alerts.judging.episode import CheckFacts
from alerts.mutes.former import FormerIds
from checks.model import CheckId
from checks.plugin import Json
from watchdog.store.former_ids import ABOUT, FORMERLY, KIND, former_ids, with_former


class Memories:
    """In memory, as stored; who changes it writes what is answered."""

    def __init__(self, stored: Mapping[CheckId, Mapping[str, Json]]) -> None:
        self._kept = {check_id: dict(kept) for check_id, kept in stored.items()}

    def of(self, check_id: CheckId) -> Mapping[str, Json]:
        return self._kept.get(check_id, {})

    def keep(self, check_id: CheckId, memory: Mapping[str, Json]) -> None:
        """Take what a run noted."""
        self._kept.setdefault(check_id, {}).update(memory)

    def about(self, check_id: CheckId) -> Json | None:
        """The primary subject under which the check was configured last, in this life or an earlier one."""
        return self.of(check_id).get(ABOUT)

    def elsewhere(self, facts: Mapping[CheckId, CheckFacts]) -> frozenset[CheckId]:
        """Checks that look at something else now."""
        return frozenset(id_ for id_ in self._about_another(facts) if not self.goes_on(id_, facts[id_]))

    def turned(self, facts: Mapping[CheckId, CheckFacts]) -> Mapping[CheckId, Json]:
        """Checks that look at another list or part of what is on record, with the primary subject they had."""
        return {id_: self.about(id_) for id_ in self._about_another(facts) if self.goes_on(id_, facts[id_])}

    def goes_on(self, check_id: CheckId, new: CheckFacts) -> bool:
        """Whether what is known under `check_id` holds of `new`, whatever its options say."""
        return new.is_on_record and self.of(check_id).get(KIND) == new.kind

    def _about_another(self, facts: Mapping[CheckId, CheckFacts]) -> list[CheckId]:
        return [check_id for check_id, new in facts.items() if self.about(check_id) not in {None, new.subject}]

    def introduce(self, facts: Mapping[CheckId, CheckFacts]) -> Iterator[tuple[CheckId, str, Json]]:
        """Note what each check is about; answers what of it is new. Strangers must be gone."""
        for check_id, new in facts.items():
            about = {ABOUT: new.subject, KIND: new.kind} if new.is_on_record else {ABOUT: new.subject}
            for key, value in about.items():
                if self.of(check_id).get(key) != value:
                    self.keep(check_id, {key: value})
                    yield check_id, key, value

    def rename(self, former: CheckId, check_id: CheckId, at: datetime) -> Mapping[str, Json]:
        """What is remembered of `former` belongs to `check_id`, that it had this id as well; answers all of it."""
        kept = self._kept.pop(former, {})
        kept[FORMERLY] = with_former(kept.get(FORMERLY), former, check_id, at)
        self._kept[check_id] = kept
        return kept

    @property
    def former_ids(self) -> FormerIds:
        """Of every check that was renamed, in this life or an earlier one, and is the same."""
        noted = {check_id: kept[FORMERLY] for check_id, kept in self._kept.items() if FORMERLY in kept}
        return former_ids(noted, self._kept.keys())

    def drop_strangers(self, facts: Mapping[CheckId, CheckFacts]) -> Iterator[tuple[CheckId, str]]:
        """Forget checks that are gone or look at something else now, answering each key that is gone with them.

        What is known of one target says nothing of another: its certificate would seem to be replaced.
        """
        strange = (self._kept.keys() - facts.keys()) | self.elsewhere(facts)
        for check_id in list(self._kept):
            if check_id in strange:
                for key in self._kept.pop(check_id):
                    yield check_id, key
