"""The list of bills as finance offices save it: read in full or refused in full, never a cell guessed."""

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.billing.csv_records import MAX_BYTES, MAX_ROWS
from checks.billing.csv_rows import MAX_PROBLEMS, OPTIONAL, REQUIRED, KnownIds, parse_bills
from checks.billing.refusal import BillsRefusedError
from checks.invoice import Invoice
from checks.units import parse_money

TODAY = date(2026, 11, 22)
ANY = KnownIds()
HEADER = "vendor,number,amount,due"
ROW = "acme,INV-7,134000.00 PKR,2026-12-01"


def read(text: str, known: KnownIds = ANY) -> tuple[Invoice, ...]:
    return parse_bills(text.encode(), today=TODAY, known=known)


def refusals(text: str | bytes, known: KnownIds = ANY) -> list[str]:
    with pytest.raises(BillsRefusedError) as refused:
        parse_bills(text.encode() if isinstance(text, str) else text, today=TODAY, known=known)
    return [str(problem) for problem in refused.value.problems]


def only(text: str) -> str:
    (problem,) = refusals(text)
    return problem


# What is read ----------------------------------------------------------------------------------------------------


def test_a_row_is_a_bill() -> None:
    assert read(f"{HEADER}\n{ROW}\n") == (
        Invoice(vendor="acme", number="INV-7", amount=parse_money("134000.00 PKR"), due=date(2026, 12, 1)),
    )


def test_all_columns_are_read() -> None:
    (bill,) = read(
        "vendor;number;amount;currency;due;suspends;service;office;settled_on;evidence;notes\n"
        "acme;INV-7;134000;PKR;2026-12-01;2026-12-20;mail;hq;2026-11-20;receipt 4711;=whatever\n"
    )
    assert (bill.suspends, bill.service, bill.office) == (date(2026, 12, 20), "mail", "hq")
    assert (bill.settled_on, bill.evidence) == (date(2026, 11, 20), "receipt 4711")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_separator_is_seen_from_the_header(mark: str) -> None:
    assert len(read(f"{HEADER}\n{ROW}\n".replace(",", mark))) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(end: str) -> None:
    assert len(read(f"{HEADER}\n{ROW}\n".replace("\n", end))) == 1


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert len(read(f"\ufeff{HEADER}\n{ROW}\n")) == 1


def test_column_names_may_be_capitalised_and_cells_quoted_and_padded() -> None:
    assert len(read('Vendor,"Number",AMOUNT, Due\n"acme",  INV-7 ,"134000.00 PKR",2026-12-01\n')) == 1


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    assert only(f"{HEADER}\n\n,,,\n{ROW}x\n") == ('row 4, due: expected a date as yyyy-mm-dd, such as "2026-12-01"')


def test_columns_without_a_name_or_any_cell_are_passed_over() -> None:
    assert len(read(f"{HEADER},,\n{ROW},, \n")) == 1


def test_a_cell_below_no_name_is_refused() -> None:
    told = "row 2, column 6: stands below no name; name the column in the first row, or empty it"
    assert only(f"{HEADER},,\n{ROW},,2026-12-20\n") == told


@pytest.mark.parametrize("row", ['acme,"1' + "x" * 140_000, 'acme,"1' + "\n," * 40_000, "," * 140_000])
def test_a_row_too_long_to_be_one_is_told_as_such(row: str) -> None:
    told = "row 2: more than 64 KiB in one row; is a quotation mark in it not closed?"
    assert only(f"{HEADER}\n{row}\n") == told


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63\ufe58")
def test_a_number_is_the_same_bill_with_any_dash(dash: str) -> None:
    assert "stands in row 2 already" in only(f"{HEADER}\n{ROW}\n{ROW.replace('-', dash, 1)}\n")


def test_full_width_letters_make_no_other_bill() -> None:
    wide = ROW.replace("INV-7", "\uff29\uff2e\uff36\uff17")
    assert "stands in row 2 already" in only(f"{HEADER}\n{ROW}\n{wide}\n")


