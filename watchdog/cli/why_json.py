"""An explanation as JSON; the names are public (docs/cli.md)."""

from alerts.incident import Incident
from alerts.mutes.mute import Mute
from alerts.outlook.explanation import Explanation, Heard, Rise, Told
from alerts.outlook.ways import Way
from alerts.route import ChannelSpec
from watchdog.cli.listing_json import instant


def why_object(one: Explanation) -> dict[str, object]:
    situation = one.situation
    return {
        "check": one.check.id,
        "kind": one.check.kind.name,
        "service": one.check.service,
        "is_watched": situation.is_watched,
        "subjects": [
            {"subject": record.subject, "status": record.status.value, "observed_at": instant(record.seen_at)}
            for record in situation.records
        ],
        "worst_s": one.worst.seconds,
        "worst_of_warnings_s": one.worst_of_warnings.seconds,
        "parts": [{"name": part.name, "seconds": part.seconds, "why": part.why} for part in one.worst.parts],
        "told": [_told(told) for told in one.told],
        "incidents": [_incident(incident) for incident in one.incidents],
        "coming": [
            {
                "incident": coming.incident,
                "escalation": coming.escalation,
                "step": coming.step,
                "at": instant(coming.at),
                "to": list(coming.to),
            }
            for coming in one.coming
        ],
        "muted_by": [mute_object(mute) for mute in one.mutes],
        "muted_later_by": [mute_object(mute) for mute in one.to_come],
        "answered": [incident.id for incident in one.answered],
        "blind_since": instant(situation.blind_since),
        "settling_since": instant(situation.settling_since),
        "above": [
            {
                "check": relative.check_id,
                "status": None if relative.status is None else relative.status.value,
                "incident": relative.incident,
            }
            for relative in situation.above
        ],
    }


def _incident(incident: Incident) -> dict[str, object]:
    return {
        "incident": incident.id,
        "subject": incident.subject,
        "nature": incident.nature.value,
        "severity": incident.severity.value,
        "root": incident.root,
    }


def _told(told: Told) -> dict[str, object]:
    return {
        "cases": [{"nature": nature.value, "severity": severity.value} for nature, severity in told.cases],
        "concerns": [{"receiver": one.receiver, "for": one.what} for one in told.concerns],
        "by_bills": told.by_bills,
        "routes": [_way(way) for way in told.ways],
        "receivers": [_heard(heard) for heard in told.heard],
        "escalations": {name: [_rise(rise) for rise in rises] for name, rises in told.rises.items()},
    }


def _way(way: Way) -> dict[str, object]:
    return {
        "route": way.place,
        "matches": [dict(turn.match) for turn in way.turns],
        "to": list(dict.fromkeys(hearer.receiver for hearer in way.hearers)),
    }


def _heard(heard: Heard) -> dict[str, object]:
    return {
        "receiver": heard.receiver,
        "rota": heard.by_rota or None,
        "nobody_on_duty": heard.is_instead,
        "on_duty_until": instant(heard.until),
        "channels": [_channel(channel) for channel in heard.channels],
        "then": [_channel(channel) for channel in heard.then],
        "held_until": instant(heard.held_until),
    }


def _channel(channel: ChannelSpec) -> dict[str, object]:
    return {"channel": channel.name, "kind": channel.kind, "to": list(channel.to)}


def _rise(rise: Rise) -> dict[str, object]:
    return {
        "after_s": rise.after.total_seconds(),
        "is_repeat": rise.is_repeat,
        "at_once": rise.at_once or None,
        "times": rise.repeats,
        "receivers": [heard.receiver for heard in rise.heard],
    }


def mute_object(mute: Mute) -> dict[str, object]:
    return {
        "id": mute.id,
        "kind": mute.kind.value,
        "matchers": [str(matcher) for matcher in mute.matchers],
        "author": mute.author,
        "reason": mute.reason,
        "starts_at": instant(mute.starts_at),
        "ends_at": instant(mute.over_at),
    }
