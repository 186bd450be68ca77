"""Lists that go out at fixed times, as written."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from alerts.digests.rule import DigestKind, DigestRule
from watchdog.settings.fields import Entry, Id, TimeOfDay, parse_weekdays
from watchdog.settings.reader import Reader

_WORKING_DAYS: Final = "working_days"
_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WANTED: Final = 'must be working_days, a day such as monday, or several such as "mon, thu" or "mon-thu"'


def _days(value: Any) -> frozenset[int]:  # noqa: ANN401  # whatever stands in the file
    """ISO weekdays; none for every working day."""
    if isinstance(value, frozenset):
        return value
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list | tuple) or not written or not all(isinstance(one, str) for one in written):
        raise ValueError(_WANTED)
    if list(written) == [_WORKING_DAYS]:
        return frozenset()
    return frozenset().union(*(_weekdays(part) for one in written for part in one.split(",")))


def _weekdays(text: str) -> frozenset[int]:
    name = text.strip().casefold()
    if name in _NAMES:
        return frozenset({_NAMES.index(name) + 1})
    try:
        return parse_weekdays(name)
    except ValueError:
        raise ValueError(_WANTED) from None


_Days: TypeAlias = Annotated[
    frozenset[int],
    BeforeValidator(_days),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class DigestEntry(Entry):
    kind: DigestKind = Field(description="bills or on_call_summary")
    to: tuple[Id, ...] = Field(min_length=1, description="receivers; each reads it by its own office's days and clock")
    at: TimeOfDay = Field(description="when it goes out, by the clock of the receiver's office")
    on: _Days = Field(
        frozenset(), description="working_days, or weekdays; one on which the office is closed takes its next open day"
    )
    when_empty: Literal["nothing", "a_line"] = Field(
        "nothing", description="what goes out on a day with nothing to tell"
    )

    def rule(self, digest_id: str) -> DigestRule:
        return DigestRule(
            id=digest_id,
            kind=self.kind,
            to=self.to,
            at=self.at,
            weekdays=self.on,
            tells_nothing=self.when_empty == "a_line",
        )


def read_digests(reader: Reader) -> tuple[DigestRule, ...]:
    known = reader.keys("receivers")
    entries = reader.mapping("digests", DigestEntry)
    for key, entry in entries.items():
        for index, receiver in enumerate(entry.to):
            if receiver not in known:
                reader.refuse_reference(("digests", key, "to", index), "receiver", receiver, known)
    return tuple(entry.rule(key) for key, entry in entries.items())


def digest_shown(rule: DigestRule) -> dict[str, Any]:
    """As in a settings file."""
    days = [_NAMES[day - 1] for day in sorted(rule.weekdays)] or _WORKING_DAYS
    when_empty = "a_line" if rule.tells_nothing else "nothing"
    at = f"{rule.at:%H:%M}"
    return {"kind": rule.kind.value, "to": list(rule.to), "at": at, "on": days, "when_empty": when_empty}
