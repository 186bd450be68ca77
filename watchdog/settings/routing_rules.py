"""What routes must hold: someone hears of everything, and mail is not told of by the mail it reports."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from alerts.channels.relay import MailRelay
from alerts.incident import Nature
from alerts.route import Receiver, Route, receivers_for
from checks.spec import CheckSpec
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_KIND
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.problems import did_you_mean
from watchdog.settings.reader import Reader
from watchdog.settings.telling_entries import RouteEntry

#: Kinds that watch a mail server, perhaps the one that carries our messages.
_MAIL_KINDS: Final = frozenset({"smtp", "imap", "pop3"})
_ROUTED_LABELS: Final = frozenset({"kind", "service", "site", "check", "severity", "nature"})
#: What the daemon checks of its own accord may be routed as well.
_OWN_CHECKS: Final = frozenset({("kind", RESOLVER_KIND), ("check", RESOLVER_CHECK)})
_SEVERITIES: Final = ("critical", "warning", "unknown")
_NATURES: Final = tuple(nature.value for nature in Nature)
#: What may become of a check without dates.
_NATURES_OF_MAIL: Final = (Nature.FAULT.value, Nature.STALENESS.value)


def check_routes(reader: Reader, routes: Sequence[tuple[int, RouteEntry]], section: ChecksSection) -> None:
    """References of every route, and that the last one takes whatever is left."""
    names = _ROUTED_LABELS | {label for check in section.checks for label in check.spec.labels}
    last = len(routes) - 1
    for position, (index, route) in enumerate(routes):
        for label, value in route.match.items():
            _check_label(reader, index, (label, value), names, section)
        for number, receiver in enumerate(route.to):
            if receiver not in reader.keys("receivers"):
                known = reader.keys("receivers")
                reader.refuse_reference(("routes", index, "to", number), "receiver", receiver, known)
        if not route.match and position < last:
            reader.refuse(("routes", index), "matches everything, so the routes below are never reached; put it last")
    if routes and routes[-1][1].match:
        path = ("routes", routes[-1][0])
        reader.refuse(path, "the last route must match everything; add below it: - {match: {}, to: [a receiver]}")


def _check_label(
    reader: Reader, index: int, label: tuple[str, str], names: frozenset[str] | set[str], section: ChecksSection
) -> None:
    name, value = label
    path = ("routes", index, "match", name)
    if name not in names:
        reader.refuse(path, f"no check carries this label; {did_you_mean(name, names)}", at_key=True)
        return
    if label in _OWN_CHECKS:
        return
    known: Mapping[str, object] | None = {
        "kind": section.known.kinds,
        "service": reader.keys("services"),
        "site": reader.keys("sites"),
        "check": section.places or section.ids,
        "severity": dict.fromkeys(_SEVERITIES),
        "nature": dict.fromkeys(_NATURES),
    }.get(name)
    if known is not None and value not in known:
        reader.refuse_reference(path, name, value, known)


def check_way_out(
    reader: Reader,
    section: ChecksSection,
    routes: Sequence[Route],
    receivers: Mapping[str, Receiver],
    relay: MailRelay | None,
) -> None:
    """Refuse a watch over our own relay that only that relay would tell of."""
    if relay is None:
        return
    specs = [check.spec for check in section.checks if check.spec.kind.name in _MAIL_KINDS]
    at_risk = {spec.service for spec in specs if _watches(spec, relay) and spec.service}
    for spec in specs:
        if not (_watches(spec, relay) or spec.service in at_risk):
            continue
        for told in _told(spec, routes):
            if _only_mail(told, receivers):
                names = ", ".join(told)
                reader.refuse(
                    section.places[spec.id],
                    "watches the mail server that would carry the news of its own failure; "
                    f"give {names} a webhook or apprise channel too, or another relay",
                )
                break


def _watches(spec: CheckSpec, relay: MailRelay) -> bool:
    host = spec.kind.host(spec.options)
    return host is not None and _plain(host) == _plain(relay.host)


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _told(spec: CheckSpec, routes: Sequence[Route]) -> Iterator[Sequence[str]]:
    """Whom each nature and severity of an incident reaches."""
    for nature, severity in product(_NATURES_OF_MAIL, _SEVERITIES):
        labels = {**spec.labels, "kind": spec.kind.name, "check": spec.id, "severity": severity, "nature": nature}
        yield receivers_for(labels | ({"service": spec.service} if spec.service else {}), routes)


def _only_mail(told: Sequence[str], receivers: Mapping[str, Receiver]) -> bool:
    channels = [channel for one in told if one in receivers for channel in receivers[one].channels]
    return bool(channels) and all(channel.kind == "mail" for channel in channels)
