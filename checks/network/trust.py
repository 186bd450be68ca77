"""Whom we trust, and verdicts on chains, kept for a while. Dates are left to the caller's own clock."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from OpenSSL import crypto

from checks.network.chain_verdict import Basis, JudgedChain, Store, has_lapsed, judge_chain
from checks.network.errors import BlindError
from checks.network.revocation import RevocationFiles
from checks.network.transcript import Stopwatch

#: How long a verdict on one chain, name and trust store holds.
REVERIFY_S = 3600.0

#: X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h, which pyOpenSSL does not name.
_NO_CHECK_TIME = 0x200000

_MAX_JUDGED = 20_000

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


#: Chain, name, trust store and revocation lists, with the stamps of both files.
_Key: TypeAlias = tuple[bytes, str, Path, tuple[int, int], tuple[Path, tuple[int, int, int]] | None]


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
        self._stores: dict[Path, Store] = {}
        self._system: Path | None = None
        self._revocations = RevocationFiles()
        self._judged: dict[_Key, _Kept] = {}

    def judge(
        self,
        presented: Sequence[crypto.X509],
        server_name: str,
        ca_file: Path | None = None,
        crl_file: Path | None = None,
    ) -> JudgedChain:
        """Raises ProbeError(TLS_HANDSHAKE | TOO_LARGE) for a chain that cannot be read, BlindError without a store."""
        bundle = ca_file or self._system_bundle()
        store = self._store(bundle, is_own=ca_file is not None)
        lists = None if crl_file is None else self._revocations.of(crl_file)
        ders = [crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in presented]
        key = (_digest(ders), server_name, bundle, store.stamp, None if lists is None else (lists.file, lists.stamp))
        at_s, now = self._stopwatch(), self._clock()
        known = self._judged.get(key)
        if (
            known is not None
            and at_s - known.at_s < REVERIFY_S
            and known.has_lapsed == has_lapsed(known.judged.path, now)
        ):
            return known.judged
        judged = judge_chain(presented, ders, Basis(server_name, store, lists, now))
        if len(self._judged) >= _MAX_JUDGED:
            del self._judged[next(iter(self._judged))]
        self._judged[key] = _Kept(judged, at_s, has_lapsed(judged.path, now))
        return judged

    def _system_bundle(self) -> Path:
        if self._system is None:
            self._system = system_bundle()
        return self._system

    def _store(self, bundle: Path, *, is_own: bool) -> Store:
        try:
            status = bundle.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._stores.get(bundle)
            if known is not None and known.stamp == stamp:
                return known
            load = partial(_load, bundle, is_own=is_own)
            timeless = load()
            timeless.set_flags(_NO_CHECK_TIME)
            loaded = Store(str(bundle) if is_own else "the roots of this machine", timeless, load, stamp)
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
