"""The registry of the demo's domain, as far as a WHOIS server (RFC 3912) tells of it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from watchdog.demo.loopback import answering_server

_RECORD = """\
Domain Name: {domain}
Registrar: Example Registry
Creation Date: {created:%Y-%m-%dT%H:%M:%SZ}
Registry Expiry Date: {expires:%Y-%m-%dT%H:%M:%SZ}
Domain Status: ok
Name Server: ns1.{domain}
Name Server: ns2.{domain}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One domain and its dates, aware UTC."""

    domain: str
    created: datetime
    expires: datetime

    def answer(self, question: bytes) -> bytes:
        asked = question.decode("ascii", "replace").strip().lower()
        text = (
            _RECORD.format(domain=self.domain, created=self.created, expires=self.expires)
            if asked == self.domain
            else "No match for domain\n"
        )
        return text.replace("\n", "\r\n").encode()


@contextlib.asynccontextmanager
async def whois_server(registry: Registry) -> AsyncIterator[int]:
    """The port on which it answers."""
    async with answering_server(b"\n", registry.answer) as port:
        yield port
