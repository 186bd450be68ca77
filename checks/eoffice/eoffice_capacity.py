"""How near an e-office is to the number of users it bears, when it will be there, and whether all were thrown out.

It counts nobody itself: it reads a count that the office publishes, as JSON or in Prometheus.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from checks.eoffice.capacity import Standing, facts, faults, judge, use
from checks.eoffice.history import as_json, history_from
from checks.eoffice.limits import Limits
from checks.eoffice.readable import Reading, UnreadableError, read_instant, read_pointed
from checks.fault import gravest_first
from checks.json_pointer import JsonPointer
from checks.model import Cause, Finding, Measurement, Status
from checks.network.errors import BodyError, ProbeError
from checks.network.values import ApiAnswer, ApiRequest
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.secret import Secret
from checks.verdict import verdict
from checks.web_address import check_web_address

_MEMORY = "eoffice"
#: Of the run's time, what is left to put the finding together when Prometheus hangs.
_REST = 0.05


class Options(OptionsBase):
    name: str = Field("e-office", min_length=1, max_length=80, description="what messages call it")
    url: str | None = Field(None, description="an http(s) address that answers JSON with the count in it")
    pointer: JsonPointer | None = Field(
        None, description="where in that JSON the count stands (RFC 6901), like /sessions"
    )
    prometheus: str | None = Field(None, description="base address of a Prometheus that knows the count")
    query: str | None = Field(None, min_length=1, max_length=2000, description="what to ask it, in PromQL")
    capacity: int = Field(100, ge=1, description="sessions at once above which it breaks")
    users: int | None = Field(None, ge=1, description="registered users")
    users_share: float = Field(0.25, gt=0, le=1, description="share of them it bears at once")
    warn_share: float = Field(0.8, ge=0.1, le=1, description="share of the nearer limit that is a warning")
    critical_share: float = Field(0.95, ge=0.1, le=1, description="share of it that is critical")
    token: Secret | None = Field(None, description="bearer token for the address")
    allow_plain_token: bool = Field(default=False, description="send it even without TLS")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")

    @field_validator("url", "prometheus")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        return None if url is None else check_web_address(url)

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.url is None) == (self.prometheus is None):
            raise ValueError("needs one source: url with pointer, or prometheus with query")
        if (self.url is None) != (self.pointer is None):
            raise ValueError('url and pointer belong together: pointer is where the count stands, like "/sessions"')
        if (self.prometheus is None) != (self.query is None):
            raise ValueError('prometheus and query belong together, like query: "sum(eoffice_sessions)"')
        if self.prometheus is not None and "?" in self.prometheus:
            raise ValueError("prometheus is its base address, without a query; that is the option query")
        return self

    @model_validator(mode="after")
    def _is_sensible(self) -> Self:
        if self.warn_share >= self.critical_share:
            raise ValueError("warn_share must be less than critical_share")
        if self.token is not None and not self.allow_plain_token and _goes_plain(self.address):
            raise ValueError("the token would travel readable; use https://, or set allow_plain_token: true")
        return self

    @property
    def address(self) -> str:
        """The one source's."""
        return self.url or self.prometheus or ""

    @property
    def limits(self) -> Limits:
        return Limits(
            capacity=self.capacity,
            users=self.users,
            users_share=self.users_share,
            warn_share=self.warn_share,
            critical_share=self.critical_share,
        )

    @property
    def source(self) -> str:
        """Tells sources apart in the memory, where an address with a key in it must not stand."""
        text = "\0".join((self.address, self.pointer or "", self.query or ""))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _goes_plain(url: str) -> bool:
    """Whether it leaves the machine without TLS, as far as can be told without a look-up."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    try:
        reading = await (_pointed(options, ctx) if options.prometheus is None else _queried(options, ctx))
    except UnreadableError as error:
        return (_unknown(options, ctx, error.cause, f"the count cannot be read: {error.text}"),)
    except BodyError as error:
        return (_unknown(options, ctx, error.cause, f"the count cannot be read: {error.detail}"),)
    standing = judge(
        history_from(ctx.memory.get(_MEMORY), options.source),
        reading.sessions,
        options.limits,
        now=ctx.now,
        zone=ctx.estate.time_zone,
        office=ctx.calendars.of(None),
    )
    ctx.memory.set(_MEMORY, as_json(standing.history))
    return (_finding(options, standing, reading, ctx),)


async def _pointed(options: Options, ctx: CheckContext) -> Reading:
    """The e-office's own count: where it does not answer, or with an error of its own, the e-office may be down."""
    answer = await ctx.net.ask_api(_request(options, options.address, {}))
    if 500 <= answer.status < 600:  # noqa: PLR2004  # the class of its own errors (RFC 9110 §15.6)
        raise ProbeError(Cause.MISMATCH, f"its address answers {answer.status}, expected 200")
    _require_ok(answer)
    return read_pointed(answer.body, options.pointer or "")


