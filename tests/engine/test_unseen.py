"""Which subjects a run says are gone by not naming them."""

import pytest

from alerts.judging.episode import CheckFacts
from checks.model import CheckId, Observation, Status
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH
from watchdog.engine.runner import Run
from watchdog.engine.unseen import names_all

PAYEES = CheckFacts(kind="payee", subject="payees", is_on_record=True)
LOOKUPS = CheckFacts(kind="dns", subject="payees")


def run(*, failed: bool = False, **statuses: Status) -> Run:
    looks = (
        Observation(check_id=CheckId("x"), finding=finding(status, subject=name), observed_at=EPOCH, duration_s=0.1)
        for name, status in statuses.items()
    )
    return Run(observations=tuple(looks), memory={}, failed=failed)


def test_what_is_on_record_is_there_as_a_whole_though_of_one_nothing_is_known() -> None:
    seen = run(payees=Status.OK, acme=Status.UNKNOWN)
    assert names_all(seen, PAYEES)
    assert not names_all(seen, LOOKUPS)


@pytest.mark.parametrize(
    "seen",
    [run(payees=Status.UNKNOWN, acme=Status.OK), run(payees=Status.OK, failed=True)],
    ids=["its list cannot be read", "the run failed"],
)
def test_a_run_that_did_not_see_the_whole_says_of_none_that_it_is_gone(seen: Run) -> None:
    assert not names_all(seen, PAYEES)
