"""Checks as written: what every kind takes. The rest of an entry belongs to its kind's own options."""

from datetime import timedelta
from typing import Annotated, Any, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from alerts.judging.fault import LONGEST_HOLD, Threshold
from checks.plugin import AnyKind
from checks.units import Duration, duration_text
from watchdog.settings.fields import Entry, Id, LabelName, Line, Text

#: Labels that every incident carries by itself.
OWN_LABELS: Final = frozenset({"kind", "service", "check", "subject", "severity", "nature", "cause", "site"})


def _between(least: timedelta, most: timedelta) -> AfterValidator:
    def validate(value: timedelta) -> timedelta:
        if not least <= value <= most:
            raise ValueError(f"must lie between {duration_text(least)} and {duration_text(most)}")
        return value

    return AfterValidator(validate)


def _not_ours(label: str) -> str:
    if label in OWN_LABELS:
        raise ValueError("every incident carries this label by itself; name yours otherwise")
    return label


_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)

Interval: TypeAlias = Annotated[Duration, _between(_SECOND, 31 * _DAY)]
Timeout: TypeAlias = Annotated[Duration, _between(_SECOND / 10, 300 * _SECOND)]
Wait: TypeAlias = Annotated[Duration, _between(0 * _SECOND, LONGEST_HOLD)]
OwnLabel: TypeAlias = Annotated[LabelName, AfterValidator(_not_ours)]
Times: TypeAlias = Annotated[int, Field(ge=1, le=1000, strict=True)]
Losses: TypeAlias = Annotated[int, Field(ge=0, le=50, strict=True)]


#: What is on record is so: nothing is gained by looking again before somebody hears of it.
_AT_ONCE: Final = {
    "failures_to_open": 1,
    "passes_to_close": 1,
    "settle": 0 * _SECOND,
    "flap_hold": 0 * _SECOND,
    "losses_to_warn": 0,
}

#: Falls count for so long, or so many intervals, whichever is longer; a day at most, so that what is looked at once a
#: day is never degraded for weeks after falls that lie as far apart.
_LOSSES_WITHIN_S: Final = 3600.0
_LOSSES_WITHIN_INTERVALS: Final = 60
_LOSSES_WITHIN_AT_MOST_S: Final = 86_400.0


class DefaultsEntry(Entry):
    """What a check takes that does not say otherwise."""

    interval: Interval = Field("60s", validate_default=True, description="start to start")
    timeout: Timeout = Field("10s", validate_default=True, description="total time of one run")
    retry_every: Interval = Field("10s", validate_default=True, description="start to start while a fault is confirmed")
    failures_to_open: Times = Field(7, description="failures in a row that open an incident; re-checks count")
    passes_to_close: Times = Field(2, description="passes in a row that close it")
    settle: Wait = Field("30s", validate_default=True, description="wait before anybody hears; healed, nobody does")
    flap_hold: Wait = Field(
        "30m", validate_default=True, description="how long what comes and goes must be well before its end is told"
    )
    losses_to_warn: Losses = Field(
        5, description="healed failures in an hour, or 60 intervals up to a day, that make it degraded; 0: none"
    )
    ladder: dict[Id, Any] = Field({}, description="kind to the ladder of its deadlines")

    @model_validator(mode="after")
    def _ends_before_it_begins_again(self) -> Self:
        """What is not written shrinks to a short interval; what is written must make sense."""
        if "timeout" in self.model_fields_set and self.timeout > self.interval:
            raise ValueError("timeout is longer than interval; a run must end before the next begins")
        return self


class CheckEntry(Entry):
    id: Id = Field(description="stable name; history and incidents hang on it")
    formerly: Id | None = Field(None, description="its id before it was renamed; what is open goes on")
    kind: Line = Field(description="what is done; `nigehban config schema` lists the kinds")
    service: Id | None = Field(None, description="what departments lose when it fails")
    site: Id | None = Field(None, description="where it stands: a place behind one link")
    depends_on: tuple[Line, ...] = Field(
        (), description="checks without which it cannot pass; the id of an entry with targets means all of them"
    )
    targets: tuple[Line, ...] | None = Field(
        None, min_length=1, description="many at once: each stands for the kind's target and makes <id>/<target>"
    )
    interval: Interval | None = Field(None, description="start to start")
    timeout: Timeout | None = Field(None, description="total time of one run")
    retry_every: Interval | None = Field(None, description="start to start while a fault is confirmed")
    failures_to_open: Times | None = Field(None, description="failures in a row that open an incident")
    passes_to_close: Times | None = Field(None, description="passes in a row that close it")
    settle: Wait | None = Field(None, description="wait before anybody hears of it")
    flap_hold: Wait | None = Field(None, description="how long it must be well, once it comes and goes")
    losses_to_warn: Losses | None = Field(None, description="healed failures that make it degraded, see defaults")
    labels: dict[OwnLabel, Line] = Field({}, description="for routes and metrics")
    runbook: Text = Field("", description="what to do; stands in every page, before the service's")

    def interval_s(self, kind: AnyKind | None, defaults: DefaultsEntry) -> float:
        """The check's own, else that of its kind, else that of all: the more special word counts."""
        if self.interval is None and kind is not None and kind.default_interval_s is not None:
            return kind.default_interval_s
        return (self.interval or defaults.interval).total_seconds()

    def timeout_s(self, kind: AnyKind, defaults: DefaultsEntry) -> float:
        """Never longer than the interval: two runs of one check do not overlap."""
        of_kind = kind.default_timeout_s if self.timeout is None else None
        timeout_s = (self.timeout or defaults.timeout).total_seconds() if of_kind is None else of_kind
        return min(timeout_s, self.interval_s(kind, defaults))

    def retry_every_s(self, kind: AnyKind, defaults: DefaultsEntry) -> float:
        return min((self.retry_every or defaults.retry_every).total_seconds(), self.interval_s(kind, defaults))

    def threshold(self, kind: AnyKind, defaults: DefaultsEntry) -> Threshold:
        """The check's own, else that of its kind, else that of all."""
        if kind.is_certain:
            defaults = defaults.model_copy(update=_AT_ONCE)
        settle = defaults.settle if self.settle is None else self.settle
        flap_hold = defaults.flap_hold if self.flap_hold is None else self.flap_hold
        losses = defaults.losses_to_warn if self.losses_to_warn is None else self.losses_to_warn
        return Threshold(
            failures_to_open=self.failures_to_open or defaults.failures_to_open,
            passes_to_close=self.passes_to_close or defaults.passes_to_close,
            settle_s=settle.total_seconds(),
            flap_hold_s=flap_hold.total_seconds(),
            losses_to_warn=losses,
            losses_within_s=self._losses_within_s(kind, defaults) if losses else _LOSSES_WITHIN_S,
        )

    def _losses_within_s(self, kind: AnyKind, defaults: DefaultsEntry) -> float:
        intervals_s = _LOSSES_WITHIN_INTERVALS * self.interval_s(kind, defaults)
        return min(max(_LOSSES_WITHIN_S, intervals_s), _LOSSES_WITHIN_AT_MOST_S)
