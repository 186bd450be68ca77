"""Whatever a kind does, a run ends in time with findings."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from checks.model import Cause, Deadline, Finding, Rung, Status
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.plugin import CheckContext, Json
from checks.secret import SecretUnavailableError
from tests.support.scripted import Answer, NoNetwork, finding, spec_of, surroundings
from tests.support.virtual_loop import run_virtual
from watchdog.engine.runner import Run, run_check

NOW = datetime(2017, 10, 18, 4, 0, tzinfo=UTC)


def run(answer: Answer, *, kept: Mapping[str, Json] | None = None, network: NoNetwork | None = None) -> Run:
    around = surroundings(network)
    return run_virtual(run_check(spec_of(answer), around, now=NOW, kept=kept or {}, timeout_s=10.0))


def only(result: Run) -> Finding:
    (observation,) = result.observations
    return observation.finding


def failing_with(error: Exception) -> Answer:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        raise error

    return answer


async def hang(_ctx: CheckContext) -> Sequence[Finding]:
    await asyncio.sleep(3600)
    return (finding(Status.OK),)


async def well(_ctx: CheckContext) -> Sequence[Finding]:
    await asyncio.sleep(0.25)
    return (finding(Status.OK),)


def test_a_finding_becomes_an_observation_with_its_duration() -> None:
    (observation,) = run(well).observations
    assert (observation.finding.status, observation.duration_s, observation.observed_at) == (Status.OK, 0.25, NOW)


def test_a_hanging_target_is_a_critical_timeout_after_the_whole_deadline() -> None:
    (observation,) = run(hang).observations
    assert (observation.finding.status, observation.finding.cause) == (Status.CRITICAL, Cause.TIMEOUT)
    assert observation.duration_s == pytest.approx(10.0)


def test_a_kind_that_asks_nobody_but_ourselves_says_nothing_of_bills_where_we_are_slow() -> None:
    own = spec_of(hang)
    own = replace(own, kind=replace(own.kind, is_local=True))
    late = only(run_virtual(run_check(own, surroundings(), now=NOW, kept={}, timeout_s=10.0)))
    assert (late.status, late.cause) == (Status.UNKNOWN, Cause.TIMEOUT)


def test_a_refused_connection_is_critical_about_the_primary_subject() -> None:
    failed = only(run(failing_with(ProbeError(Cause.REFUSED, "refused the connection"))))
    assert (failed.status, failed.cause, failed.subject) == (Status.CRITICAL, Cause.REFUSED, "mx1.example.gov.pk")


def test_our_own_blindness_is_unknown() -> None:
    failed = only(run(failing_with(BlindError("no route at all"))))
    assert (failed.status, failed.cause) == (Status.UNKNOWN, Cause.BLIND)


def test_a_bug_of_a_kind_is_unknown_and_keeps_what_it_was_told_to_itself() -> None:
    failed = only(run(failing_with(RuntimeError("password hunter2"))))
    assert (failed.status, failed.cause) == (Status.UNKNOWN, Cause.BUG)
    assert "hunter2" not in failed.summary + failed.evidence


def test_a_missing_secret_is_unknown_and_names_the_credential() -> None:
    failed = only(run(failing_with(SecretUnavailableError("secret relay_password: no such file"))))
    assert failed.status is Status.UNKNOWN
    assert "relay_password" in failed.summary


def test_a_failure_carries_the_transcript_as_evidence() -> None:
    assert only(run(hang, network=NoNetwork(text="> EHLO"))).evidence == "> EHLO"


def test_the_network_is_closed_after_every_run() -> None:
    network = NoNetwork()
    run(failing_with(RuntimeError("x")), network=network)
    assert network.closed


def test_a_kind_without_findings_is_a_bug() -> None:
    async def nothing(_ctx: CheckContext) -> Sequence[Finding]:
        return ()

    assert only(run(nothing)).cause is Cause.BUG


def test_two_findings_about_one_subject_are_a_bug() -> None:
    async def twice(_ctx: CheckContext) -> Sequence[Finding]:
        return finding(Status.OK), finding(Status.CRITICAL)

    assert only(run(twice)).cause is Cause.BUG


def test_memory_returns_only_what_changed() -> None:
    async def remember(ctx: CheckContext) -> Sequence[Finding]:
        ctx.memory.set("seen", ["a"])
        ctx.memory.set("last", ctx.memory.get("last"))
        return (finding(Status.OK),)

    assert run(remember, kept={"last": 1}).memory == {"seen": ["a"]}


def test_a_run_that_failed_remembers_nothing() -> None:
    async def half(ctx: CheckContext) -> Sequence[Finding]:
        ctx.memory.set("seen", ["a"])
        raise ProbeError(Cause.REFUSED, "refused")

    assert run(half).memory == {}


def test_a_run_that_was_cut_keeps_what_it_noted_and_nothing_else() -> None:
    async def half(ctx: CheckContext) -> Sequence[Finding]:
        ctx.memory.set("seen", ["a"])
        ctx.memory.note("tried", 1)
        await asyncio.sleep(1000)
        return (finding(Status.OK),)

    assert run(half).memory == {"tried": 1}


def test_a_note_is_read_again_and_gives_way_to_what_is_set_later() -> None:
    async def tried(ctx: CheckContext) -> Sequence[Finding]:
        ctx.memory.note("tried", 1)
        ctx.memory.set("tried", ctx.memory.get("tried") == 1)
        return (finding(Status.OK),)

    assert run(tried).memory == {"tried": True}


def test_a_cancellation_a_kind_lets_out_is_a_bug_and_not_the_end_of_the_check() -> None:
    async def leak(_ctx: CheckContext) -> Sequence[Finding]:
        raise asyncio.CancelledError

    assert only(run(leak)).cause is Cause.BUG


def test_a_run_that_is_really_cancelled_ends() -> None:
    async def scene() -> bool:
        task = asyncio.create_task(
            run_check(spec_of(hang), surroundings(), now=NOW, kept={}, timeout_s=10.0),
        )
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert run_virtual(scene())


@pytest.mark.parametrize(
    "given",
    [
        (None,),
        ("ok",),
        (Finding(subject=cast("str", 7), status=Status.OK, summary="x"),),
        (Finding(subject="x", status=Status.OK, summary="x", facts=(("Amount", cast("str", 5)),)),),
    ],
)
def test_what_is_no_finding_is_a_bug_of_the_kind(given: Sequence[Finding]) -> None:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        return given

    assert only(run(answer)).cause is Cause.BUG


def test_a_rung_without_a_zone_is_a_bug_of_the_kind() -> None:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        naive = Rung(name="7d", at=datetime(2017, 11, 1), status=Status.WARNING)  # noqa: DTZ001  # the mistake itself
        return (Finding(subject="x", status=Status.OK, summary="x", deadline=Deadline(at=NOW, rungs=(naive,))),)

    assert only(run(answer)).cause is Cause.BUG


@pytest.mark.parametrize("value", [{"a": {1, 2}}, float("nan")])
def test_memory_that_json_cannot_hold_is_a_bug_of_the_kind(value: object) -> None:
    async def answer(ctx: CheckContext) -> Sequence[Finding]:
        ctx.memory.set("seen", cast("Json", value))
        return (finding(Status.OK),)

    result = run(answer)
    assert (only(result).cause, result.memory) == (Cause.BUG, {})


def test_running_out_of_file_descriptors_is_said_apart() -> None:
    assert run(failing_with(StarvedError("no file descriptors left"))).starved == "no file descriptors left"


def test_it_is_said_too_where_the_kind_made_a_finding_of_it() -> None:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        return (finding(Status.UNKNOWN, cause=Cause.BLIND),)

    result = run(answer, network=NoNetwork(starved="no file descriptors left"))
    assert (result.failed, result.starved) == (False, "no file descriptors left")


@pytest.mark.parametrize("status", [Status.OK, Status.CRITICAL])
def test_what_the_network_has_to_say_stands_on_every_finding(status: Status) -> None:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        return (finding(status, cause=Cause.NONE if status is Status.OK else Cause.TIMEOUT),)

    old = ("Address", "last good address of mx.example, 240 s old, since the resolver fails")
    assert old in only(run(answer, network=NoNetwork(facts=(old,)))).facts


def test_it_stands_on_the_finding_of_a_run_that_failed_too() -> None:
    old = ("Address", "last good address of mx.example, 240 s old, since the resolver fails")
    assert only(run(failing_with(TimeoutError()), network=NoNetwork(facts=(old,)))).facts == (old,)


@pytest.mark.parametrize(("status", "names_all"), [(Status.OK, True), (Status.WARNING, True), (Status.CRITICAL, False)])
def test_only_a_run_that_saw_all_there_is_names_every_subject(status: Status, *, names_all: bool) -> None:
    async def answer(_ctx: CheckContext) -> Sequence[Finding]:
        return (finding(status),)

    assert run(answer).names_all is names_all
