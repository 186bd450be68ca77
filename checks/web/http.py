"""Whether a page answers as it should: status, words, a value in its JSON, in time, over a TLS that can be trusted."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, field_validator, model_validator

from checks.family import FamilyChoice, look_over
from checks.fault import Fault, gravest_first
from checks.json_pointer import NotJsonError, NotThereError, TooLargeError, check_pointer, same, value_at
from checks.model import Cause, Finding, Measurement, Status
from checks.network.errors import BodyError
from checks.network.values import Family, HttpRequest, HttpResponse
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.trust import clause, session_faults, severity
from checks.units import Duration
from checks.web.patterns import SearchGaveUpError, check_pattern, contains
from checks.web.status_set import contains_status, parse_status_set
from checks.web_address import check_web_address

#: Where a body is not what was asked for, how much of it is shown.
_EXCERPT_CHARACTERS = 500


class Options(OptionsBase):
    url: str = Field(description="http:// or https:// address of the page")
    method: Literal["GET", "HEAD", "POST", "OPTIONS"] = "GET"
    status: str = Field("200-399", description='status codes that are well, like "200" or "200-299,404"')
    body_regex: str | None = Field(None, description="a pattern that must be found in the body")
    json_pointer: str | None = Field(None, description="a place in the JSON answer that must exist (RFC 6901)")
    equals: JsonValue = Field(None, description="what must stand at json_pointer; left out: anything")
    max_redirects: int = Field(5, ge=0, le=5)
    family: FamilyChoice = Field("any", description="any, 4, 6, or both: one finding per family")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    max_latency: Duration | None = Field(None, description='slower than this is a warning, like "2s"')

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        return check_web_address(url)

    @field_validator("status")
    @classmethod
    def _is_status_set(cls, status: str) -> str:
        parse_status_set(status)
        return status

    @field_validator("body_regex")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            check_pattern(pattern)
        return pattern

    @field_validator("json_pointer")
    @classmethod
    def _is_pointer(cls, pointer: str | None) -> str | None:
        if pointer is not None:
            check_pointer(pointer)
        return pointer

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if "equals" in self.model_fields_set and self.json_pointer is None:
            raise ValueError('equals needs json_pointer, the place to compare, like "/status"')
        if self.method == "HEAD" and self.wants_body:
            raise ValueError("HEAD brings no body to look into; use GET")
        return self

    @property
    def wants_body(self) -> bool:
        return self.body_regex is not None or self.json_pointer is not None

    @cached_property
    def request(self) -> HttpRequest:
        """What every look asks, built once; "both" asks it over each family."""
        return HttpRequest(
            url=self.url,
            method=self.method,
            family="any" if self.family == "both" else self.family,
            ca_file=self.ca_file,
            max_redirects=self.max_redirects,
            want_body=self.wants_body,
        )


def run(options: Options, ctx: CheckContext) -> Awaitable[Sequence[Finding]]:
    return look_over(options.family, options.url, ctx, partial(_look, options, ctx))


async def _look(options: Options, ctx: CheckContext, family: Family, subject: str) -> Sequence[Finding]:
    request = options.request
    try:
        response = await ctx.net.fetch(request if family == request.family else replace(request, family=family))
    except BodyError as error:
        return (_unread(subject, error, options, ctx),)
    faults = [*_tls_faults(response, ctx), *_answer_faults(response, options), *_latency_faults(response, options)]
    return (_finding(subject, response, faults, ctx),)


def _tls_faults(response: HttpResponse, ctx: CheckContext) -> Sequence[Fault]:
    """Of every hop: a browser stops at the first one that cannot be trusted, wherever it would lead."""
    if response.tls is None and len(response.hops) <= 1:
        return ()
    zone = ctx.estate.time_zone
    sessions = [session for session in (*(hop.tls for hop in response.hops), response.tls) if session is not None]
    faults = dict.fromkeys(fault for session in sessions for fault in session_faults(session, ctx.now, zone))
    return [Fault(fault.cause, severity(fault), clause(fault)) for fault in faults]


def _unread(subject: str, error: BodyError, options: Options, ctx: CheckContext) -> Finding:
    """What to say of an answer whose body is of no use: its status, where that is wrong. Raises `error` otherwise."""
    fault = _status_fault(error.status, options)
    if fault is None:
        raise error
    return Finding(
        subject=subject,
        status=fault.status,
        cause=fault.cause,
        summary=f"{subject} {fault.text}",
        facts=(("Status", str(error.status)), ("Also", error.detail)),
        evidence=ctx.net.transcript(),
    )


def _answer_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    fault = _status_fault(response.status, options)
    return (fault,) if fault else (*_pattern_faults(response, options), *_value_faults(response, options))


def _status_fault(status: int, options: Options) -> Fault | None:
    if contains_status(options.status, status):
        return None
    text = f"answers {status}, expected {options.status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:  # we asked too often: no word on how the page is
        return Fault(Cause.RATE_LIMITED, Status.UNKNOWN, text)
    return Fault(Cause.MISMATCH, Status.CRITICAL, text)


def _pattern_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    if options.body_regex is None:
        return ()
    try:
        if contains(options.body_regex, response.body):
            return ()
    except SearchGaveUpError as error:
        return (Fault(Cause.UNPARSABLE, Status.UNKNOWN, f"cannot be judged: {error}"),)
    return (Fault(Cause.MISMATCH, Status.CRITICAL, f"does not contain {options.body_regex!r}"),)


def _value_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    if options.json_pointer is None:
        return ()
    place = f"JSON {options.json_pointer!r}"
    try:
        value = value_at(response.body, options.json_pointer)
    except TooLargeError as error:
        return (Fault(Cause.TOO_LARGE, Status.CRITICAL, f"answers too much JSON: {error}"),)
    except NotJsonError as error:
        return (Fault(Cause.MISMATCH, Status.CRITICAL, f"answers no JSON: {error}"),)
    except NotThereError as error:
        return (Fault(Cause.MISMATCH, Status.CRITICAL, f"has nothing at {place}: {error}"),)
    if "equals" in options.model_fields_set and not same(value, options.equals):
        text = f"has {_shortened(repr(value))} at {place}, expected {options.equals!r}"
        return (Fault(Cause.MISMATCH, Status.CRITICAL, text),)
    return ()


def _latency_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    if options.max_latency is None or response.total_s <= options.max_latency.total_seconds():
        return ()
    limit_s = options.max_latency.total_seconds()
    return (Fault(Cause.SLOW, Status.WARNING, f"took {response.total_s:.2f} s, expected at most {limit_s:g} s"),)


def _finding(subject: str, response: HttpResponse, faults: Sequence[Fault], ctx: CheckContext) -> Finding:
    if not faults:
        return Finding(
            subject=subject,
            status=Status.OK,
            summary=f"{subject} answers {response.status} in {response.total_s:.2f} s",
            measurements=_measurements(response),
            facts=_facts(response),
        )
    worst, *others = gravest_first(faults)
    return Finding(
        subject=subject,
        status=worst.status,
        cause=worst.cause,
        summary=f"{subject} {worst.text}",
        measurements=_measurements(response),
        facts=(*_facts(response), *(("Also", fault.text) for fault in others)),
        evidence=_evidence(response, ctx.net.transcript()),
    )


def _measurements(response: HttpResponse) -> tuple[Measurement, ...]:
    tls = () if response.tls is None else (_seconds("tls_s", response.tls.handshake_s),)
    return (
        _seconds("resolve_s", response.resolve_s),
        _seconds("connect_s", response.connect_s),
        _seconds("first_byte_s", response.first_byte_s),
        _seconds("total_s", response.total_s),
        *tls,
        Measurement(name="body_bytes", value=response.body_bytes, unit="B"),
    )


def _seconds(name: str, value: float) -> Measurement:
    return Measurement(name, value, "s")


def _facts(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    facts = (("Status", str(response.status)), ("Address", response.address))
    return facts if len(response.hops) <= 1 else (*facts, ("Ended at", _without_query(response.url)))


def _without_query(url: str) -> str:
    """A redirect's query often carries a token."""
    place, mark, _ = url.partition("?")
    return f"{place}{mark and '?…'}"


def _evidence(response: HttpResponse, transcript: str) -> str:
    excerpt = response.body[: _EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")[:_EXCERPT_CHARACTERS]
    return f"{transcript}\n\nbody begins: {excerpt!r}" if excerpt else transcript


def _shortened(text: str, most: int = 100) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


KIND = CheckKind(
    name="http",
    options=Options,
    run=run,
    subject=lambda options: options.url,
    host=lambda options: urlsplit(options.url).hostname,
    target="url",
)
