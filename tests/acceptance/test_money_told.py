"""A payee, a contract, a cut-off and a late stage: what each reader gets of them, as it lies in the mailbox of Postfix.

The daemon runs in virtual time over a real ledger that is fed as people feed it. Texts were read by people;
`NIGEHBAN_GOLDEN=write` writes them anew.
"""

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import Final

import pytest

from alerts.message import Notification
from tests.support.arrived import golden, read, through_postfix
from tests.support.paying_office import import_list, paying_office
from tests.support.postfix import DOMAIN
from tests.support.settings_files import load_text
from tests.support.telling import local
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings
from watchdog.store.store import Store, open_store

pytestmark = [pytest.mark.peer, pytest.mark.slow]

#: Receivers by audience and language.
READERS: Final = ("so", "so-urdu", "secretary", "secretary-urdu", "department", "noc")

SETTINGS = f"""\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}}
offices: {{hq: {{week: {{mon-fri: "09:00-17:00"}}}}}}
vendors:
  acme: {{name: Acme Mail (Pvt) Ltd, ntn: 1234567-8, iban: PK36SCBL0000001123456702}}
  zeta: {{name: Zeta Links, ntn: 7654321-0}}
departments: {{health: {{name: Health Department, users: 1200}}}}
services:
  official-email: {{title: Official e-mail, vendor: acme, departments: [health]}}
  uplink: {{title: Internet uplink, vendor: zeta, departments: [health]}}
receivers:
  so: {{audience: finance, office: hq, channels: [{{kind: mail, to: [so@{DOMAIN}]}}]}}
  so-urdu: {{audience: finance, language: ur, office: hq, channels: [{{kind: mail, to: [so-urdu@{DOMAIN}]}}]}}
  secretary: {{audience: secretary, office: hq, channels: [{{kind: mail, to: [secretary@{DOMAIN}]}}]}}
  secretary-urdu:
    audience: secretary
    language: ur
    office: hq
    channels: [{{kind: mail, to: [secretary-urdu@{DOMAIN}]}}]
  department: {{audience: department, office: hq, channels: [{{kind: mail, to: [department@{DOMAIN}]}}]}}
  noc: {{channels: [{{kind: mail, to: [noc@{DOMAIN}]}}]}}
  clerk: {{channels: [{{kind: mail, to: [clerk@{DOMAIN}]}}]}}
mail: {{relay: localhost, tls: none, from: nigehban@told.example}}
routes:
  - {{match: {{kind: payee}}, to: [{", ".join(READERS)}]}}
  - {{match: {{kind: contract}}, to: [{", ".join(READERS)}]}}
  - {{match: {{kind: payment_cut_off}}, to: [{", ".join(READERS)}]}}
  - {{match: {{kind: payment_stage}}, to: [so, so-urdu, secretary, secretary-urdu, noc]}}
  - {{match: {{}}, to: [clerk]}}
billing: {{jurisdiction: kp}}
contracts:
  mail: {{vendor: acme, title: Mail hosting, services: [official-email], ends: 2025-07-31, notice_days: 30}}
  link: {{vendor: zeta, title: Uplink, services: [uplink], cycle_months: 1, first_bill: 2025-05-26}}
"""

LIST = """\
vendor,number,amount,due,service,received
acme,INV-7,"1,34,000.00 PKR",2025-06-30,official-email,2025-05-26
"""
BEGIN = "2025-06-02 10:00"


async def days(settings: Settings, store: Store) -> list[Notification]:
    """A bill that came late in the year, an account that is attached and freed again, a link that sends no bill."""
    async with paying_office(settings, start=local(BEGIN), store=store) as office:
        await office.until("2025-06-03 11:00")
        await office.say("acme", "blocked", block="account-attached", evidence="letter of the bank 17/2025")
        await office.until("2025-06-04 11:00")
        await office.say("acme", "unblocked", evidence="order of the FBR 9/2025")
        await office.add(vendor="zeta", number="2025/6", amount="45000", due="2025-06-30", service="uplink")
        await office.until("2025-06-05 11:00")
        await office.say("acme/INV-7", "acknowledged", evidence="Acme receipt 0991")
        await office.until("2025-06-05 12:00")
        return office.sent


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Sequence[EmailMessage]:
    settings, store = load_text(tmp_path_factory.mktemp("settings"), SETTINGS), open_store(None)
    import_list(store, settings, LIST, at=BEGIN, author="so")
    return through_postfix(run_virtual(days(settings, store)))


def matters(mails: Sequence[EmailMessage], check: str) -> Iterator[EmailMessage]:
    """Beginnings and ends that `check` told, reader after reader; of bills, those of the first."""
    told = [mail for mail in mails if mail["X-Nigehban-Check"] == check]
    told = [mail for mail in told if mail["X-Nigehban-Event"] in {"opened", "resolved"}]
    if check in {"billing/cut-offs", "billing/stages"}:
        told = [mail for mail in told if mail["X-Nigehban-Incident"] == told[0]["X-Nigehban-Incident"]]
    return (mail for reader in READERS for mail in told if mail["To"] == f"{reader}@{DOMAIN}")


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("payee", "billing/payees"),
        ("contract", "billing/contracts"),
        ("payment_cut_off", "billing/cut-offs"),
        ("payment_stage", "billing/stages"),
    ],
)
def test_every_reader_gets_it_as_people_read_it_last(mails: Sequence[EmailMessage], name: str, check: str) -> None:
    golden(f"told_{name}", f"\n{'=' * 100}\n".join(map(read, matters(mails, check))))


def test_departments_read_nothing_of_vendors_bills_and_amounts(mails: Sequence[EmailMessage]) -> None:
    theirs = [read(mail) for mail in mails if mail["To"] == f"department@{DOMAIN}"]
    assert theirs
    assert [
        word for word in ("Acme", "Zeta", "INV-7", "Rs ", "block", "attach") for text in theirs if word in text
    ] == []
