"""Asking what is to be asked about a domain: RDAP, then WHOIS, each within its share of the time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from checks.domains.bootstrap import Bootstrap
from checks.domains.outcome import Answered, Failed, NotAsked, Outcome, TooOftenError, Unregistered
from checks.domains.rdap_query import address_of, ask_rdap
from checks.domains.registration import (
    NotRegisteredError,
    RateLimitedError,
    Registration,
    RegistryAnswerError,
    Source,
    UnreadableError,
)
from checks.domains.whois import parse_whois
from checks.domains.whois_query import WHOIS_GAP_S, ask_referred, ask_whois, shown
from checks.domains.whois_servers import WhoisServer, server_for
from checks.model import Cause
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.plugin import CheckContext
from checks.verdict import verdict

#: Between two questions of ours to one server, as whois_query.WHOIS_GAP_S; RDAP servers are built for more.
RDAP_GAP_S = 0.5
#: How long everybody leaves a server alone that has had enough and does not say for how long.
REST_S = 300.0
#: A registry that says "in a year" must not blind us for one.
MAX_REST_S = 86_400.0

#: Of the run's time, so that what was seen is told before the run is cut.
_BUDGET = 0.9
#: Of what is left of it, the part of a source behind which another one waits.
_SHARE = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One server to ask."""

    source: Source
    server: str
    place: str
    """Whose patience it takes: the name under which turns are given."""
    gap_s: float
    look: Callable[[CheckContext], Awaitable[Registration]]


def rdap_way(base: str, domain: str, ca_file: Path | None) -> Way:
    url = address_of(base, domain)
    place = urlsplit(url).netloc
    return Way(
        source=Source.RDAP,
        server=place,
        place=place,
        gap_s=RDAP_GAP_S,
        look=lambda ctx: ask_rdap(url, domain, ca_file, ctx),
    )


def whois_way(server: WhoisServer, domain: str) -> Way:
    return Way(
        source=Source.WHOIS,
        server=shown(server),
        place=shown(server),
        gap_s=WHOIS_GAP_S,
        look=partial(_look_by_whois, server, domain),
    )


def known_ways(domain: str, bootstrap: Bootstrap) -> Sequence[Way]:
    """What is published about the registry of `domain` (A-label form), the better source first."""
    bases, server = bootstrap.servers_for(domain), server_for(domain)
    rdap = [rdap_way(bases[0], domain, None)] if bases else []
    return [*rdap, *([whois_way(server, domain)] if server else [])]


