"""What settings and a running daemon know, put together for `notify why`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.channels import apprise_channel, webhook_channel
from alerts.directory import Directory
from alerts.mutes.mute import Mute
from alerts.outlook.explanation import Explanation, Relative, Situation, explain
from alerts.record import SubjectRecord
from alerts.roots.family import family, ties
from alerts.route import ChannelSpec
from checks.model import WORST_FIRST, CheckId
from watchdog.cli.looks import NotFoundError
from watchdog.settings.problems import did_you_mean
from watchdog.settings.ties import members_of
from watchdog.settings.values import ConfiguredCheck, Settings


class NoSuchCheckError(NotFoundError):
    """What was named is no check, and what comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that an explanation is made of."""

    settings: Settings
    directory: Directory
    now: datetime
    is_watched: bool = False
    """A daemon runs, and the rest is what it knows."""
    records: Sequence[SubjectRecord] = ()
    """Of every check."""
    mutes: Sequence[Mute] = ()
    blind_since: datetime | None = None
    settling_since: datetime | None = None


def explained(word: str, subject: str | None, known: Known) -> list[Explanation]:
    """Of the check `word`, or of every target of that entry. Raises NoSuchCheckError."""
    checks = known.settings.checks
    found = _named(word, checks)
    if not found:
        raise NoSuchCheckError(f"no check {word!r}; {did_you_mean(word, [one.spec.id for one in checks])}")
    related = family(ties(known.settings.estate, members_of(checks)))
    by_check: dict[CheckId, list[SubjectRecord]] = {}
    for record in known.records:
        by_check.setdefault(record.check_id, []).append(record)
    if subject is not None and all(
        record.subject != subject for one in found for record in by_check.get(one.spec.id, ())
    ):
        raise NoSuchCheckError(f"check {word} has seen no subject {subject!r}; `nigehban status` lists them")
    return [
        explain(
            one.spec,
            one.threshold,
            known.directory,
            situation=_situation(one.spec.id, related.above.get(one.spec.id, ()), by_check, known),
            now=known.now,
            subject=subject,
            send_s=lambda channel: _sent_within_s(channel, known.settings),
        )
        for one in found
    ]


def _sent_within_s(channel: ChannelSpec, settings: Settings) -> float:
    """The channel's own total time for one message."""
    own_s: float = apprise_channel.SENT_WITHIN_S if channel.kind == "apprise" else webhook_channel.SENT_WITHIN_S
    if channel.kind == "mail" and settings.relay is not None:
        return settings.relay.timeout_s
    return own_s


def _named(word: str, checks: Sequence[ConfiguredCheck]) -> list[ConfiguredCheck]:
    whole = [one for one in checks if one.spec.id == word]
    return whole or [one for one in checks if one.spec.id.startswith(f"{word}/")]


def _situation(
    check_id: CheckId, above: Sequence[CheckId], records: Mapping[CheckId, Sequence[SubjectRecord]], known: Known
) -> Situation:
    return Situation(
        is_watched=known.is_watched,
        records=records.get(check_id, ()),
        mutes=known.mutes,
        above=[_relative(one, records.get(one, ())) for one in above],
        blind_since=known.blind_since,
        settling_since=known.settling_since,
    )


def _relative(check_id: CheckId, records: Sequence[SubjectRecord]) -> Relative:
    worst = min((one.status for one in records), key=WORST_FIRST.index, default=None)
    standing = [one.fault_incident.id for one in records if one.fault_incident is not None]
    return Relative(check_id=check_id, status=worst, incident=standing[0] if standing else None)
