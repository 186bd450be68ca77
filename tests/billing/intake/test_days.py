"""Days of cells: every layout that is clear in itself or declared, and no guess."""

# ruff: noqa: RUF001  # digits and marks of other scripts are what is read here

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing.intake.days import DayOrder, DayReader, serial_day

TODAY = date(2026, 11, 22)
FIRST_OF_DECEMBER = date(2026, 12, 1)


def read(text: str, order: DayOrder | None = None) -> date:
    return DayReader(today=TODAY, order=order).read(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-01", "2026-12-1", "2026/12/01", "2026-12-01 00:00:00", "2026-12-01T09:30:00Z"),
        *("1 Dec 2026", "1-Dec-26", "01-DEC-2026", "1st December, 2026", "Dec 1, 2026", "1 december 2026"),
        *("۱ دسمبر ۲۰۲۶", "۲۰۲۶-۱۲-۰۱", "1 دسمبر 2026"),
    ],
)
def test_a_day_that_can_be_read_one_way_is_read(text: str) -> None:
    assert read(text) == FIRST_OF_DECEMBER


@pytest.mark.parametrize("text", ["01/12/2026", "1-12-2026", "1.12.2026", "۰۱/۱۲/۲۰۲۶"])
def test_a_day_that_could_be_a_month_is_refused_until_the_layout_is_declared(text: str) -> None:
    with pytest.raises(ValueError, match="declare"):
        read(text)

    assert read(text, DayOrder.DMY) == FIRST_OF_DECEMBER
    assert read(text, DayOrder.MDY) == date(2026, 1, 12)


def test_a_day_after_the_twelfth_is_clear_in_itself() -> None:
    assert read("13/12/2026") == date(2026, 12, 13)


def test_a_list_that_has_both_orders_is_refused() -> None:
    reader = DayReader(today=TODAY)
    reader.read("13/12/2026")

    with pytest.raises(ValueError, match="in another"):
        reader.read("12/13/2026")


@pytest.mark.parametrize(
    ("text", "order", "why"),
    [
        ("13/13/2026", DayOrder.DMY, "no month 13"),
        ("12/13/2026", DayOrder.DMY, "no month 13"),
        ("01/12/26", None, "two digits"),
        ("0202-12-01", None, "year 202 "),
        ("2062-12-01", None, "year 2062"),
        ("2026-02-30", None, "no such day"),
        ("31 Feb 2026", None, "no such day"),
        ("1 Decembre 2026", None, "no month"),
        ("46357", None, "plain number"),
        ("soon", None, "expected a day"),
        ("2026-12-01", DayOrder.EXCEL, ""),
    ],
)
def test_a_day_that_is_none_is_refused_with_its_reason(text: str, order: DayOrder | None, why: str) -> None:
    if not why:
        assert read(text, order) == FIRST_OF_DECEMBER
        return
    with pytest.raises(ValueError, match=why):
        read(text, order)


def test_two_digits_of_a_year_are_of_this_century_where_the_layout_is_declared() -> None:
    assert read("01/12/26", DayOrder.DMY) == FIRST_OF_DECEMBER
    assert read("26-12-01", DayOrder.YMD) == FIRST_OF_DECEMBER


@pytest.mark.parametrize(
    ("number", "from_1904", "day"),
    [
        ("1", False, date(1900, 1, 1)),
        ("59", False, date(1900, 2, 28)),
        ("61", False, date(1900, 3, 1)),
        ("46357", False, FIRST_OF_DECEMBER),
        ("46357.75", False, FIRST_OF_DECEMBER),
        ("44895", True, FIRST_OF_DECEMBER),
    ],
)
def test_numbers_of_spreadsheets_are_their_days(number: str, from_1904: bool, day: date) -> None:  # noqa: FBT001
    assert serial_day(number, from_1904=from_1904) == day


@pytest.mark.parametrize("number", ["0", "-1", "60", "99999999", "1e99999", "NaN"])
def test_a_number_that_is_no_day_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="day"):
        serial_day(number, from_1904=False)


@given(days=st.integers(-3000, 3000))
def test_every_layout_names_the_same_day(days: int) -> None:
    day = TODAY + timedelta(days=days)
    written = (
        (day.isoformat(), None),
        (f"{day:%d/%m/%Y}", DayOrder.DMY),
        (f"{day:%m-%d-%Y}", DayOrder.MDY),
        (f"{day.day} {day:%b} {day.year}", None),
        (str((day - date(1899, 12, 30)).days), DayOrder.EXCEL),
    )

    assert {read(text, order) for text, order in written} == {day}


@given(text=st.text(max_size=30), order=st.none() | st.sampled_from(DayOrder))
def test_no_text_breaks_the_reader_of_days(text: str, order: DayOrder | None) -> None:
    try:
        day = read(text, order)
    except ValueError:
        return
    assert abs(day.year - TODAY.year) <= 10
