"""A small estate, its people and its incidents, for tests of what is told to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.route import ChannelSpec, Receiver, Route
from checks.billing.path.pace import usual_pace
from checks.billing.scene import DueDays
from checks.billing.scene import Scene as BillScene
from checks.deadline import CERTIFICATE_LADDER, INVOICE_LADDER, resolve
from checks.estate import Department, Estate, Office, Service, Vendor
from checks.invoice import Invoice
from checks.model import Cause, CheckId, Deadline, Finding, Observation, Status
from checks.units import Money
from checks.workdays import WorkCalendar
from tests.support.bills import said_of
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_TITLE

KARACHI = ZoneInfo("Asia/Karachi")
OFFICE = Office(id="hq", week={weekday: (time(9), time(17)) for weekday in range(1, 6)})
CALENDAR = WorkCalendar(OFFICE, KARACHI)


@dataclass(frozen=True, slots=True)
class Calendars:
    """Every office keeps the hours of OFFICE, unless named otherwise."""

    others: Mapping[str, WorkCalendar] = field(default_factory=dict)

    def of(self, office_id: str | None) -> WorkCalendar:
        return self.others.get(office_id or "", CALENDAR)


def local(text: str) -> datetime:
    """The instant that "2017-10-14 02:14" names in Karachi, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI).astimezone(UTC)


def mail(name: str, *addresses: str) -> ChannelSpec:
    return ChannelSpec(name=name, kind="mail", to=addresses)


def chat(name: str) -> ChannelSpec:
    return ChannelSpec(name=name, kind="apprise", url="json://127.0.0.1/")


ON_CALL = Receiver(id="on-call", channels=(chat("on-call-1-apprise"), mail("on-call-2-mail", "noc@example.org")))
FINANCE = Receiver(
    id="finance",
    office="hq",
    hold_for_office_hours=True,
    channels=(mail("finance-1-mail", "so.finance@example.gov.pk"),),
)

ESTATE = Estate(
    name="KP Directorate of IT",
    time_zone=KARACHI,
    public_url="https://nigehban.example.gov.pk",
    offices={"hq": OFFICE},
    vendors={"acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd")},
    departments={
        "health": Department(id="health", name="Health Department", contact="health-it", users=1200),
        "police": Department(id="police", name="Police", users=3400),
    },
    services={
        "official-email": Service(
            id="official-email",
            title="Official e-mail",
            vendor="acme",
            departments=("health", "police"),
            runbook="Call Acme's NOC, then the relay steps.",
        ),
        "portal": Service(id="portal", title="Citizens' portal"),
    },
)


def directory(
    *receivers: Receiver,
    routes: tuple[Route, ...] = (),
    estate: Estate = ESTATE,
    runbooks: Mapping[CheckId, str] | None = None,
    calendars: Calendars | None = None,
) -> Directory:
    """Bills to finance and the rest to on-call, unless named otherwise."""
    told = receivers or (ON_CALL, FINANCE)
    usual = (Route(match={"kind": "invoice_due"}, to=("finance",)), Route(to=("on-call",)))
    return Directory(
        estate=estate,
        receivers={receiver.id: receiver for receiver in told},
        routes=routes or usual,
        calendars=calendars or Calendars(),
        runbooks=runbooks or {},
        titles={RESOLVER_CHECK: RESOLVER_TITLE},
    )


NIGHT = local("2017-10-14 02:14")

#: A mail server that went away in the night.
OUTAGE = Incident(
    id="0a1b2c3d4e5f60718293a4b5",
    check_id=CheckId("mx"),
    subject="mx1.example.gov.pk:25",
    nature=Nature.FAULT,
    kind="smtp",
    service="official-email",
    severity=Status.CRITICAL,
    cause=Cause.REFUSED,
    summary="mx1.example.gov.pk:25 refused the connection",
    evidence="00.000 mx1.example.gov.pk is 203.0.113.25\n00.004 connect 203.0.113.25 port 25: connection refused",
    opened_at=NIGHT,
    since=NIGHT - timedelta(minutes=1),
)

#: The bill of the ten-day blackout, as the settings would have listed it.
INVOICE = Invoice(
    vendor="acme",
    number="INV-7",
    amount=Money(Decimal(134_000), "PKR"),
    due=date(2017, 11, 27),
    suspends=date(2017, 12, 18),
    service="official-email",
)


def bill_finding(now: datetime, invoice: Invoice = INVOICE, gone_at: datetime | None = None) -> Finding:
    """What the kind says of `invoice` at `now`."""
    return said_of(invoice, bill_scene(now), gone_at)


def bill_scene(now: datetime) -> BillScene:
    return BillScene(
        due_days=DueDays(CALENDAR, INVOICE_LADDER, now),
        estate=ESTATE,
        service=ESTATE.services["official-email"],
        pace=usual_pace(ESTATE.billing),
        source="the settings",
    )


