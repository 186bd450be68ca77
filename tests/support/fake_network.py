"""A network of written-down answers, handed to a kind instead of the real one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.journal import Journal
from checks.model import Cause, Finding
from checks.network.errors import ProbeError
from checks.network.hidden import Hidden
from checks.network.values import (
    ApiAnswer,
    ApiRequest,
    Certificate,
    Connection,
    DnsAnswer,
    DnsQuestion,
    Family,
    HttpRequest,
    HttpResponse,
    LineDialogue,
    TlsFault,
    TlsSession,
    TlsTerms,
)
from checks.plugin import AnyKind, CheckContext, Json

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def certificate(
    *,
    subject: str = "CN=mail.example.org",
    issuer: str = "CN=Test Issuer",
    lives: tuple[datetime, datetime] = (NOW - timedelta(days=30), NOW + timedelta(days=335)),
    names: tuple[str, ...] = ("mail.example.org",),
    fingerprint: str = "ab" * 32,
) -> Certificate:
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=names,
        not_before=lives[0],
        not_after=lives[1],
        serial="1",
        fingerprint_sha256=fingerprint,
        key="EC secp256r1",
        signature="sha256",
    )


def tls(*chain: Certificate, faults: Sequence[TlsFault] = ()) -> TlsSession:
    return TlsSession(
        version="TLSv1.3",
        cipher="TLS_AES_256_GCM_SHA384",
        chain=chain or (certificate(),),
        faults=tuple(faults),
        handshake_s=0.01,
    )


def answer(
    status: int = 200, body: bytes = b"", session: TlsSession | None = None, total_s: float = 0.1
) -> HttpResponse:
    return HttpResponse(
        url="http://portal.example.org/",
        status=status,
        fields=(),
        body=body,
        body_bytes=len(body),
        hops=(),
        address="192.0.2.1",
        tls=session,
        resolve_s=0.0,
        connect_s=0.01,
        first_byte_s=0.05,
        total_s=total_s,
    )


@dataclass(slots=True)
class ScriptedServer:
    """Says `greeting`, then answers each command by the first word (or two) of it; unknown ones with 502."""

    answers: Mapping[str, Sequence[str]]
    greeting: Sequence[str] = ("220 mail.example.org ESMTP",)
    session: TlsSession | None = None
    tls: TlsSession | None = None
    sent: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    address: str = "192.0.2.25"
    connect_s: float = 0.002
    closed: bool = False
    hidden: Hidden = field(default_factory=Hidden)
    _waiting: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting.extend(self.greeting)

    @property
    def has_unread(self) -> bool:
        return bool(self._waiting)

    def close(self) -> None:
        self.closed = True

    async def read_line(self) -> str:
        if not self._waiting:
            raise ProbeError(Cause.PROTOCOL, "closed the connection")
        return self._waiting.pop(0)

    async def send_line(self, line: str, *, shown: str | None = None) -> None:
        self.sent.append(line)
        if shown is not None:
            self.hidden.remember(line, shown)
        self.shown.append(line if shown is None else shown)
        self._waiting.extend(self._answer(line))

    async def read_bytes(self, count: int) -> bytes:
        taken = "".join(f"{line}\r\n" for line in self._waiting).encode("latin-1")
        self._waiting = taken[count:].decode("latin-1").split("\r\n")[:-1]
        return taken[:count]

    async def read_to_end(self) -> bytes:
        taken, self._waiting = self._waiting, []
        return "".join(f"{line}\r\n" for line in taken).encode("latin-1")

    def hide(self, secret: str, user: str = "") -> None:
        self.hidden.hide(secret, user)

    def redacted(self, text: str) -> str:
        return self.hidden.taken_out(text)

    async def start_tls(self, terms: TlsTerms) -> TlsSession:
        del terms
        assert self.session is not None
        self.tls = self.session
        return self.session

    def _answer(self, line: str) -> Sequence[str]:
        key = next((key for key in self.answers if line.startswith(key)), None)
        return ("502 5.5.2 not understood",) if key is None else self.answers[key]


@dataclass(slots=True)
class FakeConnection:
    tls: TlsSession | None = None
    address: str = "192.0.2.25"
    connect_s: float = 0.002

    def close(self) -> None:
        return


#: What dialling answers, by family; may raise ProbeError.
Dialled = Callable[[Family], Connection]


@dataclass(slots=True)
class FakeNetwork:
    dialled: Dialled | None = None
    server: ScriptedServer | None = None
    response: HttpResponse | None = None
    requests: list[HttpRequest] = field(default_factory=list)
    answered: Callable[[DnsQuestion], DnsAnswer] | None = None
    """What name servers answer; may raise ProbeError."""
    api: Callable[[ApiRequest], ApiAnswer] | None = None
    """What an office's API answers; may raise ProbeError."""

    def transcript(self) -> str:
        return "" if self.server is None else "\n".join(self.server.shown)

    async def addresses(self, host: str, family: Family) -> Sequence[str]:
        del family
        return (host,)

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
        del host, port, tls
        assert self.dialled is not None
        return self.dialled(family)

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue:
        del host, port, family
        assert self.server is not None
        if tls is not None:
            self.server.tls = self.server.session
        return self.server

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        assert self.response is not None
        return self.response

    async def query(self, question: DnsQuestion) -> DnsAnswer:
        assert self.answered is not None
        return self.answered(question)

    async def ask_api(self, request: ApiRequest) -> ApiAnswer:
        assert self.api is not None
        return self.api(request)

    async def turn(self, place: str, gap_s: float, patience_s: float) -> bool:
        del place, gap_s, patience_s
        return True

    def rest(self, place: str, length_s: float) -> None:
        del place, length_s


@dataclass(slots=True)
class DictMemory:
    values: dict[str, Json] = field(default_factory=dict)

    def get(self, key: str) -> Json:
        return self.values.get(key)

    def set(self, key: str, value: Json) -> None:
        self.values[key] = value

    def note(self, key: str, value: Json) -> None:
        self.values[key] = value


ESTATE = Estate(name="test", time_zone=ZoneInfo("Asia/Karachi"))


def context(
    net: FakeNetwork, *, now: datetime = NOW, memory: DictMemory | None = None, timeout_s: float = 10
) -> CheckContext:
    return CheckContext(
        now=now,
        estate=ESTATE,
        service=None,
        net=net,
        calendars=OfficeCalendars(ESTATE),
        ledger=Journal(),
        memory=memory or DictMemory(),
        timeout_s=timeout_s,
    )


async def look(kind: AnyKind, options: Mapping[str, object], ctx: CheckContext) -> Sequence[Finding]:
    return await kind.run(kind.options.model_validate(options), ctx)
