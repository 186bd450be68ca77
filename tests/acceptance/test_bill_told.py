"""A bill is stuck and the vendor may cut off in a week: who reads what, as it lies in the mailbox of a real Postfix.

The daemon runs in virtual time over a real ledger; what it sends then goes through Postfix, and is compared with texts
that were read by people. `NIGEHBAN_GOLDEN=write` writes them anew.
"""

import asyncio
import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from alerts.channel import Delivered
from alerts.channels.mail_channel import MailChannel
from alerts.channels.relay import MailRelay
from alerts.message import Notification
from checks.invoice import bill_key
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.plugin import Ledger
from checks.units import parse_money
from tests.support.mail_text import plain_text
from tests.support.money_stories import Everybody
from tests.support.postfix import DOMAIN, running_postfix
from tests.support.settings_files import load_text
from tests.support.telling import KARACHI, local
from tests.support.virtual_estate import lay
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.billing.keeper import LedgerKeeper
from watchdog.clock import random_ids, system_clock
from watchdog.digests import Digests
from watchdog.duty import Escalations
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline
from watchdog.store.store import Store

pytestmark = [pytest.mark.peer, pytest.mark.slow]

HOUR_S = 3600.0
GOLDEN = Path(__file__).parent / "golden"

SETTINGS = f"""\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}}
offices: {{hq: {{week: {{mon-fri: "09:00-17:00"}}}}}}
vendors: {{acme: {{name: Acme Mail (Pvt) Ltd, ntn: 1234567-8, iban: PK36SCBL0000001123456702}}}}
departments:
  health: {{name: Health Department, contact: health-it, users: 1200}}
  police: {{name: Police, contact: police-it, users: 3400}}
services:
  official-email:
    title: Official e-mail
    vendor: acme
    departments: [health, police]
    advice: "Use the telephone list on the notice board; urgent letters go by dispatch rider."
receivers:
  finance: {{audience: finance, office: hq, hold_for_office_hours: true, channels: [{{kind: mail, to: [so@{DOMAIN}]}}]}}
  ag-desk: {{audience: finance, office: hq, channels: [{{kind: mail, to: [ag@{DOMAIN}]}}]}}
  deputy: {{audience: secretary, office: hq, channels: [{{kind: mail, to: [deputy@{DOMAIN}]}}]}}
  health-it: {{office: hq, channels: [{{kind: mail, to: [health@{DOMAIN}]}}]}}
  police-it: {{audience: department, language: ur, office: hq, channels: [{{kind: mail, to: [police@{DOMAIN}]}}]}}
  on-call: {{channels: [{{kind: mail, to: [noc@{DOMAIN}]}}]}}
mail: {{relay: localhost, tls: none, from: nigehban@told.example}}
routes:
  - {{match: {{kind: payment_stage}}, to: [ag-desk], escalation: up}}
  - {{match: {{kind: invoice_due}}, to: [finance]}}
  - {{match: {{}}, to: [on-call]}}
escalations: {{up: {{steps: [{{after: 6h, to: [deputy]}}]}}}}
digests: {{morning: {{kind: bills, to: [finance], at: "09:15", on: working_days}}}}
billing: {{owners: {{pre-audit: ag-desk}}}}
checks: [{{id: bills, kind: invoice_due, interval: 5m}}]
"""

KEY = bill_key("acme", "INV-7")
_K = LedgerEventKind
_DAYS = {
    _K.RECEIVED: "2017-08-28 10:00",
    _K.VERIFIED: "2017-08-31 10:00",
    _K.PAYEE_CHECKED: "2017-09-05 10:00",
    _K.BUDGETED: "2017-09-12 10:00",
    _K.SANCTIONED: "2017-09-20 10:00",
    _K.SUBMITTED: "2017-10-05 10:00",
}


def drafts() -> list[Draft]:
    """A bill that has been in pre-audit since 5 October."""
    terms = Terms(number="INV-7", amount=parse_money("134000 PKR"), due=date(2017, 9, 26), service="official-email")
    return [
        Draft(
            about=KEY,
            kind=kind,
            happened_at=local(at),
            author="so.finance",
            details=Details(terms=terms) if kind is _K.RECEIVED else Details(),
        )
        for kind, at in _DAYS.items()
    ]


PAID = Draft(
    about=KEY,
    kind=_K.ACKNOWLEDGED,
    happened_at=local("2017-10-20 11:00"),
    author="so.finance",
    evidence="Acme receipt 0991",
    details=Details(amount=parse_money("134000 PKR")),
)


