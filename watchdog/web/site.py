"""What is served beside /metrics: pages, one style sheet, one script. For whoever reaches the address, to read.

One thing can be sent: the token of a signed link (watchdog.web.answer), where the settings have such links. Where they
do, a calendar feed can be read by whoever has its signed address (watchdog.web.feed).
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog

from alerts.calendar_links import FEED_PATH
from alerts.links import PATH as LINK_PATH
from alerts.route import Language
from watchdog.clock import Ids
from watchdog.web import templating
from watchdog.web.answer import FORM_PATH, Answering, rendered
from watchdog.web.door import Door
from watchdog.web.door_view import LinkPage
from watchdog.web.feed import ICALENDAR, Feed
from watchdog.web.hosts import is_allowed
from watchdog.web.pages import MAX_PAGE, Pages, StoreSilentError
from watchdog.web.server import Asgi, Receive, Scope, Send

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_PAGE = re.compile(rb"page=([1-9][0-9]{0,5})")

HTML = "text/html; charset=utf-8"

_CSP = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: The page of a signed link has the one form there is.
_CSP_OF_FORM = _CSP.replace(b"form-action 'none'", b"form-action 'self'")

#: On every answer but /metrics. Nothing of another origin, nothing inline, in nobody's frame, kept nowhere.
SECURITY_HEADERS: Sequence[tuple[bytes, bytes]] = (
    (
        b"content-security-policy",
        _CSP,
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
)

_FORM_HEADERS = tuple((name, _CSP_OF_FORM if value == _CSP else value) for name, value in SECURITY_HEADERS)

STATIC_TYPES: Mapping[str, str] = {
    "style.css": "text/css; charset=utf-8",
    "note.css": "text/css; charset=utf-8",
    "refresh.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    content_type: str
    body: bytes
    allow: bytes = b""
    has_form: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What a route may know of a request."""

    name: str
    """The part of the path that the route leaves open."""
    page: int
    """The number behind ?page=, 1 where there is none."""


