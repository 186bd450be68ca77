"""A real mail server, a real portal and a real bill, watched from twenty lines of YAML, told by real mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.certificates import Pair, now
from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.mail_text import plain_text
from tests.support.nginx import NginxServer, running_nginx
from tests.support.peer import wait_until
from tests.support.postfix import PostfixServer, running_postfix

pytestmark = pytest.mark.peer

MINISTER = "minister@office.example"

SETTINGS = """\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi}}
offices: {{hq: {{week: {{mon-sun: "00:00-23:59"}}}}}}
vendors: {{acme: {{name: Acme Mail (Pvt) Ltd, ntn: "0123456", iban: PK36SCBL0000001123456702}}}}
departments: {{health: {{name: Health Department, users: 1200}}}}
services:
  official-email: {{title: Official e-mail, vendor: acme, departments: [health], runbook: "Call Acme NOC"}}
  portal: {{title: Citizen portal}}
receivers:
  on-call: {{channels: [{{kind: mail, to: [noc@duty.example]}}]}}
  finance: {{office: hq, channels: [{{kind: mail, to: [so.finance@office.example]}}]}}
mail: {{relay: localhost, port: {relay.port}, ca_file: {relay.ca_file}, from: nigehban@office.example}}
routes: [{{match: {{kind: invoice_due}}, to: [finance]}}, {{match: {{}}, to: [on-call]}}]
defaults: {{interval: 1s, timeout: 1s, retry_every: 1s, failures_to_open: 3, settle: 0s, flap_hold: 0s}}
checks:
  - {{id: mx, kind: smtp, service: official-email, host: 127.0.0.1, port: {mail.port}, ca_file: {ca}, rcpt: {minister}}}
  - {{id: page, kind: http, service: portal, url: "{portal.https_url}/", ca_file: {own_ca}}}
  - {{id: lapse, kind: tls_certificate, service: portal, host: 127.0.0.1, port: {portal.https_port}, ca_file: {own_ca}}}
  - {{id: bills, kind: invoice_due, service: official-email, interval: 2s}}
