"""Revocation lists of an authority, good and bad."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.certificates import Authority, Life, Pair, PrivateKey, now


def serial_of(pair: Pair) -> int:
    return x509.load_pem_x509_certificates(pair.chain_file.read_bytes())[0].serial_number


def revocation_list(
    issuer: Authority,
    revoked: Mapping[int, x509.ReasonFlags | None] | Sequence[int] = (),
    *,
    life: Life | None = None,
    key: PrivateKey | None = None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> x509.CertificateRevocationList:
    """Of `issuer`, from yesterday until tomorrow; with another `key` somebody else has signed it."""
    day = timedelta(days=1)
    since, until = life or (now() - day, now() + day)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(since).next_update(until)
    reasons = revoked if isinstance(revoked, Mapping) else dict.fromkeys(revoked)
    for serial, reason in reasons.items():
        builder = builder.add_revoked_certificate(_entry(serial, since, reason))
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key or issuer.key, hashes.SHA256())


def stranger_key() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(*lists: x509.CertificateRevocationList) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in lists)


def der(one: x509.CertificateRevocationList) -> bytes:
    return one.public_bytes(serialization.Encoding.DER)


def written(folder: Path, *lists: x509.CertificateRevocationList) -> Path:
    path = folder / "lists.crl"
    path.write_bytes(pem(*lists))
    return path


def _entry(serial: int, at: datetime, reason: x509.ReasonFlags | None) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    return builder.build()
