"""Registries on loopback: RDAP over HTTP and WHOIS over TCP, as they should be, and as they must not be."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.hostile import HostileHost

DOMAIN = "kp.gov.pk"


def whois_text(
    domain: str = DOMAIN,
    expires: str | None = "2027-06-30T00:00:00Z",
    *,
    statuses: Sequence[str] = ("ok",),
    registrar: str = "PKNIC",
    name_servers: Sequence[str] = ("ns1.kp.gov.pk", "ns2.kp.gov.pk"),
    more: Sequence[str] = (),
) -> bytes:
    """As most registries write it; no date where `expires` is None."""
    lines = [
        "% terms and conditions",
        "",
        f"Domain Name: {domain.upper()}",
        f"Registrar: {registrar}",
        *(f"Domain Status: {status} https://icann.org/epp#{status}" for status in statuses),
        *([] if expires is None else [f"Registry Expiry Date: {expires}"]),
        *(f"Name Server: {name}" for name in name_servers),
        *more,
        ">>> Last update of WHOIS database: 2026-11-20T00:00:00Z <<<",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


NO_MATCH = f'No match for domain "{DOMAIN}".\r\n'.encode()
QUOTA = b"% Query quota exceeded. Please try again later.\r\n"


def rdap_document(
    domain: str = DOMAIN,
    expires: str | None = "2027-06-30T00:00:00Z",
    *,
    statuses: Sequence[str] = ("active",),
    registrar: str = "PKNIC",
    name_servers: Sequence[str] = ("ns1.kp.gov.pk", "ns2.kp.gov.pk"),
) -> dict[str, object]:
    """A domain of RFC 9083; no event of expiration where `expires` is None."""
    events = [{"eventAction": "registration", "eventDate": "2001-01-01T00:00:00Z"}]
    if expires is not None:
        events.append({"eventAction": "expiration", "eventDate": expires})
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", registrar]]]
    return {
        "objectClassName": "domain",
        "ldhName": domain,
        "status": list(statuses),
        "events": events,
        "nameservers": [{"objectClassName": "nameserver", "ldhName": name} for name in name_servers],
        "entities": [{"objectClassName": "entity", "roles": ["registrar"], "vcardArray": card}],
    }


def http_answer(
    status: int = 200,
    body: bytes = b"",
    *,
    content_type: str = "application/rdap+json",
    fields: Sequence[tuple[str, str]] = (),
) -> bytes:
    told = [("Content-Type", content_type), ("Content-Length", str(len(body))), *fields]
    head = f"HTTP/1.1 {status} Told\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told)
    return head.encode() + b"\r\n" + body


def rdap_answer(document: object) -> bytes:
    return http_answer(body=json.dumps(document).encode())


NOT_FOUND = http_answer(404, json.dumps({"errorCode": 404, "title": "Not Found"}).encode())


@dataclass(slots=True)
class Teller:
    """A handler for HostileHost: tells `answer` to each question, closes, and remembers who asked what.

    What is told can be changed at any time. `hold_s` is how long the answer takes.
    """

    answer: bytes
    hold_s: float = 0.0
    questions: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode("latin-1").strip()
        self.questions.append(line)
        if line.endswith("HTTP/1.1"):
            while (await reader.readline()).strip():
                pass
        await asyncio.sleep(self.hold_s)
        writer.write(self.answer)
        await writer.drain()


@dataclass(frozen=True, slots=True)
class Served:
    """A teller and where it is."""

    teller: Teller
    port: int

    @property
    def whois(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def rdap(self) -> str:
        return f"http://127.0.0.1:{self.port}/rdap/"


def serve(host: HostileHost, answer: bytes) -> Served:
    teller = Teller(answer)
    return Served(teller, host.serve(teller))


def stated(at: datetime) -> str:
    """An instant as registries write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


DAY = timedelta(days=1)