invoices: [{{vendor: acme, number: A-7, service: official-email, amount: "134000.00 PKR", due: {due}, suspends: {cut}}}]
"""


@dataclass(frozen=True)
class Estate:
    """All that is watched, and the post office through which it is told."""

    mail: PostfixServer
    portal: NginxServer
    post: PostfixServer
    daemon: DaemonProcess
    lapses: datetime

    def mail_to(self, person: str) -> list[EmailMessage]:
        return [one for one in self.post.messages() if str(one["To"]) == person]

    def told(self, event: str, check: str) -> list[EmailMessage]:
        return [
            one for one in self.post.messages() if (one["X-Nigehban-Event"], one["X-Nigehban-Check"]) == (event, check)
        ]

    def wait_told(self, event: str, check: str) -> EmailMessage:
        """The one mail of this event, once it lies in the mailbox."""
        wait_until(lambda: bool(self.told(event, check)), 60, f"no {event} of {check}; the log:\n{self.daemon.text}")
        (mail,) = self.told(event, check)
        return mail


def certificate(portal: NginxServer, name: str, lapses: datetime) -> Pair:
    return portal.authority.leaf(name, not_before=lapses - timedelta(days=90), not_after=lapses)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    with running_postfix() as mail, running_postfix() as post, running_nginx(tmp_path) as portal:
        lapses = now() + timedelta(days=5, hours=1)
        portal.use_certificate(certificate(portal, "127.0.0.1", lapses))
        today = now().astimezone(ZoneInfo("Asia/Karachi")).date()
        home = Home(tmp_path)
        home.write(
            SETTINGS.format(
                relay=post,
                mail=mail,
                portal=portal,
                ca=mail.ca_file,
                own_ca=portal.ca_file,
                minister=MINISTER,
                due=today + timedelta(days=18),
                cut=today + timedelta(days=30),
            )
        )
        with running_daemon(home) as daemon:
            yield Estate(mail, portal, post, daemon, lapses)


def assert_recovery_follows(first: EmailMessage, last: EmailMessage) -> None:
    assert last["In-Reply-To"] == first["Message-ID"]
    assert last["X-Nigehban-Incident"] == first["X-Nigehban-Incident"] != ""
    assert last["Message-ID"] != first["Message-ID"]


def test_twenty_lines_of_settings_are_enough() -> None:
    assert len(SETTINGS.splitlines()) <= 20


def test_people_are_told_of_every_trouble_once_and_of_its_end(estate: Estate) -> None:
    bill = estate.wait_told("opened", "bills")
    assert bill["To"] == "so.finance@office.example"
    assert str(bill["Subject"]).startswith("DUE Rs 134,000 to Acme Mail (Pvt) Ltd, bill A-7: act by ")
    assert "Official e-mail" in plain_text(bill)
    assert "Health Department" in plain_text(bill)

    lapse = estate.wait_told("opened", "lapse")
    assert str(lapse["Subject"]).startswith("EXPIRES Citizen portal: ")
    assert lapse["To"] == "noc@duty.example"
    estate.daemon.wait_series("check_status", 0, check="mx")

    # The mail server stops and comes back.
    estate.mail.stop()
    down = estate.wait_told("opened", "mx")
    assert str(down["Subject"]).startswith("DOWN Official e-mail: ")
    assert "Call Acme NOC" in plain_text(down)
    assert (down["From"], down["To"]) == ("nigehban@office.example", "noc@duty.example")
    assert (down["X-Nigehban-Repeat"], down["In-Reply-To"]) == (None, None)
    estate.mail.start()
    up = estate.wait_told("resolved", "mx")
    assert str(up["Subject"]).startswith("RESOLVED Official e-mail")
    assert_recovery_follows(down, up)


def test_a_suspended_mailbox_and_a_wrong_certificate_are_told_by_their_cause(estate: Estate) -> None:
    estate.wait_told("opened", "bills")
    lapse = estate.wait_told("opened", "lapse")
    estate.daemon.wait_series("check_status", 0, check="mx")

    # The vendor suspends the mailbox: the server itself is well.
    estate.mail.suspend(MINISTER)
    suspended = estate.wait_told("opened", "mx")
    assert "suspended" in str(suspended["Subject"]).lower()
    assert "550 5.2.1" in plain_text(suspended)
    estate.mail.take_all_recipients()
    assert_recovery_follows(suspended, estate.wait_told("resolved", "mx"))

    # Somebody installs the certificate of another site; then the right one, renewed.
    estate.portal.use_certificate(certificate(estate.portal, "elsewhere.example", estate.lapses))
    wait_until(lambda: len(estate.told("opened", "lapse")) == 2, 60, "the wrong name was not told")
    page = estate.wait_told("opened", "page")
    assert str(page["Subject"]).startswith("DOWN Citizen portal: ")
    assert "elsewhere.example" in plain_text(page)
    estate.portal.use_certificate(certificate(estate.portal, "127.0.0.1", estate.lapses + timedelta(days=75)))
    assert_recovery_follows(page, estate.wait_told("resolved", "page"))
    wait_until(lambda: len(estate.told("resolved", "lapse")) == 2, 60, "the renewed certificate was not told")
    threads = {str(one["In-Reply-To"]) for one in estate.told("resolved", "lapse")}
    assert threads == {str(one["Message-ID"]) for one in estate.told("opened", "lapse")}
    assert str(lapse["Message-ID"]) in threads

    # All is well, the bill apart: nobody heard anything else, and nothing waits.
    assert estate.daemon.terminate() == 0
    told = sorted((str(one["X-Nigehban-Event"]), str(one["X-Nigehban-Check"])) for one in estate.post.messages())
    assert told == sorted(
        [("opened", "bills")]
        + [("notice", "lapse")] * 2  # the certificate of another site came, and went
        + [("opened", check) for check in ("mx", "page", "lapse", "lapse")]
        + [("resolved", check) for check in ("mx", "page", "lapse", "lapse")]
    )
    assert [str(one["X-Nigehban-Check"]) for one in estate.mail_to("so.finance@office.example")] == ["bills"]
