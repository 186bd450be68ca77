"""`nigehban doctor`: each thing it looks at, and the verb over a whole installation."""

import json
import os
import resource
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from alerts.incident import EventKind
from alerts.message import NotificationState
from checks.ledger.taxpayers import ListKind
from checks.registry import Registry
from checks.secret import secret_from_file
from tests.support.kept_state import NOW, Kept, kept_state
from tests.support.owed import taxpayer_list
from tests.support.settings_files import HEAD, load_text
from watchdog import doctor as look
from watchdog.cli.doctor import doctor
from watchdog.clock import kernel_clock_state
from watchdog.doctor import Diagnosis, Level
from watchdog.settings.needs import files_of, secrets_of
from watchdog.settings.values import BackupSettings
from watchdog.store.lock import StateLock
from watchdog.store.passing_on import PASSED_ON
from watchdog.store.views import DeliveryLine, ToldLine

T = TypeVar("T")


def problems(found: Iterable[Diagnosis]) -> list[str]:
    return [one.text for one in found if one.level is Level.PROBLEM]


def only(found: Iterable[T]) -> T:
    (one,) = found
    return one


# One thing at a time ---------------------------------------------------------------------------------------------


def test_a_namesake_is_a_problem_and_none_is_good() -> None:
    assert only(look.of_names({"watchdog": ["nigehban"]})).level is Level.GOOD
    assert "pip uninstall watchdog" in only(problems(look.of_names({"watchdog": ["nigehban", "watchdog"]})))


def test_a_broken_plugin_is_told_with_its_reason() -> None:
    found = look.of_plugins(Registry(kinds={}, broken={"ldap (p:KIND)": "cannot be imported: ImportError: x"}))
    assert problems(found) == ["plugin ldap (p:KIND): cannot be imported: ImportError: x"]


@pytest.mark.parametrize(
    ("age_days", "level", "said"),
    [(None, Level.ADVICE, "never imported"), (1, Level.GOOD, "numbers"), (11, Level.ADVICE, "counts for 10 days")],
)
def test_a_list_of_taxpayers_that_vendors_need_is_looked_after(
    tmp_path: Path, age_days: int | None, level: Level, said: str
) -> None:
    settings = load_text(tmp_path, f"{HEAD}vendors: {{acme: {{name: Acme}}}}\nbilling: {{}}\n")
    today = NOW.date()
    listed = [] if age_days is None else [taxpayer_list(ListKind.INCOME_TAX, today - timedelta(days=age_days))]
    found = only(look.of_taxpayer_lists(settings, listed, today))
    assert (found.about, found.level) == ("income-tax list", level)
    assert said in found.text


def test_nobody_is_asked_for_a_list_that_no_vendor_needs(tmp_path: Path) -> None:
    exempt = load_text(tmp_path, f"{HEAD}vendors: {{acme: {{name: Acme, taxpayer_lists: []}}}}\nbilling: {{}}\n")
    assert list(look.of_taxpayer_lists(exempt, (), NOW.date())) == []


def test_settings_without_checks_watch_nothing(tmp_path: Path) -> None:
    assert "nothing is watched" in only(problems(look.of_settings(load_text(tmp_path, HEAD))))


@pytest.mark.parametrize(
    ("anchors", "said"),
    [
        ("[]", "none: when our own network is down"),
        ("[192.0.2.1, 192.0.2.2]", "fewer than 3"),
        ("[192.0.2.1, 192.0.2.2, gw.example.org]", "gw.example.org:443 is a name"),
        ("[192.0.2.1, 192.0.2.2, 127.0.0.1]", "127.0.0.1:443 is this machine"),
    ],
)
def test_anchors_that_cannot_tell_our_own_death_are_advised_against(tmp_path: Path, anchors: str, said: str) -> None:
    settings = load_text(tmp_path, f"{HEAD}anchors: {anchors}\n")
    (advice,) = [one for one in look.of_settings(settings) if (one.about, one.level) == ("anchors", Level.ADVICE)]
    assert said in advice.text


def test_good_anchors_are_told_with_how_many_must_answer(tmp_path: Path) -> None:
    settings = load_text(tmp_path, f"{HEAD}anchors: [192.0.2.1, 192.0.2.2, 192.0.2.3]\n")
    (good,) = [one for one in look.of_settings(settings) if one.about == "anchors"]
    assert (good.level, good.text) == (Level.GOOD, "we see as long as 2 of 3 anchors answer")


def test_mail_as_the_only_way_out_is_advised_against(tmp_path: Path) -> None:
    mail = HEAD.replace("kind: webhook, url: https://hooks.example.org/x", "kind: mail, to: [a@example.org]")
    settings = load_text(tmp_path, mail + "mail: {relay: r.example.org, from: n@example.org}\n")
    assert [one.level for one in look.of_settings(settings) if one.about == "ways out"] == [Level.ADVICE]
    assert [one for one in look.of_settings(load_text(tmp_path, HEAD)) if one.about == "ways out"] == []


