"""What daily notes are made of: a bad day of a small estate, and more on one day than any sheet of paper holds."""

from dataclasses import replace
from datetime import date, time, timedelta

from alerts.digests.morning import ChainEnd
from alerts.digests.note import Known, Note, note_of
from alerts.digests.note_sheet import Reader, Sheet, sheet_of
from alerts.incident import Acknowledgement
from alerts.judging.judge import judge
from alerts.people.rota import Every, Rota, Turns
from alerts.record import DeadlineWords, SubjectRecord
from alerts.route import Language
from checks.billing import labels
from checks.invoice import Invoice
from checks.model import Cause, CheckId, Deadline, Observation
from checks.units import parse_money
from tests.support.money_matters import UNPAYABLE
from tests.support.telling import (
    BILLS,
    CALENDAR,
    CERTIFICATE,
    ESTATE,
    INVOICE,
    KARACHI,
    OUTAGE,
    STALE,
    bill_finding,
    local,
)

NOW = local("2017-11-28 09:15")
KINDS = {CheckId("bills"): "invoice_due", CheckId("mx-certificate"): "tls_certificate"}
CHAIN = ChainEnd(hash="1f3a9c0d" * 8, events=214)
TURNS = Turns(members=("aisha", "bilal"), every=Every.WEEK, hand_off=time(9), zone=KARACHI, starts=date(2017, 11, 27))
NOC = Rota(id="noc", turns=TURNS)


def bill_record(number: str, due: str, amount: str = "134000 PKR", *, blocked: bool = False) -> SubjectRecord:
    invoice = replace(INVOICE, number=number, due=date.fromisoformat(due), suspends=None, amount=parse_money(amount))
    return record_of(invoice, Cause.BLOCKED if blocked else None)


def record_of(invoice: Invoice, cause: Cause | None = None) -> SubjectRecord:
    """A bill as it stands in memory."""
    finding = bill_finding(NOW, invoice)
    finding = replace(finding, cause=cause or finding.cause)
    seen = Observation(check_id=CheckId("bills"), finding=finding, observed_at=NOW, duration_s=0.0)
    return judge(None, seen, BILLS, lambda: "1b2c3d4e5f60718293a4b001").record


def dated(subject: str, days: float) -> SubjectRecord:
    """A certificate that lapses then."""
    deadline = Deadline(at=NOW + timedelta(days=days), rungs=())
    return SubjectRecord(
        check_id=CheckId("mx-certificate"),
        subject=subject,
        seen_at=NOW,
        judged_at=NOW,
        deadline=deadline,
        deadline_words=DeadlineWords(summary=f"certificate of {subject}", cause=Cause.DUE),
    )


IN_HAND = replace(OUTAGE, acknowledged=Acknowledgement(by="aisha", at=NOW))

BAD_DAY = Known(
    records=(
        bill_record("INV-7", "2017-11-27"),
        bill_record("INV-9", "2017-12-04", "25000000 PKR"),
        dated("mx1.example.gov.pk:25", 3),
        dated("portal.example.gov.pk:443", 40),
    ),
    incidents=(STALE, IN_HAND, UNPAYABLE, CERTIFICATE),
    kinds=KINDS,
    rotas=(NOC,),
    places={"acme/inv9": 0, "acme/inv7": 1},
    offices={"acme/inv9": "hq", "acme/inv7": "hq"},
    chain=CHAIN,
)

_OF_PAYEES = (labels.VENDOR, labels.BLOCK, labels.OPEN_BILLS)
_LONG = "a name that goes on and on, as names of directorates do, until no column of any table can hold it"


def crowded(language: Language = Language.ENGLISH) -> Known:
    """Of everything more than fits, in words as long as they come."""
    long = "ایک بہت ہی لمبا نام جو کسی خانے میں پورا نہیں آتا " * 3 if language is Language.URDU else _LONG
    outages = [
        replace(OUTAGE, id=f"o{number}", service=None, check_id=CheckId(f"{long} {number}"), summary=f"{long} {_LONG}")
        for number in range(60)
    ]
    unpaid = [
        replace(
            UNPAYABLE, id=f"p{number}", facts=((labels.VENDOR, long), (labels.BLOCK, _LONG), (labels.OPEN_BILLS, _LONG))
        )
        for number in range(40)
    ]
    bills = [
        record_of(replace(INVOICE, suspends=None, number=f"{_LONG}-{number}", amount=parse_money("9999999999.99 PKR")))
        for number in range(80)
    ]
    return replace(
        BAD_DAY,
        records=(*bills, *(dated(f"{_LONG}-{number}", 1) for number in range(70))),
        incidents=(*outages, *unpaid),
        rotas=tuple(replace(NOC, id=f"{_LONG}-{number}") for number in range(12)),
        places={},
        offices={},
    )


def wordy() -> Known:
    """A day of few things, each of which takes many words."""
    refused = (
        "mx1.example.gov.pk:25 refused the connection, and mx2.example.gov.pk:25 answered 421 Too many connections, "
        "try again later, since 09:02; mail from outside waits at its senders, and whoever writes from a branch office "
        "is told that the message was not sent"
    )
    service = "Official e-mail of the Directorate of Information Technology and of all that hang on it"
    vendor = "The Most Reliable Mail and Hosting Company of the Province (Private) Limited, Peshawar"
    lapses = "certificate of the portal of the Directorate General of Monitoring and Evaluation, mx1.example.gov.pk:25"
    unpaid = replace(
        UNPAYABLE,
        facts=(
            (labels.VENDOR, vendor),
            (
                labels.BLOCK,
                "account attached by the tax authority under section 140; not on the list of active taxpayers",
            ),
            (labels.OPEN_BILLS, "INV-7, Rs 134,000; INV-9, Rs 25,000,000; INV-12, Rs 8,750; INV-13, Rs 960,000"),
        ),
    )
    certificate = dated("mx1.example.gov.pk:25", 3)
    return replace(
        BAD_DAY,
        records=(
            bill_record("DIT/ICT/2017-18/Hosting-and-Mail/0000417-B", "2017-11-27"),
            bill_record("INV-9", "2017-12-04", "25000000 PKR"),
            replace(certificate, deadline_words=DeadlineWords(summary=lapses, cause=Cause.DUE)),
        ),
        incidents=(replace(OUTAGE, service=None, check_id=CheckId(service), summary=refused), STALE, unpaid),
        places={},
        offices={},
    )


def many() -> Known:
    """Of everything more than fits, in few words."""
    return replace(
        BAD_DAY,
        records=(
            *(bill_record(f"INV-{number}", "2017-11-27") for number in range(40)),
            *(dated(f"mx{number}.example.gov.pk:25", 3) for number in range(30)),
        ),
        incidents=tuple(replace(OUTAGE, id=f"o{number}") for number in range(40)),
        rotas=tuple(replace(NOC, id=f"rota-{number}") for number in range(12)),
        places={},
        offices={},
    )


def note(known: Known = BAD_DAY, **asked: object) -> Note:
    return note_of(known, CALENDAR, now=NOW, **asked)  # type: ignore[arg-type]


def sheet(known: Known = BAD_DAY, language: Language = Language.ENGLISH, **asked: object) -> Sheet:
    reader = Reader(language=language, estate=ESTATE, titles={}, zone=KARACHI)
    return sheet_of(note(known, **asked), reader)
