"""The whole life of one bill, told by its messages: from a list handed in to silence, over a real Postfix.

The daemon runs in virtual time over a real ledger that is fed as people feed it; what it sends then goes through
Postfix, and is compared with texts that were read by people. `NIGEHBAN_GOLDEN=write` writes them anew.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Final

import pytest

from alerts.message import Notification
from tests.support.arrived import golden, read, through_postfix
from tests.support.paying_office import PayingOffice, import_list, paying_office
from tests.support.postfix import DOMAIN
from tests.support.settings_files import load_text
from tests.support.telling import KARACHI, local
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings
from watchdog.store.store import Store, open_store

pytestmark = [pytest.mark.peer, pytest.mark.slow]

SETTINGS = f"""\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}}
offices: {{hq: {{week: {{mon-fri: "09:00-17:00"}}}}}}
vendors: {{acme: {{name: Acme Mail (Pvt) Ltd, ntn: 1234567-8, iban: PK36SCBL0000001123456702}}}}
departments: {{health: {{name: Health Department, contact: health-it, users: 1200}}}}
services: {{official-email: {{title: Official e-mail, vendor: acme, departments: [health]}}}}
receivers:
  so-finance:
    audience: finance
    office: hq
    hold_for_office_hours: true
    channels: [{{kind: mail, to: [so@{DOMAIN}]}}]
  deputy: {{audience: finance, office: hq, channels: [{{kind: mail, to: [deputy@{DOMAIN}]}}]}}
  ag-desk: {{audience: finance, office: hq, channels: [{{kind: mail, to: [ag@{DOMAIN}]}}]}}
  health-it: {{office: hq, channels: [{{kind: mail, to: [health@{DOMAIN}]}}]}}
  on-call: {{channels: [{{kind: mail, to: [noc@{DOMAIN}]}}]}}
mail: {{relay: localhost, tls: none, from: nigehban@told.example}}
routes:
  - {{match: {{kind: payee}}, to: [so-finance, deputy]}}
  - {{match: {{kind: invoice_due}}, to: [so-finance]}}
  - {{match: {{}}, to: [on-call]}}
digests: {{morning: {{kind: bills, to: [so-finance, deputy], at: "09:15", on: working_days}}}}
billing:
  owners: {{pre-audit: ag-desk}}
  confirmers: [so-finance, deputy]
  two_persons: true
  jurisdiction: none