def test_who_may_not_enter_the_state_is_told_to_ask_as_root() -> None:
    class Shut(type(Path())):  # type: ignore[misc]  # the class of this system's paths
        def exists(self) -> bool:
            raise PermissionError(13, "Permission denied")

    assert problems(look.of_state(Shut("/state"))) == ["/state is for root and the daemon alone; run this as root"]


def test_a_secret_is_told_by_name_with_who_needs_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("hunter2")
    good = only(look.of_secrets({secret_from_file(file, "token"): ["mail", "check a", "check b"]}))
    assert (good.level, good.text) == (Level.GOOD, "token can be read; needed by mail and 2 more")
    file.chmod(0o644)
    assert problems(look.of_secrets({secret_from_file(file, "token"): ["mail"]})) == [
        f"secret {file}: readable by everyone; chmod 0600 it; needed by mail"
    ]


def test_what_settings_need_is_found_wherever_it_stands(tmp_path: Path) -> None:
    text = HEAD.replace("https://hooks.example.org/x", "!secret hook") + (
        "mail: {relay: r.example.org, from: n@example.org, user: u, password: !secret relay, ca_file: ca.pem}\n"
        "resolver: {hosts_file: hosts}\n"
        "checks:\n"
        "  - {id: mx, kind: smtp, targets: [a.example, b.example], user: u, password: !secret relay}\n"
        "  - {id: bills, kind: invoice_due, csv: bills.csv}\n"
    )
    settings = load_text(tmp_path, text)
    users = {secret.name: list(needed_by) for secret, needed_by in secrets_of(settings).items()}
    assert users == {"relay": ["mail", "check mx/a.example", "check mx/b.example"], "hook": ["channel ops-1-webhook"]}
    assert files_of(settings) == {
        tmp_path / "ca.pem": "mail",
        tmp_path / "hosts": "resolver",
        tmp_path / "bills.csv": "check bills",
    }


def test_a_file_that_is_not_there_is_told_with_who_needs_it(tmp_path: Path) -> None:
    assert problems(look.of_files({tmp_path / "bills.csv": "check bills", Path(__file__): "mail"})) == [
        f"{tmp_path}/bills.csv is no file; needed by check bills"
    ]


def test_a_state_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert f"{tmp_path} is open to others; chmod 0700 it" in problems(look.of_state(tmp_path))
    tmp_path.chmod(0o700)
    assert problems(look.of_state(tmp_path)) == []


def test_a_state_that_is_yet_to_be_made_is_good_and_a_file_in_its_place_is_not(tmp_path: Path) -> None:
    assert only(look.of_state(tmp_path / "new")).level is Level.GOOD
    (tmp_path / "file").touch(0o600)
    assert problems(look.of_state(tmp_path / "file")) == [f"{tmp_path}/file is no directory; name another with --state"]


NIGHT = timedelta(hours=10)


@pytest.mark.parametrize(
    ("ages", "keep", "level", "says"),
    [
        ([NIGHT, NIGHT * 3], 7, Level.GOOD, "the newest of 2 backups is 10 h old"),
        ([NIGHT * 5], 7, Level.PROBLEM, "the newest of 1 backup is 50 h old: the daemon's log says why"),
        ([-NIGHT], 7, Level.ADVICE, "there is none yet"),
        ([], 7, Level.ADVICE, "there is none yet"),
        ([NIGHT], 0, Level.ADVICE, "the daemon makes none (keep: 0)"),
    ],
)
def test_how_old_the_newest_copy_of_the_state_is_is_told(
    ages: list[timedelta], keep: int, level: Level, says: str
) -> None:
    found = only(look.of_backups([NOW - age for age in ages], BackupSettings(keep=keep), NOW))
    assert (found.level, says in found.text) == (level, True), found.text


def test_settings_that_everybody_can_change_are_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.touch()
    file.chmod(0o666)
    assert problems(look.of_permissions([tmp_path, file])) == [f"{file} can be changed by everyone; chmod o-w it"]


@pytest.mark.parametrize(("state", "level"), [(0, Level.GOOD), (5, Level.ADVICE), (-1, Level.ADVICE)])
def test_a_clock_is_good_only_where_the_kernel_says_so(state: int, level: Level) -> None:
    assert only(look.of_clock(NOW, None, lambda: state)).level is level


def test_a_clock_behind_what_was_seen_is_a_problem() -> None:
    assert "was set back" in only(problems(look.of_clock(NOW, NOW + timedelta(seconds=1), lambda: 0)))


def test_the_kernel_answers_about_its_clock() -> None:
    assert -1 <= kernel_clock_state() <= 5


_SENT, _REFUSED, _FAILED = NotificationState.SENT, NotificationState.REJECTED, NotificationState.PENDING


