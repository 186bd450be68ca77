"""Who is on duty and who is next, as written: rotas and escalations."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Every, Rota, Shift, Turns
from checks.secret import Secret
from checks.units import Duration, duration_text
from checks.wording import day_of
from watchdog.settings.fields import Day, Entry, Id, Line, Zone, parse_day, parse_time, parse_weekdays
from watchdog.settings.telling_entries import webhook_url

_HAND_OFF: Final = re.compile(r"(?:([a-z]{3}) )?([0-9]{2}:[0-9]{2})", re.IGNORECASE)
_MOMENT: Final = re.compile(r"(\S+)[ T](\S+)")
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Sooner than this nobody can have answered; later is no escalation.
_WAITS: Final = (timedelta(seconds=30), timedelta(days=31))


def _hand_off(value: Any) -> tuple[int | None, time]:  # noqa: ANN401  # whatever stands in the file
    """Weekday (1 is Monday; None where it is left out) and hour of "mon 09:00"."""
    found = _HAND_OFF.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a time of day, for a week with its day: "09:00" or "mon 09:00"')
    weekday = None if found[1] is None else next(iter(parse_weekdays(found[1].lower())))
    return weekday, parse_time(found[2])


def _moment(value: Any) -> datetime:  # noqa: ANN401  # whatever stands in the file
    """Without a zone: that of the rota is meant."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a day and a time, say "2026-12-24 09:00"')
    return datetime.combine(parse_day(found[1]), parse_time(found[2]))


def _calendar(value: Any) -> Secret | str:  # noqa: ANN401  # whatever stands in the file
    if isinstance(value, str) and "://" not in value and value.strip():
        return value
    return webhook_url(value)


def _wait(value: timedelta) -> timedelta:
    if not _WAITS[0] <= value <= _WAITS[1]:
        raise ValueError(f"must lie between {duration_text(_WAITS[0])} and {duration_text(_WAITS[1])}")
    return value


def _text_schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


HandOffTime: TypeAlias = Annotated[tuple[int | None, time], BeforeValidator(_hand_off), _text_schema("mon 09:00")]
CalendarPlace: TypeAlias = Annotated[Secret | str, BeforeValidator(_calendar), _text_schema("rota.ics")]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment), _text_schema("2026-12-24 09:00")]
Wait: TypeAlias = Annotated[Duration, AfterValidator(_wait)]


class OverrideEntry(Entry):
    from_: Moment = Field(alias="from", description="from when, by the rota's clock")
    to: Moment = Field(description="until when")
    who: Id = Field(description="the receiver that is on duty instead")

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("ends before it starts; `to` lies after `from`")
        return self

    def shift(self, zone: ZoneInfo) -> Shift:
        return Shift(who=self.who, begins=_instant(self.from_, zone), ends=_instant(self.to, zone))


def _instant(there: datetime, zone: ZoneInfo) -> datetime:
    return there.replace(tzinfo=zone).astimezone(UTC)


