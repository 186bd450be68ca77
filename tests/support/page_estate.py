"""An estate with some of everything that pages show, as a daemon would hold it: real settings, judgement and store."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from alerts.directory import Directory
from alerts.flow import Health
from alerts.incident import IncidentEvent
from alerts.judging.judge import judge
from alerts.message import NotificationState
from alerts.mutes.mute import Mute
from alerts.plan import plan
from alerts.record import SubjectRecord
from checks.billing.path.pace import usual_pace
from checks.billing.scene import DueDays, Scene
from checks.calendars import OfficeCalendars
from checks.deadline import CERTIFICATE_LADDER, DOMAIN_LADDER, INVOICE_LADDER, grade, resolve
from checks.model import Cause, CheckId, Deadline, Finding, Measurement, Observation, Status
from checks.registry import load_registry
from checks.spec import CheckSpec
from tests.support.bills import said_of
from tests.support.telling import local
from watchdog.assembly import directory_of, facts_of, specs_of
from watchdog.clock import random_ids
from watchdog.engine.blindness import AnchorView, Sight
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import Standstill
from watchdog.reload import Reloaded
from watchdog.settings.load import load
from watchdog.settings.values import Listen, Settings
from watchdog.store.changes import Changes
from watchdog.store.executor import Inline, StoreThread
from watchdog.store.store import Store, open_store
from watchdog.web.bar_reading import Bars
from watchdog.web.door import Door
from watchdog.web.face import site_face
from watchdog.web.feed import Feed
from watchdog.web.gather import Sources
from watchdog.web.glance import Conditions, Glance
from watchdog.web.server import MetricsApp, listen
from watchdog.web.telling_view import Telling

#: A Monday at three in the night, when pages are looked at in earnest.
NOW = local("2026-11-23 03:07")

SETTINGS = Path(__file__).with_suffix(".yaml")


@dataclass(slots=True)
class Watching:
    """The daemon, as far as pages read it."""

    settings: Settings
    specs: Mapping[CheckId, CheckSpec]
    subjects: Subjects = field(default_factory=Subjects)
    sight: Sight = field(default_factory=Sight)
    standstill: Standstill | None = None


@dataclass(slots=True)
class PageEstate:
    """What a site is made of; change `watching` and `reloaded` to see other pages."""

    watching: Watching
    store: Store
    reading: StoreThread | Inline
    now: datetime = NOW
    reloaded: Reloaded | None = None
    mutes: Sequence[Mute] = ()
    health: Mapping[str, Health] = field(default_factory=dict)

    @property
    def sources(self) -> Sources:
        return Sources(
            daemon=self.watching,
            reloaded=lambda: self.reloaded,
            listings=self.store.listings,
            bars=Bars(self.store.past),
            reading=self.reading,
            clock=lambda: self.now,
            titles={},
            started_at=NOW - timedelta(days=40),
            telling=lambda: self.telling,
        )

    @property
    def telling(self) -> Telling:
        settings = self.watching.settings
        return Telling(directory=directory_of(settings, settings.checks), mutes=self.mutes, health=self.health)

    def blind(self) -> None:
        anchors = (AnchorView("192.0.2.1:443", ok=False, words="no answer within 3 s"),)
        self.watching.sight = Sight(is_blind=True, since=NOW - timedelta(minutes=4), anchors=anchors, needed=1)

    def full_disk(self) -> None:
        text = "no space left on the disk; nothing new can be told or kept until there is room"
        self.watching.standstill = Standstill(key="disk full", text=text, since=NOW - timedelta(minutes=9))

    def refuse(self, *problems: str) -> None:
        self.reloaded = Reloaded(at=NOW - timedelta(hours=1), checks=3, problems=problems)


@contextmanager
def page_estate(folder: Path, text: str | None = None, seen: "Sequence[Seen] | None" = None) -> Iterator[PageEstate]:
    """`seen` is what was seen; everything of a bad Monday unless given."""
    (folder / "nigehban.yaml").write_text(text or SETTINGS.read_text("utf-8"), "utf-8")
    settings = load(folder / "nigehban.yaml", load_registry(), {})
    state = folder / "state"
    state.mkdir(mode=0o700)
    store, reading = open_store(state), StoreThread("reading")
    try:
        estate = PageEstate(Watching(settings, specs_of(settings.checks)), store, reading)
        life = _Life(estate, directory_of(settings, settings.checks))
        life.live(monday(settings) if seen is None else seen)
        yield estate
    finally:
        reading.close()
        store.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one check says, at these times."""

    check: str
    says: Callable[[datetime], Finding]
    looks: Sequence[datetime]


def every(step: timedelta, since: datetime, until: datetime = NOW) -> list[datetime]:
    number = int((until - since) / step)
    return [until - step * place for place in range(number, -1, -1)]


