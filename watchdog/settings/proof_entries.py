"""What proves that messages arrive, as written: the dead man's switch of each way, and the canary mail."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from alerts.proof import ProofRule
from checks.secret import Secret
from checks.target import Host, Port
from checks.units import Duration
from watchdog.settings.fields import Entry, Id, Line, Mailbox, TimeOfDay
from watchdog.settings.reader import Reader
from watchdog.settings.values import CanaryMailbox, CanarySettings

_HOUR, _MONTH = timedelta(hours=1), timedelta(days=31)
_PORTS: Final = {("imap", True): 993, ("imap", False): 143, ("pop3", True): 995, ("pop3", False): 110}


def _seldom(every: timedelta) -> timedelta:
    if not _HOUR <= every <= _MONTH:
        raise ValueError("must be from 1h to 31d")
    return every


_Every: TypeAlias = Annotated[Duration, AfterValidator(_seldom)]


class DeadMansSwitchEntry(Entry):
    every: _Every = Field("24h", validate_default=True, description="how often, from 1h to 31d")
    at: TimeOfDay = Field("09:00", validate_default=True, description="when, by the estate's clock")
    to: tuple[Id, ...] = Field((), description="receivers; left out: all of them")

    def rule(self) -> ProofRule:
        return ProofRule(every=self.every, at=self.at, to=self.to)


class CanaryMailboxEntry(Entry):
    host: Host = Field(description="server that the mail is read back from")
    protocol: Literal["imap", "pop3"] = Field("imap", description="how it is read")
    port: Port | None = Field(None, description="left out: the usual one of the protocol")
    tls: Literal["implicit", "starttls"] = Field("implicit", description="how the session is encrypted")
    user: Line = Field(description="name to log in with")
    password: Secret = Field(description="its password: !secret name")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")

    def mailbox(self) -> CanaryMailbox:
        return CanaryMailbox(
            host=self.host,
            protocol=self.protocol,
            port=self.port or _PORTS[self.protocol, self.tls == "implicit"],
            tls=self.tls,
            user=self.user,
            password=self.password,
            ca_file=self.ca_file,
        )


class CanaryEntry(Entry):
    to: Mailbox = Field(description="address of the mailbox, best at another provider")
    mailbox: CanaryMailboxEntry = Field(description="where it is read back")
    every: _Every = Field("24h", validate_default=True, description="how often a mail is sent, from 1h to 31d")
    within: Duration = Field("1h", validate_default=True, description="when it must be there, from 1m to `every`")

    @model_validator(mode="after")
    def _is_awaited(self) -> Self:
        if not timedelta(minutes=1) <= self.within <= self.every:
            raise ValueError("within lies between 1m and every")
        return self

    def canary(self) -> CanarySettings:
        return CanarySettings(
            to=self.to,
            mailbox=self.mailbox.mailbox(),
            every_s=self.every.total_seconds(),
            within_s=self.within.total_seconds(),
        )


def read_dead_mans_switch(reader: Reader) -> ProofRule | None:
    entry = reader.section("dead_mans_switch", DeadMansSwitchEntry)
    if entry is None:
        return None
    known = reader.keys("receivers")
    for index, receiver in enumerate(entry.to):
        if receiver not in known:
            reader.refuse_reference(("dead_mans_switch", "to", index), "receiver", receiver, known)
    return entry.rule()


def read_canary(reader: Reader, *, has_relay: bool) -> CanarySettings | None:
    entry = reader.section("canary", CanaryEntry)
    if entry is not None and not has_relay:
        reader.refuse(("canary",), "a canary proves the way of our own mail; add the section `mail:` with a relay")
    return entry.canary() if entry else None


def proof_shown(rule: ProofRule | None) -> dict[str, Any] | None:
    """As in a settings file."""
    if rule is None:
        return None
    return {"every": rule.every, "at": f"{rule.at:%H:%M}", "to": list(rule.to)}


def canary_shown(canary: CanarySettings | None) -> dict[str, Any] | None:
    if canary is None:
        return None
    box = canary.mailbox
    return {
        "to": canary.to,
        "mailbox": {
            "host": box.host,
            "protocol": box.protocol,
            "port": box.port,
            "tls": box.tls,
            "user": box.user,
            "password": box.password,
            "ca_file": None if box.ca_file is None else str(box.ca_file),
        },
        "every": timedelta(seconds=canary.every_s),
        "within": timedelta(seconds=canary.within_s),
    }
