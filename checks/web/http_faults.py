"""What is wrong with an answer: pure judging, hop by hop, then the answer itself."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from itertools import pairwise
from math import isinf

from checks.fault import Fault
from checks.json_pointer import NotJsonError, NotThereError, TooLargeError, same, value_at
from checks.model import Cause, Status
from checks.network import caps
from checks.network.http_body import decoded_beginning
from checks.network.http_request import is_redirect
from checks.network.transcript import clipped, escaped
from checks.network.values import HttpResponse, TlsFault
from checks.plugin import Json
from checks.suspension.page import find_suspended_page, find_suspended_place, find_suspended_status, heading
from checks.suspension.signature import Place, Signature
from checks.trust import clause, session_faults, severity
from checks.web.http_options import Options
from checks.web.patterns import SearchGaveUpError, contains
from checks.web.status_set import contains_status

_REFUSALS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "asks for a login (401)",
    HTTPStatus.FORBIDDEN: "refuses access (403), to this machine or to all who are not logged in",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "is reached over a proxy that asks for a login (407)",
}


def answer_faults(response: HttpResponse, options: Options, now: datetime, zone: tzinfo) -> Sequence[Fault]:
    """All that is wrong, what explains the rest first."""
    suspension = suspension_of(response, options)
    if suspension is not None:
        return [_suspension_fault(response, suspension), *_hop_faults(response, now, zone)]
    hops = _hop_faults(response, now, zone) if response.tls is not None or _redirects(response) else ()
    return [*hops, *_content_faults(response, options), *_latency_faults(response, options)]


def suspension_of(response: HttpResponse, options: Options) -> Signature | None:
    """What says that a provider shows its notice in the page's place, whatever the status."""
    if _redirects(response):
        for hop in response.hops:
            found = find_suspended_place(hop.url) or find_suspended_place(hop.location or "")
            if found is not None:
                return found
    beginning, page_bytes = _beginning(response), response.body_bytes
    page_bytes = max(page_bytes, len(beginning))  # it may have come compressed
    found = find_suspended_page(beginning, page_bytes, response.status) if beginning else None
    if found is None and not contains_status(options.status, response.status):
        return find_suspended_status(response.status)
    return found


def _beginning(response: HttpResponse) -> bytes:
    """The first 4 KiB of the page; where nobody wanted it, it may have come compressed unasked."""
    if response.body:
        return response.body[: caps.BEGINNING_BYTES]
    beginning = response.beginning
    if beginning.isascii() or not (coding := response.header("content-encoding")):
        return beginning
    return decoded_beginning(beginning, coding)


def _redirects(response: HttpResponse) -> bool:
    """Whether it was led on, or would have been."""
    hops = response.hops
    return len(hops) > 1 or (len(hops) == 1 and hops[0].location is not None)


def refused_status(status: int, options: Options, retry_after: str = "") -> Fault:
    """What a status says that is not well. `retry_after`: the field of that name (RFC 9110 §10.2.3), s or a date."""
    wait = f"; it asks to come back {_when(retry_after)}" if retry_after and retry_after.strip()[:1] != "-" else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS:  # no word on how the page is
        return Fault(Cause.RATE_LIMITED, Status.UNKNOWN, f"is asked too often and answers 429{wait}")
    if status in _REFUSALS:
        return Fault(Cause.MISMATCH, Status.CRITICAL, f"{_REFUSALS[status]}, expected {options.status}")
    return Fault(Cause.MISMATCH, Status.CRITICAL, f"answers {status}, expected {options.status}{wait}")


def place_of(url: str) -> str:
    """`url` as people are shown it: a redirect's query often carries a token."""
    place, mark, _ = url.partition("?")
    return f"{clipped(place)}{mark and '?…'}"