@dataclass(slots=True)
class _Life:
    """Judges what was seen, keeps it, and tells people of it."""

    estate: PageEstate
    directory: Directory
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def live(self, seen: Sequence[Seen]) -> None:
        for one in seen:
            self._look(one)

    def _look(self, seen: Seen) -> None:
        watching, records = self.estate.watching, dict[str, SubjectRecord]()
        facts = facts_of(watching.settings.checks)[CheckId(seen.check)]
        observed: list[Observation] = []
        happened: list[IncidentEvent] = []
        for at in seen.looks:
            look = Observation(check_id=CheckId(seen.check), finding=seen.says(at), observed_at=at, duration_s=0.042)
            subject = look.finding.subject
            judged = judge(records.get(subject), look, facts, self._new_id)
            records[subject] = judged.record
            observed.append(look)
            happened += judged.events
        self._keep(observed, records, happened)

    def _keep(
        self, observed: Sequence[Observation], records: Mapping[str, SubjectRecord], happened: Sequence[IncidentEvent]
    ) -> None:
        planned = [row for event in happened for row in plan(event, self.directory)]
        self.estate.store.commit(
            Changes(
                observations=tuple(observed),
                records=tuple(records.values()),
                incidents=tuple({event.incident.id: event.incident for event in happened}.values()),
                events=tuple(happened),
                notifications=tuple(planned),
            )
        )
        for record in records.values():
            self.estate.watching.subjects.put(record, None)
        for row in planned:
            at = row.created_at + timedelta(seconds=33)
            claimed = self.estate.store.claim_next(row.channel, max(at, row.not_before))
            if claimed is None:
                continue
            if row.channel.endswith("webhook"):
                self.estate.store.bury(claimed.id, at, NotificationState.REJECTED, "http_404", "404 Not Found")
            else:
                self.estate.store.mark_sent(claimed.id, at, "250 queued")

    def _new_id(self) -> str:
        return f"a1b2c3d4e5f60718{next(self.ids):08x}"


def glance_of(estate: PageEstate) -> Glance:
    """What is in memory, without the store."""
    subjects = estate.watching.subjects
    return Glance(
        now=NOW,
        estate=estate.watching.settings.estate,
        has_anchors=True,
        specs=estate.watching.specs,
        subjects={check_id: subjects.of(check_id) for check_id in subjects.check_ids()},
        conditions=Conditions(started_at=NOW - timedelta(days=1)),
    )


# A bad Monday --------------------------------------------------------------------------------------------------------

DOWN_SINCE = NOW - timedelta(minutes=41)
PORTAL_DOWN = NOW - timedelta(days=9)


def monday(settings: Settings) -> list[Seen]:
    """The mail server is cut off over a bill, the e-office fills, a certificate runs out, a page cannot be judged."""
    half_hour, since = timedelta(minutes=30), NOW - timedelta(days=26)
    lately = every(timedelta(minutes=1), DOWN_SINCE)
    confirming = every(timedelta(minutes=1), PORTAL_DOWN, PORTAL_DOWN + timedelta(minutes=12))
    usual = every(half_hour, since, DOWN_SINCE - timedelta(minutes=9))
    return [
        Seen("mx1", _mail_server, [*usual, *lately]),
        Seen("imap", lambda _: _well("imap.example.gov.pk:993", "lets users in"), every(half_hour, since)),
        Seen("portal", _portal, sorted({*every(half_hour, since), *confirming})),
        Seen("website", _website, every(half_hour, NOW - timedelta(days=3))),
        Seen("dns", lambda _: _well("example.gov.pk MX", "has its 2 records"), every(half_hour, since)),
        Seen("backup-line", _flapping, every(half_hour, since)),
        Seen("sessions", _sessions, every(half_hour, since)),
        Seen("mx1-certificate", _certificate("mx1.example.gov.pk:25", 5), every(timedelta(hours=6), since)),
        Seen("portal-certificate", _certificate("portal.example.gov.pk:443", 71), every(timedelta(hours=6), since)),
        Seen("domain", _domain, every(timedelta(days=1), since)),
        Seen("bills", _bill(settings, 0), every(timedelta(days=1), since)),
        Seen("eoffice-bills", _bill(settings, 1), every(timedelta(days=1), since)),
    ]


def _well(subject: str, words: str) -> Finding:
    return Finding(subject=subject, status=Status.OK, summary=f"{subject} {words}")


