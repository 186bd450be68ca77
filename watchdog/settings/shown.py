"""Settings as a plain tree to print: what takes effect, secrets only by name."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel

from alerts.people.escalation import Escalation
from alerts.people.rota import Every, Rota
from alerts.route import ChannelSpec, Receiver, Route
from checks.deadline import Ladder
from checks.estate import Holiday, Office
from checks.secret import Secret
from checks.target import host_and_port
from checks.units import Money, duration_text
from watchdog.duty_calendar import DutyCalendar
from watchdog.redaction import redact_text
from watchdog.settings.billing_entries import billing_shown, contract_shown
from watchdog.settings.digests_entry import digest_shown
from watchdog.settings.fields import closing_text, is_loopback
from watchdog.settings.intake_entries import intake_shown
from watchdog.settings.maintenance_entry import window_shown
from watchdog.settings.proof_entries import canary_shown, proof_shown
from watchdog.settings.telling_entries import hidden_path
from watchdog.settings.values import ConfiguredCheck, Settings

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Sections as in a settings file; Secret objects stand for secrets."""
    estate = settings.estate
    return {
        "estate": {
            "name": estate.name,
            "time_zone": estate.time_zone.key,
            "public_url": estate.public_url,
            "advice": estate.advice,
            "advice_urdu": estate.advice_urdu,
        },
        "offices": {key: _office(office) for key, office in estate.offices.items()},
        "calendar": [],  # stands with the offices
        "vendors": {key: _without_id(vendor) for key, vendor in estate.vendors.items()},
        "contracts": {one.id: plain(contract_shown(one)) for one in estate.billing.contracts},
        "departments": {key: _without_id(department) for key, department in estate.departments.items()},
        "services": {key: _without_id(service) for key, service in estate.services.items()},
        "sites": {key: _without_id(site) for key, site in estate.sites.items()},
        "receivers": {key: _receiver(receiver) for key, receiver in settings.receivers.items()},
        "mail": _mail(settings),
        "rotas": {key: _rota(rota, settings.duty_calendars.get(key)) for key, rota in settings.rotas.items()},
        "escalations": {key: _escalation(escalation) for key, escalation in settings.escalations.items()},
        "routes": [_route(route) for route in settings.routes],
        "checks": [_check(check) for check in settings.checks],
        "billing": _billing(settings),
        "invoices": [_dataclass_tree(invoice) for invoice in settings.invoices],
        "anchors": _anchors(settings),
        "heartbeat": _heartbeat(settings),
        "dead_mans_switch": plain(proof_shown(settings.dead_mans_switch)),
        "canary": plain(canary_shown(settings.canary)),
        "links": _links(settings),
        "digests": {rule.id: digest_shown(rule) for rule in settings.digests},
        "maintenance": [window_shown(window) for window in settings.maintenance],
        "listen": host_and_port(settings.listen.host, settings.listen.port),
        "listen_publicly": not is_loopback(settings.listen.host),
        "api": _dataclass_tree(settings.api),
        "resolver": _dataclass_tree(settings.resolver),
        "history": _dataclass_tree(settings.history),
        "backup": _backup(settings),
    }


def as_yaml(tree: Mapping[str, Any]) -> str:
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes secrets as the tag that names them, and lists of one thing after another without aliases."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _represent_secret(dumper: yaml.SafeDumper, secret: Secret) -> yaml.ScalarNode:
    tag = "!secret-file" if "/" in secret.name else "!secret"
    return dumper.represent_scalar(tag, secret.name)


_Dumper.add_representer(Secret, _represent_secret)