def _suspension_fault(response: HttpResponse, found: Signature) -> Fault:
    match found.place:
        case Place.PATH:
            who = "a redirect" if _redirects(response) else "it"
            shown = f"{who} leads to the provider's notice {found.words[0]}"
        case Place.HEADING:
            page = _beginning(response).decode("utf-8", "replace")
            title = heading(page, "title") or heading(page, "h1")
            shown = f"the page is titled {_shortened(escaped(title))!r}"
        case Place.SENTENCE:
            shown = "the page says so, and nothing else"
        case _:
            shown = f"it answers {response.status}"
    text = f"has been cut off by its provider, it seems: {shown} (likely reason: {found.meaning.in_words})"
    return Fault(Cause.SUSPENDED, Status.CRITICAL, text)


def _hop_faults(response: HttpResponse, now: datetime, zone: tzinfo) -> Iterator[Fault]:
    """Of every hop: a browser stops at the first one that cannot be trusted, wherever it would lead."""
    hops = [(hop.url, hop.tls) for hop in response.hops] or [(response.url, response.tls)]
    told: set[TlsFault] = set()
    for place, (url, session) in enumerate(hops):
        for fault in () if session is None else session_faults(session, now, zone):
            if fault not in told:
                told.add(fault)
                at = f"leads over {place_of(url)}, which " if place else ""
                yield Fault(fault.cause, severity(fault), at + clause(fault))
    urls = [*(url for url, _ in hops), *_last_location(response)]
    for before, after in pairwise(urls):
        if before.startswith("https:") and after.lower().startswith("http:"):
            text = f"redirects from https to http, from {place_of(before)} to {place_of(after)}: all can read it there"
            yield Fault(Cause.TLS_MISSING, Status.WARNING, text)


def _last_location(response: HttpResponse) -> Sequence[str]:
    """Where the last answer leads that was not followed, when it says so with a scheme."""
    location = response.hops[-1].location if response.hops else None
    return (location,) if location and location.lower().startswith(("http:", "https:")) else ()


def _content_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    if not contains_status(options.status, response.status):
        return (refused_status(response.status, options, response.header("retry-after")),)
    if is_redirect(response.status) and _leads_nowhere(response, options):
        text = f"answers {response.status}, a redirect, without saying where to: a browser shows an error"
        return (Fault(Cause.MISMATCH, Status.WARNING, text),)
    if options.wants_body:
        return (*_pattern_faults(response, options), *_value_faults(response, options))
    return ()


def _leads_nowhere(response: HttpResponse, options: Options) -> bool:
    """Whether nobody asked for such a status, and no place stands with it (RFC 9110 §15.4)."""
    place = response.hops[-1].location if response.hops else response.header("location")
    return not place and "status" not in options.model_fields_set


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
        text = f"has {_shortened(_as_json(value))} at {place}, expected {_as_json(options.equals)}"
        return (Fault(Cause.MISMATCH, Status.CRITICAL, text),)
    return ()


def _latency_faults(response: HttpResponse, options: Options) -> Sequence[Fault]:
    if options.max_latency is None or response.total_s <= options.max_latency.total_seconds():
        return ()
    limit_s = options.max_latency.total_seconds()
    phase, phase_s = max(_phases(response).items(), key=lambda item: item[1])
    text = f"took {response.total_s:.2f} s, expected at most {limit_s:g} s; most of it {phase} ({phase_s:.2f} s)"
    return (Fault(Cause.SLOW, Status.WARNING, text),)


def _phases(response: HttpResponse) -> Mapping[str, float]:
    """What the time went to, in words; redirects are the hops before the last one, or the page's body without them."""
    phases = {
        "for looking up the name": response.resolve_s,
        "for connecting": response.connect_s,
        "for the TLS handshake": response.tls.handshake_s if response.tls else 0.0,
        "waiting for the first byte": response.first_byte_s,
    }
    rest = "in redirects" if len(response.hops) > 1 else "for receiving the page"
    return {**phases, rest: response.total_s - sum(phases.values())}


def _when(retry_after: str) -> str:
    text = _shortened(escaped(retry_after.strip()), 40)
    return f"in {text} s" if text.isascii() and text.isdigit() else f"at {text}"


def _as_json(value: Json) -> str:
    """`value` as people know it from JSON, a text in quotes that show what stands in it."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, float) and isinf(value):
        return "too large a number"
    return escaped(json.dumps(value, ensure_ascii=False))


def _shortened(text: str, most: int = 100) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
