"""An estate with one thing of every kind, of real servers on loopback, and how each of them goes bad and comes back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.support.background import in_background
from tests.support.bind9 import BindServer, running_bind
from tests.support.certificates import now, self_signed
from tests.support.daemon_process import Home
from tests.support.dovecot import PASSWORD, USER, DovecotServer, running_dovecot
from tests.support.hostile import hostile_host
from tests.support.http_sink import HttpSink, running_http
from tests.support.nginx import NginxServer, running_nginx
from tests.support.peer import free_port
from tests.support.postfix import PostfixServer, running_postfix
from tests.support.registry import DAY, Served, rdap_answer, rdap_document, serve, stated, whois_text
from tests.support.smtp_sink import SmtpSink, running_sink
from watchdog.api.client import Question, ask

MINISTER = "minister@office.example"
DEPUTY = "deputy@office.example"

ON_CALL, WEB, FINANCE, REGISTRAR, VENDOR, DESK = (
    f"{name}@told.example" for name in ("noc", "web", "so.finance", "registrar", "eoffice.vendor", "pre-audit")
)

SETTINGS = """\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}}
offices: {{hq: {{week: {{mon-sun: "00:00-23:59"}}, holidays: [{{date: {holiday}}}]}}}}
vendors:
  acme: {{name: Acme Mail (Pvt) Ltd, taxpayer_lists: []}}
  # Another than whoever hosts what breaks: a bill that may lie behind an outage is told with it.
  seats: {{name: Seats (Pvt) Ltd, taxpayer_lists: []}}
  zeta: {{name: Zeta Archive, taxpayer_lists: []}}
  june: {{name: June Paper, taxpayer_lists: []}}
  held: {{name: Held Links, taxpayer_lists: []}}
departments: {{health: {{name: Health Department, users: 1200}}}}
services:
  official-email: {{title: Official e-mail, vendor: acme, departments: [health], runbook: "Call Acme NOC"}}
  portal: {{title: Citizen portal}}
  e-office: {{title: E-office}}
  office-suite: {{title: Office suite, vendor: seats, departments: [health]}}
  archive: {{title: Archive, vendor: zeta, departments: [health]}}
billing:
  jurisdiction: none
  cut_offs:
    - {{id: june, title: bills to the accounts office, day: {soon}, stage: pre-audit, money_returns: {later}}}
contracts: {{hosting: {{vendor: held, title: Hosting, ends: {ends}}}}}
receivers:
  on-call: {{channels: [{{kind: mail, to: [{on_call}]}}]}}
  web: {{channels: [{{kind: mail, to: [{web}]}}]}}
  finance: {{channels: [{{kind: mail, to: [{finance}]}}]}}
  registrar: {{channels: [{{kind: mail, to: [{registrar}]}}]}}
  vendor: {{channels: [{{kind: mail, to: [{vendor}]}}]}}
  desk: {{channels: [{{kind: mail, to: [{desk}]}}]}}
mail: {{relay: localhost, port: {here.post.port}, tls: none, from: nigehban@office.example}}
routes:
  - {{match: {{kind: invoice_due}}, to: [finance]}}
  # Whoever hears of the bill, too, is told of its stage with it.
  - {{match: {{kind: payment_stage}}, to: [desk]}}
  - {{match: {{kind: domain_expiry}}, to: [registrar]}}
  - {{match: {{kind: eoffice_capacity}}, to: [vendor]}}
  - {{match: {{service: portal}}, to: [web]}}
  - {{match: {{}}, to: [on-call]}}
defaults: {{interval: 2s, timeout: 2s, retry_every: 2s, failures_to_open: 2, passes_to_close: 2,
  settle: 0s, flap_hold: 0s}}
