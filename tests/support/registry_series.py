"""A series of looks at a domain on a virtual clock, over a registry whose answers the test writes down."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from checks.domains import domain_expiry
from checks.model import Change, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import Family, HttpRequest, HttpResponse, LineDialogue, TlsTerms
from checks.plugin import Json
from tests.support.fake_network import NOW, DictMemory, FakeNetwork, ScriptedServer, answer, context, look
from tests.support.registry import DOMAIN

#: What a question brings: bytes of WHOIS, an answer of HTTP, or an error.
Said = bytes | HttpResponse | ProbeError | TimeoutError


BY_WHOIS = {"domain": DOMAIN, "whois_server": "whois.example.org"}
BY_RDAP = {"domain": DOMAIN, "rdap_url": "https://rdap.example.org/"}


@dataclass(slots=True)
class WhoisWire(ScriptedServer):
    """One WHOIS connection: whatever is asked, `said` comes back."""

    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    greeting: Sequence[str] = ()
    said: bytes = b""

    async def send_line(self, line: str, *, shown: str | None = None) -> None:
        del shown
        self.sent.append(line)

    async def read_to_end(self) -> bytes:
        return self.said


@dataclass(slots=True)
class RegistryNetwork(FakeNetwork):
    """Answers over port 43 with `whois` and over HTTP with `rdap`; counts the questions."""

    whois: Said = b""
    rdap: Said = field(default_factory=lambda: answer(503))
    asked: list[str] = field(default_factory=list)
    resting: list[tuple[str, float]] = field(default_factory=list)
    gives_turns: bool = True

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue:
        del family, tls
        self.asked.append(f"whois {host}:{port}")
        if isinstance(self.whois, Exception):
            raise self.whois
        assert isinstance(self.whois, bytes)
        return WhoisWire(said=self.whois)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        if isinstance(self.rdap, Exception):
            raise self.rdap
        assert not isinstance(self.rdap, bytes)
        return self.rdap

    async def turn(self, place: str, gap_s: float, patience_s: float) -> bool:
        del place, gap_s, patience_s
        return self.gives_turns

    def rest(self, place: str, length_s: float) -> None:
        self.resting.append((place, length_s))


@dataclass(slots=True)
class Series:
    """Looks of one check, one after the other, with its memory."""

    options: Mapping[str, object] = field(default_factory=lambda: BY_WHOIS)
    net: RegistryNetwork = field(default_factory=RegistryNetwork)
    memory: DictMemory = field(default_factory=DictMemory)
    now: datetime = NOW
    findings: Sequence[Finding] = ()

    def look(self, said: Said | None = None, *, after: timedelta = timedelta()) -> Sequence[Finding]:
        """Let `after` pass, then look; from now on WHOIS answers `said`."""
        self.now += after
        if said is not None:
            self.net.whois = said
        ctx = context(self.net, now=self.now, memory=self.memory)
        self.findings = asyncio.run(look(domain_expiry.KIND, self.options, ctx))
        return self.findings

    @property
    def fault(self) -> Finding:
        return self.findings[0]

    @property
    def expiry(self) -> Finding:
        return self.findings[1]

    @property
    def exported(self) -> datetime | None:
        """The date that the metric shows."""
        if not self.expiry.measurements:
            return None
        (measured,) = self.expiry.measurements
        return datetime.fromtimestamp(measured.value, UTC)

    @property
    def statuses(self) -> Sequence[Status]:
        return [finding.status for finding in self.findings]

    @property
    def changes(self) -> Sequence[Change]:
        return [change for finding in self.findings for change in finding.changes]

    @property
    def questions(self) -> int:
        return len(self.net.asked)

    @property
    def kept(self) -> Json:
        return self.memory.values.get("domain/1")