@pytest.mark.parametrize(
    ("newest_first", "is_problem"),
    [
        ((), False),
        ((_SENT, _REFUSED, _FAILED, _FAILED), False),
        ((_REFUSED, _SENT), True),
        ((_FAILED, _FAILED, _SENT), False),
        ((_FAILED, _FAILED, _FAILED, _SENT), True),
    ],
)
def test_a_way_out_that_takes_nothing_any_more_is_a_problem(
    tmp_path: Path, newest_first: Sequence[NotificationState], *, is_problem: bool
) -> None:
    told = [said(state, minute) for minute, state in enumerate(newest_first)]
    found = problems(look.of_ways(load_text(tmp_path, HEAD), told))
    assert bool(found) is is_problem
    assert all("nothing gets through, last at" in text and "said no" in text for text in found)


def test_what_went_another_way_says_nothing_of_the_way_it_left(tmp_path: Path) -> None:
    passed_on = replace(said(_REFUSED, 0), delivery=replace(said(_REFUSED, 0).delivery, reason=PASSED_ON))
    assert problems(look.of_ways(load_text(tmp_path, HEAD), [passed_on, said(_SENT, 1)])) == []


def said(state: NotificationState, minutes_ago: int) -> ToldLine:
    """One outcome on the only way of HEAD."""
    return ToldLine(
        subject="DOWN",
        incident_id=None,
        delivery=DeliveryLine(
            notification_id="n1",
            event=EventKind.OPENED,
            receiver="ops",
            channel="ops-1-webhook",
            recipient="",
            at=NOW - timedelta(minutes=minutes_ago),
            state=state,
            reason="the other side said no",
            detail="403",
            repeat=False,
        ),
    )


def test_too_few_open_files_for_the_checks_are_advised_against() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 150) if hard >= 0 else 150, hard))
    try:
        assert only(look.of_limits(1000)).text.startswith("150 open files for 1000 checks; raise LimitNOFILE to ")
        assert list(look.of_limits(1)) == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# The verb --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    code: int
    out: str

    @property
    def levels(self) -> list[str]:
        return [line.split()[0] for line in self.out.splitlines()[1:]]


def examine(kept: Kept, capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> Told:
    code = doctor(config=kept.config, state=kept.state, environ={}, as_json=as_json, clock=kept.clock)
    return Told(code, capsys.readouterr().out)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    kept = kept_state(tmp_path)
    with kept.config.open("a") as settings:
        settings.write("checks: [{id: portal, kind: tcp, host: portal.example, port: 443}]\n")
    return kept


def test_an_installation_without_a_problem_ends_with_0_whatever_is_advised(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with StateLock(kept.state):
        told = examine(kept, capsys)
    assert (told.code, "problem" in told.levels) == (0, False)
    assert f"good    daemon     runs on {kept.state}" in told.out


def test_the_worst_stands_first_and_ends_with_1(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    with kept.config.open("a") as settings:
        settings.write("resolver: {hosts_file: /nowhere}\n")
    told = examine(kept, capsys)
    assert told.code == 1
    assert told.levels == sorted(told.levels, key=["problem", "advice", "good"].index)
    assert told.out.splitlines()[1] == "problem  files      /nowhere is no file; needed by resolver"


def test_broken_settings_hide_nothing_else(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.config.write_text("estate: 1\nlisten: 2\n")
    told = examine(kept, capsys)
    assert told.code == 1
    assert f"{kept.config}:1:9: estate: must be a mapping" in told.out
    assert f"{kept.config}:2:9: listen:" in told.out
    assert "good     names" in told.out


def test_a_damaged_database_is_a_problem_and_no_traceback(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    (kept.state / "nigehban.sqlite3").write_bytes(os.urandom(4096))
    told = examine(kept, capsys)
    assert told.code == 1
    assert "the file is not a database" in told.out


def test_an_installation_that_never_ran_is_no_problem(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = examine(Kept(kept.config, tmp_path / "new"), capsys)
    assert told.code == 0
    assert "is not there yet; the daemon makes it" in told.out


def test_in_json_there_is_one_object_per_thing(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    told = examine(kept, capsys, as_json=True)
    objects = json.loads(told.out)
    assert {tuple(one) for one in objects} == {("level", "about", "text")}
    assert {"names", "kinds", "state", "daemon", "clock", "settings", "anchors"} <= {one["about"] for one in objects}


def test_no_secret_s_value_is_told(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    (kept.config.parent / "secrets").mkdir()
    file = kept.config.parent / "secrets" / "hook"
    file.touch(0o600)
    file.write_text("canary7q")
    kept.config.write_text(kept.config.read_text().replace("https://hooks.example.org/x", "!secret hook"))
    told = examine(kept, capsys)
    assert "hook can be read; needed by channel on-call-1-webhook" in told.out
    assert "canary7q" not in told.out
