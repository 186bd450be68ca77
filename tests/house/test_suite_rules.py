"""The suite's own rules hold: real peers are not skipped in CI, and nothing leaves loopback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.loopback import LeftLoopbackError, is_loopback

ROOT = Path(__file__).parents[2]

SUITE = """
import pytest

@pytest.mark.peer
@pytest.mark.skipif(True, reason="no postfix here")
def test_of_a_peer() -> None: ...

@pytest.mark.skipif(True, reason="not today")
def test_of_something_else() -> None: ...
"""


def run_suite(folder: Path, suite: str, *, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(suite, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = peer: real\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.ci_rule", "-p", "no:cacheprovider", "-q"]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_skipped_peer_test_fails_in_ci_and_others_may_be_skipped(tmp_path: Path) -> None:
    ended = run_suite(tmp_path, SUITE, ci="true")
    assert ended.returncode == 1, ended.stdout
    assert "1 skipped, 1 error" in ended.stdout
    assert "a test of a real peer was skipped in CI: no postfix here" in ended.stdout.replace("Skipped: ", "")


def test_outside_ci_a_missing_peer_is_a_plain_skip(tmp_path: Path) -> None:
    ended = run_suite(tmp_path, SUITE, ci="")
    assert ended.returncode == 0, ended.stdout
    assert "2 skipped" in ended.stdout


def test_in_ci_no_module_skips_itself(tmp_path: Path) -> None:
    ended = run_suite(tmp_path, 'import pytest\npytest.skip("no", allow_module_level=True)\n', ci="true")
    assert ended.returncode != 0
    assert "a whole module was skipped in CI" in ended.stdout


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost", None, b"::1"])
def test_loopback_is_reachable(host: object) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "0.0.0.0", "2001:db8::1", "example.org", "::ffff:8.8.8.8"])
def test_anything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


def test_dialling_further_than_loopback_raises() -> None:
    with socket.socket() as dialled, pytest.raises(LeftLoopbackError, match="loopback"):
        dialled.connect(("192.0.2.1", 9))


def test_sending_a_datagram_further_than_loopback_raises() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(LeftLoopbackError):
        sender.sendto(b"x", ("192.0.2.1", 9))


def test_asking_the_system_for_a_name_raises() -> None:
    with pytest.raises(LeftLoopbackError, match="name server"):
        socket.getaddrinfo("mx.example.org", 25)
