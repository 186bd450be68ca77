"""The alert path must not need the thing it reports: nothing is told of by the mail, or the host, that failed."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import Final
from urllib.parse import urlsplit

from alerts.channels.relay import MailRelay
from alerts.incident import Nature
from alerts.route import ChannelSpec, Hearer, Receiver, Route, hearers_of
from checks.estate import Estate
from checks.secret import Secret, SecretUnavailableError
from checks.spec import CheckSpec
from watchdog.settings.checks_section import ChecksSection
from watchdog.settings.fields import is_loopback
from watchdog.settings.people_section import PeopleSection, reach_of
from watchdog.settings.problems import shown_path
from watchdog.settings.reader import Reader
from watchdog.settings.route_tree import SEVERITIES

#: Kinds that watch a mail server, perhaps the one that carries our messages, or holds a reader's mailbox.
_MAIL_KINDS: Final = frozenset({"smtp", "imap", "pop3"})
#: What may become of a check without dates.
_NATURES_OF_MAIL: Final = (Nature.FAULT.value, Nature.STALENESS.value)


@dataclass(frozen=True, slots=True)
class _Lost:
    """What is down with the mail server that a check watches."""

    relay: bool
    """Whether none of our mail leaves any more."""
    hosts: AbstractSet[str]
    domains: AbstractSet[str]

    def holds(self, mailbox: str) -> bool:
        """Whether a mailbox is out of reach: its domain's mail lies on a server that is down."""
        domain = _plain(mailbox.rpartition("@")[2])
        return domain in self.domains or any(_lies_in(host, domain) for host in self.hosts)

    def stops(self, channel: ChannelSpec) -> bool:
        if channel.kind != "mail":
            return host_of(channel) in self.hosts
        return self.relay or all(self.holds(one) for one in channel.to)


def host_of(channel: ChannelSpec) -> str | None:
    """The host that a channel posts to; None for mail, for our own machine, and where that cannot be known now.

    Without our own machine nobody is told of anything, whatever the channel is.
    """
    try:
        url = channel.url.reveal() if isinstance(channel.url, Secret) else channel.url or ""
        host = urlsplit(url).hostname
    except (SecretUnavailableError, ValueError):  # a broken URL is refused elsewhere
        return None
    return None if host is None or is_loopback(host) else _plain(host)


