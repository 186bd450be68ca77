"""`nigehban probe`: what it prints and how it ends. Its kinds and network are handed in."""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import Field, JsonValue

from checks.deadline import CERTIFICATE_LADDER, Ladder, parse_ladder
from checks.model import Cause, Deadline, Finding, Measurement, Status
from checks.network.errors import ProbeError
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.registry import Registry, load_registry
from checks.secret import Secret
from watchdog.cli.probe import probe

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


class Options(OptionsBase):
    host: str
    port: int = 25
    strict: bool = False
    password: Secret | None = None
    wanted: JsonValue = None
    ladder: Ladder = Field(CERTIFICATE_LADDER)


@dataclass(slots=True)
class Kind:
    """A kind that answers `findings` and keeps the options it was given."""

    findings: Sequence[Finding] = ()
    error: Exception | None = None
    given: Options | None = None

    async def run(self, options: Options, ctx: CheckContext) -> Sequence[Finding]:
        assert ctx.now == NOW
        self.given = options
        if self.error is not None:
            raise self.error
        return self.findings

    @property
    def registry(self) -> Registry:
        kind = CheckKind(name="mail", options=Options, run=self.run, subject=lambda options: options.host)
        return Registry(kinds=MappingProxyType({"mail": kind}), broken={"ldap (plugin:KIND)": "cannot be imported"})


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str


def say(kind: Kind, *arguments: str, name: str = "mail", as_json: bool = False, timeout: str = "10s") -> Said:
    out, err = io.StringIO(), io.StringIO()
    code = probe(
        name,
        arguments,
        as_json=as_json,
        timeout=timeout,
        registry=kind.registry,
        clock=lambda: NOW,
        out=out,
        err=err,
    )
    return Said(code, out.getvalue(), err.getvalue())


def finding(status: Status, subject: str = "mx", summary: str = "mx is well", **more: object) -> Finding:
    cause = Cause.NONE if status is Status.OK else Cause.REFUSED
    return Finding(subject=subject, status=status, cause=cause, summary=summary, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code"), [(Status.OK, 0), (Status.WARNING, 1), (Status.CRITICAL, 2), (Status.UNKNOWN, 3)]
)
def test_the_exit_code_says_the_status(status: Status, code: int) -> None:
    said = say(Kind([finding(status)]), "host=mx")
    assert (said.code, said.out, said.err) == (code, f"{status.name}: mx is well\n", "")


def test_measurements_stand_behind_the_bar_in_the_plugin_form() -> None:
    numbers = (
        Measurement(name="connect_s", value=0.0123456789, unit="s"),
        Measurement(name="body_bytes", value=1048576.0, unit="B"),
        Measurement(name="not_after", value=1826761413.0, unit="timestamp_seconds"),
        Measurement(name="it's", value=float("nan"), unit=""),
    )
    said = say(Kind([finding(Status.OK, measurements=numbers)]), "host=mx")
    assert said.out == "OK: mx is well | 'connect_s'=0.012346s;'body_bytes'=1048576B;'not_after'=1826761413;\n"


def test_the_worst_finding_comes_first_and_sets_the_exit_code() -> None:
    findings = [
        finding(Status.OK, "a", "a is well"),
        finding(Status.UNKNOWN, "b", "b is hidden"),
        finding(Status.CRITICAL, "c", "c is down"),
        finding(Status.WARNING, "d", "d is slow"),
    ]
    said = say(Kind(findings), "host=mx")
    assert said.out.splitlines() == [
        "CRITICAL: c is down",
        "WARNING: d is slow",
        "UNKNOWN: b is hidden",
        "OK: a is well",
    ]
    assert said.code == 2


def test_a_deadline_is_told_with_its_date() -> None:
    deadline = Deadline(at=NOW + timedelta(days=12, hours=1))
    said = say(Kind([finding(Status.WARNING, summary="certificate of mx", deadline=deadline)]), "host=mx")
    assert said.out == "WARNING: certificate of mx: 02 Dec 2026 07:00 UTC (in 12 days)\n"


