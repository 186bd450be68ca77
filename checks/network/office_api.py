"""Asking an API that the office runs itself: resolved and connected here, spoken by `requests` in a thread.

The thread sees neither names nor addresses: it is given one open connection, so no second look-up can lead it elsewhere
(DNS rebinding). It ends with the run, whatever the server does, because the run's end shuts that connection; a time-out
of requests would bound no more than each single read.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from checks.model import Cause
from checks.network.errors import ProbeError, StarvedError
from checks.network.guard import Realm, realms_of
from checks.network.http_target import HttpTarget, parse_url
from checks.network.office_line import Line, dial_line
from checks.network.office_thread import in_thread
from checks.network.shared import Shared
from checks.network.transcript import Transcript, clipped
from checks.network.values import ApiAnswer, ApiRequest

if TYPE_CHECKING:
    from checks.network.office_session import Got

#: How much of an answer is looked at for the transcript's one line.
_EXCERPT_BYTES = 2000
#: RFC 6750 §2.1, and what real servers give out besides.
_TOKEN = re.compile(r"[!-~]+")
_LOGIN = re.compile(r"//[^/]*@")
_HEADERS: Mapping[str, str] = {
    "User-Agent": "nigehban",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


class OfficeCall:
    """One `ask_api`."""

    def __init__(self, shared: Shared, transcript: Transcript, request: ApiRequest) -> None:
        self._shared = shared
        self._transcript = transcript
        self._request = request

    async def run(self) -> ApiAnswer:
        """Raises ProbeError."""
        started, target = self._shared.stopwatch(), parse_url(self._request.url)
        addresses = await self._shared.addresses(target.host, "any", self._transcript)
        headers = self._headers(target, addresses)
        lane = self._shared.office.lane(target.host)
        await lane.acquire()
        try:
            line = await dial_line(addresses, target.port, target.authority)
        except BaseException:
            lane.release()
            raise
        self._note_request(target, line)
        work = partial(self._get, target, headers, line)
        try:
            got = await in_thread(work, name=f"api {target.host}", stop=line.cut, ended=lane.release)
        except StarvedError:  # there was no thread to close it
            line.open.close()
            raise
        self._note_answer(got)
        return ApiAnswer(
            status=got.status,
            content_type=got.headers.get("content-type", ""),
            location=got.headers.get("location", ""),
            body=got.body,
            address=line.address,
            total_s=self._shared.stopwatch() - started,
        )

    def _get(self, target: HttpTarget, headers: Mapping[str, str], line: Line) -> "Got":
        """Runs in the thread."""
        from checks.network.office_session import get  # noqa: PLC0415  # 100 ms that only office APIs cost

        with line.open:
            tls = self._shared.office.tls(self._request.ca_file) if target.scheme == "https" else None
            return get(target, self._request.parameters, headers, line.open, tls)

    def _headers(self, target: HttpTarget, addresses: Sequence[str]) -> Mapping[str, str]:
        token = self._request.token
        if token is None:
            return _HEADERS
        self._transcript.hidden.remember(token, "***")
        if not _TOKEN.fullmatch(token):
            raise ProbeError(Cause.UNPARSABLE, f"{target.authority}: the token holds what no HTTP header may carry")
        stays_here = realms_of(addresses) == {Realm.LOOPBACK}
        if target.scheme != "https" and not stays_here and not self._request.allow_plain_token:
            raise ProbeError(Cause.TLS_MISSING, f"{target.authority}: the token is not sent without TLS; use https://")
        return {**_HEADERS, "Authorization": f"Bearer {token}"}

    def _note_request(self, target: HttpTarget, line: Line) -> None:
        asked = "".join(f" {name}={clipped(value)}" for name, value in self._request.parameters.items())
        self._transcript.add("GET {}{} at {}", target.shown, asked, line.address)

    def _note_answer(self, got: "Got") -> None:
        kind, place = got.headers.get("content-type", ""), got.headers.get("location", "").partition("?")[0]
        leads = f"; Location: {clipped(_LOGIN.sub('//', place))}" if place else ""
        self._transcript.add("{}, {} bytes; {}{}", got.status, len(got.body), clipped(kind), leads)
        if got.body:
            self._transcript.add("body begins: {}", clipped(got.body[:_EXCERPT_BYTES].decode("utf-8", "replace")))
