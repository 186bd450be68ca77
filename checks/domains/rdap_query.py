"""Asking an RDAP server over HTTP (RFC 7480)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from checks.domains.bootstrap import domain_url
from checks.domains.outcome import TooOftenError
from checks.domains.rdap import error_code, parse_rdap
from checks.domains.registration import EXCERPT_LENGTH, NotRegisteredError, Registration
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest, HttpResponse
from checks.plugin import CheckContext
from checks.trust import clause, is_believed, session_faults

_ACCEPT = "application/rdap+json, application/json;q=0.5"
_MAX_DIGITS = 9


def address_of(base: str, domain: str) -> str:
    """Where `domain` is asked for: `base` is a server's base address, or already ends in "/domain" or the name."""
    bare = base.rstrip("/")
    if bare.endswith(f"/domain/{domain}"):
        return bare
    return domain_url(bare.removesuffix("/domain"), domain)


async def ask_rdap(url: str, domain: str, ca_file: Path | None, ctx: CheckContext) -> Registration:
    """What the server at `url` says of `domain` (A-label form).

    Raises RegistryAnswerError (checks.domains.registration), TooOftenError and ProbeError.
    """
    request = HttpRequest(url=url, headers={"Accept": _ACCEPT}, want_body=True, ca_file=ca_file)
    response = await ctx.net.fetch(request)
    _require_trust(url, response, ctx)
    _require_success(response, domain, ctx.now)
    return parse_rdap(response.body, domain, now=ctx.now)


def _require_trust(url: str, response: HttpResponse, ctx: CheckContext) -> None:
    """Nobody on the way may write the date: https all along, unless the settings themselves name http."""
    place = urlsplit(url).netloc
    if url.startswith("https:") and not all(hop.url.startswith("https:") for hop in response.hops):
        raise ProbeError(Cause.TLS_MISSING, f"{place} redirects to http, where anybody could write the answer")
    for session in filter(None, (*(hop.tls for hop in response.hops), response.tls)):
        if not is_believed(session, ctx.now):
            fault = session_faults(session, ctx.now, ctx.estate.time_zone)[0]
            # "Expired" would read as if it were the domain.
            cause = Cause.TLS_UNTRUSTED if fault.cause in {Cause.EXPIRED, Cause.NOT_YET_VALID} else fault.cause
            raise ProbeError(cause, f"{place} {clause(fault)}; what it says is not believed")


def _require_success(response: HttpResponse, domain: str, now: datetime) -> None:
    place = urlsplit(response.url).netloc
    match response.status:
        case HTTPStatus.OK:
            return
        case HTTPStatus.NOT_FOUND if _is_word_of_registry(response.body):
            raise NotRegisteredError(f"{place} knows no {domain} (404)", _excerpt(response.body))
        case HTTPStatus.NOT_FOUND:
            raise ProbeError(Cause.UNPARSABLE, f"{place} answers 404 with a page that is not RDAP's")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise _too_often(response, place, now)
        case HTTPStatus.SERVICE_UNAVAILABLE if response.header("retry-after"):
            raise _too_often(response, place, now)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise ProbeError(Cause.REJECTED, f"{place} refuses to answer ({response.status})")
        case _:
            raise ProbeError(Cause.MISMATCH, f"{place} answers {response.status}, expected 200")


def _is_word_of_registry(body: bytes) -> bool:
    """A 404 may have no body at all (RFC 7480 §5.3), or an error object; a proxy's or web server's has a page."""
    return not body.strip() or error_code(body) == HTTPStatus.NOT_FOUND


def _too_often(response: HttpResponse, place: str, now: datetime) -> TooOftenError:
    wait_s = retry_after_s(response.header("retry-after"), now)
    return TooOftenError(
        f"{place} says that it is asked too often ({response.status})", wait_s, _excerpt(response.body)
    )


def retry_after_s(text: str, now: datetime) -> float | None:
    """Seconds from `now` that a Retry-After field names (RFC 9110 §10.2.3), never negative; None for nonsense."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit():
        return float(plain) if len(plain) <= _MAX_DIGITS else None
    try:
        at = parsedate_to_datetime(plain)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return max(0.0, (at - now).total_seconds())
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _excerpt(body: bytes) -> str:
    return body[:EXCERPT_LENGTH].decode("utf-8", errors="replace")
