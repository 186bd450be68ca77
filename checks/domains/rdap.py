"""Reading what an RDAP server says of a domain (RFC 9083)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from checks.domains.domain_name import BadNameError, a_label
from checks.domains.expiry import with_expiry
from checks.domains.registration import (
    EXCERPT_LENGTH,
    RateLimitedError,
    Registration,
    Source,
    UnreadableError,
    host_names,
)
from checks.domains.statuses import normalised_all

#: Answers of registries take a few KiB; a document in memory takes up to thirty times its bytes.
MAX_BYTES = 256 * 1024

#: Members of one list that are looked at.
MAX_MEMBERS = 100

_MAX_TEXT = 200
_TOO_MANY_REQUESTS = 429

_Object: TypeAlias = Mapping[str, Any]


def parse_rdap(body: bytes, domain: str, *, now: datetime) -> Registration:
    """The registration of `domain` (A-label form) as the body of a successful answer states it.

    The date is the event whose action is "expiration" (RFC 9083 §4.5); "registrar expiration" is another thing and
    is not taken. Without that event the registry states none. Raises UnreadableError, AmbiguousDateError, and
    RateLimitedError where the body is an error object that says so; nothing else, whatever the bytes.
    """
    document = _document(body)
    if "errorCode" in document:
        raise _error_within(document, body)
    if _text(document, "objectClassName").lower() != "domain":
        raise UnreadableError("the answer does not describe a domain", _head(body))
    _check_name(document, domain, body)
    return _registration(document, domain, now)


def error_code(body: bytes) -> int | None:
    """The code of an RDAP error object (RFC 9083 §6), None where the body is none.

    A 404 is a registry's word that a name is not registered only with this in its body: proxies answer 404 as well.
    """
    try:
        code = _document(body).get("errorCode")
    except UnreadableError:
        return None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _document(body: bytes) -> _Object:
    if len(body) > MAX_BYTES:
        raise UnreadableError(f"the answer is larger than {MAX_BYTES // 1024} KiB", _head(body))
    try:
        document = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # broken syntax or UTF-8, members twice, nesting too deep
        raise UnreadableError("the answer is not JSON that can be relied on", _head(body)) from None
    if not isinstance(document, dict):
        raise UnreadableError("the answer is not a JSON object", _head(body))
    return document


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _error_within(document: _Object, body: bytes) -> RateLimitedError | UnreadableError:
    if document["errorCode"] == _TOO_MANY_REQUESTS:
        return RateLimitedError("the registry says that too much was asked", _head(body))
    return UnreadableError(f"the answer is an error object: {_text(document, 'title') or 'no title'}", _head(body))


def _check_name(document: _Object, domain: str, body: bytes) -> None:
    told = _text(document, "ldhName") or _text(document, "unicodeName")
    try:
        if a_label(told) == domain:
            return
    except BadNameError:
        pass
    raise UnreadableError(f"the answer is about {told or 'no name at all'}, not about {domain}", _head(body))


def _registration(document: _Object, domain: str, now: datetime) -> Registration:
    texts = list(_expirations(document))
    rest = Registration(
        domain=domain,
        expires_at=None,
        expiry_text=", ".join(texts)[:_MAX_TEXT],
        registrar=_registrar(document),
        name_servers=host_names(_text(server, "ldhName") for server in _objects(document, "nameservers")),
        statuses=normalised_all(_statuses(document)),
        source=Source.RDAP,
        raw_excerpt=_excerpt(document),
    )
    _check_types(document, rest)
    return with_expiry(rest, texts, now=now)


def _check_types(document: _Object, rest: Registration) -> None:
    """What stands there in another form than RFC 9083 §4.5, §4.6 and §5.3 give it has not been read."""
    for member in ("events", "status"):
        if not isinstance(document.get(member), list | None):
            raise UnreadableError(f'its "{member}" is not a list', rest.raw_excerpt, rest)
    for event in _objects(document, "events"):
        is_expiry = _text(event, "eventAction").lower() == "expiration"
        if is_expiry and not isinstance(event.get("eventDate"), str | None):
            raise UnreadableError("its date of expiry is not text", rest.raw_excerpt, rest)


def _expirations(document: _Object) -> Iterator[str]:
    for event in _objects(document, "events"):
        if _text(event, "eventAction").lower() == "expiration":
            yield _text(event, "eventDate")


def _statuses(document: _Object) -> list[str]:
    return [text for text in _list(document, "status") if isinstance(text, str)]


def _registrar(document: _Object) -> str:
    """The registrar's name by its card (RFC 7095), else by its number at IANA, else by its handle."""
    for entity in _objects(document, "entities"):
        if "registrar" in _list(entity, "roles"):
            numbers = [_text(number, "identifier") for number in _objects(entity, "publicIds")]
            return _name_on_card(entity) or next(filter(None, numbers), "") or _text(entity, "handle")
    return ""


def _name_on_card(entity: _Object) -> str:
    card = _list(entity, "vcardArray")[1:2]
    properties = card[0] if card and isinstance(card[0], list) else []
    for wanted in ("fn", "org"):
        for entry in properties[:MAX_MEMBERS]:
            match entry:
                case [str(name), _, _, str(value), *_] if name.lower() == wanted and value.strip():
                    return value.strip()[:_MAX_TEXT]
    return ""


def _excerpt(document: _Object) -> str:
    """What was read, the holder's and contacts' entities left out."""
    events = [
        {"eventAction": _text(event, "eventAction"), "eventDate": _text(event, "eventDate")}
        for event in _objects(document, "events")
    ]
    read = {"ldhName": _text(document, "ldhName"), "status": _statuses(document), "events": events}
    return json.dumps(read, ensure_ascii=False)[:EXCERPT_LENGTH]


def _text(holder: _Object, member: str) -> str:
    """A member that is text, without space around it, at most 200 characters; "" where it is none."""
    value = holder.get(member)
    return value.strip()[:_MAX_TEXT] if isinstance(value, str) else ""


def _list(holder: _Object, member: str) -> list[Any]:
    value = holder.get(member)
    return value[:MAX_MEMBERS] if isinstance(value, list) else []


def _objects(holder: _Object, member: str) -> list[_Object]:
    return [value for value in _list(holder, member) if isinstance(value, dict)]


def _head(body: bytes) -> str:
    return body[:EXCERPT_LENGTH].decode("utf-8", "replace")
