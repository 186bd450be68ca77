"""What settings name that lies outside them, and who needs it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from alerts.mutes.maintenance import Calendar
from checks.secret import Secret
from watchdog.settings.intake_values import ApiSource, FolderSource, Place, SqlSource
from watchdog.settings.values import Settings


def secrets_of(settings: Settings) -> Mapping[Secret, Sequence[str]]:
    """Every credential, with those who need it: "mail", "channel on-call-1-apprise", "check mx"."""
    users: dict[Secret, list[str]] = {}
    for value, needed_by in _values(settings):
        if isinstance(value, Secret):
            users.setdefault(value, []).append(needed_by)
    return users


def files_of(settings: Settings) -> Mapping[Path, str]:
    """Every file, with the first who needs it."""
    users: dict[Path, str] = {}
    for value, needed_by in _values(settings):
        if isinstance(value, Path):
            users.setdefault(value, needed_by)
    return users


def _values(settings: Settings) -> Iterator[tuple[object, str]]:
    if settings.relay is not None:
        yield settings.relay.password, "mail"
        yield settings.relay.ca_file, "mail"
    if settings.heartbeat is not None:
        yield settings.heartbeat.url, "heartbeat"
    if settings.canary is not None:
        yield settings.canary.mailbox.password, "canary"
    if settings.links is not None:
        yield settings.links.key, "links"
    yield settings.resolver.hosts_file, "resolver"
    for window in settings.maintenance:
        if isinstance(window.when, Calendar):
            yield window.when.source, f"maintenance {window.id}"
    for receiver in settings.receivers.values():
        yield from ((channel.url, f"channel {channel.name}") for channel in receiver.channels)
        yield from ((channel.sign, f"channel {channel.name}") for channel in receiver.channels)
    yield from ((calendar.place, f"rota {calendar.rota}") for calendar in settings.duty_calendars.values())
    for source in settings.intake.sources:
        yield from ((value, f"source {source.id}") for value in _secrets_of_place(source.place))
    for check in settings.checks:
        yield from ((value, f"check {check.spec.id}") for _, value in check.spec.options)


def _secrets_of_place(place: Place) -> Sequence[object]:
    match place:
        case FolderSource():
            return ()
        case SqlSource():
            return (place.database,)
        case ApiSource():
            return place.url, place.token
        case _:
            assert_never(place)