def plain(value: object) -> Any:  # noqa: ANN401  # a tree of plain values
    """`value` in the words of a settings file; secrets stay themselves."""
    match value:
        case BaseModel():
            return {name: plain(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return {str(plain(key)): plain(held) for key, held in value.items()}
        case Ladder():
            return value.texts()
        case list() | tuple() | set() | frozenset():
            return [plain(held) for held in value]
        case None | bool() | int() | float() | Secret():
            return value
        case _:
            return redact_text(_word(value))


def _word(value: object) -> str:
    match value:
        case timedelta():
            return duration_text(value)
        case Money():
            return value.text()
        case date() | time():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case _:
            return str(value)


def _dataclass_tree(value: Any) -> dict[str, Any]:  # noqa: ANN401  # any frozen value of ours
    return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _without_id(value: object) -> dict[str, Any]:
    tree = _dataclass_tree(value)
    del tree["id"]
    return tree


def _office(office: Office) -> dict[str, Any]:
    return {
        "week": {
            _WEEKDAYS[day - 1]: f"{opens:%H:%M}-{closing_text(closes)}"
            for day, (opens, closes) in sorted(office.week.items())
        },
        "holidays": [
            *(_holiday(holiday) for holiday in office.holidays),
            *({"date": day.isoformat(), "working": True} for day in sorted(office.worked)),
        ],
        "half_days": {day.isoformat(): f"{closes:%H:%M}" for day, closes in office.half_days.items()},
        **({} if office.time_zone is None else {"time_zone": office.time_zone.key}),
    }


def _holiday(holiday: Holiday) -> dict[str, Any]:
    estimated = {"estimated": True} if holiday.estimated else {}
    return {"date": holiday.date.isoformat(), "name": holiday.name, **estimated}


def _receiver(receiver: Receiver) -> dict[str, Any]:
    if receiver.rota is not None:
        return {"channels": [], "rota": receiver.rota}
    return {
        "office": receiver.office,
        "hold_for_office_hours": receiver.hold_for_office_hours,
        "audience": receiver.audience.value,
        "language": receiver.language.value,
        "tell": receiver.order.value,
        "channels": [_channel(channel) for channel in receiver.channels],
    }


def _route(route: Route) -> dict[str, Any]:
    said = {"to": list(route.to), "escalation": route.escalation, "continue": route.goes_on}
    shown = {"match": dict(route.match), **{key: value for key, value in said.items() if value}}
    return {**shown, "routes": [_route(one) for one in route.routes]} if route.routes else shown


def _rota(rota: Rota, calendar: DutyCalendar | None) -> dict[str, Any]:
    shown: dict[str, Any] = {} if rota.fallback is None else {"fallback": rota.fallback}
    zone = ZoneInfo("UTC")
    if (turns := rota.turns) is not None:
        zone = turns.zone
        day = "" if turns.every is Every.DAY else f"{_WEEKDAYS[turns.starts.weekday()]} "
        shown |= {
            "members": list(turns.members),
            "every": turns.every.name.lower(),
            "hand_off": f"{day}{turns.hand_off:%H:%M}",
            "starts": turns.starts.isoformat(),
        }
    if calendar is not None:
        zone = ZoneInfo(calendar.zone)
        place = calendar.place
        shown["ical"] = (
            place if isinstance(place, Secret) else hidden_path(place) if isinstance(place, str) else str(place)
        )
        shown["names"] = {title: who for title, who in calendar.names.items() if title != who}
    shown["time_zone"] = zone.key
    shown["overrides"] = [
        {"from": _there(one.begins, zone), "to": _there(one.ends, zone), "who": one.who} for one in rota.overrides
    ]
    return shown


def _there(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _escalation(escalation: Escalation) -> dict[str, Any]:
    every = escalation.repeat_every
    return {
        "steps": [{"after": duration_text(step.after), "to": list(step.to)} for step in escalation.steps],
        "repeat_every": None if every is None else duration_text(every),
        "repeats": escalation.repeats,
    }


def _channel(channel: ChannelSpec) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": channel.name, "kind": channel.kind}
    if channel.to:
        shown["to"] = list(channel.to)
    if channel.url is not None:
        shown["url"] = hidden_path(channel.url)
    if channel.medium is not None:
        shown["medium"] = channel.medium.value
    if channel.per_minute is not None:
        shown["rate"] = f"{channel.per_minute}/min"
    if channel.sign is not None:
        shown["sign"] = channel.sign
    return shown


def _heartbeat(settings: Settings) -> dict[str, Any] | None:
    beat = settings.heartbeat
    return (
        None
        if beat is None
        else {"url": hidden_path(beat.url), "every": _duration(beat.every_s), "method": beat.method}
    )


def _billing(settings: Settings) -> Any:  # noqa: ANN401  # as `plain` has it
    shown = billing_shown(settings.estate.billing)
    return plain(None if shown is None else {**shown, **intake_shown(settings.intake)})


def _links(settings: Settings) -> dict[str, Any] | None:
    links = settings.links
    return None if links is None else {"key": links.key, "valid": plain(links.valid)}


def _backup(settings: Settings) -> dict[str, Any]:
    backup = settings.backup
    return {"folder": plain(backup.folder), "every": _duration(backup.every_s), "keep": backup.keep}


def _anchors(settings: Settings) -> dict[str, Any]:
    hosts = [anchor.name for anchor in settings.anchors.hosts]
    return {"hosts": hosts, "needed": settings.anchors.needed} if hosts else {"hosts": hosts}


def _mail(settings: Settings) -> dict[str, Any] | None:
    relay = settings.relay
    if relay is None:
        return None
    return {
        "relay": relay.host,
        "port": relay.port,
        "tls": relay.tls,
        "user": relay.user,
        "password": relay.password,
        "from": relay.sender,
        "ca_file": plain(relay.ca_file),
        "timeout": duration_text(timedelta(seconds=relay.timeout_s)),
    }


def _check(check: ConfiguredCheck) -> dict[str, Any]:
    spec, threshold = check.spec, check.threshold
    return {
        "id": spec.id,
        **({} if check.formerly is None else {"formerly": check.formerly}),
        "kind": spec.kind.name,
        "service": spec.service,
        "site": check.site,
        "depends_on": list(check.depends_on),
        **plain(spec.options),
        "interval": _duration(spec.interval_s),
        "timeout": _duration(spec.timeout_s),
        "retry_every": _duration(spec.retry_every_s),
        "failures_to_open": threshold.failures_to_open,
        "passes_to_close": threshold.passes_to_close,
        "settle": _duration(threshold.settle_s),
        "flap_hold": _duration(threshold.flap_hold_s),
        "losses_to_warn": threshold.losses_to_warn,
        "labels": plain({name: value for name, value in spec.labels.items() if name != "site"}),
        "runbook": plain(spec.runbook),
    }


def _duration(seconds: float) -> str:
    return duration_text(timedelta(seconds=seconds))
