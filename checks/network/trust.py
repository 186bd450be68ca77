"""Whom we trust, and what OpenSSL and we say of a chain. Dates are left to the caller's own clock."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from OpenSSL import crypto

from checks.model import Cause
from checks.network import caps
from checks.network.certificate import (
    UnreadableCertificateError,
    carries_name,
    may_serve,
    read_certificate,
    reading,
    weaknesses,
)
from checks.network.errors import BlindError, ProbeError
from checks.network.transcript import Stopwatch
from checks.network.values import Certificate, TlsFault

#: How long a verdict on one chain, name and trust store holds.
REVERIFY_S = 3600.0

#: X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h, which pyOpenSSL does not name.
_NO_CHECK_TIME = 0x200000

_MAX_JUDGED = 20_000

#: OpenSSL's words for a chain that ends before any authority (X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY).
_ISSUER_MISSING = "unable to get local issuer certificate"

# Where distributions keep their roots: Debian and Alpine, Fedora and RHEL, SUSE.
_SYSTEM_BUNDLES = tuple(
    Path(text)
    for text in (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/var/lib/ca-certificates/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    )
)


@dataclass(frozen=True, slots=True)
class JudgedChain:
    """A chain as presented, leaf first, the trusted path found, and everything wrong with it apart from dates."""

    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    faults: tuple[TlsFault, ...]


@dataclass(frozen=True, slots=True)
class _Store:
    """One file, loaded for looks without regard to dates, and again, once needed, for those at an instant."""

    timeless: crypto.X509Store
    load: Callable[[], crypto.X509Store]
    stamp: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    judged: JudgedChain
    at_s: float
    has_lapsed: bool
    """Whether an issuer on the path was out of date already: then a better path was looked for in vain."""


class Trust:
    """Trust stores by file, loaded once until the file changes (a load costs ~20 ms), and verdicts by chain."""

    def __init__(self, stopwatch: Stopwatch, clock: Callable[[], datetime]) -> None:
        """`clock` (aware UTC) only chooses among several paths; the caller judges the dates of the one chosen."""
        self._stopwatch = stopwatch
        self._clock = clock
        self._stores: dict[Path, _Store] = {}
        self._system: Path | None = None
        self._judged: dict[tuple[bytes, str, Path, tuple[int, int]], _Kept] = {}

    def judge(self, presented: Sequence[crypto.X509], server_name: str, ca_file: Path | None) -> JudgedChain:
        """Raises ProbeError(TLS_HANDSHAKE | TOO_LARGE) for a chain that cannot be read, BlindError without a store."""
        bundle = ca_file or self._system_bundle()
        store = self._store(bundle, is_own=ca_file is not None)
        ders = [crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in presented]
        key = (_digest(ders), server_name, bundle, store.stamp)
        at_s, now = self._stopwatch(), self._clock()
        known = self._judged.get(key)
        if (
            known is not None
            and at_s - known.at_s < REVERIFY_S
            and known.has_lapsed == _has_lapsed(known.judged.path, now)
        ):
            return known.judged
        judged = _judge(presented, ders, server_name, store, now)
        if len(self._judged) >= _MAX_JUDGED:
            del self._judged[next(iter(self._judged))]
        self._judged[key] = _Kept(judged, at_s, _has_lapsed(judged.path, now))
        return judged

    def _system_bundle(self) -> Path:
        if self._system is None:
            self._system = system_bundle()
        return self._system

    def _store(self, bundle: Path, *, is_own: bool) -> _Store:
        try:
            status = bundle.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._stores.get(bundle)
            if known is not None and known.stamp == stamp:
                return known
            load = partial(_load, bundle, is_own=is_own)
            timeless = load()
            timeless.set_flags(_NO_CHECK_TIME)
            loaded = _Store(timeless, load, stamp)
        except OSError as error:
            raise BlindError(f"trust store {bundle}: {error.strerror or error}") from None
        except crypto.Error:
            raise BlindError(f"trust store {bundle}: no certificates in PEM form in it") from None
        self._stores[bundle] = loaded
        return loaded


def system_bundle() -> Path:
    """The system's roots, or what SSL_CERT_FILE names instead. Raises BlindError where there are none."""
    named = ssl.get_default_verify_paths().cafile
    found = next((path for path in (*([Path(named)] if named else []), *_SYSTEM_BUNDLES) if path.is_file()), None)
    if found is None:
        raise BlindError("no trusted root certificates on this machine: install the package ca-certificates")
    return found


