from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.dates import AmbiguousTextError, DateTextError, DayOrder, Layout, parse_date
from checks.domains.registration import Precision

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

DAY_FIRST = Layout(order=DayOrder.DAY_FIRST)
MONTH_FIRST = Layout(order=DayOrder.MONTH_FIRST)

#: Layouts that leave no doubt, for strftime.
UNAMBIGUOUS_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y. %m. %d.", "%Y%m%d", "%d-%b-%Y", "%d %B %Y", "%B %d %Y", "%B %d, %Y",
    "%a %b %d %Y", "%Y-%b-%d", "%Y-%b-%d.", "%d.%b.%Y", "%d/%b/%Y", "%A, %d %B %Y", "%d/%m/%Y (dd/mm/yyyy)",
    "%m-%d-%Y (MM-DD-YYYY)", "%Y-%m-%d (yyyy-mm-dd)",
)  # fmt: skip
UNAMBIGUOUS_INSTANTS = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%S+00:00",
    "%Y-%m-%d %H:%M:%S.123456+00", "%d-%b-%Y %H:%M:%S UTC", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S UTC %Y",
    "%Y%m%dT%H%M%SZ", "%Y-%m-%d %I:%M:%S %p UTC", "%Y/%m/%d %H:%M:%S (UTC)",
)  # fmt: skip

in_bounds = st.datetimes(datetime(1990, 1, 1), datetime(2127, 12, 31, 23, 59, 59))  # noqa: DTZ001  # given its zone below


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize("layout", UNAMBIGUOUS_DAYS)
@given(moment=in_bounds)
def test_a_day_survives_the_round_trip(layout: str, moment: datetime) -> None:
    stated = parse_date(moment.strftime(layout), now=NOW)
    assert stated == (day(moment.year, moment.month, moment.day), Precision.DAY)


@pytest.mark.parametrize("layout", UNAMBIGUOUS_INSTANTS)
@given(moment=in_bounds)
def test_an_instant_survives_the_round_trip(layout: str, moment: datetime) -> None:
    stated = parse_date(moment.strftime(layout), now=NOW)
    assert stated == (moment.replace(microsecond=0, tzinfo=UTC), Precision.INSTANT)


@given(moment=in_bounds, separator=st.sampled_from("-/."))
def test_two_numbers_are_read_as_announced_or_where_only_one_day_is_possible(moment: datetime, separator: str) -> None:
    text = moment.strftime(f"%d{separator}%m{separator}%Y")
    truth = day(moment.year, moment.month, moment.day)
    assert parse_date(text, now=NOW, layout=DAY_FIRST).at == truth
    if moment.day > 12 or moment.day == moment.month:
        assert parse_date(text, now=NOW).at == truth
    else:
        with pytest.raises(AmbiguousTextError):
            parse_date(text, now=NOW)


@pytest.mark.parametrize("text", ["01/02/2027", "1.2.2027", "12-11-2027 00:00:00"])
def test_two_small_numbers_are_ambiguous(text: str) -> None:
    with pytest.raises(AmbiguousTextError, match="could be day and month or month and day"):
        parse_date(text, now=NOW)


def test_an_announced_order_that_the_numbers_deny_is_not_believed() -> None:
    with pytest.raises(DateTextError, match="in the order that is announced"):
        parse_date("01/31/2027", now=NOW, layout=DAY_FIRST)
    assert parse_date("01/31/2027", now=NOW, layout=MONTH_FIRST).at == day(2027, 1, 31)


