"""The border where failures of requests, urllib3 and what they stand on become causes."""

import http.client
import ssl
from collections.abc import Iterator, Mapping

from requests import RequestException
from urllib3.exceptions import HTTPError

from checks.model import Cause
from checks.network import caps
from checks.network.errnos import probe_error
from checks.network.errors import ProbeError

#: OpenSSL's reasons to refuse a certificate (X509_V_ERR_… of x509_vfy.h) that are not "untrusted".
_REFUSALS: Mapping[int, Cause] = {
    9: Cause.NOT_YET_VALID,
    10: Cause.EXPIRED,
    23: Cause.TLS_REVOKED,
    62: Cause.TLS_NAME_MISMATCH,
    64: Cause.TLS_NAME_MISMATCH,
    66: Cause.TLS_WEAK,
    67: Cause.TLS_WEAK,
    68: Cause.TLS_WEAK,
}


def office_error(error: Exception, place: str) -> ProbeError | None:
    """`error` as a ProbeError about `place`; None where it is none of the network's, so a bug of ours."""
    for inner in _innermost_first(error):
        found = _read(inner, place)
        if found is not None:
            return found
    if isinstance(error, HTTPError | RequestException):
        return ProbeError(Cause.PROTOCOL, f"{place}: answers in broken HTTP ({type(error).__name__})")
    return None


def _innermost_first(error: BaseException) -> Iterator[BaseException]:
    """They wrap each other up to four deep; the first failure says most."""
    chain: list[BaseException] = []
    reason: BaseException | None = error
    while reason is not None and reason not in chain:
        chain.append(reason)
        reason = reason.__cause__ or reason.__context__
    return reversed(chain)


def _read(error: BaseException, place: str) -> ProbeError | None:
    match error:
        case ProbeError():
            return error
        case ssl.SSLCertVerificationError():
            cause = _REFUSALS.get(error.verify_code, Cause.TLS_UNTRUSTED)
            return ProbeError(cause, f"{place}: cannot be trusted: {error.verify_message}")
        case ssl.SSLError():
            return ProbeError(Cause.TLS_HANDSHAKE, f"{place}: no TLS session: {_reason(error)}")
        case http.client.HTTPException():
            return _broken_http(error, place)
        case OSError() if error.errno:
            return probe_error(error, place)
        case _:
            return None


def _broken_http(error: http.client.HTTPException, place: str) -> ProbeError:
    match error:
        case http.client.RemoteDisconnected():
            return ProbeError(Cause.PROTOCOL, f"{place}: closed the connection without an answer")
        case http.client.IncompleteRead():
            return ProbeError(Cause.PROTOCOL, f"{place}: the body ends too early")
        case http.client.BadStatusLine() | http.client.UnknownProtocol():
            return ProbeError(Cause.PROTOCOL, f"{place}: does not answer in HTTP")
        case http.client.LineTooLong():
            return too_much_header(place)
        case _ if "headers" in str(error):  # "got more than 100 headers" has no type of its own
            return too_much_header(place)
        case _:
            return ProbeError(Cause.PROTOCOL, f"{place}: answers in broken HTTP ({type(error).__name__})")


def too_much_header(place: str) -> ProbeError:
    return ProbeError(Cause.TOO_LARGE, f"{place}: headers over {caps.HEADER_BYTES // 1024} KiB")


def _reason(error: ssl.SSLError) -> str:
    """Like "wrong version number"; the library's own words carry source files and line numbers."""
    return (error.reason or "the peer closed the connection").replace("_", " ").lower()