@dataclass(slots=True)
class Told:
    """A daemon in virtual time, with the ledger that lies in its store."""

    settings: Settings
    keepers: list[LedgerKeeper] = field(default_factory=list)

    def ledger_of(self, store: Store, written: Settings) -> Ledger:
        if not self.keepers:
            self.keepers.append(LedgerKeeper.loaded(store.ledger, Inline(), virtual_clock()))
        return self.keepers[0].beside(written.invoices)

    async def lived(self) -> list[Notification]:
        """From Wednesday, nine o'clock, to Friday afternoon; at eleven on Friday the vendor has its money."""
        daemon, month = lay(self.settings, seed=7, ledger_of=self.ledger_of, taxpayers=Everybody(date(2017, 10, 17)))
        (keeper,) = self.keepers
        await keeper.record(drafts())
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        lists = Digests(
            daemon=daemon,
            listings=month.store.listings,
            reading=Inline(),
            clock=virtual_clock(),
            on_record=keeper.on_record,
        )
        chore = asyncio.create_task(lists.forever())
        climbing = asyncio.create_task(Escalations(daemon, virtual_clock(), random_ids(random.Random(7))).forever())
        await asyncio.sleep(50 * HOUR_S)
        await keeper.record([PAID])
        await asyncio.sleep(4 * HOUR_S)
        for task in (chore, climbing):
            task.cancel()
        stop.set()
        await running
        return [one.notification for one in sorted(month.sent, key=lambda one: one.at)]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[Notification]:
    folder = tmp_path_factory.mktemp("settings")
    key = folder / "key"
    key.write_text("k" * 32, "utf-8")
    key.chmod(0o600)
    settings = load_text(folder, SETTINGS + f"links: {{key: !secret-file {key}}}\n")
    return run_virtual(Told(settings).lived())


@pytest.fixture(scope="module")
def mailbox(sent: list[Notification]) -> Iterator[Sequence[EmailMessage]]:
    """All of it, once it has gone through Postfix, in the order it was sent in."""
    with running_postfix() as postfix:
        relay = MailRelay(host="127.0.0.1", port=postfix.port, sender="nigehban@told.example", ca_file=postfix.ca_file)

        async def deliver() -> list[EmailMessage]:
            channel = MailChannel("mail", relay, system_clock)
            arrived: list[EmailMessage] = []
            for row in sent:
                assert isinstance(await channel.send(row), Delivered)
                arrived.append(postfix.wait_for_messages(len(arrived) + 1)[-1])
            return arrived

        yield asyncio.run(deliver())


def read(mail: EmailMessage) -> str:
    """As its reader has it before him, long tokens of links left out."""
    text = re.sub(r"/answer/[-\w.]+", "/answer/TOKEN", plain_text(mail).replace("\r\n", "\n"))
    text = re.sub(r"\b[0-9a-f]{24}\b", "INCIDENT", text)
    return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{text.rstrip()}\n"


def golden(name: str, text: str) -> None:
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("NIGEHBAN_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_everybody_hears_what_is_theirs_and_nobody_the_same_twice_a_day(
    sent: list[Notification], mailbox: Sequence[EmailMessage]
) -> None:
    days = [row.created_at.astimezone(KARACHI).strftime("%a %d %b") for row in sent]
    heard = [f"{day}  {mail['To']}: {mail['Subject']}" for day, mail in zip(days, mailbox, strict=True)]
    golden("who_hears_what", "\n".join(heard) + "\n")
    assert len(set(heard)) == len(heard)


@pytest.mark.parametrize(
    ("name", "to", "begins"),
    [
        ("finance_digest", "so", "DIGEST"),
        ("stage_of_the_accounts_office", "ag", "LATE"),
        ("advance_notice", "health", "AHEAD"),
        ("advance_notice_urdu", "police", "پیشگی"),
        ("end_for_departments", "health", "RESOLVED"),
    ],
)
def test_it_reads_as_people_read_it_last(mailbox: Sequence[EmailMessage], name: str, to: str, begins: str) -> None:
    theirs = (mail for mail in mailbox if str(mail["To"]).startswith(f"{to}@"))
    golden(name, read(next(mail for mail in theirs if str(mail["Subject"]).startswith(begins))))


def test_the_sheet_beside_the_digest_has_the_same_bill(mailbox: Sequence[EmailMessage]) -> None:
    digest = next(mail for mail in mailbox if str(mail["Subject"]).startswith("DIGEST"))
    (sheet,) = digest.iter_attachments()
    golden("finance_sheet", str(sheet.get_content()).replace("\r\n", "\n").removeprefix("\ufeff"))