def _mail_server(at: datetime) -> Finding:
    if at < DOWN_SINCE:
        return _well("mx1.example.gov.pk:25", "takes mail")
    return Finding(
        subject="mx1.example.gov.pk:25",
        status=Status.CRITICAL,
        cause=Cause.SUSPENDED,
        summary="mx1.example.gov.pk:25 refuses mail: the account is suspended for non-payment",
        facts=(("Server", "mx1.example.gov.pk:25"), ("Answer", "550 5.7.1 account suspended, contact billing")),
        evidence=(
            "00.000 mx1.example.gov.pk is 203.0.113.25\n00.004 connected\n< 220 mx1 ESMTP\n> EHLO probe.example\n"
            "< 250 mx1\n> MAIL FROM:<nigehban@example.org>\n< 550 5.7.1 account suspended, contact billing"
        ),
        measurements=(Measurement("smtp_connect", 0.004, "seconds"),),
    )


def _portal(at: datetime) -> Finding:
    if PORTAL_DOWN < at < PORTAL_DOWN + timedelta(hours=7):
        return Finding(
            subject="portal.example.gov.pk",
            status=Status.CRITICAL,
            cause=Cause.TIMEOUT,
            summary="portal.example.gov.pk does not answer within 10 s",
            evidence="00.000 connect 203.0.113.80 port 443\n10.000 nothing came",
        )
    return Finding(
        subject="portal.example.gov.pk",
        status=Status.OK,
        summary="portal.example.gov.pk answers 200",
        measurements=(Measurement("http_duration", 0.211, "seconds"), Measurement("http_body", 18_432, "B")),
    )


def _website(_at: datetime) -> Finding:
    return Finding(
        subject="www.example.gov.pk",
        status=Status.UNKNOWN,
        cause=Cause.NAME_FAILED,
        summary="www.example.gov.pk: the name servers do not answer",
    )


def _flapping(at: datetime) -> Finding:
    if at.day % 5 == 0 and at.hour < 6:
        return Finding(
            subject="192.0.2.7:22", status=Status.WARNING, cause=Cause.SLOW, summary="192.0.2.7:22 took 4.2 s"
        )
    return _well("192.0.2.7:22", "accepts connections")


def _sessions(at: datetime) -> Finding:
    return Finding(
        subject="e-office",
        status=Status.WARNING if at > NOW - timedelta(minutes=40) else Status.OK,
        cause=Cause.OVER_CAPACITY if at > NOW - timedelta(minutes=40) else Cause.NONE,
        summary="e-office: 86 of 100 sessions",
        measurements=(
            Measurement("eoffice_sessions", 86, ""),
            Measurement("eoffice_sessions_capacity", 100, ""),
            Measurement("eoffice_sessions_peak", 93, ""),
        ),
    )


def _certificate(host: str, days: int) -> Callable[[datetime], Finding]:
    at_end = NOW + timedelta(days=days, hours=5)

    def says(at: datetime) -> Finding:
        rungs = resolve(CERTIFICATE_LADDER, at_end, lifetime=timedelta(days=90), now=at)
        deadline = Deadline(at=at_end, rungs=rungs)
        status = grade(deadline, at)
        return Finding(
            subject=f"{host} expiry",
            status=status,
            cause=Cause.NONE if status is Status.OK else Cause.DUE,
            summary=f"certificate of {host}",
            deadline=deadline,
            facts=(("Certificate", f"CN={host.partition(':')[0]}"), ("Issuer", "CN=Example CA")),
            evidence="0: CN=mx1.example.gov.pk | issued by CN=Example CA",
        )

    return says


def _domain(at: datetime) -> Finding:
    end = NOW + timedelta(days=48)
    deadline = Deadline(at=end, rungs=resolve(DOMAIN_LADDER, end, now=at))
    status = grade(deadline, at)
    return Finding(
        subject="example.gov.pk",
        status=status,
        cause=Cause.NONE if status is Status.OK else Cause.DUE,
        summary="domain example.gov.pk",
        deadline=deadline,
    )


def _bill(settings: Settings, place: int) -> Callable[[datetime], Finding]:
    bill, estate = settings.invoices[place], settings.estate
    calendar = OfficeCalendars(estate).of(None)

    def says(at: datetime) -> Finding:
        scene = Scene(
            due_days=DueDays(calendar, INVOICE_LADDER, at),
            estate=estate,
            service=estate.services[bill.service or ""],
            pace=usual_pace(estate.billing),
            source="the settings",
        )
        return said_of(bill, scene)

    return says


# Served --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Served:
    port: int

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@asynccontextmanager
async def serving_site(estate: PageEstate, door: Door | None = None, feed: Feed | None = None) -> AsyncIterator[Served]:
    sock = listen("127.0.0.1", 0)
    served = Served(sock.getsockname()[1])
    metrics = MetricsApp(_metrics, "text/plain")
    ids = random_ids(random.Random(1))
    serving = site_face(metrics, estate.sources, listen=Listen(), ids=ids, sock=sock, door=door, feed=feed)
    task = asyncio.create_task(serving)
    try:
        yield served
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _metrics() -> AsyncIterator[bytes]:
    yield b"up 1\n"
