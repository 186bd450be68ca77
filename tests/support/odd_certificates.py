"""Certificates that no decent tool would make: written byte by byte (X.690, RFC 5280 §4.1), signed for real."""

import ssl
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.certificates import Authority, Pair

_SEQUENCE, _SET, _INTEGER, _BIT_STRING, _OCTET_STRING, _OID = 0x30, 0x31, 0x02, 0x03, 0x04, 0x06
_UTF8, _TIME = 0x0C, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3

_COMMON_NAME: Final = bytes.fromhex("550403")
_ALTERNATIVE_NAME: Final = bytes.fromhex("551d11")
#: ecdsa-with-SHA256 and ecdsa-with-SHA1 (RFC 5758 §3.2, RFC 3279 §2.2.3).
_ECDSA_SHA256: Final = bytes.fromhex("2a8648ce3d040302")
_ECDSA_SHA1: Final = bytes.fromhex("2a8648ce3d0401")

#: subjectAltName of 127.0.0.1 (RFC 5280 §4.2.1.6: [7] iPAddress).
LOOPBACK: Final = bytes.fromhex("300687047f000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A certificate for 127.0.0.1, good in all but what is said otherwise. Dates are as ASN.1 spells them."""

    common_name: str = "odd.example"
    not_before: str = "20260101000000Z"
    not_after: str = "20990101000000Z"
    serial: int = 7
    """One byte of it, with its sign."""
    alternative_names: bytes = LOOPBACK
    is_over_sha1: bool = False

    def pair(self, authority: Authority) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        tbs = self._to_be_signed(authority.certificate.subject.public_bytes(), key.public_key())
        assert isinstance(authority.key, ec.EllipticCurvePrivateKey)
        signature = authority.key.sign(tbs, ec.ECDSA(hashes.SHA1() if self.is_over_sha1 else hashes.SHA256()))  # noqa: S303  # the mistake itself
        der = _tlv(_SEQUENCE, tbs, self._algorithm(), _tlv(_BIT_STRING, b"\0", signature))
        return _written(authority.folder, der, key)

    def _to_be_signed(self, issuer: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
        spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        extension = _tlv(_SEQUENCE, _tlv(_OID, _ALTERNATIVE_NAME), _tlv(_OCTET_STRING, self.alternative_names))
        return _tlv(
            _SEQUENCE,
            _tlv(_VERSION, _tlv(_INTEGER, b"\2")),
            _tlv(_INTEGER, self.serial.to_bytes(1, "big", signed=True)),
            self._algorithm(),
            issuer,
            _tlv(_SEQUENCE, _tlv(_TIME, self.not_before.encode()), _tlv(_TIME, self.not_after.encode())),
            _name(self.common_name),
            spki,
            _tlv(_EXTENSIONS, _tlv(_SEQUENCE, extension)),
        )

    def _algorithm(self) -> bytes:
        return _tlv(_SEQUENCE, _tlv(_OID, _ECDSA_SHA1 if self.is_over_sha1 else _ECDSA_SHA256))


def _name(common_name: str) -> bytes:
    attribute = _tlv(_SEQUENCE, _tlv(_OID, _COMMON_NAME), _tlv(_UTF8, common_name.encode()))
    return _tlv(_SEQUENCE, _tlv(_SET, attribute))


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _written(folder: Path, der: bytes, key: ec.EllipticCurvePrivateKey) -> Pair:
    stem = f"odd-{sha256(der).hexdigest()}"
    pair = Pair(folder / f"{stem}.pem", folder / f"{stem}.key")
    pair.chain_file.write_text(ssl.DER_cert_to_PEM_cert(der))
    pair.key_file.touch(mode=0o600)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pair.key_file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return pair