@pytest.mark.parametrize(
    ("days", "told"), [(1.5, "(in 1 day)"), (2, "(in 2 days)"), (-1, "(1 day ago)"), (-1.5, "(1 day ago)")]
)
def test_one_day_is_no_days(days: float, told: str) -> None:
    due = Deadline(at=NOW + timedelta(days=days))
    assert told in say(Kind([finding(Status.OK, summary="certificate", deadline=due)]), "host=mx").out


def test_what_a_target_says_cannot_break_the_line_or_move_the_cursor() -> None:
    said = say(Kind([finding(Status.OK, summary="a|b\nc\x1b[2J\u202e")]), "host=mx")
    assert said.out == "OK: a¦b\\nc\\x1b[2J\\u202e\n"


def test_json_has_the_fields_of_the_contract() -> None:
    deadline = Deadline(at=NOW + timedelta(days=1), act_by=NOW)
    numbers = (Measurement(name="connect_s", value=0.5, unit="s"),)
    seen = finding(Status.CRITICAL, deadline=deadline, measurements=numbers, evidence="> EHLO")
    said = say(Kind([seen]), "host=mx", as_json=True)
    (row,) = json.loads(said.out)
    assert said.code == 2
    assert row.pop("duration_s") >= 0
    assert row == {
        "check": "probe",
        "kind": "mail",
        "subject": "mx",
        "status": "critical",
        "cause": "refused",
        "summary": "mx is well",
        "observed_at": "2026-11-20T06:00:00Z",
        "measurements": [{"name": "connect_s", "value": 0.5, "unit": "s"}],
        "deadline": {"at": "2026-11-21T06:00:00Z", "act_by": "2026-11-20T06:00:00Z"},
        "evidence": "> EHLO",
    }


def test_a_failed_look_is_a_finding_about_the_target() -> None:
    said = say(Kind(error=ProbeError(Cause.REFUSED, "connection refused")), "host=mx")
    assert (said.code, said.out) == (2, "CRITICAL: mx: connection refused\n")


def test_a_bug_of_a_kind_is_unknown_and_shows_no_traceback() -> None:
    said = say(Kind(error=KeyError("hunter2")), "host=mx")
    assert said.code == 3
    assert "hunter2" not in said.out + said.err


def test_options_are_read_by_their_types(tmp_path: Path) -> None:
    kind = Kind([finding(Status.OK)])
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("hunter2\n")
    words = ["host=mx", "port=2525", "strict=true", f"password=@{secret}", 'wanted={"a": 1}', "ladder=1/3, 7d,0d"]
    assert say(kind, *words).code == 0
    given = kind.given
    assert given is not None
    assert (given.host, given.port, given.strict, given.wanted) == ("mx", 2525, True, {"a": 1})
    assert given.ladder == parse_ladder(["1/3", "7d", "0d"])
    assert given.password is not None
    assert given.password.reveal() == "hunter2"


def test_a_ladder_may_be_written_as_in_settings() -> None:
    kind = Kind([finding(Status.OK)])
    assert say(kind, "host=mx", 'ladder=["1/3", "7d"]').code == 0
    assert kind.given is not None
    assert kind.given.ladder == parse_ladder(["1/3", "7d"])


@pytest.mark.parametrize("seconds", [1e-7, 0.00001043, 1234567890123.5, -2.0])
def test_numbers_have_no_exponent_since_the_form_has_none(seconds: float) -> None:
    said = say(Kind([finding(Status.OK, measurements=(Measurement(name="n", value=seconds, unit=""),))]), "host=mx")
    number = said.out.partition("'n'=")[2].rstrip(";\n")
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number)
    assert abs(float(number) - seconds) < 1e-6