Make = Callable[[Pages, Request], Awaitable[bytes | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` is matched against the whole path; its one group, if any, is the name of what is asked for."""

    pattern: str
    make: Make


async def _overview(pages: Pages, request: Request) -> bytes | None:
    return await pages.overview(request.page)


async def _service(pages: Pages, request: Request) -> bytes | None:
    return await pages.service(request.name, request.page)


async def _check(pages: Pages, request: Request) -> bytes | None:
    return await pages.check(request.name)


async def _incident(pages: Pages, request: Request) -> bytes | None:
    return await pages.incident(request.name)


async def _telling(pages: Pages, _request: Request) -> bytes | None:
    return await pages.telling()


async def _note(pages: Pages, request: Request) -> bytes | None:
    language, _, office = request.name.removeprefix("/").partition("/")
    return await pages.note(Language(language or "en"), office or None)


#: Every page there is. Beside them /metrics and the files of STATIC_TYPES below /static/ are served.
ROUTES: Sequence[Route] = (
    Route("/", _overview),
    Route("/telling", _telling),
    Route("/note(|/|/en|/ur|/(?:en|ur)/[^/]{1,64})", _note),
    Route("/services/([^/]{1,64})", _service),
    Route("/checks/(.{1,200})", _check),
    Route("/incidents/([A-Za-z0-9_-]{1,64})", _incident),
)


class Site:
    """An ASGI application: /metrics by `metrics`, as it was; everything else from here."""

    def __init__(
        self,
        metrics: Asgi,
        pages: Pages,
        *,
        hosts: Callable[[], frozenset[str]],
        any_address: bool,
        is_open: bool,
        ids: Ids,
        door: Door | None = None,
        feed: Feed | None = None,
    ) -> None:
        """`is_open`: scrapers reach us under names that the settings do not say; on loopback they do not.

        `door` is what signed links open; without it there are none. `feed` is the calendar behind signed addresses.
        """
        self._metrics = metrics
        self._pages = pages
        self._hosts = hosts
        self._any_address = any_address
        self._is_open = is_open
        self._ids = ids
        self._feed = feed
        self._answering = None if door is None else Answering(door, self._is_ours)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] != "/metrics":
            await _send(send, await self._answer(scope, receive))
        elif self._is_open or self._is_meant(scope):
            await self._metrics(scope, receive, send)
        else:
            await _send(send, _misdirected())

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if not self._is_meant(scope):
            return _misdirected()
        if self._answering is not None and self._answering.is_open and scope["path"] == FORM_PATH:
            return await self._pressed(self._answering, scope, receive)
        if scope["method"] not in {"GET", "HEAD"}:
            return _problem(HTTPStatus.METHOD_NOT_ALLOWED, "Pages can only be read.", allow=b"GET, HEAD")
        if _has_body(scope["headers"]):
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A page takes nothing with it.")
        return await self._found(scope["path"], scope.get("query_string", b""))

    async def _pressed(self, answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            return _problem(
                HTTPStatus.METHOD_NOT_ALLOWED, "Only the button of a link's page leads here.", allow=b"POST"
            )
        return await self._guarded(FORM_PATH, lambda: _link_page(answering.pressed(scope, receive)))

    def _is_meant(self, scope: Scope) -> bool:
        """Whether the request names us, and not a name that somebody else has pointed here."""
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]
        return len(hosts) == 1 and self._is_ours(hosts[0])

    def _is_ours(self, host: str) -> bool:
        return is_allowed(host, self._hosts(), any_address=self._any_address)

    async def _found(self, path: str, query: bytes) -> Answer:
        name = path.removeprefix("/static/")
        if name != path and name in STATIC_TYPES:
            return Answer(HTTPStatus.OK, STATIC_TYPES[name], templating.static_files()[name])
        token = path.removeprefix(LINK_PATH)
        if token != path and self._answering is not None and self._answering.is_open:
            answering = self._answering
            return await self._guarded(LINK_PATH, lambda: _link_page(answering.page(token)))
        if path.startswith(FEED_PATH):
            return await self._guarded(FEED_PATH, lambda: self._calendar(path))
        for route in ROUTES:
            if (match := re.fullmatch(route.pattern, path, re.DOTALL)) is not None:
                return await self._page(route, Request("".join(match.groups()), page_number(query)))
        return _not_found()

    async def _calendar(self, path: str) -> Answer:
        body = None if self._feed is None else await self._feed.body(path)
        return _not_found() if body is None else Answer(HTTPStatus.OK, ICALENDAR, body)

    async def _page(self, route: Route, request: Request) -> Answer:
        async def made() -> Answer:
            body = await route.make(self._pages, request)
            return _not_found() if body is None else Answer(HTTPStatus.OK, HTML, body)

        return await self._guarded(route.pattern, made)

    async def _guarded(self, route: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Whatever breaks, people get a page; `route` names none of what was asked for."""
        try:
            return await make()
        except StoreSilentError:
            return _problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "The history cannot be read just now. Try again in a minute."
            )
        except Exception:
            error_id = self._ids()
            log.exception("a page could not be made", route=route, error_id=error_id)
            return _problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                f"This page could not be made. The log says why under the id {error_id}. Checks and alerts go on.",
            )


async def _link_page(coming: Awaitable[LinkPage]) -> Answer:
    page = await coming
    status, body = rendered(page)
    return Answer(status, HTML, body, has_form=bool(page.token))


def page_number(query: bytes) -> int:
    """Of ?page=N; 1 for anything that is no such number."""
    found = _PAGE.fullmatch(query)
    return min(int(found[1]), MAX_PAGE) if found else 1


def _has_body(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    fields = {name.lower(): value for name, value in headers}
    return b"transfer-encoding" in fields or fields.get(b"content-length", b"0").strip() != b"0"


def _misdirected() -> Answer:
    return _problem(HTTPStatus.MISDIRECTED_REQUEST, "This address does not serve that name.")


def _not_found() -> Answer:
    return _problem(HTTPStatus.NOT_FOUND, "There is nothing here. It may have been taken out of the settings.")


def _problem(status: HTTPStatus, words: str, *, allow: bytes = b"") -> Answer:
    body = templating.page("problem.html", status=status.value, phrase=status.phrase, words=words)
    return Answer(status, HTML, body, allow)


async def _send(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        *(_FORM_HEADERS if answer.has_form else SECURITY_HEADERS),
        *([(b"allow", answer.allow)] if answer.allow else []),
    ]
    await send({"type": "http.response.start", "status": answer.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
