"""What an incident says of itself."""

from dataclasses import replace

import pytest

from alerts.incident import Incident
from tests.support.stored import at, incident

FAILING = incident("i1")


@pytest.mark.parametrize(
    ("one", "is_still_bad"),
    [
        (FAILING, True),
        (replace(FAILING, recovered_at=at(60)), False),
        (replace(FAILING, root="i0"), False),
        (replace(FAILING, closed_at=at(60)), False),
    ],
    ids=["it fails", "well for now", "part of another", "over"],
)
def test_it_is_still_bad_while_it_fails_and_stands_by_itself(one: Incident, *, is_still_bad: bool) -> None:
    assert one.is_still_bad is is_still_bad
