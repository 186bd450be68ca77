"""Servers that begin a TLS handshake in earnest and go on as they should not."""

import asyncio
import ssl
import warnings
from collections.abc import Sequence
from typing import Final

from OpenSSL import SSL

from tests.support.certificates import Pair
from tests.support.hostile import Handler, tarpit

_HANDSHAKE, _TLS12 = 0x16, b"\x03\x03"
_SERVER_HELLO, _CERTIFICATE, _DONE = 0x02, 0x0B, 0x0E

#: ServerHello of TLS 1.2 (RFC 5246 §7.4.1.3): version, random, no session, TLS_RSA_WITH_AES_128_GCM_SHA256, and
#: renegotiation_info, without which no client goes on (RFC 5746).
_HELLO: Final = _TLS12 + b"\x11" * 32 + b"\x00" + b"\x00\x9c" + b"\x00" + b"\x00\x05" + b"\xff\x01\x00\x01\x00"


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def _record(*messages: bytes) -> bytes:
    body = b"".join(messages)
    return bytes([_HANDSHAKE]) + _TLS12 + len(body).to_bytes(2, "big") + body


def certificates(ders: Sequence[bytes]) -> bytes:
    """RFC 5246 §7.4.2."""
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    return _message(_CERTIFICATE, len(listed).to_bytes(3, "big") + listed)


#: Hello, a list of no certificates, done.
NO_CERTIFICATES: Final = _record(_message(_SERVER_HELLO, _HELLO), certificates([]), _message(_DONE, b""))

#: Hello, and then nothing: the client has every reason to wait.
HELLO_ONLY: Final = _record(_message(_SERVER_HELLO, _HELLO))

#: A certificate that is no certificate.
GARBAGE_CERTIFICATE: Final = _record(
    _message(_SERVER_HELLO, _HELLO), certificates([b"\x30\x82\xff\xff garbage"]), _message(_DONE, b"")
)


def slowly(text: bytes, each_s: float = 0.5) -> Handler:
    """A good beginning, one byte each half second."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        for byte in text:
            if writer.is_closing():
                return
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(each_s)
        await tarpit(reader, writer)

    return serve


def renegotiating(pair: Pair) -> Handler:
    """A good handshake of TLS 1.2; then the server asks for another one, and another, as fast as it is let."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.use_certificate_chain_file(str(pair.chain_file))
    context.use_privatekey_file(str(pair.key_file))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = SSL.Connection(context, None)
        tls.set_accept_state()
        await _shaken(tls, reader, writer)
        while not (writer.is_closing() or reader.at_eof()):
            tls.renegotiate()
            tls.do_handshake()  # sends the request and awaits nothing
            _flush(tls, writer)
            await writer.drain()
            await asyncio.sleep(0.001)

    return serve


async def _shaken(tls: SSL.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            tls.do_handshake()
        except SSL.WantReadError:
            _flush(tls, writer)
            tls.bio_write(await _more(reader))
        else:
            _flush(tls, writer)
            return


async def _more(reader: asyncio.StreamReader) -> bytes:
    if data := await reader.read(65_536):
        return data
    raise ConnectionError


def _flush(tls: SSL.Connection, writer: asyncio.StreamWriter) -> None:
    try:
        while data := tls.bio_read(65_536):
            writer.write(data)
    except SSL.WantReadError:
        return


def old_context(pair: Pair, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A server that speaks `version` and nothing newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its age is the point
        context.minimum_version = context.maximum_version = version
    context.load_cert_chain(pair.chain_file, pair.key_file)
    return context