async def _queried(options: Options, ctx: CheckContext) -> Reading:
    """The count as Prometheus has it: where that does not answer, nothing is known of the e-office."""
    address = f"{options.address.rstrip('/')}/api/v1/query"
    try:
        async with asyncio.timeout(ctx.timeout_s * (1 - _REST)):
            answer = await ctx.net.ask_api(_request(options, address, {"query": options.query or ""}))
    except Exception as error:
        _, cause, detail = verdict(error, ctx.timeout_s)
        if cause is Cause.BUG:
            raise
        raise UnreadableError(f"Prometheus: {detail}", cause) from None
    if answer.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE}:
        _require_ok(answer)  # those three bring Prometheus' own words
    return read_instant(answer.body, ctx.now)


def _request(options: Options, address: str, parameters: dict[str, str]) -> ApiRequest:
    return ApiRequest(
        url=address,
        parameters=parameters,
        token=None if options.token is None else options.token.reveal(),
        allow_plain_token=options.allow_plain_token,
        ca_file=options.ca_file,
    )


def _require_ok(answer: ApiAnswer) -> None:
    match answer.status:
        case HTTPStatus.OK:
            return
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN as status:
            raise UnreadableError(f"the source answers {status:d}: the token is missing or refused", Cause.AUTH_FAILED)
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise UnreadableError("the source answers 429: it is asked too often", Cause.RATE_LIMITED)
        case status if answer.location:
            raise UnreadableError(f"the source answers {status}, a redirect; name the address it leads to")
        case status:
            raise UnreadableError(f"the source answers {status}, expected 200")


def _unknown(options: Options, ctx: CheckContext, cause: Cause, text: str) -> Finding:
    return Finding(
        subject=options.name,
        status=Status.UNKNOWN,
        cause=cause,
        summary=f"{options.name}: {text}",
        evidence=ctx.net.transcript(),
    )


def _finding(options: Options, standing: Standing, reading: Reading, ctx: CheckContext) -> Finding:
    found = gravest_first(faults(standing))
    worst = found[0] if found else None
    told = [*facts(standing, ctx.estate.time_zone), *(("Also", fault.text) for fault in found[1:])]
    told += [("The source warns", text) for text in reading.warnings]
    return Finding(
        subject=options.name,
        status=Status.OK if worst is None else worst.status,
        cause=Cause.NONE if worst is None else worst.cause,
        summary=f"{options.name}: {use(standing) if worst is None else worst.text}",
        measurements=_measurements(standing),
        facts=tuple(told),
        evidence="" if worst is None else ctx.net.transcript(),
    )


def _measurements(standing: Standing) -> tuple[Measurement, ...]:
    """What is not known is missing, not zero."""
    known = (
        Measurement("eoffice_sessions", standing.sessions, ""),
        Measurement("eoffice_sessions_capacity", standing.limits.seats, ""),
        Measurement("eoffice_sessions_share", standing.share, ""),
        Measurement("eoffice_sessions_peak", standing.peak.sessions, ""),
    )
    if standing.full_in_s is None:
        return known
    return (*known, Measurement("eoffice_time_to_full", standing.full_in_s, "seconds"))


KIND = CheckKind(
    name="eoffice_capacity",
    options=Options,
    run=run,
    subject=lambda options: options.name,
    host=lambda options: urlsplit(options.address).hostname,
    target="url",
    exports={
        "eoffice_sessions": "Sessions of the e-office, as its source counts them.",
        "eoffice_sessions_capacity": "Sessions it bears at once: the nearer of its limits.",
        "eoffice_sessions_share": "Sessions as a share of those it bears.",
        "eoffice_sessions_peak": "Most sessions seen today, in the estate's zone.",
        "eoffice_time_to_full": "Time until it is full at the present pace; missing where that is over two hours.",
    },
)