async def ask(ways: Sequence[Way], ctx: CheckContext) -> Outcome:
    """Ask one after the other until a date is known; takes at most nine tenths of the run's time.

    A source that states no date is asked for everything else, and the next one for the date. That a name is not
    registered is believed at once by itself, yet not against another source that knows it. Raises StarvedError.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + ctx.timeout_s * _BUDGET
    outcomes: list[Outcome] = []
    for place, way in enumerate(ways, start=1):
        left_s = end - loop.time()
        outcome = await _asked(way, ctx, left_s if place == len(ways) else left_s * _SHARE)
        outcomes.append(outcome)
        if _has_date(outcome) or isinstance(outcome, NotAsked):
            break
    return together(outcomes)


async def _asked(way: Way, ctx: CheckContext, share_s: float) -> Outcome:
    try:
        async with asyncio.timeout(share_s):
            if not await ctx.net.turn(way.place, way.gap_s, share_s / 2):
                return NotAsked(way.server)
            return Answered(registration=await way.look(ctx), server=way.server)
    except NotRegisteredError as error:
        return Unregistered(source=way.source, server=way.server, reason=error.reason, excerpt=error.excerpt)
    except (RegistryAnswerError, TooOftenError) as error:
        outcome = _unsaid(way, error)
    except StarvedError:
        raise
    except (ProbeError, TimeoutError) as error:
        outcome = _failed(way, error, share_s)
    if isinstance(outcome, Failed) and outcome.cause is Cause.RATE_LIMITED:
        ctx.net.rest(way.place, min(outcome.retry_after_s or REST_S, MAX_REST_S))
    return outcome


def _unsaid(way: Way, error: RegistryAnswerError | TooOftenError) -> Answered | Failed:
    """Of an answer that does not say when."""
    match error:
        case TooOftenError():
            return Failed(
                cause=Cause.RATE_LIMITED,
                reason=error.reason,
                excerpt=error.excerpt,
                retry_after_s=error.retry_after_s,
            )
        case RateLimitedError():
            return Failed(cause=Cause.RATE_LIMITED, reason=_of(way, error.reason), excerpt=error.excerpt)
        case UnreadableError(rest=Registration() as rest):
            trouble = Failed(cause=Cause.UNPARSABLE, reason=_of(way, error.reason), excerpt=error.excerpt)
            return Answered(registration=rest, server=way.server, trouble=trouble)
        case _:
            return Failed(cause=Cause.UNPARSABLE, reason=_of(way, error.reason), excerpt=error.excerpt)


def _failed(way: Way, error: ProbeError | TimeoutError, share_s: float) -> Failed:
    _, cause, text = verdict(error, round(share_s, 1))
    return Failed(cause=cause, reason=text if way.server in text else _of(way, text))


def _of(way: Way, text: str) -> str:
    return f"{way.source.name} of {way.server}: {text}"


async def _look_by_whois(server: WhoisServer, domain: str, ctx: CheckContext) -> Registration:
    raw = await ask_whois(server, domain, ctx)
    told = parse_whois(raw, domain, now=ctx.now, layout=server.layout)
    told = replace(told, is_cut=not raw.endswith((b"\n", b"\r")))
    if told.expires_at is not None:
        return told
    if told.is_cut:
        raise UnreadableError("the answer ends in mid-line", told.raw_excerpt, told)
    if not told.referral or told.referral.lower() == server.host.lower():
        return told
    # A thin registry leaves the date to the registrar: one step, and no further. Whatever comes of it, the registry's
    # own words stand.
    try:
        raw = await ask_referred(told.referral, server, domain, ctx)
        return _with_date_of(told, parse_whois(raw, domain, now=ctx.now))
    except (RegistryAnswerError, ProbeError) as error:
        if isinstance(error, BlindError):
            raise
        reason = error.reason if isinstance(error, RegistryAnswerError) else error.detail
        raise UnreadableError(f"it leaves the date to {told.referral[:100]}: {reason}", rest=told) from None


def _with_date_of(told: Registration, other: Registration) -> Registration:
    return replace(
        told,
        expires_at=other.expires_at,
        expiry_text=other.expiry_text,
        precision=other.precision,
        is_registrars_date=other.is_registrars_date,
        raw_excerpt=f"{told.raw_excerpt}\n{other.raw_excerpt}",
    )


# Of several outcomes one ------------------------------------------------------------------------------------------


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """What several sources say, asked in this order, of which all but the last stated no date."""
    if not outcomes:
        return Failed(cause=Cause.BLIND, reason="nobody is known who could be asked")
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    if answers:
        return _answered(answers, outcomes)
    absent = next((outcome for outcome in outcomes if isinstance(outcome, Unregistered)), None)
    if absent is not None:
        return replace(absent, also=_texts(outcome for outcome in outcomes if outcome is not absent))
    return _gravest(outcomes)


def _answered(answers: Sequence[Answered], outcomes: Sequence[Outcome]) -> Answered:
    """The first answer, with the date of the last: the first source is the better one."""
    first, last = answers[0], answers[-1]
    if not _has_date(last):
        failed = [_as_failure(outcome) for outcome in outcomes if isinstance(outcome, Failed | NotAsked)]
        trouble = [answer.trouble for answer in answers if answer.trouble is not None]
        return replace(first, trouble=next(iter([*trouble, *failed]), None), also=_texts(outcomes[1:]))
    also = _texts(outcomes[:-1])
    if first is last:
        return replace(last, also=also)
    merged = _with_date_of(first.registration, last.registration)
    return Answered(registration=merged, server=f"{first.server}, its date {last.server}", also=also)


def _gravest(outcomes: Sequence[Outcome]) -> Outcome:
    """Nobody said anything: why, and for how long to leave them alone."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    if not failures:
        return outcomes[-1]
    limited = [failure for failure in failures if failure.cause is Cause.RATE_LIMITED]
    telling = [failure for failure in failures if failure.cause is not Cause.BLIND]
    return replace(
        (limited or telling or failures)[0],
        reason="; ".join(failure.reason for failure in failures),
        excerpt=next((failure.excerpt for failure in failures if failure.excerpt), ""),
        retry_after_s=max((failure.retry_after_s or 0.0 for failure in limited), default=0.0) or None,
    )


def _as_failure(outcome: Failed | NotAsked) -> Failed:
    match outcome:
        case Failed():
            return outcome
        case NotAsked():
            return Failed(cause=Cause.RATE_LIMITED, reason=_text(outcome))


def _has_date(outcome: Outcome) -> bool:
    return isinstance(outcome, Answered) and outcome.registration.expires_at is not None


def _texts(outcomes: Iterable[Outcome]) -> str:
    return "; ".join(map(_text, outcomes))


def _text(outcome: Outcome) -> str:
    match outcome:
        case Answered(trouble=Failed(reason=reason)) | Unregistered(reason=reason) | Failed(reason=reason):
            return reason
        case Answered(server=server):
            return f"{server} states no date"
        case NotAsked(server):
            return f"{server} was not asked: other checks were first"