def test_the_order_behind_a_date_wins_over_what_is_known_of_the_server() -> None:
    assert parse_date("01/02/2027 (mm/dd/yyyy)", now=NOW, layout=DAY_FIRST).at == day(2027, 1, 2)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2027-01-02T00:30:00+05:00", datetime(2027, 1, 1, 19, 30, tzinfo=UTC)),
        ("2027-01-02T23:30:00-0700", datetime(2027, 1, 3, 6, 30, tzinfo=UTC)),
        ("2027-01-02 03:00:00 JST", datetime(2027, 1, 1, 18, 0, tzinfo=UTC)),
        ("2027-01-02 03:00:00 (UTC+8)", datetime(2027, 1, 1, 19, 0, tzinfo=UTC)),
        ("2027-01-02 03:00 PKT", datetime(2027, 1, 1, 22, 0, tzinfo=UTC)),
        ("2027-01-02T12:00:00+05:30", datetime(2027, 1, 2, 6, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_zone_is_reckoned_with(text: str, at: datetime) -> None:
    assert parse_date(text, now=NOW) == (at, Precision.INSTANT)


@pytest.mark.parametrize("text", ["2027-01-02 12:00:00", "2027-01-02 12:00:00 CST", "2027-01-02 23:59:59 IST"])
def test_a_time_without_a_certain_zone_names_only_the_day(text: str) -> None:
    assert parse_date(text, now=NOW) == (day(2027, 1, 2), Precision.DAY)


def test_a_time_without_a_zone_is_on_the_clock_of_a_server_that_is_known() -> None:
    tokyo = Layout(offset=timedelta(hours=9))
    assert parse_date("2027-01-02 03:00:00", now=NOW, layout=tokyo).at == datetime(2027, 1, 1, 18, 0, tzinfo=UTC)
    assert parse_date("2027-01-02", now=NOW, layout=tokyo) == (day(2027, 1, 2), Precision.DAY)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "2027", "Jan-2027", "before Jan-2027", "02-Jan-27", "27-01-02", "02.01.27", "1/2/27",
        "2027-13-01", "2027-02-30", "2027-1-2", "2027-01-0", "31-Feb-2027", "30.02.2027", "2027-31-01", "13/13/2027",
        "00/00/2027", "0202-01-02", "1989-12-31", "2128-01-01", "1448-05-06", "1405-05-06", "2570-05-06",
        "20271332", "202701021", "2027010", "2027-01-02T25:00:00Z", "2027-01-02 12:61:00", "2027-01-02 13:00 PM",
        "2027-01-02 12:00:00 XYZ", "2027-01-02 12:00:00 +15:00", "2027-01-02 or 2028-01-02", "2027-01-02 2028-01-02",
        "Mon, 02 Jan 2027", "Sat Jan 3 2027", "02 Janvier 2027", "2027年1月2日", "2027-01/02", "02.01-2027",
        "2027-01-02 " + " " * 100 + "x", "1" * 5000, "9999-12-31T23:59:59Z",
    ],
)  # fmt: skip
def test_what_is_no_certain_date_is_an_error(text: str) -> None:
    with pytest.raises(DateTextError):
        parse_date(text, now=NOW)


def test_digits_of_other_scripts_are_not_read() -> None:
    arabic = "2027-01-02".translate({ord("0") + i: 0x660 + i for i in range(10)})
    with pytest.raises(DateTextError):
        parse_date(arabic, now=NOW)


@given(text=st.text(max_size=90), order=st.sampled_from([None, *DayOrder]))
def test_any_text_is_a_date_or_the_documented_error(text: str, order: DayOrder | None) -> None:
    try:
        stated = parse_date(text, now=NOW, layout=Layout(order=order))
    except DateTextError:
        return
    assert 1990 <= (stated.at + timedelta(days=1)).year <= 2128


@given(text=st.from_regex(r"\A[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}( [0-9:]{1,8}( [A-Za-z+0-9:]{0,6})?)?\Z"))
def test_whatever_looks_like_a_date_is_one_or_the_documented_error(text: str) -> None:
    try:
        stated = parse_date(text, now=NOW)
    except DateTextError:
        return
    written = {int(number) for number in "".join(c if c.isdecimal() else " " for c in text).split()}
    if stated.precision is Precision.DAY:
        assert {stated.at.year, stated.at.day} <= written or len(text.split(maxsplit=1)[0]) >= 8


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01 (YYYY-DD-MM)",
        "2027-02-01 (MM/DD/YYYY)",
        "2027-02-01 (dd-mm-yyyy)",
        "2027-02-01 (dd-mm)",
        "2027-02-01 (ddmmyyyy)",
        "20270201 (yyyyddmm)",
        "01/02/2027 (yyyy-mm-dd)",
        "01/02/2027 (yyyy-dd-mm)",
        "01/02/2027 (dd/mm/yyyy) (mm/dd/yyyy)",
        "01/02/2027 (mm/yyyy/dd)",
    ],
)
def test_an_order_that_the_date_itself_denies_leaves_no_date(text: str) -> None:
    with pytest.raises(DateTextError):
        parse_date(text, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01 (YYYY-MM-DD)",
        "2027-02-01 (yyyy-mm-dd hh:mm:ss)",
        "20270201 (yyyymmdd)",
        "01/02/2027 (dd/mm/yyyy)",
        "01/02/2027 (dd-mm-yyyy) (dd/mm/yyyy)",
        "02/01/2027 (MM/DD/YYYY)",
        "01-Feb-2027 (dd-mon-yyyy)",
        "01 Feb 2027 (yyyy-mm-dd)",
    ],
)
def test_an_order_that_fits_the_date_is_followed(text: str) -> None:
    assert parse_date(text, now=NOW).at.date().isoformat() == "2027-02-01"
