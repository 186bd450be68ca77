"""A store before which changes fail when a test says so."""

from dataclasses import dataclass, field

from watchdog.store.changes import Changes
from watchdog.store.errors import StoreError
from watchdog.store.store import Store


@dataclass(slots=True)
class FailingDisk:
    """Commits go through but for those that `errors` hold an answer to, the next one first."""

    store: Store
    errors: list[StoreError] = field(default_factory=list)

    def commit(self, changes: Changes) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.store.commit(changes)
