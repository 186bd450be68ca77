"""Whether a name has the records it should, asked of one name server or of this machine's own."""

import ipaddress
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Self, TypeAlias

import dns.exception
import dns.rdatatype
import dns.reversename
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from checks.fault import Fault
from checks.model import Cause, Finding, Measurement, Status
from checks.names.dns_verdict import differing, listed, no_records, served
from checks.names.records import a_labels, expected_form
from checks.network.name_servers import split_server
from checks.network.values import DnsAnswer, DnsQuestion
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.target import check_host


def _record_type(text: str) -> str:
    """Upper case, and by its mnemonic where it has one: "TYPE15" is MX."""
    try:
        kind = dns.rdatatype.from_text(text.strip())
    except (dns.exception.DNSException, ValueError):
        raise ValueError("is no type of a record; write it like MX, TXT or TYPE65280") from None
    if dns.rdatatype.is_metatype(kind) or kind == dns.rdatatype.NONE:
        raise ValueError("is no type that a record can have; ask for one type, like MX")
    return dns.rdatatype.to_text(kind)


def _server(text: str) -> str:
    host, _ = split_server(text)
    check_host(host)
    return text


def _several(value: object) -> object:
    """One record is a list of one; a JSON list is how a command line gives several."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return (value,)
        if isinstance(found, list):
            return found
    return (value,)


Records: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_several, json_schema_input_type=str | list[str])]


class Options(OptionsBase):
    name: str = Field(description="the name asked for; for PTR also an address")
    type: Annotated[str, AfterValidator(_record_type)] = Field("A", description="type of record, like MX or TYPE65280")
    equals: Records | None = Field(None, min_length=1, description="the whole set of records, in any order")
    contains: Records | None = Field(None, min_length=1, description="records that must be among those found")
    server: Annotated[str, AfterValidator(_server)] | None = Field(
        None, description="name server to ask, host or host:port; left out: this machine's own"
    )

    @model_validator(mode="after")
    def _is_a_question(self) -> Self:
        _asked_name(self.name, self.type)
        if self.equals is not None and self.contains is not None:
            raise ValueError("equals says what all records are, contains what some are; give one of them")
        for option, texts in (("equals", self.equals), ("contains", self.contains)):
            for text in texts or ():
                _check_record(option, self.type, text)
        return self

    @cached_property
    def question(self) -> DnsQuestion:
        return DnsQuestion(name=_asked_name(self.name, self.type), type=self.type, server=self.server)

    @cached_property
    def subject(self) -> str:
        return f"{self.name} {self.type}{'' if self.server is None else f' at {self.server}'}"


def _asked_name(text: str, kind: str) -> str:
    """Raises ValueError."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return "." if text.strip() == "." else _spelled(text)
    if kind != "PTR":
        raise ValueError("name is an address; that has records of type PTR only")
    return dns.reversename.from_address(str(address)).to_text(omit_final_dot=True)


def _spelled(name: str) -> str:
    try:
        return a_labels(name)
    except ValueError as error:
        raise ValueError(f"name {error}") from None


def _check_record(option: str, kind: str, text: str) -> None:
    try:
        expected_form(kind, text)
    except ValueError as error:
        raise ValueError(f"{option} {error}") from None


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    answer = await ctx.net.query(options.question)
    asked = answer.beyond or (answer.server if options.server is None else "")
    who = f"name server {asked}" if asked else "the server"
    fault = _fault(options, answer, who)
    shown = f"is {served(answer.records, options.type)}" if fault is None else fault.text
    return (
        Finding(
            subject=options.subject,
            status=Status.OK if fault is None else fault.status,
            cause=Cause.NONE if fault is None else fault.cause,
            summary=f"{options.subject}{':' if shown.startswith(who) else ''} {shown}",
            measurements=_measurements(answer),
            facts=_facts(answer, options.type),
            evidence="" if fault is None else ctx.net.transcript(),
        ),
    )


def _fault(options: Options, answer: DnsAnswer, who: str) -> Fault | None:
    absent = no_records(answer, options.type, who=who)
    return absent or differing(answer.records, options.type, equals=options.equals, contains=options.contains)


def _measurements(answer: DnsAnswer) -> tuple[Measurement, ...]:
    took = Measurement("query_s", answer.took_s, "s")
    if answer.ttl_s is None:
        return (took,)
    return took, Measurement("ttl_s", answer.ttl_s, "s"), Measurement("records", len(answer.records), "")


def _facts(answer: DnsAnswer, kind: str) -> tuple[tuple[str, str], ...]:
    spoken = f"{answer.server}{', with authority' if answer.is_authoritative else ''}"
    facts = [("Name server", f"{spoken}, over TCP" if answer.over_tcp else spoken)]
    if answer.beyond:
        facts.append(("Beyond its zone", f"{answer.beyond} was asked where its alias leads"))
    if answer.records:
        facts.append(("Records", served(answer.records, kind)))
    if answer.aliases:
        facts.append(("Alias of", listed(answer.aliases, "CNAME")))
    return tuple(facts)


def _host(options: Options) -> str | None:
    return None if options.server is None else split_server(options.server)[0]


def _subject(options: Options) -> str:
    return options.subject


KIND = CheckKind(name="dns", options=Options, run=run, subject=_subject, host=_host, target="name")