def bill_events(*looks: tuple[str, Finding]) -> list[IncidentEvent]:
    """What happens when a bill's findings are seen at those local times."""
    record = None
    happened: list[IncidentEvent] = []
    ids = count(1)
    for at, finding in looks:
        seen = Observation(check_id=CheckId("bills"), finding=finding, observed_at=local(at), duration_s=0.0)
        judged = judge(record, seen, BILLS, lambda: f"1b2c3d4e5f60718293a4b{next(ids):03}")
        record = judged.record
        happened += judged.events
    return happened


def bill_look(at: str, invoice: Invoice = INVOICE, gone_at: str | None = None) -> tuple[str, Finding]:
    return at, bill_finding(local(at), invoice, None if gone_at is None else local(gone_at))


BILLS = CheckFacts(kind="invoice_due", service="official-email")
BILL = bill_events(bill_look("2017-10-30 09:00"))[0].incident

LAPSE = local("2017-12-01 17:00")

#: A certificate that lapses in a while.
CERTIFICATE = Incident(
    id="2c3d4e5f60718293a4b5c6d7",
    check_id=CheckId("mx-certificate"),
    subject="mx1.example.gov.pk:25 expiry",
    nature=Nature.DEADLINE,
    kind="tls_certificate",
    service="official-email",
    severity=Status.WARNING,
    cause=Cause.DUE,
    summary="certificate of mx1.example.gov.pk:25",
    facts=(("Certificate", "CN=mx1.example.gov.pk"), ("Issuer", "CN=Example CA"), ("Names", "mx1.example.gov.pk")),
    evidence="TLSv1.3 TLS_AES_256_GCM_SHA384\n0: CN=mx1.example.gov.pk | issued by CN=Example CA",
    opened_at=local("2017-11-01 10:00"),
    since=local("2017-11-01 10:00"),
    deadline=Deadline(
        at=LAPSE, rungs=resolve(CERTIFICATE_LADDER, LAPSE, lifetime=timedelta(days=90), now=local("2017-11-01 10:00"))
    ),
)

#: The mail server again, while nobody can judge it.
STALE = Incident(
    id="3d4e5f60718293a4b5c6d7e8",
    check_id=CheckId("mx"),
    subject="mx1.example.gov.pk:25",
    nature=Nature.STALENESS,
    kind="smtp",
    service="official-email",
    severity=Status.WARNING,
    cause=Cause.STALE,
    summary="mx1.example.gov.pk:25: cannot be judged any more; last look: the resolver does not answer",
    opened_at=NIGHT,
    since=NIGHT - timedelta(minutes=10),
)

#: The certificate of the mail server, replaced by one of another issuer.
CHANGED = Incident(
    id="4e5f60718293a4b5c6d7e8f9",
    check_id=CheckId("mx-certificate"),
    subject="mx1.example.gov.pk:25 expiry",
    nature=Nature.CHANGE,
    kind="tls_certificate",
    service="official-email",
    severity=Status.WARNING,
    cause=Cause.NONE,
    summary="certificate of mx1.example.gov.pk:25 was replaced by one of another issuer",
    changed="certificate",
    facts=(("Issuer before", "CN=Example CA"), ("Issuer now", "CN=Somebody Else CA")),
    evidence="TLSv1.3 TLS_AES_256_GCM_SHA384\n0: CN=mx1.example.gov.pk | issued by CN=Somebody Else CA",
    opened_at=NIGHT,
    since=NIGHT,
    closed_at=NIGHT,
    close_reason="a change is told once",
)

#: The name servers, which the daemon watches of its own accord.
NAME_SERVERS = Incident(
    id="5f60718293a4b5c6d7e8f90a",
    check_id=RESOLVER_CHECK,
    subject="name servers",
    nature=Nature.FAULT,
    kind="resolver",
    service=None,
    severity=Status.CRITICAL,
    cause=Cause.TIMEOUT,
    summary="name servers 10.0.0.2, 10.0.0.3 do not answer",
    facts=(
        ("Name servers", "10.0.0.2, 10.0.0.3"),
        ("Asked for", "mx1.example.gov.pk, portal.example.org"),
        ("Checks go on by", "the last addresses known, for at most an hour; after that, unknown"),
    ),
    opened_at=NIGHT,
    since=NIGHT - timedelta(minutes=1),
)


def event(
    incident: Incident, kind: EventKind = EventKind.OPENED, at: datetime | None = None, rung: str | None = None
) -> IncidentEvent:
    """`kind` befalls `incident`, at its opening unless named otherwise."""
    return IncidentEvent(
        id=f"e-{incident.id}-{kind.value}", kind=kind, at=at or incident.opened_at, incident=incident, rung=rung
    )
