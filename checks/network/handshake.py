"""Handshakes with their verdict: one context and one Trust for all runs."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from OpenSSL import SSL

from checks.model import Cause
from checks.network.hosts import address_literal, host_name
from checks.network.tls import InnerT, TlsLayer, client_context
from checks.network.transcript import Stopwatch, Transcript
from checks.network.trust import Trust
from checks.network.values import TlsFault, TlsSession, TlsTerms


class Handshakes:
    def __init__(self, stopwatch: Stopwatch, clock: Callable[[], datetime]) -> None:
        self._stopwatch = stopwatch
        self._trust = Trust(stopwatch, clock)

    @cached_property
    def _context(self) -> SSL.Context:
        return client_context()

    def layer(self, terms: TlsTerms, inner: InnerT, place: str) -> TlsLayer[InnerT]:
        """A layer that shakes hands once connected. Raises ProbeError(NAME_NOT_FOUND) for an impossible name."""
        return TlsLayer(self._context, _sent_name(terms), terms.alpn, inner, place)

    async def session(self, layer: TlsLayer[Any], terms: TlsTerms, transcript: Transcript) -> TlsSession:
        """Wait for the handshake and judge what was shown. Raises ProbeError; what is wrong but seen is a fault."""
        started = self._stopwatch()
        await layer.shaken
        handshake_s = self._stopwatch() - started
        judged = self._trust.judge(layer.presented(), _sent_name(terms), terms.ca_file, terms.crl_file)
        weakness = layer.weakness()
        faults = (*judged.faults, TlsFault(cause=Cause.TLS_WEAK, text=weakness)) if weakness else judged.faults
        session = TlsSession(
            version=layer.version,
            cipher=layer.cipher,
            chain=judged.chain,
            faults=faults,
            handshake_s=handshake_s,
            path=judged.path,
            revocations=judged.revocations,
        )
        _write_down(session, transcript)
        return session


def _sent_name(terms: TlsTerms) -> str:
    return address_literal(terms.server_name) or host_name(terms.server_name)


def _write_down(session: TlsSession, transcript: Transcript) -> None:
    transcript.add("TLS {0.version}, {0.cipher}, in {1:.1f} ms", session, session.handshake_s * 1000)
    for certificate in session.chain:
        transcript.add("certificate {0.subject}, issued by {0.issuer}, valid until {0.not_after:%d %b %Y}", certificate)
    for fault in session.faults:
        transcript.add("{}: {}", fault.cause.value, fault.text)
