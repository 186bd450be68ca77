"""A certificate read into a value, under caps, and what is weak about it."""

import ipaddress
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from checks.model import Cause
from checks.network import caps
from checks.network.transcript import clipped, escaped
from checks.network.values import Certificate, TlsFault

#: Below these the CA/Browser Forum's Baseline Requirements (§6.1.5) allow no key.
_MIN_RSA_BITS = 2048
_MIN_EC_BITS = 256

_MAX_NAME = 255
_WEAK_HASHES = frozenset({"md2", "md5", "sha1"})
_SERVER_USES = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


class UnreadableCertificateError(Exception):
    """The bytes are no certificate that can be read."""


#: What cryptography raises for bytes it cannot make sense of.
_UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@contextmanager
def reading() -> Iterator[None]:
    """Whatever goes wrong inside is the certificate's fault: UnreadableCertificateError.

    Odd serial numbers and the like are the peer's business, so nothing warns.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _UNREADABLE as error:
        raise UnreadableCertificateError(clipped(str(error))) from None


def read_certificate(certificate: x509.Certificate) -> Certificate:
    """Call it inside `reading`. Dates outside the calendar count as unreadable; names that are leave none."""
    return Certificate(
        subject=shown_name(certificate.subject),
        issuer=shown_name(certificate.issuer),
        names=_shown_names(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        serial=f"{certificate.serial_number:x}",
        fingerprint_sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        key=_key_text(certificate),
        signature=_signature_hash(certificate),
    )


def _shown_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        return tuple(escaped(name[:_MAX_NAME]) for name in islice(names_of(certificate), caps.CERTIFICATE_NAMES))
    except _UNREADABLE:
        return ()  # its dates are told all the same; `extension_fault` says what is wrong with it


def extension_fault(certificate: x509.Certificate) -> TlsFault | None:
    """What is wrong with it where its extensions cannot be read: then nothing they say can be judged."""
    try:
        _ = certificate.extensions
    except _UNREADABLE as error:
        text = f"the certificate of {shown_name(certificate.subject)} is malformed: {escaped(clipped(str(error)))}"
        return TlsFault(cause=Cause.TLS_UNTRUSTED, text=text)
    return None


def names_of(certificate: x509.Certificate) -> Iterator[str]:
    """DNS names, then addresses, of subjectAltName (RFC 5280 §4.2.1.6). Raises ValueError where it is malformed."""
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    yield from listed.get_values_for_type(x509.DNSName)
    yield from (str(address) for address in listed.get_values_for_type(x509.IPAddress))


def carries_name(certificate: x509.Certificate, server_name: str) -> bool:
    """Whether `server_name` (A-labels, or an address) is among the names; the common name is none (RFC 6125 §6.4)."""
    try:
        address = ipaddress.ip_address(server_name)
    except ValueError:
        return any(_matches(pattern, server_name) for pattern in names_of(certificate))
    return str(address) in names_of(certificate)


def _matches(pattern: str, name: str) -> bool:
    """A wildcard stands for exactly one whole label, the leftmost, of a name with at least three."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == name
    _, _, parent = name.partition(".")
    return "." in parent and pattern[2:] == parent


def weaknesses(certificate: x509.Certificate) -> Iterator[TlsFault]:
    """Keys too short and signatures over broken hashes. Not for trust anchors: nobody relies on their signature."""
    key = _key(certificate)
    is_short = (
        (isinstance(key, rsa.RSAPublicKey) and key.key_size < _MIN_RSA_BITS)
        or (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size < _MIN_EC_BITS)
        or isinstance(key, dsa.DSAPublicKey)
    )
    if is_short:
        text = f"the key of {shown_name(certificate.subject)} is too short ({_key_text(certificate)})"
        yield TlsFault(cause=Cause.TLS_WEAK, text=text)
    if _signature_hash(certificate) in _WEAK_HASHES:
        broken = _signature_hash(certificate).upper()
        text = f"the certificate of {shown_name(certificate.subject)} is signed with {broken}, which can be forged"
        yield TlsFault(cause=Cause.TLS_WEAK, text=text)


def may_serve(certificate: x509.Certificate) -> bool:
    """Whether its extended key usage, if it has one, lets it be a TLS server's (RFC 5280 §4.2.1.12)."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return any(use in _SERVER_USES for use in uses)


def shown_name(name: x509.Name) -> str:
    """For people: names are the peer's own words, so what could move a cursor is made visible."""
    return escaped(clipped(name.rfc4514_string()))


def _key_text(certificate: x509.Certificate) -> str:
    match _key(certificate):
        case rsa.RSAPublicKey() as key:
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey() as key:
            return f"EC {key.curve.name}"
        case dsa.DSAPublicKey() as key:
            return f"DSA {key.key_size}"
        case None:
            return "unknown"
        case key:
            return type(key).__name__.removesuffix("PublicKey").strip("_")


def _key(certificate: x509.Certificate) -> object:
    """The public key; None for a kind that cryptography does not know (SM2, GOST)."""
    try:
        return certificate.public_key()
    except UnsupportedAlgorithm:
        return None


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "unknown"
    return algorithm.name if algorithm else certificate.signature_algorithm_oid._name.lower()  # noqa: SLF001  # Ed25519 and its like