class RotaEntry(Entry):
    members: tuple[Id, ...] | None = Field(None, min_length=1, description="receivers that take turns, in this order")
    every: Literal["day", "week"] = Field("week", description="how long a turn lasts")
    hand_off: HandOffTime | None = Field(None, description='when the next takes over: "mon 09:00", for a day "09:00"')
    starts: Day | None = Field(None, description="a day on which the first member takes over")
    time_zone: Zone | None = Field(None, description="whose clock is meant; left out: the estate's")
    ical: CalendarPlace | None = Field(
        None, description="instead of members: a calendar whose events are the shifts, as file, https URL or !secret"
    )
    names: dict[Line, Id] = Field({}, description="titles of the calendar's events, and the receivers they mean")
    overrides: tuple[OverrideEntry, ...] = Field((), description="exceptions, which go before turns and calendar")
    fallback: Id | None = Field(None, description="the receiver that stands in where nobody is on duty")

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.members is None) == (self.ical is None):
            raise ValueError(
                "needs members who take turns, or ical, a calendar that says who is on duty: one of the two"
            )
        if self.members is None and self.model_fields_set & {"every", "hand_off", "starts"}:
            raise ValueError("the calendar says who is on duty when; leave every, hand_off and starts out")
        if self.members is not None and (self.hand_off is None or self.starts is None):
            raise ValueError('needs hand_off, say "mon 09:00", and starts, a day on which the first member takes over')
        if self.members is not None and self.names:
            raise ValueError("names belong to a calendar; members are receivers already")
        return self

    @model_validator(mode="after")
    def _turns_on_one_day(self) -> Self:
        if self.hand_off is None or self.starts is None:
            return self
        weekday, _ = self.hand_off
        if self.every == "day" and weekday is not None:
            raise ValueError("every day has one hand-off, at the same time: leave the weekday out of hand_off")
        if self.every == "week" and weekday is None:
            raise ValueError('a week needs the day of its hand-off: "mon 09:00"')
        if weekday is not None and weekday != self.starts.isoweekday():
            raise ValueError(f"starts is a {_WEEKDAYS[self.starts.weekday()]}, and hand_off says another day")
        return self

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        ordered = sorted(self.overrides, key=lambda one: one.from_)
        for first, second in pairwise(ordered):
            if second.from_ < first.to:
                raise ValueError(f"two overrides hold at once on {day_of(second.from_.date())}; let one end first")
        return self

    def rota(self, rota_id: str, zone: ZoneInfo, shifts: tuple[Shift, ...] = ()) -> Rota:
        """`zone` is the estate's. `shifts` are those of the calendar, where it was read."""
        zone = self.time_zone or zone
        return Rota(
            id=rota_id,
            turns=self._turns(zone),
            shifts=shifts,
            overrides=tuple(one.shift(zone) for one in self.overrides),
            fallback=self.fallback,
        )

    def _turns(self, zone: ZoneInfo) -> Turns | None:
        if self.members is None or self.hand_off is None or self.starts is None:
            return None
        return Turns(
            members=self.members,
            every=Every.DAY if self.every == "day" else Every.WEEK,
            hand_off=self.hand_off[1],
            zone=zone,
            starts=self.starts,
        )


class StepEntry(Entry):
    after: Wait = Field(description="when nobody has acknowledged for so long since people were told first")
    to: tuple[Id, ...] = Field(min_length=1, description="receivers")

    def step(self) -> Step:
        return Step(after=self.after, to=self.to)


class EscalationEntry(Entry):
    steps: tuple[StepEntry, ...] = Field((), description="whom to tell next, and when")
    repeat_every: Wait | None = Field(
        None, description="after the last step everybody is told again, this often; without steps, whoever was told"
    )
    repeats: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = Field(
        None, description="how often; left out: until somebody acknowledges or it is well"
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.steps and self.repeat_every is None:
            raise ValueError("nothing would ever happen: give it steps, or repeat_every")
        if self.repeats is not None and self.repeat_every is None:
            raise ValueError("repeats how often? Add repeat_every, or leave repeats out")
        return self

    def escalation(self, escalation_id: str) -> Escalation:
        return Escalation(
            id=escalation_id,
            steps=tuple(step.step() for step in self.steps),
            repeat_every=self.repeat_every,
            repeats=self.repeats,
        )


def receivers_named(entry: RotaEntry) -> Mapping[tuple[str | int, ...], str]:
    """Every receiver id that a rota names, by its place within it."""
    named: dict[tuple[str | int, ...], str] = {("members", n): who for n, who in enumerate(entry.members or ())}
    named |= {("overrides", n, "who"): one.who for n, one in enumerate(entry.overrides)}
    named |= {("names", title): who for title, who in entry.names.items()}
    return named if entry.fallback is None else {**named, ("fallback",): entry.fallback}