@dataclass(frozen=True, slots=True)
class WayOut:
    """Looks for people who would be told of a failure only by what failed: their mail, or the host of their hooks."""

    reader: Reader
    section: ChecksSection
    people: PeopleSection
    relay: MailRelay | None

    def check(self, estate: Estate | None) -> None:
        specs = [check.spec for check in self.section.checks if check.spec.kind.name in _MAIL_KINDS]
        for spec in specs:
            lost = self._lost(spec, specs)
            if stuck := self._stuck(spec, lost):
                self.reader.refuse(self.section.places[spec.id], _said(stuck, lost))
        self._check_hosts()
        if estate is not None:
            self._check_contacts(specs, estate)

    def _stuck(self, spec: CheckSpec, lost: _Lost) -> Sequence[str]:
        """Receivers who should hear of it, and could not."""
        told = dict.fromkeys(hearer for heard in _hearers(spec, self.people.routes) for hearer in heard)
        return [hearer.receiver for hearer in told if not self._is_reached(hearer, lost)]

    def _check_hosts(self) -> None:
        """Of thousands of checks few watch a host that carries messages."""
        carriers = {host_of(channel) for one in self.people.receivers.values() for channel in one.channels} - {None}
        for check in self.section.checks if carriers else ():
            spec = check.spec
            host = None if spec.kind.name in _MAIL_KINDS else spec.kind.host(spec.options)
            if host is not None and _plain(host) in carriers:
                stuck = self._stuck(spec, _Lost(relay=False, hosts=frozenset({_plain(host)}), domains=frozenset()))
                if stuck:
                    self.reader.refuse(self.section.places[spec.id], _said_of_host(stuck))

    def _lost(self, spec: CheckSpec, specs: Sequence[CheckSpec]) -> _Lost:
        """Servers of one service go down together."""
        group = [one for one in specs if one is spec or (spec.service is not None and one.service == spec.service)]
        hosts = frozenset(_plain(host) for one in group if (host := one.kind.host(one.options)) is not None)
        domains = frozenset(_plain(domain) for one in group for domain in _domains(one))
        return _Lost(self.relay is not None and _plain(self.relay.host) in hosts, hosts, domains)

    def _is_reached(self, hearer: Hearer, lost: _Lost) -> bool:
        """By a way of its own, or by somebody whom its escalation tells another way."""
        if self._has_other_way(hearer.receiver, lost):
            return True
        escalation = self.people.escalations.get(hearer.escalation or "")
        steps = escalation.steps if escalation is not None else ()
        return any(self._has_other_way(one, lost) for step in steps for one in step.to)

    def _has_other_way(self, receiver_id: str, lost: _Lost) -> bool:
        """Of a rota everybody who may be on duty needs one. What could not be read is not complained of again."""
        receiver = self.people.receivers.get(receiver_id)
        if receiver is None:
            return True
        return all(_other_way(one, lost) for one in reach_of(receiver, self.people.rotas, self.people.receivers))

    def _check_contacts(self, specs: Sequence[CheckSpec], estate: Estate) -> None:
        """Whoever speaks for a department can be told that its mail is down."""
        for spec in specs:
            service = estate.services.get(spec.service or "")
            lost = self._lost(spec, specs)
            for department in service.departments if service is not None else ():
                contact = estate.departments[department].contact if department in estate.departments else None
                if contact is not None and not self._has_other_way(contact, lost):
                    where = shown_path(self.section.places[spec.id])  # an id may hold its target, a value
                    text = (
                        f"speaks for a department whose mail {where} watches, and could be told of its failure only by "
                        "that mail; give it a webhook or apprise channel too, or a mailbox elsewhere"
                    )
                    self.reader.refuse(("departments", department, "contact"), text)


def _said(stuck: Sequence[str], lost: _Lost) -> str:
    names = ", ".join(dict.fromkeys(stuck))
    if lost.relay:
        return (
            "watches the mail server that would carry the news of its own failure; "
            f"give {names} a webhook or apprise channel too, or another relay"
        )
    return (
        f"watches the mail server that holds the mailboxes of {names}, who would not hear of its failure; "
        "give them a webhook or apprise channel too, a mailbox elsewhere, or an escalation that goes another way"
    )


def _said_of_host(stuck: Sequence[str]) -> str:
    return (
        f"watches the host by which alone {', '.join(dict.fromkeys(stuck))} would hear of its failure; "
        "give them a channel that goes another way too, or an escalation that tells somebody else"
    )


def _other_way(receiver: Receiver, lost: _Lost) -> bool:
    return not receiver.channels or any(not lost.stops(channel) for channel in receiver.channels)


def _domains(spec: CheckSpec) -> Iterator[str]:
    """Domains whose mail a server takes or keeps, as far as the check's options say."""
    options = spec.options.model_dump()
    for name in ("rcpt", "user"):
        value = options.get(name)
        if isinstance(value, str) and "@" in value:
            yield value.rpartition("@")[2]


def _lies_in(host: str, domain: str) -> bool:
    """mx1.example.gov.pk takes the mail of example.gov.pk; a domain of one word is nobody's."""
    return "." in domain and (host == domain or host.endswith(f".{domain}"))


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _hearers(spec: CheckSpec, routes: Sequence[Route]) -> Iterator[Sequence[Hearer]]:
    """Whom each nature and severity of an incident reaches."""
    for nature, severity in product(_NATURES_OF_MAIL, SEVERITIES):
        labels = {**spec.labels, "kind": spec.kind.name, "check": spec.id, "severity": severity, "nature": nature}
        yield hearers_of(labels | ({"service": spec.service} if spec.service else {}), routes)
