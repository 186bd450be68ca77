"""What a workbook shows as money is taken for that money, or refused: a currency may stand in a format alone."""

from datetime import date

import openpyxl
import pytest

from checks.billing.intake.amounts import DecimalMark
from checks.billing.intake.sheet_formats import format_of
from tests.support.bill_lists import HEAD, problems, read, saved

DUE = date(2026, 12, 1)


def formatted(number: float, code: str = "General", currency: str | None = None) -> bytes:
    """One bill over `number`, shown by `code`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD, "Currency"])
    sheet.append(["acme", "INV-7", number, DUE, currency])
    sheet["C2"].number_format = code
    return saved(book)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[$$-409]#,##0.00", "$"),
        ('"$"#,##0.00', "$"),
        ("\\$#,##0", "$"),
        ("$#,##0", "$"),
        ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$"),
        ('"US$" #,##0', "$"),
        ("[$€-2] #,##0.00", "€"),
        ("#,##0.00 [$€-407]", "€"),
        ("[$£-809]#,##0", "£"),
        ("[$₹-4009] #,##0", "₹"),
        ("[$USD] #,##0.00", "USD"),
        ('#,##0 "usd"', "USD"),
        ("#,##0 \\U\\S\\D", "USD"),
        ("[$kr-41D] #,##0", "kr"),
        ('"Rs" #,##0;[Red]"$" #,##0', "$"),
    ],
)
def test_a_number_that_is_shown_in_another_currency_is_refused(code: str, shown: str) -> None:
    (problem,) = problems(formatted(500, code))

    assert problem.startswith(f"row 2, amount: formatted as {shown}, where the list says PKR; ")


@pytest.mark.parametrize(
    "code",
    [
        *(
            "General",
            "0.00",
            "#,##0.00",
            '"Rs" #,##0',
            '"Rs."#,##0.00',
            "[$₨-420] #,##0",
            "[$Rs-420]#,##0",
            "[$PKR] #,##0",
        ),
        *(
            "[$Rs.-420] #,##0",
            "#,##0 [$روپے-420]",
            '#,##0"/-"',
            '#,##0 "only"',
            '#,##0 "ALL"',
            '"TOP" #,##0',
            "[$PRs] #,##0",
            "[$-409]#,##0.00",
            "[Red]#,##0",
            "_-* #,##0_-",
        ),
    ],
)
def test_a_number_that_is_shown_in_rupees_or_bare_is_taken(code: str) -> None:
    (bill,) = read(formatted(500.5, code)).bills

    assert bill.terms.amount.text() == "500.50 PKR"


@pytest.mark.parametrize(("code", "currency"), [("[$$-409]#,##0.00", "USD"), ("[$EUR] 0", "EUR"), ("[$€-2] 0", "EUR")])
def test_a_format_that_agrees_with_the_currency_of_its_row_is_taken(code: str, currency: str) -> None:
    (bill,) = read(formatted(500, code, currency)).bills

    assert bill.terms.amount.text() == f"500.00 {currency}"


def test_rupees_are_no_dollars_because_a_column_says_so() -> None:
    assert "formatted as Rs, where the list says USD" in problems(formatted(500, '"Rs" 0', "USD"))[0]


def test_a_currency_of_the_whole_list_counts_as_that_of_its_rows() -> None:
    assert read(formatted(500, "[$$-409]0"), currency="USD").bills[0].terms.amount.text() == "500.00 USD"


def test_a_day_names_no_currency() -> None:
    assert format_of('"USD" yyyy-mm-dd').is_day


def test_the_point_of_a_number_is_before_its_decimals_whatever_is_declared_of_texts() -> None:
    raw = formatted(1234.5)

    assert read(raw, mark=DecimalMark.COMMA).bills[0].terms.amount.text() == "1234.50 PKR"


def test_a_third_decimal_of_a_number_is_no_mark_of_thousands() -> None:
    assert "PKR has 2 digits" in problems(formatted(134.567), mark=DecimalMark.COMMA)[0]
