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


def finding(state: Health, began_s_ago: float = 86_400, *, was_troubled: bool = False) -> Finding:
    spec = resolver_check(Known(state), EPOCH - timedelta(seconds=began_s_ago)).spec
    run = asyncio.run(
        run_check(
            spec, surroundings(), now=EPOCH, kept={"troubled": True} if was_troubled else {}, timeout_s=spec.timeout_s
        )
    )
    (seen,) = run.observations
    return seen.finding


def judged(state: Health, began_s_ago: float = 86_400, *, was_troubled: bool = False) -> tuple[Status, Cause]:
    seen = finding(state, began_s_ago, was_troubled=was_troubled)
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


def test_an_estate_that_asks_for_no_name_is_well_from_the_first_look_on() -> None:
    assert judged(replace(WELL, is_idle=True, slowest_s=0.0), began_s_ago=0) == (Status.OK, Cause.NONE)


@pytest.mark.parametrize("state", [replace(WELL, is_idle=True), replace(WELL, failing=("mx1.example.org",))])
def test_a_trouble_before_a_start_is_not_over_before_every_check_had_its_look(state: Health) -> None:
    assert judged(state, began_s_ago=89, was_troubled=True) == (Status.UNKNOWN, Cause.BLIND)
    assert judged(state, began_s_ago=91, was_troubled=True) == (Status.OK, Cause.NONE)


def test_a_name_that_fails_while_nothing_says_that_it_is_the_servers_is_told_and_no_fault() -> None:
    some = replace(WELL, failing=("mx1.example.org",), slowest_s=0.0)
    assert finding(some).summary.endswith("what fails is mx1.example.org")


def test_a_clock_set_back_does_not_make_it_unknown_for_ever() -> None:
    assert judged(replace(WELL, is_idle=True), began_s_ago=-3600, was_troubled=True) == (Status.OK, Cause.NONE)


def test_a_trouble_is_remembered_over_a_start_until_it_is_over() -> None:
    def kept(state: Health) -> object:
        spec = resolver_check(Known(state), LONG_AGO).spec
        run = asyncio.run(run_check(spec, surroundings(), now=EPOCH, kept={"troubled": True}, timeout_s=1))
        return {"troubled": True, **run.memory}["troubled"]

    assert kept(troubled(Trouble.SILENT)) is True
    assert kept(WELL) is False


def test_refused_connections_are_called_so() -> None:
    assert judged(replace(troubled(Trouble.SILENT, "a.example"), is_refused=True)) == (Status.CRITICAL, Cause.REFUSED)


def test_the_proof_says_who_was_asked_for_what_and_what_came() -> None:
    heard = ("name server 10.0.0.2: connection refused",)
    seen = finding(replace(troubled(Trouble.SILENT, "a.example"), heard=heard))
    assert seen.evidence == "asked: 10.0.0.2, 10.0.0.3\na.example: name server 10.0.0.2: connection refused"
    assert finding(WELL).evidence == ""


def test_every_look_first_asks_what_would_tell_more() -> None:
    known = Known(WELL)
    spec = resolver_check(known, LONG_AGO).spec
    asyncio.run(run_check(spec, surroundings(), now=EPOCH, kept={}, timeout_s=1))
    assert known.examined == 1
