"""Parsers of what peers send over the network's own protocols."""

from collections.abc import Sequence
from pathlib import Path

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from checks.json_pointer import NotJsonError, NotThereError, TooLargeError, value_at
from checks.network.certificate import UnreadableCertificateError, carries_name, read_certificate, reading, weaknesses
from checks.network.dns_query import NoAnswerError, parse
from checks.network.errors import ProbeError
from checks.network.http_answer import HttpAnswer
from tests.fuzz.parser import Parser, on_a_loop
from tests.support.certificates import Authority

_QUERY = dns.message.make_query(dns.name.from_text("mail.example.org"), dns.rdatatype.MX, id=0)

_HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00",
    b"HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Encoding: deflate\r\n\r\nx\x9cKO\x07",
)


async def _http_answer(data: bytes) -> None:
    answer = HttpAnswer("fuzz", is_head=False, want_body=True, stopwatch=lambda: 0.0)
    half = len(data) // 2
    answer.data_received(data[:half])
    answer.data_received(data[half:])
    answer.connection_lost(None)
    await answer.finished


def _certificate(data: bytes) -> None:
    with reading():
        certificate = x509.load_der_x509_certificate(data)
        read_certificate(certificate)
        carries_name(certificate, "mail.example.org")
        list(weaknesses(certificate))


def _dns(data: bytes) -> None:
    """Under the query's id and with its flag of an answer, or nothing would get past the first bytes."""
    parse(b"\0\0\x80" + data[3:], _QUERY).resolve_chaining()


def _dns_seeds() -> tuple[bytes, ...]:
    texts = ("mail.example.org. MX 10 mx1.example.org.", "mail.example.org. CNAME other.example.org.")
    return tuple(_answer(*text.split(maxsplit=2)) for text in texts)


def _answer(name: str, kind: str, data: str) -> bytes:
    answer = dns.message.make_response(_QUERY)
    answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, data))
    return answer.to_wire()


def _json_value(data: bytes) -> None:
    pointer, _, body = data.partition(b"\n")
    value_at(body, "/" + pointer.decode("ascii", "ignore").replace("~", "~0"))


def wire_parsers(folder: Path) -> Sequence[Parser]:
    """Those of HTTP, DNS and TLS; `folder` takes the certificates to begin with."""
    root = Authority.root(folder)
    ders = tuple(one.certificate.public_bytes(serialization.Encoding.DER) for one in (root, root.intermediate()))
    return (
        Parser(name="http answer", feed=on_a_loop(_http_answer), refusals=(ProbeError,), seeds=_HTTP),
        Parser(name="certificate", feed=_certificate, refusals=(UnreadableCertificateError,), seeds=ders),
        Parser(name="dns answer", feed=_dns, refusals=(NoAnswerError, dns.exception.DNSException), seeds=_dns_seeds()),
        Parser(
            name="json value",
            feed=_json_value,
            refusals=(TooLargeError, NotJsonError, NotThereError),
            seeds=(b'data/0\n{"data": [1, "two"]}', b"\n[[[[1e400]]]]"),
        ),
    )