checks:
  - {{id: mx, kind: smtp, service: official-email, host: 127.0.0.1, port: {here.mail.port}, rcpt: {minister}}}
  - id: mailbox
    kind: imap
    service: official-email
    host: 127.0.0.1
    port: {here.boxes.imap_port}
    user: {user}
    password: !secret probe_password
    mailbox: INBOX
    ca_file: {here.boxes.ca_file}
    # Three refused logins in a row, and it rests for minutes: one must do, and we must hear of it before the third.
    failures_to_open: 1
    interval: 15s
    timeout: 10s
  - id: maildrop
    kind: pop3
    service: official-email
    host: 127.0.0.1
    port: {here.boxes.pop3s_port}
    tls: implicit
    user: {deputy}
    password: !secret probe_password
    ca_file: {here.boxes.ca_file}
    failures_to_open: 1
    interval: 15s
    timeout: 10s
  - id: mx-certificate
    kind: tls_certificate
    service: official-email
    host: 127.0.0.1
    port: {here.mail.port}
    starttls: smtp
    ca_file: {here.mail.ca_file}
  - {{id: page, kind: http, service: portal, url: "{here.portal.http_url}/"}}
  - {{id: page-certificate, kind: tls_certificate, service: portal, host: 127.0.0.1, port: {here.portal.https_port},
     ca_file: {here.portal.ca_file}}}
  - {{id: door, kind: tcp, service: portal, host: 127.0.0.1, port: {here.door.port}}}
  - {{id: zone, kind: dns, service: official-email, name: office.example, type: MX, server: "{here.names.place}",
     equals: ["10 mx1.office.example", "20 mx2.office.example"]}}
  # A registry that failed once is left alone for over a minute: a busy machine must have time for its answer.
  - {{id: held, kind: domain_expiry, domain: kp.gov.pk, rdap_url: "{here.held.rdap}", service: portal, interval: 5s,
     timeout: 5s, retry_every: 5s, ask_every: 1s}}
  - {{id: lapsing, kind: domain_expiry, domain: example.pk, whois_server: "{here.lapsing.whois}", interval: 5s,
     timeout: 5s, retry_every: 5s, ask_every: 1s}}
  - {{id: office, kind: eoffice_capacity, service: e-office, url: "{load}", pointer: /sessions}}
  - {{id: bills, kind: invoice_due, csv: {here.bills}}}
  - {{id: stages, kind: payment_stage, vendor: zeta, interval: 2s}}
  - {{id: cut-offs, kind: payment_cut_off, vendor: june, interval: 2s}}
  - {{id: payees, kind: payee, vendor: held}}
  - {{id: contracts, kind: contract, interval: 2s}}
  - {{id: outages, kind: outage_forecast, service: archive}}
  - {{id: books, kind: bookkeeping, interval: 2s}}
