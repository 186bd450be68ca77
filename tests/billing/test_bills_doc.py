"""What docs/bills.md promises to a finance officer is what the code does."""

import re
from datetime import date
from pathlib import Path

from checks.billing.csv_records import MAX_BYTES, MAX_ROWS
from checks.billing.csv_rows import OPTIONAL, REQUIRED, KnownIds, parse_bills
from checks.deadline import CRITICAL_DAYS, INVOICE_LADDER
from checks.ledger.rules import DEFAULT_PATH

PAGE = (Path(__file__).parents[2] / "docs" / "bills.md").read_text(encoding="utf-8")


def rows_of_table(heading: str) -> list[list[str]]:
    """The cells of the table whose header begins with `heading`."""
    _, _, rest = PAGE.partition(f"| {heading} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_example_list_is_read_as_it_stands() -> None:
    example = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    bills = parse_bills(example[1].encode(), today=date(2026, 11, 22), known=KnownIds())
    assert [(bill.vendor, bill.number, str(bill.amount), bill.is_settled(bill.due)) for bill in bills] == [
        ("acme", "INV-7", "Rs 134,000", False),
        ("acme", "INV-6", "Rs 134,000", True),
        ("zeta", "2026/118", "USD 1,200.50", False),
    ]


def test_every_column_is_explained_and_no_other() -> None:
    table = {name.strip("`"): needed for name, needed, _ in rows_of_table("column")}
    assert set(table) == set(REQUIRED + OPTIONAL)
    assert {name for name, needed in table.items() if needed == "yes"} == set(REQUIRED)


def test_the_limits_are_those_of_the_reader() -> None:
    assert f"{MAX_BYTES // 2**20} MiB and {MAX_ROWS:,} rows" in PAGE.replace("\n", " ")


def test_the_usual_steps_are_those_of_the_default_ladder() -> None:
    far, near, _ = (row[0] for row in rows_of_table("working days before the due day"))
    days = [int(text.removesuffix("wd")) for text in INVOICE_LADDER.texts()]
    assert [day for day in days if day > CRITICAL_DAYS] == [int(day) for day in far.split(", ")]
    assert [day for day in days if day <= CRITICAL_DAYS] == [3, 1, 0]
    assert near == "3, 1 and the day itself"


def test_the_stages_are_those_of_the_default_path() -> None:
    stages = [(stage.title, str(stage.p50_wd), str(stage.p90_wd)) for stage in DEFAULT_PATH]
    assert [(title, half, most) for title, half, most, _ in rows_of_table("stage")] == stages
