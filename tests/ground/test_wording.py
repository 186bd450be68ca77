from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from checks.wording import day_of, moment

AT = datetime(2017, 10, 13, 21, 14, tzinfo=UTC)


def test_a_day_is_named_with_its_weekday() -> None:
    assert day_of(date(2017, 11, 6)) == "Mon 6 Nov 2017"


def test_a_moment_is_told_by_the_clocks_of_the_estate() -> None:
    assert moment(AT, ZoneInfo("Asia/Karachi")) == "02:14 on Sat 14 Oct 2017"


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC")])
def test_a_moment_in_utc_says_so(zone: ZoneInfo) -> None:
    assert moment(AT, zone) == "21:14 UTC on Fri 13 Oct 2017"


def test_the_end_of_time_is_no_error() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert moment(end, ZoneInfo("Asia/Karachi")) == "23:59 on Fri 31 Dec 9999"
