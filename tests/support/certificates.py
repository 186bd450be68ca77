"""Certificates for peers: one authority per test, good leaves, and each mistake an administrator makes."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_YEAR = timedelta(days=365)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """What a server is given: its chain, leaf first, and the leaf's key, both PEM files."""

    chain_file: Path
    key_file: Path


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority whose files lie in `folder`."""

    folder: Path
    certificate: x509.Certificate
    key: PrivateKey
    parents: tuple[x509.Certificate, ...] = ()

    @classmethod
    def root(cls, folder: Path, name: str = "Test Root") -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, name, key, now() - _YEAR, now() + 10 * _YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return cls(folder, builder.sign(key, hashes.SHA256()), key)

    @property
    def ca_file(self) -> Path:
        """This authority's own certificate, to be trusted."""
        path = self.folder / f"authority-{self.certificate.serial_number:x}.pem"
        if not path.exists():
            path.write_bytes(_pem(self.certificate))
        return path

    def intermediate(self, name: str = "Test Issuer", *, not_after: datetime | None = None) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, _name_of(self.certificate), key, now() - _YEAR, not_after or now() + 5 * _YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        certificate = builder.sign(self.key, hashes.SHA256())
        return Authority(self.folder, certificate, key, (certificate, *self.parents))

    def leaf(
        self,
        *names: str,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        key: PrivateKey | None = None,
        send_parents: bool = True,
        extra: Sequence[x509.Certificate] = (),
    ) -> Pair:
        """A server certificate for DNS names and addresses; a year from yesterday unless told otherwise."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        start = not_before or now() - timedelta(days=1)
        builder = _builder(names[0], _name_of(self.certificate), key, start, not_after or start + _YEAR)
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), False)  # noqa: FBT003  # cryptography's own signature
        certificate = builder.sign(self.key, hashes.SHA256())
        parents = self.parents if send_parents else ()
        return _write(self.folder, (certificate, *parents, *extra), key)


def self_signed(folder: Path, name: str) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, name, key, now() - timedelta(days=1), now() + _YEAR)
    builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name)]), False)  # noqa: FBT003  # cryptography's own signature
    return _write(folder, (builder.sign(key, hashes.SHA256()),), key)


#: From when until when a certificate holds.
Life: TypeAlias = tuple[datetime, datetime]


def issued(  # who, by whom, how long
    name: str, key: PrivateKey, issuer: str, issuer_key: PrivateKey, life: Life, *, is_ca: bool
) -> x509.Certificate:
    """One certificate in memory, for `name` as a DNS name unless it is an authority's."""
    builder = _builder(name, issuer, key, *life)
    if is_ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def weak_key() -> PrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505  # the mistake itself


def _builder(
    subject: str, issuer: str, key: PrivateKey, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _name_of(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(folder: Path, chain: Sequence[x509.Certificate], key: PrivateKey) -> Pair:
    stem = f"leaf-{chain[0].serial_number:x}"
    pair = Pair(folder / f"{stem}.pem", folder / f"{stem}.key")
    pair.chain_file.write_bytes(b"".join(map(_pem, chain)))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pair.key_file.touch(mode=0o600)
    pair.key_file.write_bytes(private)
    return pair
