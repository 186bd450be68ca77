"""The one thing that can be sent to the pages: the token of a signed link, from the page that the link opens."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from alerts.links import MAX_TOKEN_CHARS, PATH, Refused
from watchdog.web import door_view, templating
from watchdog.web.door import Door
from watchdog.web.door_view import LinkPage
from watchdog.web.server import Receive, Scope

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Where the button of a link's page sends its token.
FORM_PATH: Final = PATH.rstrip("/")

#: A token, and words of which each character may take 9 bytes in a form.
MAX_BODY_BYTES: Final = 8192
BODY_WITHIN_S: Final = 5.0

#: So often in a minute one link may be asked for; all that are none of ours together count as one.
PER_MINUTE: Final = 20
_MINUTE_S: Final = 60.0
#: Links remembered for that.
_MAX_REMEMBERED: Final = 1000


class Answering:
    """Reads requests below FORM_PATH and answers with pages. A token is never logged."""

    def __init__(self, door: Door, is_ours: Callable[[str], bool]) -> None:
        """`is_ours` says whether a host, with its port, is one of the names that pages answer to."""
        self._door = door
        self._is_ours = is_ours
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether there are links at all; else nobody learns that there could be."""
        return self._door.is_open

    async def page(self, token: str) -> LinkPage:
        """What the link asks. Changes nothing."""
        return await self._door.look(token) if self._may_go_on(token) else door_view.too_often()

    async def pressed(self, scope: Scope, receive: Receive) -> LinkPage:
        """The button was pressed."""
        if not self._is_from_its_page(scope["headers"]):
            return door_view.stranger()
        body = await _body(receive)
        token = _field(body, "token")[: MAX_TOKEN_CHARS + 1]
        return await self._door.act(token, _field(body, "text")) if self._may_go_on(token) else door_view.too_often()

    def _may_go_on(self, token: str) -> bool:
        """Tokens that are none of ours cannot use up the turns of those that are."""
        ticket = self._door.read(token)
        name = "" if isinstance(ticket, Refused) else ticket.nonce
        now_s = asyncio.get_running_loop().time()
        times = self._asked.setdefault(name, deque())
        self._asked.move_to_end(name)
        while len(self._asked) > _MAX_REMEMBERED:
            self._asked.popitem(last=False)
        while times and times[0] <= now_s - _MINUTE_S:
            times.popleft()
        if len(times) >= PER_MINUTE:
            return False
        times.append(now_s)
        return True

    def _is_from_its_page(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        """Whether a browser says that the form stood on a page of ours, or says nothing of it.

        Sec-Fetch-Site is sent to https and to loopback (W3C Fetch Metadata, 2.3). Older browsers send Origin, which is
        "null" for a page without referrer, as ours is (Fetch, 3.2). The token itself is what nobody else can have.
        """
        fields = {name.lower(): value.decode("latin-1") for name, value in headers}
        site = fields.get(b"sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = fields.get(b"origin", "null")
        return origin == "null" or self._is_ours(_netloc(origin))


def _netloc(origin: str) -> str:
    """Empty for what is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


async def _body(receive: Receive) -> bytes:
    """b"" for one that is too long, or does not come."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while len(body) <= MAX_BODY_BYTES:
                message = await receive()
                body += message.get("body", b"")
                if message["type"] != "http.request" or not message.get("more_body", False):
                    break
    except TimeoutError:
        return b""
    return bytes(body) if len(body) <= MAX_BODY_BYTES else b""


def _field(body: bytes, name: str) -> str:
    """Of a form's body (WHATWG URL, 5.1); "" where there is not exactly one."""
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=4)
    except (UnicodeDecodeError, ValueError):
        return ""
    found = fields.get(name, [])
    return found[0] if len(found) == 1 else ""


def rendered(page: LinkPage) -> tuple[HTTPStatus, bytes]:
    return page.status, templating.page("answer.html", view=page)
