"""What revocation lists in a file say of certificates (RFC 5280 §5 and §6.3). Dates are left to the caller."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtensionOID

from checks.network.certificate import UnreadableCertificateError, reading, shown_name
from checks.network.values import Revocation
from checks.regular_file import open_regular

#: Lists of some 400,000 certificates; reading more would hold up every other check.
_MAX_FILE_BYTES = 16 * 1024 * 1024

#: The stamp of a file that was not read.
_UNREAD = (0, 0, 0)

_PEM = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)

#: Critical extensions that are understood here; a list with another says nothing for certain (RFC 5280 §5.2).
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.ISSUING_DISTRIBUTION_POINT,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.CRL_NUMBER,
    }
)

_Signer = (
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    dsa.DSAPublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
)


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """The lists of one file. `problem` says why there are fewer than there should be, "" where all were read."""

    file: Path
    stamp: tuple[int, int, int]
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    problem: str = ""

    def said_of(self, certificate: x509.Certificate, issuer: x509.Certificate | None) -> Revocation:
        """Of `certificate`, by its issuer: without that one's certificate no list can be trusted. Never raises."""
        about = Revocation(subject=shown_name(certificate.subject), issuer=shown_name(certificate.issuer))
        try:
            with reading():
                return self._judged(certificate, issuer, about)
        except UnreadableCertificateError as error:
            return replace(about, unjudged=f"the list of {about.issuer} in {self.file} cannot be read ({error})")

    def _judged(self, certificate: x509.Certificate, issuer: x509.Certificate | None, about: Revocation) -> Revocation:
        if issuer is None:
            return replace(about, unjudged=f"the certificate of {about.issuer}, who signs the list, is not at hand")
        named = [one for one in self.lists if one.issuer == certificate.issuer]
        if not named:
            return replace(about, unjudged=self.problem or f"{self.file} holds no list of {about.issuer}")
        signed = [one for one in named if _is_signed(one, issuer)]
        if not signed:
            return replace(about, unjudged=f"the list of {about.issuer} in {self.file} is not signed by them")
        fitting = [one for one in signed if _covers(one, certificate)]
        if not fitting:
            return replace(about, unjudged=f"the list of {about.issuer} in {self.file} is one for other certificates")
        return _entry(max(fitting, key=lambda one: one.last_update_utc), certificate, about)


class RevocationFiles:
    """Files of lists, read again when they change."""

    def __init__(self) -> None:
        self._read: dict[Path, RevocationLists] = {}

    def of(self, file: Path) -> RevocationLists:
        """Never raises: a file that cannot be read is one without lists."""
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._read.get(file)
            if known is None or known.stamp != stamp:
                known = self._read[file] = _read(file, stamp)
        except OSError as error:
            return RevocationLists(file, _UNREAD, problem=f"revocation list {file}: {error.strerror or error}")
        return known


def _read(file: Path, stamp: tuple[int, int, int]) -> RevocationLists:
    with open_regular(file) as opened:
        data = opened.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        return RevocationLists(file, stamp, problem=f"revocation list {file}: over {_MAX_FILE_BYTES >> 20} MiB")
    blocks = _PEM.findall(data)
    lists, unread = [], 0
    for block in blocks or [data]:
        try:
            with reading():
                lists.append(_parsed(block, is_pem=bool(blocks)))
        except UnreadableCertificateError:
            unread += 1
    problem = f"revocation list {file}: {_unread(unread, len(lists))}" if unread else ""
    return RevocationLists(file, stamp, tuple(lists), problem)


def _unread(unread: int, read: int) -> str:
    if not read:
        return "no revocation list in PEM or DER form in it"
    return f"{unread} of the {unread + read} lists in it cannot be read"


def _parsed(block: bytes, *, is_pem: bool) -> x509.CertificateRevocationList:
    parsed = x509.load_pem_x509_crl(block) if is_pem else x509.load_der_x509_crl(block)
    _ = parsed.extensions, parsed.last_update_utc, parsed.next_update_utc  # read lazily, so asked for here
    return parsed


def _is_signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """By `issuer`'s key, and by right (RFC 5280 §4.2.1.3: cRLSign, where the issuer's key usage is told)."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        pass
    else:
        if not usage.crl_sign:
            return False
    try:
        key = issuer.public_key()
        return isinstance(key, _Signer) and crl.is_signature_valid(key)
    except UnsupportedAlgorithm:
        return False


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether silence of `crl` means that `certificate` is not revoked (RFC 5280 §6.3.3)."""
    scope = None
    for extension in crl.extensions:
        if extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            return False
        if extension.critical and extension.oid not in _UNDERSTOOD:
            return False
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            scope = extension.value
    return scope is None or _is_in_scope(scope, certificate)


def _is_in_scope(scope: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs or scope.relative_name:
        return False
    if _is_authority(certificate) and scope.only_contains_user_certs:
        return False
    if not _is_authority(certificate) and scope.only_contains_ca_certs:
        return False
    return scope.full_name is None or not _points_of(certificate).isdisjoint(scope.full_name)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points_of(certificate: x509.Certificate) -> frozenset[x509.GeneralName]:
    """Where its issuer says that its revocation would be told; large authorities split their lists."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(name for point in points for name in point.full_name or ())


def _entry(crl: x509.CertificateRevocationList, certificate: x509.Certificate, about: Revocation) -> Revocation:
    about = replace(about, listed_from=crl.last_update_utc, listed_until=crl.next_update_utc)
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return about
    return replace(about, revoked_at=entry.revocation_date_utc, reason=_reason(entry))


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return ""
    return str(reason.name).replace("_", " ")
