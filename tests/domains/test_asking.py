"""When a registry is asked again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.asking import backoff_s, next_question
from checks.domains.known import Known
from checks.domains.outcome import Failed
from checks.domains.rdap_query import address_of, retry_after_s
from checks.model import Cause
from tests.support.fake_network import NOW

REFUSED = Failed(cause=Cause.REFUSED, reason="refused")
LIMITED = Failed(cause=Cause.RATE_LIMITED, reason="too often")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("failure", "failures", "least_s"),
    [(REFUSED, 1, 60), (REFUSED, 3, 240), (REFUSED, 50, 3600), (LIMITED, 1, 900), (LIMITED, 5000, 86_400)],
)
def test_pauses_double_up_to_a_bound(failure: Failed, failures: int, least_s: float) -> None:
    assert least_s <= backoff_s(failure, failures, "kp.gov.pk") <= least_s * 1.1


@given(st.floats(min_value=0, max_value=1e12), st.integers(min_value=1, max_value=10_000), st.text(max_size=20))
def test_a_registry_gets_the_time_it_asks_for_and_never_over_a_day(wait_s: float, failures: int, domain: str) -> None:
    limited = Failed(cause=Cause.RATE_LIMITED, reason="", retry_after_s=wait_s)
    assert min(wait_s, 86_400) <= backoff_s(limited, failures, domain) <= max(66.0, min(wait_s, 86_400) * 1.1)


def test_domains_asked_together_do_not_stay_together() -> None:
    known = Known(asked_at=NOW, alike=1, needed=1)
    times = {
        next_question(known, 6 * HOUR, asked_of="", is_near=False, domain=f"d{number}.pk") for number in range(100)
    }
    assert len(times) == 100
    assert all(at is not None and 5.4 * HOUR <= at - NOW <= 6.6 * HOUR for at in times)


def test_a_near_date_is_asked_for_every_hour_and_never_less_often_than_configured() -> None:
    known = Known(asked_at=NOW, alike=1, needed=1)
    for every, expected in ((6 * HOUR, HOUR), (HOUR / 2, HOUR / 2)):
        at = next_question(known, every, asked_of="", is_near=True, domain="kp.gov.pk")
        assert at is not None
        assert abs(at - NOW - expected) <= expected * 0.1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 3600.0),
        ("Fri, 20 Nov 2026 05:00:00 GMT", 0.0),
        ("Friday, 20-Nov-26 07:00:00 GMT", 3600.0),
        ("soon", None),
        ("-5", None),
        ("1" * 400, None),
        ("", None),
        ("Fri, 99 Nov 99999 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_s(text, NOW) == seconds


@given(st.text(max_size=100))
def test_no_retry_after_breaks_anything(text: str) -> None:
    wait_s = retry_after_s(text, NOW)
    assert wait_s is None or wait_s >= 0


@pytest.mark.parametrize("base", ["https://r.example/v1", "https://r.example/v1/", "https://r.example/v1/domain/"])
def test_a_base_address_may_be_written_in_several_ways(base: str) -> None:
    assert address_of(base, "kp.gov.pk") == "https://r.example/v1/domain/kp.gov.pk"
    assert address_of(address_of(base, "kp.gov.pk"), "kp.gov.pk") == "https://r.example/v1/domain/kp.gov.pk"
