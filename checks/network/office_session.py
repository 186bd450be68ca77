"""One GET over `requests`, blocking, on a connection that is already open.

Imported in the threads that need it: requests costs a fresh process more than 100 ms. Of requests only what sends and
reads is used, not its Session: that would follow proxies and .netrc, keep cookies, and read the whole body of a
redirect even where it does not follow it.
"""

import contextlib
import http.client
import logging
import socket
import ssl
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from checks.model import Cause
from checks.network import caps
from checks.network.errors import BodyError, ProbeError
from checks.network.http_body import body_of
from checks.network.http_target import HttpTarget
from checks.network.office_errors import office_error, too_much_header
from checks.target import host_and_port

_CHUNK_BYTES = 65_536

# It names the whole address, query and all, where a key may stand. What went wrong is told in findings.
logging.getLogger("urllib3").propagate = False


class Got(NamedTuple):
    """`body` is decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(
    target: HttpTarget,
    parameters: Mapping[str, str],
    headers: Mapping[str, str],
    connection: socket.socket,
    tls: ssl.SSLContext | None,
) -> Got:
    """What the server at the other end of `connection` answers. Closes it. Raises ProbeError, BodyError."""
    place = target.authority
    with contextlib.ExitStack() as opened:
        opened.callback(connection.close)
        adapter = _Adapter(_pool(target, connection, tls, opened))
        opened.callback(adapter.close)
        try:
            request = requests.Request("GET", target.url, params=parameters, headers=dict(headers)).prepare()
            response = adapter.send(request, stream=True)
            return Got(response.status_code, response.headers, _body(response, place))
        except ProbeError:
            raise
        except Exception as error:
            known = office_error(error, place)
            if known is None:
                raise
            raise known from None


def _body(response: requests.Response, place: str) -> bytes:
    try:
        body = body_of([response.headers.get("content-encoding", "").encode("latin-1", "replace")])
        while data := response.raw.read(_CHUNK_BYTES, decode_content=False):
            body.feed(data)
        return body.finish()
    except Exception as error:
        known = office_error(error, place)
        if known is None:
            raise
        raise BodyError(known.cause, known.detail, response.status_code) from None


def _pool(
    target: HttpTarget, connection: socket.socket, tls: ssl.SSLContext | None, opened: contextlib.ExitStack
) -> HTTPConnectionPool:
    if tls is None:
        plain = HTTPConnectionPool(target.host, target.port, maxsize=1)
        plain.ConnectionCls = partial(_Plain, connection, opened)  # type: ignore[assignment]  # it is only called
        return plain
    # The context asks for a chain that holds and compares the name, which is also sent as SNI.
    secured = HTTPSConnectionPool(target.host, target.port, maxsize=1, ssl_context=tls)
    secured.ConnectionCls = partial(_Secured, connection, opened)  # type: ignore[assignment]
    return secured


class _Adapter(HTTPAdapter):
    """Sends over the one pool it is given, and trusts whom that pool trusts."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._pool = pool

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401
        return self._pool

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401
        """Would bring authorities of its own into the pool's context."""

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:
        """Without reading cookies, whose dates cost a foreign parser's time."""
        response = requests.Response()
        response.request = req
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        return response

    def close(self) -> None:
        self._pool.close()
        super().close()


class _CappedAnswer(http.client.HTTPResponse):
    """An answer whose head, with all that comes before it (100 Continue), stays under the cap."""

    def begin(self) -> None:
        whole = self.fp
        self.fp = _Head(whole)  # type: ignore[assignment]
        super().begin()
        if self.fp is not None:
            self.fp = whole


class _Head:
    """The lines of a head, counted."""

    def __init__(self, whole: Any) -> None:  # noqa: ANN401  # a buffered reader, over TLS or not
        self._whole = whole
        self._left = caps.HEADER_BYTES

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._whole.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise too_much_header("the answer")
        return line

    def close(self) -> None:
        self._whole.close()

    def flush(self) -> None:
        self._whole.flush()


class _Plain(HTTPConnection):
    """Speaks over a connection that is already open."""

    def __init__(self, connection: socket.socket, opened: contextlib.ExitStack, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._connection = connection
        self.response_class = partial(_answer, opened)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return self._connection


class _Secured(HTTPSConnection):
    """Shakes hands over a connection that is already open."""

    def __init__(self, connection: socket.socket, opened: contextlib.ExitStack, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._connection = connection
        self.response_class = partial(_answer, opened)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return self._connection

    def connect(self) -> None:
        """Raises ProbeError where the peer leaves in the middle: only here is it known that TLS was under way."""
        try:
            super().connect()
        except ConnectionError:
            place = host_and_port(self.host, self.port)
            raise ProbeError(Cause.TLS_HANDSHAKE, f"{place}: reset by the peer during the TLS handshake") from None


def _answer(opened: contextlib.ExitStack, *args: Any, **kwargs: Any) -> _CappedAnswer:  # noqa: ANN401  # http.client's
    """An answer that is closed at the end, also where urllib3 refuses its head and forgets it."""
    answer = _CappedAnswer(*args, **kwargs)
    opened.callback(answer.close)
    return answer
