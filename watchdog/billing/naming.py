"""Which bill, or which vendor, people mean."""

from checks.invoice import bill_key
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
    if slash and (bill := rows.bill(bill_key(vendor.strip(), number))) is not None:
        return bill
    keys = rows.keys_of_number(bill_key("", word).removeprefix("/"))
    if len(keys) > 1:
        raise SeveralError(f"several vendors have a bill of that number; say which: {', '.join(keys[:5])}")
    return rows.bill(keys[0]) if keys else None