def test_a_header_alone_is_a_list_without_bills() -> None:
    assert read(f"{HEADER}\n") == ()


# What is refused -------------------------------------------------------------------------------------------------


def test_every_bad_cell_is_listed_not_only_the_first() -> None:
    text = f"{HEADER}\nacme,1,-5 PKR,2026-13-01\n{ROW}\nacme,,5 PKR,0202-12-01\n"
    assert [problem.split(":")[0] for problem in refusals(text)] == [
        "row 2, amount",
        "row 2, due",
        "row 4, number",
        "row 4, due",
    ]


@pytest.mark.parametrize(
    ("due", "says"),
    [
        ("0202-12-01", "expected a year from 2000 to 2100"),
        ("2101-01-01", "expected a year from 2000 to 2100"),
        ("2026-02-29", "there is no such day"),
        ("2026-12-1", "expected a date as yyyy-mm-dd"),
        ("01/12/2026", "expected a date as yyyy-mm-dd"),
        ("46357", "expected a date as yyyy-mm-dd"),
        ("2026-12-01T00:00", "expected a date as yyyy-mm-dd"),
        ("\u0662\u0660\u0662\u0666-12-01", "expected a date as yyyy-mm-dd"),
        ("", "this cell is empty"),
    ],
)
def test_a_date_is_a_day_of_our_century_or_refused(due: str, says: str) -> None:
    assert says in only(f"{HEADER}\nacme,1,5 PKR,{due}\n")


@pytest.mark.parametrize("amount", ["-5.00", "5", "5,00", "1.005 PKR", "1e3 PKR", "NaN PKR", "5 pkr", "0 PKR"])
def test_a_malformed_amount_is_refused(amount: str) -> None:
    assert only(f'{HEADER}\nacme,1,"{amount}",2026-12-01\n').startswith("row 2, amount: ")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_formula_is_no_text(start: str) -> None:
    assert only(f"{HEADER}\nacme,{start}A1,5 PKR,2026-12-01\n").startswith("row 2, number: begins like a formula")


@pytest.mark.parametrize("hidden", ["\u202e", "\x00", "\x07", "\u200b", "\u2028"])
def test_an_invisible_character_is_refused(hidden: str) -> None:
    assert "invisible character" in only(f"{HEADER}\nacme,IN{hidden}V,5 PKR,2026-12-01\n")


@pytest.mark.parametrize("twin", ["INV-7", "inv7", "Inv 7", "I-N-V-7"])
def test_a_number_of_one_vendor_stands_once_however_it_is_spelled(twin: str) -> None:
    assert only(f"{HEADER}\n{ROW}\nacme,{twin},5 PKR,2026-12-02\n") == (
        "row 3, number: this bill stands in row 2 already"
    )


def test_two_vendors_may_use_one_number() -> None:
    assert len(read(f"{HEADER}\n{ROW}\nzeta,INV-7,5 PKR,2026-12-02\n")) == 2


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_column_is_named(missing: str) -> None:
    header = ",".join(name for name in REQUIRED if name != missing)
    assert only(f"{header}\n") == f"row 1, {missing}: this column is missing"


def test_a_misspelled_column_is_refused_lest_its_days_be_lost() -> None:
    assert only(f"{HEADER},suspend\n").startswith("row 1, column 5: not a column we know; use vendor, number")


def test_a_column_with_a_stray_quotation_mark_is_refused() -> None:
    assert only(f'{HEADER},suspends"\n').startswith("row 1, column 5: not a column we know")


def test_a_column_that_stands_twice_is_refused() -> None:
    assert only(f"{HEADER},due\n") == "row 1, due: stands twice"


@pytest.mark.parametrize("row", ["acme,1,5 PKR", "acme,1,5 PKR,2026-12-01,more"])
def test_a_row_of_another_length_is_refused(row: str) -> None:
    assert "cells, the header has 4" in only(f"{HEADER}\n{row}\n")


