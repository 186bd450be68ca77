"""The systemd unit: well-formed, closed as far as the daemon's work allows, and what the docs say of it."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.tree import ROOT
from watchdog.engine.ending import END_WITHIN_S

UNIT = ROOT / "systemd" / "nigehban.service"
SYSUSERS = ROOT / "systemd" / "nigehban.sysusers"


def service() -> dict[str, list[str]]:
    """The [Service] section; a repeated key keeps every value."""
    values: dict[str, list[str]] = {}
    section = UNIT.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0]
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            values.setdefault(name, []).append(value)
    return values


def need_systemd() -> str:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    return analyze


def exposure(unit: Path, threshold: int = 15) -> subprocess.CompletedProcess[str]:
    command = [need_systemd(), "security", "--offline=true", f"--threshold={threshold}", "--no-pager", str(unit)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.peer
def test_the_unit_leaves_little_exposed() -> None:
    judged = exposure(UNIT)
    assert judged.returncode == 0, judged.stdout[-500:] + judged.stderr


@pytest.mark.peer
def test_a_unit_without_its_walls_would_be_refused(tmp_path: Path) -> None:
    bare = tmp_path / "nigehban.service"
    walls = ("Protect", "Private", "Restrict", "SystemCall", "Capability", "DynamicUser")
    lines = UNIT.read_text(encoding="utf-8").splitlines(keepends=True)
    bare.write_text("".join(line for line in lines if not line.startswith(walls)), encoding="utf-8")
    assert exposure(bare).returncode != 0


@pytest.mark.peer
def test_every_line_of_the_unit_is_one_that_systemd_knows(tmp_path: Path) -> None:
    unit = tmp_path / "nigehban.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/nigehban/bin/nigehban", "/bin/true")
    unit.write_text(text, encoding="utf-8")
    command = [need_systemd(), "verify", "--man=no", "--recursive-errors=no", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (judged.returncode, judged.stderr) == (0, "")


def test_the_manager_is_told_when_it_is_ready_and_alive_and_may_reload_it() -> None:
    unit = service()
    assert unit["Type"] == ["notify"]
    assert unit["NotifyAccess"] == ["main"]
    assert unit["WatchdogSec"] == ["60"]
    assert unit["ExecStart"] == ["/opt/nigehban/bin/nigehban run"]
    assert unit["ExecReload"] == ["/opt/nigehban/bin/nigehban reload"]


def test_a_crash_is_followed_by_a_start_after_a_pause_for_ever() -> None:
    unit = service()
    assert unit["Restart"] == ["on-failure"]
    assert int(unit["RestartSec"][0]) >= 5
    assert "StartLimitIntervalSec=0" in UNIT.read_text(encoding="utf-8")


def test_state_is_its_own_and_nobody_elses() -> None:
    unit = service()
    assert unit["DynamicUser"] == ["yes"]
    assert unit["StateDirectory"] == ["nigehban"]
    assert unit["StateDirectoryMode"] == ["0700"]


def test_members_of_the_group_reach_the_socket_and_nobody_else() -> None:
    unit = service()
    assert unit["RuntimeDirectory"] == ["nigehban"]
    assert unit["RuntimeDirectoryMode"] == ["0750"]
    assert unit["Group"] == ["nigehban"]


def test_the_dynamic_user_is_not_called_like_the_group() -> None:
    """systemd refuses a dynamic user whose name a group has and no user; a unit without User= takes its own name."""
    assert service()["User"] == ["nigehban-daemon"]


def test_users_at_the_other_end_of_the_socket_can_be_told_apart() -> None:
    assert service()["PrivateUsers"] == ["no"]


def need_sysusers() -> str:
    tool = shutil.which("systemd-sysusers")
    if tool is None:
        pytest.skip("systemd-sysusers is not installed: apt-get install systemd")
    return tool


@pytest.mark.peer
def test_the_group_is_made_and_no_user_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "etc" / "sysusers.d").mkdir(parents=True)
    shutil.copy(SYSUSERS, tmp_path / "etc" / "sysusers.d" / "nigehban.conf")
    subprocess.run([need_sysusers(), f"--root={tmp_path}"], capture_output=True, timeout=60, check=True)
    groups = (tmp_path / "etc" / "group").read_text("utf-8").splitlines()
    assert [line.partition(":")[0] for line in groups] == ["nigehban"]
    assert not (tmp_path / "etc" / "passwd").exists()


def test_no_secret_stands_in_the_unit() -> None:
    assert not {"Environment", "EnvironmentFile", "SetCredential"} & service().keys()
    assert "# LoadCredential=relay_password:" in UNIT.read_text(encoding="utf-8")


def test_the_unit_has_its_three_sections() -> None:
    parsed = configparser.RawConfigParser(strict=False)
    parsed.read(UNIT, encoding="utf-8")
    assert parsed.sections() == ["Unit", "Service", "Install"]


def test_whoever_ends_has_the_time_it_takes() -> None:
    (patience,) = service()["TimeoutStopSec"]
    assert float(patience) > END_WITHIN_S
