"""TLS over memory BIOs, between an asyncio transport and an ordinary asyncio protocol."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Generic, TypeVar, cast

from cryptography.hazmat.bindings.openssl.binding import Binding
from OpenSSL import SSL, crypto

from checks.model import Cause
from checks.network import caps
from checks.network.errors import ProbeError
from checks.network.hosts import address_literal

InnerT = TypeVar("InnerT", bound=asyncio.Protocol)

#: SSL_OP_NO_RENEGOTIATION of OpenSSL's ssl.h, which pyOpenSSL does not name.
_NO_RENEGOTIATION = 1 << 30

#: One TLS record and its frame (RFC 8446 §5.2).
_READ_BYTES = 17 * 1024

#: Level 0 and TLS 1.0, so that old servers are seen and reported as weak, and not as silent.
_CIPHERS = b"DEFAULT:@SECLEVEL=0"

#: All of OpenSSL's own groups, but with a key share for X25519 alone. Its default adds one for ML-KEM-768: a fifth of
#: a handshake's CPU, and a hello of two packets that old firewalls drop. Who insists on another group asks for it.
_GROUPS = b"X25519:P-256:X448:P-384:P-521:ffdhe2048:ffdhe3072:X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024"

#: By OpenSSL's names. We offer all up to TLS 1.3 and the server takes the newest it knows.
_OLD_VERSIONS = {"SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1"}
_WEAK_CIPHERS = ("RC4", "DES", "NULL", "EXP", "ADH", "AECDH", "MD5")

# OpenSSL's words for what people should read otherwise.
_PLAIN_WORDS = {
    "wrong version number": "the peer does not speak TLS on this port",
    "packet length too long": "the peer does not speak TLS on this port",
    "http request": "the peer speaks plain HTTP on this port",
    "unsupported protocol": "the server speaks nothing newer than SSL 3.0",
    "unsafe legacy renegotiation disabled": "the server is too old to shake hands safely (it lacks RFC 5746)",
    "excessive message size": "the peer's certificates are too large (100 KiB at most)",
}


def client_context() -> SSL.Context:
    """The one context of all probes. It verifies nothing: checks.network.trust judges the chain afterwards.

    It costs milliseconds to build, so build it once.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(_CIPHERS)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION | _NO_RENEGOTIATION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_verify(SSL.VERIFY_NONE)
    _offer_groups(context)
    return context


def _offer_groups(context: SSL.Context) -> None:
    """The binding has a name for it and pyOpenSSL has not. Where either changes, OpenSSL's default stays."""
    offer, inside = getattr(Binding.lib, "SSL_CTX_set1_curves_list", None), getattr(context, "_context", None)
    if offer is not None and inside is not None and not offer(inside, _GROUPS):
        Binding.lib.ERR_clear_error()  # a build of OpenSSL that lacks one of them