"""

LIST = """\
Supplier,Bill No.,Bill Amount,Due Date,Service
Acme Mail (Pvt) Ltd,INV-7,"Rs. 1,34,000/-",18 Aug 2017,official-email
"""

BILL, VENDOR = "acme/INV-7", "acme"
#: When, of what, what is said of it, and with what.
WORDS: Final[Sequence[tuple[str, str, str, Mapping[str, str]]]] = (
    ("2017-08-01 11:00", BILL, "verified", {}),
    ("2017-08-02 11:00", BILL, "returned", {"stage": "verification", "reason": "the purchase order is missing"}),
    ("2017-08-03 11:00", BILL, "verified", {}),
    ("2017-08-04 11:00", BILL, "sanctioned", {}),
    ("2017-08-07 11:00", BILL, "submitted", {"evidence": "diary 4711"}),
    ("2017-08-08 11:00", VENDOR, "blocked", {"block": "account-attached", "evidence": "letter of the bank 17/2017"}),
    ("2017-08-10 11:00", VENDOR, "unblocked", {"evidence": "order of the FBR 9/2017"}),
    ("2017-08-11 11:00", BILL, "authorised", {}),
    ("2017-08-15 11:00", BILL, "credited", {"payment": "Raast 81"}),
    ("2017-08-16 11:00", BILL, "credit-returned", {"payment": "Raast 81", "reason": "the account is closed"}),
    ("2017-08-18 11:00", BILL, "credited", {"payment": "Raast 97"}),
    ("2017-08-21 11:00", BILL, "acknowledged", {"evidence": "Acme receipt 0991"}),
)
RECEIVED, CONFIRMED, END = "2017-07-31 10:00", "2017-08-22 11:00", "2017-08-25 17:00"


@dataclass(slots=True)
class Life:
    settings: Settings
    store: Store = field(default_factory=lambda: open_store(None))
    said: list[tuple[datetime, str]] = field(default_factory=list)
    """What people did, in words, and what they were answered."""

    def begin(self) -> None:
        came = import_list(self.store, self.settings, LIST, at=RECEIVED, author="so-finance")
        self.said.append((local(RECEIVED), f"so-finance brings a list: {came.bills} new bill"))

    async def lived(self) -> list[Notification]:
        async with paying_office(self.settings, start=local(RECEIVED), store=self.store) as office:
            for at, about, event, more in WORDS:
                await office.until(at)
                await self._say(office, about, event, more)
            await office.until(CONFIRMED)
            (event_,) = await office.confirm("deputy")
            self._note(office, f"deputy confirms: {event_.draft.kind.value}")
            await office.until(END)
            return office.sent

    async def _say(self, office: PayingOffice, about: str, event: str, more: Mapping[str, str]) -> None:
        answer = await office.say(about, event, by="so-finance", **more)
        self._note(office, f"so-finance says: {event}. Answer: {answer}")

    def _note(self, office: PayingOffice, what: str) -> None:
        self.said.append((office.clock(), what))


@dataclass(frozen=True, slots=True)
class Told:
    life: Life
    sent: Sequence[Notification]
    mails: Sequence[EmailMessage]

    def in_order(self) -> list[tuple[datetime, EmailMessage]]:
        """By the minute, reader and subject: what is told at one moment comes in any order."""
        mails = zip(self.sent, self.mails, strict=True)
        timed = [(row.created_at.replace(second=0, microsecond=0), mail) for row, mail in mails]
        return sorted(timed, key=lambda one: (one[0], str(one[1]["To"]), str(one[1]["Subject"])))

    def after(self, at: str) -> list[str]:
        """Whom what was said to since local time `at`."""
        mails = zip(self.sent, self.mails, strict=True)
        return [f"{mail['To']}: {mail['Subject']}" for row, mail in mails if row.created_at > local(at)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("settings")
    key = folder / "key"
    key.write_text("k" * 32, "utf-8")
    key.chmod(0o600)
    life = Life(load_text(folder, SETTINGS + f"links: {{key: !secret-file {key}}}\n"))
    life.begin()
    sent = run_virtual(life.lived())
    return Told(life, sent, through_postfix(sent))


def test_its_life_is_told_in_order(told: Told) -> None:
    heard = [(at, 1, f"   {mail['To']}: {mail['Subject']}") for at, mail in told.in_order()]
    said = [(at, 0, re.sub(r"proposal [0-9a-f]{12}", "proposal ID", what)) for at, what in told.life.said]
    both = sorted([*said, *heard], key=lambda one: one[:2])
    lines = [f"{at.astimezone(KARACHI):%a %d %b %H:%M}  {line}" for at, _, line in both]
    golden("life_of_a_bill", "\n".join(lines) + "\n")


def test_each_message_of_it_reads_as_people_read_it_last(told: Told) -> None:
    in_full = [read(mail) for _, mail in told.in_order() if not str(mail["Subject"]).startswith("DIGEST")]
    golden("life_of_a_bill_in_full", f"\n{'=' * 100}\n".join(in_full))


def test_the_lists_of_the_mornings_after_say_what_became_of_it(told: Told) -> None:
    mornings = ("2017-08-09", "2017-08-17", "2017-08-22")
    lists = [
        read(mail)
        for at, mail in told.in_order()
        if str(at.astimezone(KARACHI).date()) in mornings and str(mail["To"]).startswith("deputy@")
    ]
    golden("life_of_a_bill_in_lists", f"\n{'=' * 100}\n".join(lists))


def test_nobody_hears_of_a_bill_again_once_two_persons_said_that_it_is_paid(told: Told) -> None:
    assert all(line.partition(": ")[2].startswith("RESOLVED ") for line in told.after(CONFIRMED))
    assert told.after("2017-08-22 12:00") == []