def test_a_number_with_a_word_in_the_notes_is_no_half_of_a_small_amount() -> None:
    assert len(read("vendor,number,due,currency,amount,notes\nacme,1,2026-12-01,PKR,500,no. 101\n")) == 1


@pytest.mark.parametrize(
    ("head", "row"),
    [(HEADER, "acme,1,134,000,2026-12-01"), ("vendor,number,due,amount,notes", "acme,1,2026-12-01,134,000")],
)
def test_an_amount_that_its_comma_cut_in_two_is_named(head: str, row: str) -> None:
    assert only(f"{head}\n{row}\n").startswith("row 2, amount: seems to be split at its comma")


def test_a_cut_off_before_the_due_date_is_refused() -> None:
    assert only(f"{HEADER},suspends\n{ROW},2026-11-30\n") == "row 2, suspends: lies before the due date"


def test_a_settlement_in_the_future_is_refused() -> None:
    assert "lies in the future" in only(f"{HEADER},settled_on\n{ROW},2026-11-23\n")


def test_ids_that_the_settings_do_not_know_are_refused_with_those_they_do() -> None:
    known = KnownIds(vendors={"acme"}, services={"mail", "portal"}, offices={"hq"})
    text = f"{HEADER},service,office\nacne,1,5 PKR,2026-12-01,male,hq\n"
    assert refusals(text, known) == [
        "row 2, vendor: no such vendor in the settings; there are acme",
        "row 2, service: no such service in the settings; there are mail, portal",
    ]


def test_a_file_in_another_encoding_is_refused_with_its_row() -> None:
    raw = f"{HEADER}\n{ROW}\nacm\u00e9,1,5 PKR,2026-12-01\n".encode("latin-1")
    assert refusals(raw) == ['row 3: not UTF-8; save it as "CSV UTF-8"']


def test_an_open_quotation_mark_cannot_swallow_rows() -> None:
    assert "quotation mark" in only(f'{HEADER}\nacme,"1,5 PKR,2026-12-01\n{ROW}\n')
    assert "line break" in only(f'{HEADER}\nacme,"1\nacme,2",5 PKR,2026-12-01\n')


def test_an_empty_file_is_no_list() -> None:
    assert only("").startswith("empty")


def test_a_file_of_more_than_five_mebibytes_is_refused() -> None:
    assert refusals(b"x" * (MAX_BYTES + 1)) == ["larger than 5 MiB; keep one list per vendor"]


def test_a_list_of_more_than_fifty_thousand_rows_is_refused() -> None:
    assert only(f"{HEADER}\n" + "\n" * (MAX_ROWS + 1) + ROW) == (
        f"row {MAX_ROWS + 2}: more than 50,000 rows; keep one list per vendor"
    )


def test_a_list_of_nothing_but_bad_cells_is_given_up_early() -> None:
    assert len(refusals(f"{HEADER}\n" + "acme,,5,x\n" * MAX_ROWS)) < MAX_PROBLEMS + 10