class TlsLayer(asyncio.Protocol, Generic[InnerT]):
    """Shakes hands as soon as it has a transport; then `inner` gets plaintext and `write` takes it.

    `shaken` resolves when the handshake is done, or fails with ProbeError. `inner.connection_made` is not called:
    whoever built the layer writes through it.
    """

    def __init__(self, context: SSL.Context, server_name: str, alpn: Sequence[str], inner: InnerT, place: str) -> None:
        self.shaken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.inner = inner
        self._place = place
        self._transport: asyncio.Transport | None = None
        self._received_bytes = 0
        self._is_open = False
        self._tls = SSL.Connection(context, None)
        if address_literal(server_name) is None:
            self._tls.set_tlsext_host_name(server_name.encode("ascii"))
        if alpn:
            self._tls.set_alpn_protos([protocol.encode("ascii") for protocol in alpn])
        self._tls.set_connect_state()

    @property
    def version(self) -> str:
        return self._tls.get_protocol_version_name()

    @property
    def cipher(self) -> str:
        return self._tls.get_cipher_name() or ""

    def presented(self) -> list[crypto.X509]:
        """The peer's certificates, leaf first."""
        return self._tls.get_peer_cert_chain() or []

    def weakness(self) -> str:
        """What is outdated about the session itself, "" if nothing is (RFC 8996 for the versions)."""
        version, cipher = self.version, self.cipher
        if version in _OLD_VERSIONS:
            return f"the server speaks nothing newer than {_OLD_VERSIONS[version]}, which is outdated (RFC 8996)"
        if any(mark in cipher for mark in _WEAK_CIPHERS):
            return f"the server chooses the cipher {cipher}, which can be broken"
        return ""

    def write(self, data: bytes) -> None:
        """Send plaintext. Raises ProbeError(PROTOCOL) when the session is over."""
        try:
            self._tls.sendall(data)
        except SSL.Error as error:
            raise self._broken(error) from None
        self.flush()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, since uvloop's transports are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._shake()

    def data_received(self, data: bytes) -> None:
        self._tls.bio_write(data)
        if self._is_open:
            self._read()
        elif not self.shaken.done():
            self._received_bytes += len(data)
            if self._received_bytes > caps.HANDSHAKE_BYTES:
                self._fail(
                    ProbeError(Cause.TOO_LARGE, f"{self._place}: TLS handshake over {caps.HANDSHAKE_BYTES} bytes")
                )
            else:
                self._shake()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.shaken.done():
            how = "reset" if isinstance(exc, OSError) else "closed"
            self._fail(ProbeError(Cause.TLS_HANDSHAKE, f"{self._place}: {how} by the peer during the TLS handshake"))
        elif self._is_open:
            self._is_open = False
            self.inner.connection_lost(exc)

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self.flush()
        except SSL.Error as error:
            # The alert that tells the peer why.
            self.flush()
            self._fail(_handshake_error(error, self._place))
        else:
            self._is_open = True
            if not self.shaken.cancelled():
                self.shaken.set_result(None)
            # Our Finished waits for whoever waited for the handshake: what is said then goes out with it, which wakes
            # the server once instead of twice. Who says nothing at once has it sent all the same.
            asyncio.get_running_loop().call_soon(self._flush_late)
            self._read_on()

    def _read(self) -> None:
        if self._read_on():
            self.flush()

    def _read_on(self) -> bool:
        """Hand on what has come; whether the session goes on."""
        try:
            while self._is_open:
                self.inner.data_received(self._tls.recv(_READ_BYTES))
        except SSL.WantReadError:
            return True
        except SSL.Error as error:
            self._is_open = False
            self.inner.connection_lost(None if isinstance(error, SSL.ZeroReturnError) else self._broken(error))
            self._close()
        return False

    def flush(self) -> None:
        """Send what OpenSSL has ready. Before closing: a server counts a handshake without an end as a failure."""
        if self._transport is None or self._transport.is_closing():
            return
        try:
            data = self._tls.bio_read(_READ_BYTES)
            while data:
                self._transport.write(data)
                if len(data) < _READ_BYTES:  # all there was; asking again would be answered by an exception
                    return
                data = self._tls.bio_read(_READ_BYTES)
        except SSL.WantReadError:
            pass

    def _flush_late(self) -> None:
        """A dial may have been cut short since: uvloop then has a transport that is closed and does not say so."""
        with contextlib.suppress(RuntimeError):
            self.flush()

    def _broken(self, error: SSL.Error) -> ProbeError:
        return ProbeError(Cause.PROTOCOL, f"{self._place}: {_reason(error)}")

    def _fail(self, error: ProbeError) -> None:
        if not self.shaken.done():
            self.shaken.set_exception(error)
            # A run that was cut short fetches no result; that is no forgotten error.
            self.shaken.exception()
        self._close()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _handshake_error(error: SSL.Error, place: str) -> ProbeError:
    reason = _reason(error)
    cause = Cause.TOO_LARGE if "excessive message size" in str(error) else Cause.TLS_HANDSHAKE
    return ProbeError(cause, f"{place}: TLS handshake failed: {reason}")


def _reason(error: SSL.Error) -> str:
    """OpenSSL's own words, the first of its error queue."""
    queue = error.args[0] if error.args else ()
    if isinstance(queue, list) and queue and isinstance(queue[0], tuple):
        text = str(queue[0][-1])
        return _PLAIN_WORDS.get(text, text)
    return "the session is over"