def test_bills_of_settings_that_probe_does_not_read_are_unknown_and_not_none() -> None:
    out = io.StringIO()
    assert probe("invoice_due", [], out=out, err=out) == 3
    assert out.getvalue().startswith("UNKNOWN: bills: probe reads no settings and so knows no bills; name a list with")


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), ("true", True), ("ready", "ready"), ('"7"', "7"), ("[" * 9999, "[" * 9999)]
)
def test_a_json_value_may_be_written_as_plain_words(text: str, value: object) -> None:
    kind = Kind([finding(Status.OK)])
    say(kind, "host=mx", f"wanted={text}")
    assert kind.given is not None
    assert kind.given.wanted == value


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["host=mx", "prot=25"], "mail has no option 'prot'; did you mean 'port'?"),
        (["host=mx", "colour=red"], "mail has no option 'colour'."),
        ([], "host: missing; add it. Options of mail: host (needed), port, strict"),
        (["mx"], "expected option=value, like host=…"),
        (["https://mx/?page=1"], "expected option=value, like host=…"),
        (["HOST=mx"], "mail has no option 'HOST'; did you mean 'host'?"),
        (["host=mx", "strict=perhaps"], "strict: must be true or false"),
        (["host=mx", "password=@/nowhere/password"], "password: secret /nowhere/password: No such file or directory"),
        (["host=a", "host=b"], "host: given twice"),
        (["host=mx", "port=many"], "port: must be a whole number"),
        (["host=mx", "password=hunter2"], "write password=@FILE"),
        (["host=mx", "ladder=soon"], "ladder: step 1: expected a lead time"),
    ],
)
def test_wrong_usage_is_told_with_what_would_be_right_and_ends_with_3(arguments: list[str], complaint: str) -> None:
    said = say(Kind(), *arguments)
    assert (said.code, said.out) == (3, "")
    assert complaint in said.err
    assert "hunter2" not in said.err
    assert "many" not in said.err
    assert "perhaps" not in said.err


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("mial", "no kind 'mial'; did you mean 'mail'? Kinds: mail"),
        ("xyz", "no kind 'xyz'. Kinds: mail"),
        ("ldap", "kind 'ldap' is broken: ldap (plugin:KIND) cannot be imported"),
    ],
)
def test_a_kind_that_is_not_there_is_told_with_those_that_are(name: str, complaint: str) -> None:
    said = say(Kind(), name=name)
    assert said.code == 3
    assert complaint in said.err


@pytest.mark.parametrize("timeout", ["10", "soon", "0s", "-1s"])
def test_a_timeout_without_sense_is_wrong_usage(timeout: str) -> None:
    said = say(Kind(), "host=mx", timeout=timeout)
    assert said.code == 3
    assert "--timeout: expected" in said.err


def test_explain_shows_the_dialogue_with_times_beside_the_finding() -> None:
    out = io.StringIO()
    code = probe("tcp", ["host=127.0.0.1", "port=1"], explain=True, out=out, err=io.StringIO())
    assert code == 2
    first, *rest = out.getvalue().splitlines()
    assert first.startswith("CRITICAL: 127.0.0.1:1")
    assert any(line.startswith("  +0.") and "refused" in line for line in rest)


def test_explained_facts_stand_below_their_subject_and_move_no_cursor() -> None:
    seen = [
        finding(Status.OK, "mx", facts=(("Address", "192.0.2.1"), ("Names", "a\x1b[2J"))),
        finding(Status.OK, "web"),
    ]
    out = io.StringIO()
    probe("mail", ["host=mx"], explain=True, registry=Kind(seen).registry, clock=lambda: NOW, out=out, err=out)
    assert out.getvalue().splitlines()[2:] == [
        "mx:",
        "  Address: 192.0.2.1",
        "  Names: a\\x1b[2J",
        "dialogue (seconds since the start):",
    ]


def test_every_kind_of_ours_tells_its_options_when_one_is_wrong() -> None:
    for name, kind in load_registry(()).kinds.items():
        err = io.StringIO()
        assert probe(name, ["nonsense=1"], out=io.StringIO(), err=err) == 3
        assert all(option in err.getvalue() for option in kind.options.model_fields)