@pytest.mark.parametrize(
    "content",
    [
        b"," * MAX_BYTES,
        b"\n" * MAX_BYTES,
        b'"' * MAX_BYTES,
        b'a\n,"' * (MAX_BYTES // 4),
        "\U0001f600".encode() * (MAX_BYTES // 4),
        f"{HEADER}\n".encode() + b"".join(b"acme,%d,5 PKR,2026-12-01\n" % number for number in range(60_000)),
        f"{HEADER}\n".encode() + b"acme,,5,x\n" * MAX_ROWS,
    ],
    ids=["separators", "empty rows", "quotation marks", "cells over lines", "wide text", "many rows", "bad cells"],
)
def test_a_file_that_is_refused_costs_little_memory(content: bytes) -> None:
    tracemalloc.start()
    assert refusals(content)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8 * 1024 * 1024


@pytest.mark.slow
def test_a_list_of_fifty_thousand_rows_is_read_within_bounds() -> None:
    rows = "\n".join(f"acme,INV-{number},134000.00 PKR,2026-12-01" for number in range(MAX_ROWS))
    tracemalloc.start()
    bills = read(f"{HEADER}\n{rows}\n")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(bills) == MAX_ROWS
    assert peak_bytes < 128 * 1024 * 1024


@pytest.mark.parametrize("cell", ["77777.777 PKR", "=SECRET()", "2026-99-99", "x" * 400])
def test_a_refusal_never_repeats_what_stands_in_the_cell(cell: str) -> None:
    assert cell not in "".join(refusals(f"{HEADER}\nacme,{cell},{cell},{cell}\n"))


# Mutations: 0 silent changes -------------------------------------------------------------------------------------

COLUMNS = (*REQUIRED, *OPTIONAL)
SOUND = (
    ",".join(COLUMNS) + "\n"
    "acme,INV-7,134000.00,2026-12-01,PKR,2026-12-20,mail,hq,,,seen twice\n"
    'zeta,"77, second",1200.50,2026-12-05,USD,,portal,,2026-11-20,receipt 4711,\n'
    "zeta,78,5,2027-01-31,PKR,,,,,,\n"
)
ODD = "\x00\n\r\t \"',;=+-@.0159eE\u0661\u00a0\u202e\ufeff\u2212Aa"
characters = st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8"))
places = st.integers(0, len(SOUND) - 1)
edits = st.one_of(
    st.tuples(st.just("replace"), places, characters),
    st.tuples(st.just("insert"), places, characters),
    st.tuples(st.just("delete"), places, st.just("")),
    st.tuples(st.just("cut"), places, st.just("")),
)


def edited(text: str, edit: tuple[str, int, str]) -> str:
    kind, place, character = edit
    match kind:
        case "replace":
            return text[:place] + character + text[place + 1 :]
        case "insert":
            return text[:place] + character + text[place:]
        case "delete":
            return text[:place] + text[place + 1 :]
        case _:
            return text[:place]


def as_cells(bill: Invoice) -> dict[str, object]:
    return {
        "vendor": bill.vendor,
        "number": bill.number,
        "amount": (bill.amount.amount, bill.amount.currency),
        "due": str(bill.due),
        "suspends": str(bill.suspends or ""),
        "service": bill.service or "",
        "office": bill.office or "",
        "settled_on": str(bill.settled_on or ""),
        "evidence": bill.evidence,
    }


def plainly_read(text: str) -> list[dict[str, object]]:
    """The same table read with no checks at all, cell by cell as it stands."""
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) if any(map(str.strip, row))]
    header = [name.strip().casefold() for name in rows[0]]
    tables = [dict(zip(header, map(str.strip, row), strict=True)) for row in rows[1:]]
    return [
        {
            **{name: table.get(name, "") for name in COLUMNS if name not in {"amount", "currency", "notes"}},
            "amount": (Decimal(table["amount"].split(" ")[0]), table["currency"] or table["amount"].split(" ")[1]),
        }
        for table in tables
    ]


@settings(max_examples=1500)
@given(st.lists(edits, min_size=1, max_size=3))
def test_a_damaged_list_is_refused_or_read_exactly_as_it_stands(damage: list[tuple[str, int, str]]) -> None:
    text = SOUND
    for edit in damage:
        text = edited(text, edit)
    try:
        bills = read(text)
    except BillsRefusedError as refused:
        assert refused.problems  # noqa: PT017  # refused with reasons is one of the two right outcomes
        return
    assert [as_cells(bill) for bill in bills] == plainly_read(text)


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_a_refusal(raw: bytes) -> None:
    try:
        parse_bills(raw, today=TODAY, known=ANY)
    except BillsRefusedError as refused:
        assert all(problem.row >= 1 for problem in refused.problems)  # noqa: PT017  # either outcome is right


@settings(max_examples=500)
@given(st.text(max_size=400))
def test_any_rows_under_a_sound_header_are_bills_or_a_refusal(rows: str) -> None:
    try:
        read(f"{HEADER}\n{rows}")
    except BillsRefusedError as refused:
        assert all(problem.row >= 1 for problem in refused.problems)  # noqa: PT017  # either outcome is right
