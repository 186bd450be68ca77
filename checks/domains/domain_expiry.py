"""When a domain's registration lapses, and whether its registry holds it today."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import idna
from pydantic import Field, field_validator, model_validator

from checks.deadline import DOMAIN_LADDER, LeadLadder, grade
from checks.domains.asking import next_question
from checks.domains.bootstrap import Bootstrap, shipped
from checks.domains.bootstrap_file import bootstrap_in
from checks.domains.changes import changes_of_date, changes_of_details
from checks.domains.declaration import Declared, declaration_finding
from checks.domains.domain_name import a_label
from checks.domains.known import Known, after
from checks.domains.lapse import disagreement, expiry_finding
from checks.domains.memory import recall, remember
from checks.domains.outcome import Failed, NotAsked
from checks.domains.public_suffix import registrable
from checks.domains.scene import Scene, deadline_of
from checks.domains.sources import Way, ask, known_ways, rdap_way, whois_way
from checks.domains.standing import fault_finding
from checks.domains.whois_query import parse_place
from checks.domains.whois_servers import WhoisServer
from checks.model import Cause, Finding, Status
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.target import check_host
from checks.units import Duration

_MAX_ASK_EVERY = timedelta(days=7)
_NO_WEB_ADDRESS = "is no web address; write it like https://rdap.example.org/"


class Options(OptionsBase):
    domain: str = Field(description="a domain, or a name within it: mail.kp.gov.pk stands for kp.gov.pk")
    rdap_url: str | None = Field(None, description="base address of the RDAP server to ask")
    whois_server: str | None = Field(None, description="WHOIS server to ask, host or host:port")
    rdap_bootstrap_file: Path | None = Field(None, description="IANA's dns.json, instead of the shipped copy")
    ca_file: Path | None = Field(None, description="trust these authorities for rdap_url instead of the system's")
    declared: Declared | None = Field(None, description="the date where no registry tells it: expires, evidence, …")
    ask_registry: bool = Field(default=True, description="false: ask nobody, and judge by the declared date alone")
    ask_every: Duration = Field(timedelta(hours=6), description='how often the registry is asked, like "6h"')
    ladder: LeadLadder = Field(DOMAIN_LADDER, description='when to remind, like ["60d", "7d", "0d"]')

    @field_validator("domain")
    @classmethod
    def _is_registrable(cls, domain: str) -> str:
        registrable(domain)
        return domain.strip()

    @field_validator("rdap_url")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        return None if url is None else _web_address(url)

    @field_validator("whois_server")
    @classmethod
    def _is_place(cls, server: str | None) -> str | None:
        if server is not None:
            parse_place(server)
        return server

    @field_validator("ask_every")
    @classmethod
    def _is_fair(cls, every: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= every <= _MAX_ASK_EVERY:
            raise ValueError('expected from "1s" to "7d"; registries bar those who ask too often')
        return every

    @model_validator(mode="after")
    def _is_answerable(self) -> Self:
        if self.ca_file is not None and self.rdap_url is None:
            raise ValueError("ca_file is for rdap_url, which is not given")
        if not self.ask_registry:
            if self.declared is None:
                raise ValueError("with ask_registry: false a declared date is needed")
            if self.rdap_url or self.whois_server or self.rdap_bootstrap_file:
                raise ValueError("with ask_registry: false no server can be named")
        elif not (self.declared or self.rdap_bootstrap_file or self.ways(shipped())):
            suffix = self.registrable.partition(".")[2]
            raise ValueError(
                f"no registry of {suffix} is known to answer; name rdap_url or whois_server, or declare it"
            )
        return self

    @cached_property
    def registrable(self) -> str:
        """The name that lapses, in A-label form."""
        return registrable(self.domain)

    @property
    def asked_of(self) -> str:
        """Whom the settings name: with others in their place, everything is asked anew."""
        return f"{self.rdap_url or ''} {self.whois_server or ''} {self.rdap_bootstrap_file or ''}"[:500]

    def ways(self, bootstrap: Bootstrap) -> Sequence[Way]:
        """Whom to ask, the better source first. Where servers are named, nobody else is asked."""
        named = []
        if self.rdap_url is not None:
            named.append(rdap_way(self.rdap_url, self.registrable, self.ca_file))
        elif self.rdap_bootstrap_file is not None and self.whois_server is not None:
            bases = bootstrap.servers_for(self.registrable)
            named += [rdap_way(bases[0], self.registrable, None)] if bases else []
        if self.whois_server is not None:
            host, port = parse_place(self.whois_server)
            named.append(whois_way(WhoisServer(host=host, port=port), self.registrable))
        return named or known_ways(self.registrable, bootstrap)


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_NO_WEB_ADDRESS) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or not url.isprintable() or " " in url:
        raise ValueError(_NO_WEB_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; whatever is written here is shown in messages")
    if parts.query or parts.fragment:
        raise ValueError("must be a base address, without a query")
    try:
        check_host(parts.hostname)
    except ValueError as error:
        raise ValueError(f"names a host that {error}") from None
    return url


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    domain = options.registrable
    before = recall(ctx.memory, domain)
    known, waiting = before, before
    # A mebibyte to read and to parse, on whatever disk: not while others wait.
    file = options.rdap_bootstrap_file
    bootstrap, complaint = await asyncio.to_thread(bootstrap_in, file) if file else (shipped(), "")
    ways = options.ways(bootstrap) if options.ask_registry else ()
    if ways and _is_due(options, before, ctx):
        known, waiting = await _asked(options, ways, before, ctx, complaint)
        remember(known, ctx.memory, domain)
    scene = _scene(options, ways, ctx)
    findings = [expiry_finding(scene, waiting, changes_of_date(before, known, domain, ctx.estate.time_zone))]
    if ways:  # of what nobody looks at, nothing is said
        findings.insert(0, fault_finding(scene, waiting, changes_of_details(before, known, domain)))
    if options.declared is not None:
        disagrees = disagreement(scene, waiting.believed)
        findings.append(declaration_finding(options.declared, domain, ctx, disagrees=disagrees))
    return findings


def _is_due(options: Options, known: Known, ctx: CheckContext) -> bool:
    believed = known.believed
    is_near = believed is not None and grade(deadline_of(believed.at, options.ladder, ctx), ctx.now) is not Status.OK
    at = next_question(known, options.ask_every, asked_of=options.asked_of, is_near=is_near, domain=options.registrable)
    # A question from the future was asked by a clock that was wrong, then or now.
    return at is None or at <= ctx.now or (known.asked_at is not None and known.asked_at > ctx.now)


async def _asked(
    options: Options, ways: Sequence[Way], known: Known, ctx: CheckContext, complaint: str
) -> tuple[Known, Known]:
    """What is known now, and by what to judge: without a turn, a settled answer still serves, though not for ever."""
    outcome = await ask(ways, ctx)
    if complaint and isinstance(outcome, Failed):
        outcome = replace(outcome, reason=f"{outcome.reason}; {complaint}")
    if not isinstance(outcome, NotAsked):
        declared = options.declared.text if options.declared else ""
        known = after(known, outcome, now=ctx.now, asked_of=options.asked_of, declared=declared)
        return known, known
    oldest = ctx.now - 2 * options.ask_every
    if known.trouble is None and known.is_settled and known.asked_at is not None and known.asked_at >= oldest:
        return known, known
    reason = f"{outcome.server} was not asked: other checks are before this one, or it wants to be left alone"
    waiting = Failed(cause=Cause.RATE_LIMITED, reason=reason)
    return known, after(known, waiting, now=ctx.now, asked_of=options.asked_of, declared="")


def _scene(options: Options, ways: Sequence[Way], ctx: CheckContext) -> Scene:
    domain = options.registrable
    nobody = "no registry is known that could be asked" if options.ask_registry else "the settings say to ask nobody"
    return Scene(
        domain=domain,
        shown=_shown(domain),
        asked_for="" if a_label(options.domain) == domain else options.domain,
        declared=options.declared,
        ladder=options.ladder,
        unasked="" if ways else nobody,
        ctx=ctx,
    )


def _shown(domain: str) -> str:
    """In both forms, where they differ."""
    try:
        plain = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
    return domain if plain == domain else f"{plain} ({domain})"


def _burdened(options: Options) -> str | None:
    ways = options.ways(shipped()) if options.ask_registry else ()
    return ways[0].place if ways else None


KIND = CheckKind(
    name="domain_expiry",
    options=Options,
    run=run,
    subject=lambda options: options.registrable,
    host=_burdened,
    target="domain",
    dated=lambda subject: subject.endswith((" expiry", " declaration")),
    # Registries answer slowly, and a date is good for hours.
    default_interval_s=3600.0,
    default_timeout_s=30.0,
    exports={"domain_expiry": "When the registration of a domain lapses."},
)
