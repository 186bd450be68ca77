"""Which bill, or which vendor, people mean."""

from alerts.words.escape import MASKED_CNIC, masked
from checks.invoice import bill_key, former_key
from checks.ledger.state import BillOnRecord
from watchdog.cli.looks import NotFoundError, SeveralError
from watchdog.store.ledger import LedgerRows


def bill_named(rows: LedgerRows, word: str) -> BillOnRecord:
    """The bill that "acme/INV-7", "acme/inv 7" or, where one vendor alone has it, "INV-7" names.

    Raises NotFoundError and SeveralError.
    """
    bill = bill_or_none(rows, word)
    if bill is None:
        raise NotFoundError(
            "no bill on record is called so; name it VENDOR/NUMBER, `nigehban invoices list` shows them"
        )
    return bill


def bill_or_none(rows: LedgerRows, word: str) -> BillOnRecord | None:
    """As `bill_named`. Raises SeveralError."""
    vendor, slash, number = word.strip().partition("/")
    if slash:
        key = bill_key(vendor.strip(), number)
        if (bill := rows.bill(key) or rows.bill(former_key(key))) is not None:
            return bill
    plain = bill_key("", word).removeprefix("/")
    keys = rows.keys_of_number(plain) or rows.keys_of_number(plain.replace("-", "")) or _shown_as(rows, word.strip())
    if len(keys) > 1:
        raise SeveralError(f"several vendors have a bill of that number; say which: {', '.join(keys[:5])}")
    return rows.bill(keys[0]) if keys else None


def _shown_as(rows: LedgerRows, word: str) -> list[str]:
    """Bills that listings show under this name: a number that looks like a person's is masked there."""
    if MASKED_CNIC not in word:
        return []
    return [bill.key for bill in rows.bills() if word in {masked(bill.subject), masked(bill.number)}]