def _load(bundle: Path, *, is_own: bool) -> crypto.X509Store:
    store = crypto.X509Store()
    store.load_locations(bundle)
    # A file of the administrator's own may name an intermediate or the server's very certificate as trusted.
    if is_own:
        store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    return store


def _digest(ders: Sequence[bytes]) -> bytes:
    digest = sha256()
    for der in ders:
        digest.update(len(der).to_bytes(4, "big"))
        digest.update(der)
    return digest.digest()


def _judge(
    presented: Sequence[crypto.X509], ders: Sequence[bytes], server_name: str, store: _Store, now: datetime
) -> JudgedChain:
    if not ders:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{server_name}: the server presents no certificate")
    if len(ders) > caps.CHAIN_LENGTH:
        raise ProbeError(Cause.TOO_LARGE, f"{server_name}: a chain of more than {caps.CHAIN_LENGTH} certificates")
    try:
        with reading():
            return _read_and_judged(presented, ders, server_name, store, now)
    except UnreadableCertificateError as error:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{server_name}: unreadable certificate ({error})") from None


def _read_and_judged(
    presented: Sequence[crypto.X509], ders: Sequence[bytes], server_name: str, store: _Store, now: datetime
) -> JudgedChain:
    parsed = [x509.load_der_x509_certificate(der) for der in ders]
    chain = tuple(map(read_certificate, parsed))
    path, untrusted = _path(presented, store.timeless)
    if _has_lapsed(path, now):
        path = _path_in_date(presented, store, now) or path
    if _ISSUER_MISSING in untrusted and len(parsed) == 1 and parsed[0].issuer != parsed[0].subject:
        untrusted += "; the server sends no intermediate certificate"
    faults = (TlsFault(cause=Cause.TLS_UNTRUSTED, text=untrusted),) if untrusted else ()
    return JudgedChain(chain, path, faults + _own_faults(parsed, server_name))


def _path(presented: Sequence[crypto.X509], store: crypto.X509Store) -> tuple[tuple[Certificate, ...], str]:
    """OpenSSL's way to a trusted anchor, or its words on why there is none."""
    leaf, *others = presented
    try:
        found = crypto.X509StoreContext(store, leaf, others).get_verified_chain()
    except crypto.X509StoreContextError as error:
        return (), f"{error} (certificate {error.errors[1]} of the path)"
    return tuple(read_certificate(certificate.to_cryptography()) for certificate in found), ""


def _has_lapsed(path: Sequence[Certificate], now: datetime) -> bool:
    """Whether an issuer on `path` is out of date; about the leaf there is no choice."""
    return any(not one.not_before <= now < one.not_after for one in path[1:])


def _path_in_date(presented: Sequence[crypto.X509], store: _Store, now: datetime) -> tuple[Certificate, ...]:
    """A path that holds at `now`, () where there is none.

    While an authority renews, old and new certificates of one name and key stand side by side in bundles and in
    chains; without regard to dates OpenSSL takes the first of them.
    """
    timely = store.load()
    timely.set_time(now)
    return _path(presented, timely)[0]


def _own_faults(parsed: Sequence[x509.Certificate], server_name: str) -> tuple[TlsFault, ...]:
    leaf = parsed[0]
    faults: list[TlsFault] = []
    if not carries_name(leaf, server_name):
        faults.append(TlsFault(cause=Cause.TLS_NAME_MISMATCH, text=f"the certificate is not for {server_name}"))
    if not may_serve(leaf):
        faults.append(TlsFault(cause=Cause.TLS_UNTRUSTED, text="the certificate is not one for servers"))
    for certificate in parsed:
        if certificate is leaf or certificate.issuer != certificate.subject:
            faults.extend(weaknesses(certificate))
    return tuple(faults)
