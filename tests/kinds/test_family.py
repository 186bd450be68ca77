"""Both families side by side: what one of them fails with is judged as the runner would."""

import asyncio
from collections.abc import Sequence

import pytest

from checks.family import look_over
from checks.model import Cause, Finding, Status
from checks.network.errors import BlindError, ProbeError
from checks.network.values import Family
from checks.secret import SecretUnavailableError
from checks.verdict import OURS, verdict
from tests.support.fake_network import FakeNetwork, context

FAILURES = [
    *(ProbeError(cause, "so it ended") for cause in Cause if cause is not Cause.NONE),
    BlindError("no route at all"),
    SecretUnavailableError("secret relay_password: no such file"),
    RuntimeError("token 4711"),
]


def looked_over_both(six_fails_with: Exception) -> Sequence[Finding]:
    async def look(family: Family, subject: str) -> Sequence[Finding]:
        if family == "6":
            raise six_fails_with
        return (Finding(subject=subject, status=Status.OK, summary="well"),)

    return asyncio.run(look_over("both", "mx", context(FakeNetwork()), look))


@pytest.mark.parametrize("error", FAILURES, ids=repr)
def test_one_family_fails_by_the_verdict_of_the_runner_and_leaves_the_other_alone(error: Exception) -> None:
    four, six = looked_over_both(error)
    assert (four.subject, four.status) == ("mx IPv4", Status.OK)
    status, cause, detail = verdict(error, 10)
    assert (six.subject, six.status, six.cause, six.summary) == ("mx IPv6", status, cause, f"mx IPv6: {detail}")


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause in OURS])
def test_what_says_something_about_us_is_unknown(cause: Cause) -> None:
    assert verdict(ProbeError(cause, "so it ended"), 10) == (Status.UNKNOWN, cause, "so it ended")


def test_a_refusal_that_only_asks_us_to_slow_down_is_no_outage_of_either_family() -> None:
    _, six = looked_over_both(ProbeError(Cause.RATE_LIMITED, "too many connections"))
    assert six.status is Status.UNKNOWN


def test_a_bug_in_one_family_keeps_what_it_was_told_to_itself() -> None:
    _, six = looked_over_both(RuntimeError("token 4711"))
    assert "4711" not in six.summary + six.evidence
