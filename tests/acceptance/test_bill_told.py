"""A bill is stuck and the vendor may cut off in a week: who reads what, as it lies in the mailbox of a real Postfix.

The daemon runs in virtual time over a real ledger; what it sends then goes through Postfix, and is compared with texts
that were read by people. `NIGEHBAN_GOLDEN=write` writes them anew.
"""

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage

import pytest

from alerts.message import Notification
from checks.invoice import bill_key
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.units import parse_money
from tests.support.arrived import golden, read, through_postfix
from tests.support.paying_office import paying_office
from tests.support.postfix import DOMAIN
from tests.support.settings_files import load_text
from tests.support.telling import KARACHI, local
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings

pytestmark = [pytest.mark.peer, pytest.mark.slow]

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


async def lived(settings: Settings) -> list[Notification]:
    """From Wednesday, nine o'clock, to Friday afternoon; at eleven on Friday the vendor has its money."""
    async with paying_office(settings, start=local("2017-10-18 09:00")) as office:
        await office.keeper.record(drafts())
        await office.until("2017-10-20 11:00")
        await office.keeper.record([PAID])
        await office.until("2017-10-20 15:00")
        return office.sent


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[Notification]:
    folder = tmp_path_factory.mktemp("settings")
    key = folder / "key"
    key.write_text("k" * 32, "utf-8")
    key.chmod(0o600)
    settings = load_text(folder, SETTINGS + f"links: {{key: !secret-file {key}}}\n")
    return run_virtual(lived(settings))


@pytest.fixture(scope="module")
def mailbox(sent: list[Notification]) -> Sequence[EmailMessage]:
    return through_postfix(sent)


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
