"""What OpenSSL and we say of one chain, given whom to trust."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from OpenSSL import crypto

from checks.model import Cause
from checks.network import caps
from checks.network.certificate import (
    UnreadableCertificateError,
    carries_name,
    extension_fault,
    may_serve,
    read_certificate,
    reading,
    weaknesses,
)
from checks.network.distrust import reason_for_distrust
from checks.network.errors import ProbeError
from checks.network.revocation import RevocationLists
from checks.network.values import Certificate, Revocation, TlsFault

#: Names told of a certificate that is for others.
_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True)
class JudgedChain:
    """A chain as presented, leaf first, the trusted path found, and everything wrong with it apart from dates."""

    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    faults: tuple[TlsFault, ...]
    revocations: tuple[Revocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """One file, loaded for looks without regard to dates, and again, once needed, for those at an instant."""

    name: str
    """As people are told of it."""
    timeless: crypto.X509Store
    load: Callable[[], crypto.X509Store]
    stamp: tuple[int, int]


class Basis(NamedTuple):
    """What a chain is judged by."""

    server_name: str
    store: Store
    lists: RevocationLists | None
    now: datetime
    """Only chooses among several paths; the caller judges the dates of the one chosen."""


def judge_chain(presented: Sequence[crypto.X509], ders: Sequence[bytes], basis: Basis) -> JudgedChain:
    """`ders` is what was presented, encoded. Raises ProbeError(TLS_HANDSHAKE | TOO_LARGE) where it cannot be read."""
    if not ders:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{basis.server_name}: the server presents no certificate")
    if len(ders) > caps.CHAIN_LENGTH:
        raise ProbeError(Cause.TOO_LARGE, f"{basis.server_name}: a chain of more than {caps.CHAIN_LENGTH} certificates")
    try:
        with reading():
            return _read_and_judged(presented, ders, basis)
    except UnreadableCertificateError as error:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{basis.server_name}: unreadable certificate ({error})") from None


def _read_and_judged(presented: Sequence[crypto.X509], ders: Sequence[bytes], basis: Basis) -> JudgedChain:
    parsed = [x509.load_der_x509_certificate(der) for der in ders]
    chain = tuple(map(read_certificate, parsed))
    verified, distrusted = _path(presented, basis.store.name, basis.store.timeless)
    path = tuple(map(read_certificate, verified))
    if has_lapsed(path, basis.now) and (in_date := _path_in_date(presented, basis)):
        verified, path = in_date, tuple(map(read_certificate, in_date))
    relied_on = verified or _presented_path(parsed)
    faults = (*distrusted, *_own_faults(relied_on, basis.server_name, chain[0].names))
    return JudgedChain(chain, path, faults, _revocations(relied_on, basis.lists))


def _path(
    presented: Sequence[crypto.X509], store_name: str, store: crypto.X509Store
) -> tuple[Sequence[x509.Certificate], Sequence[TlsFault]]:
    """OpenSSL's way to a trusted anchor, or why there is none."""
    leaf, *others = presented
    try:
        found = crypto.X509StoreContext(store, leaf, others).get_verified_chain()
    except crypto.X509StoreContextError as error:
        text = reason_for_distrust(error, store_name)
        return (), (TlsFault(cause=Cause.TLS_UNTRUSTED, text=text),)
    return [certificate.to_cryptography() for certificate in found], ()


def has_lapsed(path: Sequence[Certificate], now: datetime) -> bool:
    """Whether an issuer on `path` is out of date at `now`; about the leaf there is no choice."""
    return any(not one.not_before <= now < one.not_after for one in path[1:])


def _path_in_date(presented: Sequence[crypto.X509], basis: Basis) -> Sequence[x509.Certificate]:
    """A path that holds at `now`, () where there is none.

    While an authority renews, old and new certificates of one name and key stand side by side in bundles and in
    chains; without regard to dates OpenSSL takes the first of them.
    """
    timely = basis.store.load()
    timely.set_time(basis.now)
    return _path(presented, basis.store.name, timely)[0]


def _presented_path(parsed: Sequence[x509.Certificate]) -> Sequence[x509.Certificate]:
    """Where no path is trusted: from the leaf as far up as what was presented leads."""
    path, rest = [parsed[0]], list(parsed[1:])
    while parent := next((one for one in rest if one.subject == path[-1].issuer), None):
        path.append(parent)
        rest.remove(parent)
    return path


def _own_faults(path: Sequence[x509.Certificate], server_name: str, names: Sequence[str]) -> Iterator[TlsFault]:
    leaf = path[0]
    if malformed := extension_fault(leaf):
        yield malformed
    else:
        if not carries_name(leaf, server_name):
            others = f"but for {_listed(names)}" if names else "it names no host at all"
            text = f"the certificate is not for {server_name}, {others}"
            yield TlsFault(cause=Cause.TLS_NAME_MISMATCH, text=text)
        if not may_serve(leaf):
            yield TlsFault(cause=Cause.TLS_UNTRUSTED, text="the certificate is not one for servers")
    for certificate in path:
        # An anchor is trusted by itself: nobody relies on its signature.
        if certificate is leaf or certificate.issuer != certificate.subject:
            yield from weaknesses(certificate)


def _listed(names: Sequence[str]) -> str:
    shown, more = ", ".join(names[:_SHOWN_NAMES]), len(names) - _SHOWN_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _revocations(path: Sequence[x509.Certificate], lists: RevocationLists | None) -> tuple[Revocation, ...]:
    if lists is None:
        return ()
    issuers = [*path[1:], None]
    return tuple(
        lists.said_of(certificate, issuer)
        for certificate, issuer in zip(path, issuers, strict=True)
        if certificate.issuer != certificate.subject
    )
