"""What the daemon says of the name servers, by what the resolver knows."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from checks.model import Cause, Finding, Status
from checks.network.name_service import Health, Trouble
from tests.support.scripted import surroundings
from tests.support.virtual_loop import EPOCH
from watchdog.engine.runner import run_check
from watchdog.own_checks import resolver_check

WELL = Health(trouble=None, words="", servers=("10.0.0.2", "10.0.0.3"), failing=(), slowest_s=0.02, is_idle=False)
LONG_AGO = EPOCH - timedelta(days=1)


@dataclass(slots=True)
class Known:
    """A resolver whose state a test writes down."""

    state: Health
    examined: int = 0

    def health(self) -> Health:
        return self.state

    async def examine(self) -> None:
        self.examined += 1


def finding(state: Health, began_s_ago: float = 86_400) -> Finding:
    spec = resolver_check(Known(state), EPOCH - timedelta(seconds=began_s_ago)).spec
    run = asyncio.run(run_check(spec, surroundings(), now=EPOCH, kept={}, timeout_s=spec.timeout_s))
    (seen,) = run.observations
    return seen.finding


def judged(state: Health, began_s_ago: float = 86_400) -> tuple[Status, Cause]:
    seen = finding(state, began_s_ago)
    return seen.status, seen.cause


def troubled(trouble: Trouble, *failing: str) -> Health:
    return replace(WELL, trouble=trouble, words="name servers 10.0.0.2, 10.0.0.3 do not answer", failing=failing)


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (Trouble.SILENT, Cause.TIMEOUT),
        (Trouble.FAILED, Cause.NAME_FAILED),
        (Trouble.MISSING, Cause.NAME_FAILED),
    ],
)
def test_servers_that_serve_nobody_are_critical(trouble: Trouble, cause: Cause) -> None:
    assert judged(troubled(trouble, "mx1.example.org")) == (Status.CRITICAL, cause)


def test_people_hear_who_was_asked_for_what_and_what_checks_do_meanwhile() -> None:
    names = tuple(f"host{number}.example{number}.org" for number in range(20))
    seen = finding(troubled(Trouble.SILENT, *names))
    assert seen.summary == "name servers 10.0.0.2, 10.0.0.3 do not answer"
    facts = seen.facts
    assert facts[0] == ("Name servers", "10.0.0.2, 10.0.0.3")
    assert facts[1] == ("Asked for", f"{', '.join(names[:8])} and 12 more")
    assert facts[2][0] == "Checks go on by"


def test_the_subject_stays_the_same_whatever_servers_there_are() -> None:
    assert finding(WELL).subject == finding(replace(WELL, servers=("10.9.9.9",))).subject == "name servers"


def test_servers_that_take_long_each_time_are_a_warning() -> None:
    assert judged(replace(WELL, slowest_s=1.4)) == (Status.OK, Cause.NONE)
    assert judged(replace(WELL, slowest_s=1.5)) == (Status.WARNING, Cause.SLOW)


def test_an_estate_that_asks_for_no_name_is_well_but_not_before_every_check_had_its_look() -> None:
    idle = replace(WELL, is_idle=True, slowest_s=0.0)
    assert judged(idle, began_s_ago=89) == (Status.UNKNOWN, Cause.BLIND)
    assert judged(idle, began_s_ago=91) == (Status.OK, Cause.NONE)


def test_a_name_that_fails_right_after_a_start_says_neither_that_all_is_well_nor_that_it_is_not() -> None:
    some = replace(WELL, failing=("mx1.example.org",), slowest_s=0.0)
    assert judged(some, began_s_ago=89) == (Status.UNKNOWN, Cause.BLIND)
    assert judged(some, began_s_ago=91) == (Status.OK, Cause.NONE)
    assert finding(some).summary.endswith("what fails is mx1.example.org")


def test_a_clock_set_back_does_not_make_it_unknown_for_ever() -> None:
    assert judged(replace(WELL, is_idle=True), began_s_ago=-3600) == (Status.OK, Cause.NONE)


def test_every_look_first_asks_what_would_tell_more() -> None:
    known = Known(WELL)
    spec = resolver_check(known, LONG_AGO).spec
    asyncio.run(run_check(spec, surroundings(), now=EPOCH, kept={}, timeout_s=1))
    assert known.examined == 1
