"""Checks whose answers a test writes down, and surroundings without a network."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from checks.calendars import OfficeCalendars
from checks.estate import Estate, Service
from checks.ledger.journal import Journal
from checks.model import Cause, CheckId, Finding, Status
from checks.network.errors import BlindError
from checks.network.values import (
    ApiAnswer,
    ApiRequest,
    Connection,
    DnsAnswer,
    DnsQuestion,
    Family,
    HttpRequest,
    HttpResponse,
    LineDialogue,
    TlsTerms,
)
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.spec import CheckSpec
from watchdog.engine.runner import Surroundings

ESTATE = Estate(
    name="Test estate",
    time_zone=ZoneInfo("Asia/Karachi"),
    services={"mail": Service(id="mail", title="Official e-mail")},
)


class Options(OptionsBase):
    host: str = "mx1.example.gov.pk"


Answer = Callable[[CheckContext], Awaitable[Sequence[Finding]]]


def finding(status: Status, *, subject: str = "mx1.example.gov.pk", cause: Cause | None = None) -> Finding:
    usual = {Status.CRITICAL: Cause.REFUSED, Status.UNKNOWN: Cause.BLIND}
    return Finding(
        subject=subject,
        status=status,
        cause=cause or usual.get(status, Cause.NONE),
        summary=f"{subject} is {status.value}",
    )


def scripted_kind(answer: Answer, name: str = "scripted") -> CheckKind[Options]:
    async def run(_options: Options, ctx: CheckContext) -> Sequence[Finding]:
        return await answer(ctx)

    return CheckKind(
        name=name,
        options=Options,
        run=run,
        subject=lambda options: options.host,
        host=lambda options: options.host,
    )


def spec_of(  # every knob of a spec, so that tests name only what they are about
    answer: Answer,
    *,
    check_id: str = "mx",
    host: str = "mx1.example.gov.pk",
    service: str | None = "mail",
    interval_s: float = 60.0,
    timeout_s: float = 10.0,
    retry_every_s: float = 10.0,
) -> CheckSpec:
    return CheckSpec(
        id=CheckId(check_id),
        kind=scripted_kind(answer),
        options=Options(host=host),
        service=service,
        interval_s=interval_s,
        timeout_s=timeout_s,
        retry_every_s=retry_every_s,
    )


@dataclass(slots=True)
class NoNetwork:
    """A network that leads nowhere; remembers whether its run closed it."""

    text: str = "<transcript>"
    closed: bool = False
    starved: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    def transcript(self) -> str:
        return self.text

    def close(self) -> None:
        self.closed = True

    async def addresses(self, host: str, family: Family) -> Sequence[str]:
        raise BlindError(f"no network for {host} ({family})")

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
        raise BlindError(f"no network for {host}:{port} ({family}, {tls})")

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue:
        raise BlindError(f"no network for {host}:{port} ({family}, {tls})")

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise BlindError(f"no network for {request.url}")

    async def query(self, question: DnsQuestion) -> DnsAnswer:
        raise BlindError(f"no network for {question.name}")

    async def ask_api(self, request: ApiRequest) -> ApiAnswer:
        raise BlindError(f"no network for {request.url}")

    async def turn(self, place: str, gap_s: float, patience_s: float) -> bool:
        raise BlindError(f"no network for {place} ({gap_s}, {patience_s})")

    def rest(self, place: str, length_s: float) -> None:
        raise BlindError(f"no network for {place} ({length_s})")


def surroundings(network: NoNetwork | None = None) -> Surroundings:
    return Surroundings(
        estate=ESTATE,
        calendars=OfficeCalendars(ESTATE),
        ledger=Journal(),
        open_network=lambda: network or NoNetwork(),
    )