"""

_BILLS = "vendor,number,amount,due,suspends,service,settled_on,evidence\n"


@dataclass(slots=True)
class Door:
    """A port that accepts connections, or refuses them."""

    port: int = field(default_factory=free_port)
    _listener: socket.socket | None = None

    def open(self) -> None:
        # The kernel accepts for us; nobody ever takes them in.
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=1000)

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


@dataclass
class EveryKind:
    """Servers, all well, and what becomes of them."""

    home: Home
    post: SmtpSink
    mail: PostfixServer
    boxes: DovecotServer
    portal: NginxServer
    names: BindServer
    load: HttpSink
    held: Served
    lapsing: Served
    door: Door = field(default_factory=Door)
    _passwords: dict[str, str] = field(default_factory=dict)
    _kept_out: frozenset[str] = frozenset()
    _users: threading.Lock = field(default_factory=threading.Lock)
    """Troubles come side by side, and two of them write one table."""

    @property
    def bills(self) -> Path:
        return self.home.folder / "bills.csv"

    def furnish(self) -> None:
        """All is well, and the settings say what there is."""
        secrets = self.home.folder / "secrets"
        secrets.mkdir(mode=0o700)
        (secrets / "probe_password").touch(mode=0o600)
        (secrets / "probe_password").write_text(PASSWORD)
        self.know(USER)
        self.know(DEPUTY)
        self.door.open()
        self.write_bill(due=today() + 90 * DAY)
        self.count_sessions(41)
        self.settle()

    def settle(self, contract_ends_in_days: int = 400, holidays_until_in_days: int = 400) -> None:
        """Write the settings."""
        self.home.write(
            SETTINGS.format(
                here=self,
                minister=MINISTER,
                user=USER,
                deputy=DEPUTY,
                load=self.load.url("/load"),
                on_call=ON_CALL,
                web=WEB,
                finance=FINANCE,
                registrar=REGISTRAR,
                vendor=VENDOR,
                desk=DESK,
                soon=today() + 6 * DAY,
                later=today() + 30 * DAY,
                ends=today() + contract_ends_in_days * DAY,
                holiday=today() + holidays_until_in_days * DAY,
            )
        )

    # Money ----------------------------------------------------------------------------------------------------

    def ask(self, path: str, **body: object) -> None:
        """What a verb of the command line asks of the daemon."""
        question = Question(method="POST", path=path, body=body or None, within_s=60)
        answer = ask(question, environ={}, state=self.home.state)
        assert answer.is_ok, answer.problems

    def renew(self, *, contract_ends_in_days: int, holidays_until_in_days: int) -> None:
        """What the settings say of the contract and of the office's holidays."""
        self.settle(contract_ends_in_days, holidays_until_in_days)
        self.ask("/v1/reload")

    def receive(self, vendor: str, number: str, due: date, service: str = "") -> None:
        """A bill that came forty days ago."""
        terms = {"number": number, "amount": "45000", "due": str(due), "service": service}
        self.ask("/v1/bills", vendor=vendor, received=str(today() - 40 * DAY), **terms)

    def say_of_bill(self, bill: str, event: str) -> None:
        self.ask("/v1/bills/events", bills=[bill], event=event, evidence="receipt 4711")

    def say_of_vendor(self, vendor: str, event: str, evidence: str) -> None:
        self.ask("/v1/vendors/events", vendor=vendor, event=event, block="account-attached", evidence=evidence)

    # Mail -----------------------------------------------------------------------------------------------------

    def know(self, user: str, password: str = PASSWORD) -> None:
        """Let `user` in by this password from now on."""
        with self._users:
            self._passwords[user] = password
            self.boxes.write_users(self._passwords, kept_out=self._kept_out)

    def keep_out(self, *users: str) -> None:
        """The provider refuses these, whatever password they bring."""
        with self._users:
            self._kept_out = frozenset(users)
            self.boxes.write_users(self._passwords, kept_out=self._kept_out)

    def install_self_signed(self) -> None:
        self.mail.use_certificate(self_signed(self.mail.folder, "127.0.0.1"))

    # Domains and names ----------------------------------------------------------------------------------------

    def state_held(self, *statuses: str, registrar: str = "PKNIC") -> None:
        self.held.teller.answer = rdap_answer(rdap_document("kp.gov.pk", statuses=statuses, registrar=registrar))

    def state_lapse(self, days: float) -> None:
        self.lapsing.teller.answer = whois_text("example.pk", stated(now() + days * DAY))

    def withhold(self, record: str) -> None:
        zone = self.names.folder / "office.zone"
        zone.write_text(zone.read_text().replace(record, ""))
        self.names.reload()

    def publish(self, record: str) -> None:
        with (self.names.folder / "office.zone").open("a") as zone:
            zone.write(record)
        self.names.reload()

    # The rest -------------------------------------------------------------------------------------------------

    def install(self, *, lapses_in_days: float) -> None:
        """Give the portal a certificate of ninety days that lapses then."""
        lapse = now() + lapses_in_days * DAY
        leaf = self.portal.authority.leaf("127.0.0.1", not_before=lapse - 90 * DAY, not_after=lapse)
        self.portal.use_certificate(leaf)

    def write_bill(self, due: date, settled_on: str = "", evidence: str = "") -> None:
        row = f"seats,INV-7,134000.00 PKR,{due},{due + 20 * DAY},office-suite,{settled_on},{evidence}\n"
        draft = self.bills.with_suffix(".draft")
        draft.write_text(_BILLS + row)
        draft.replace(self.bills)

    def count_sessions(self, count: int) -> None:
        self.load.body = b'{"sessions": %d}' % count


@contextmanager
def every_kind(folder: Path) -> Iterator[EveryKind]:
    """All servers run, and all is well; the daemon does not run yet."""
    with ExitStack() as stack:
        registries = stack.enter_context(hostile_host())
        names = folder / "names"
        names.mkdir()
        here = EveryKind(
            home=Home(folder),
            post=stack.enter_context(in_background(running_sink())),
            mail=stack.enter_context(running_postfix()),
            boxes=stack.enter_context(running_dovecot()),
            portal=stack.enter_context(running_nginx(folder)),
            names=stack.enter_context(running_bind(names)),
            load=stack.enter_context(in_background(running_http(HttpSink(status=200)))),
            held=serve(registries, b""),
            lapsing=serve(registries, b""),
        )
        stack.callback(here.door.close)
        here.state_held("active")
        here.state_lapse(300)
        here.install(lapses_in_days=60)
        here.furnish()
        yield here


def today() -> date:
    return now().astimezone(ZoneInfo("Asia/Karachi")).date()
