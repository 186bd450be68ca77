"""Whether a page answers as it should: status, words, a value in its JSON, in time, over a TLS that can be trusted."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from checks.family import look_over
from checks.fault import Fault, gravest_first
from checks.model import Finding, Measurement, Status
from checks.network.errors import BodyError
from checks.network.values import Family, HttpResponse
from checks.plugin import CheckContext, CheckKind
from checks.web.http_faults import answer_faults, place_of, refused_status
from checks.web.http_options import Options
from checks.web.status_set import contains_status
from checks.web_address import shown_address

#: Where a body is not what was asked for, how much of it is shown.
_EXCERPT_CHARACTERS = 500


def run(options: Options, ctx: CheckContext) -> Awaitable[Sequence[Finding]]:
    return look_over(options.family, shown_address(options.url), ctx, partial(_look, options, ctx))


async def _look(options: Options, ctx: CheckContext, family: Family, subject: str) -> Sequence[Finding]:
    request = options.request
    try:
        response = await ctx.net.fetch(request if family == request.family else replace(request, family=family))
    except BodyError as error:
        return (_unread(subject, error, options, ctx),)
    faults = answer_faults(response, options, ctx.now, ctx.estate.time_zone)
    return (_finding(subject, response, faults, ctx),)


def _unread(subject: str, error: BodyError, options: Options, ctx: CheckContext) -> Finding:
    """What to say of an answer whose body is of no use: its status, where that is wrong. Raises `error` otherwise."""
    if contains_status(options.status, error.status):
        raise error
    fault = refused_status(error.status, options)
    return Finding(
        subject=subject,
        status=fault.status,
        cause=fault.cause,
        summary=f"{subject} {fault.text}",
        facts=(("Status", str(error.status)), ("Also", error.detail)),
        evidence=ctx.net.transcript(),
    )


def _finding(subject: str, response: HttpResponse, faults: Sequence[Fault], ctx: CheckContext) -> Finding:
    if not faults:
        return Finding(
            subject=subject,
            status=Status.OK,
            summary=f"{subject} answers {response.status} in {_shown(response.total_s)}",
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
    tls = () if response.tls is None else (Measurement("tls_s", response.tls.handshake_s, "s"),)
    return (
        Measurement("resolve_s", response.resolve_s, "s"),
        Measurement("connect_s", response.connect_s, "s"),
        Measurement("first_byte_s", response.first_byte_s, "s"),
        Measurement("total_s", response.total_s, "s"),
        *tls,
        Measurement("body_bytes", response.body_bytes, "B"),
    )


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _facts(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    facts = (("Status", str(response.status)), ("Address", response.address))
    return facts if len(response.hops) <= 1 else (*facts, *_redirect_facts(response))


def _redirect_facts(response: HttpResponse) -> Sequence[tuple[str, str]]:
    urls = [hop.url for hop in response.hops]
    first, *others = dict.fromkeys(urlsplit(url).hostname or "" for url in urls)
    elsewhere = (("Other hosts", ", ".join(host for host in others if host != first)),) if others else ()
    return (("Redirects", " → ".join(map(place_of, urls))), *elsewhere)


def _evidence(response: HttpResponse, transcript: str) -> str:
    seen = response.body or response.beginning
    excerpt = seen[: _EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")[:_EXCERPT_CHARACTERS]
    return f"{transcript}\n\nbody begins: {excerpt!r}" if excerpt else transcript


KIND = CheckKind(
    name="http",
    options=Options,
    run=run,
    subject=lambda options: shown_address(options.url),
    host=lambda options: urlsplit(options.url).hostname,
    target="url",
)
