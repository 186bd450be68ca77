"""History for bars, asked of the store at most once a minute for each check: an hour's slice is not a second older."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checks.model import CheckId
from watchdog.store.history_reading import Past
from watchdog.store.past_views import SubjectSlices

HOURS, DAYS = 24, 30

KEPT = timedelta(seconds=60)
MAX_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    hours: Sequence[SubjectSlices]
    days: Sequence[SubjectSlices]


@dataclass(slots=True)
class Bars:
    """Called on the store's reading thread alone. Raises StoreError."""

    past: Past
    _kept: dict[CheckId, _Read] = field(default_factory=dict)

    def read(
        self, checks: Collection[CheckId], now: datetime, zone: ZoneInfo
    ) -> tuple[Mapping[CheckId, Sequence[SubjectSlices]], Mapping[CheckId, Sequence[SubjectSlices]]]:
        """The last 24 hours and 30 days of each of `checks` that has a history."""
        missing = [check_id for check_id in checks if not self._is_fresh(check_id, now)]
        if missing:
            self._ask(missing, now, zone)
        found = [(check_id, self._kept[check_id]) for check_id in checks]
        hours = {check_id: read.hours for check_id, read in found if read.hours}
        days = {check_id: read.days for check_id, read in found if read.days}
        if len(self._kept) > MAX_KEPT:
            self._kept.clear()
        return hours, days

    def _is_fresh(self, check_id: CheckId, now: datetime) -> bool:
        """Of this hour, too, so that all rows begin alike."""
        kept = self._kept.get(check_id)
        return (
            kept is not None
            and kept.at <= now < kept.at + KEPT
            and (kept.at.hour, kept.at.date())
            == (
                now.hour,
                now.date(),
            )
        )

    def _ask(self, checks: Sequence[CheckId], now: datetime, zone: ZoneInfo) -> None:
        hours = _by_check(self.past.hourly_counts, checks, now - timedelta(hours=HOURS - 1), now)
        days = _by_check(
            lambda ids, since, until: self.past.daily_counts(ids, since, until, zone),
            checks,
            now - timedelta(days=DAYS - 1),
            now,
        )
        for check_id in checks:
            self._kept[check_id] = _Read(now, hours.get(check_id, ()), days.get(check_id, ()))


def _by_check(
    ask: Callable[[Collection[CheckId], datetime, datetime], Sequence[SubjectSlices]],
    checks: Sequence[CheckId],
    since: datetime,
    until: datetime,
) -> Mapping[CheckId, Sequence[SubjectSlices]]:
    found: dict[CheckId, list[SubjectSlices]] = {}
    for one in ask(checks, since, until):
        found.setdefault(one.check_id, []).append(one)
    return found
