"""What the service manager hears, over a real datagram socket."""

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchdog.sd_notify import ServiceManager


@pytest.fixture
def manager_socket(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        yield listening


def heard(listening: socket.socket) -> str:
    return listening.recv(4096).decode()


def test_every_state_is_one_datagram(manager_socket: socket.socket) -> None:
    manager = ServiceManager(manager_socket.getsockname())
    manager.ready("12 checks")
    manager.reloading()
    manager.alive()
    manager.stopping()
    assert [heard(manager_socket) for _ in range(4)] == [
        "READY=1\nSTATUS=12 checks",
        "RELOADING=1",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_a_status_cannot_smuggle_in_another_assignment(manager_socket: socket.socket) -> None:
    ServiceManager(manager_socket.getsockname()).status("fine\nMAINPID=1\r\n  now ")
    assert heard(manager_socket) == "STATUS=fine MAINPID=1 now"


def test_an_abstract_socket_is_reached_by_its_at_sign() -> None:
    name = f"nigehban-test-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        listening.settimeout(60)
        ServiceManager(f"@{name}").ready()
        assert heard(listening) == "READY=1"


@pytest.mark.parametrize("address", [None, "", "vsock:2:1234", "relative"])
def test_without_a_usable_socket_nothing_happens(address: str | None) -> None:
    manager = ServiceManager(address, watchdog_s=30)
    manager.ready()
    assert manager.watchdog_s is None


def test_a_manager_that_is_gone_disturbs_nobody(tmp_path: Path) -> None:
    ServiceManager(str(tmp_path / "nobody")).alive()
    assert list(tmp_path.iterdir()) == []


def test_a_manager_that_does_not_read_never_makes_us_wait(manager_socket: socket.socket) -> None:
    manager = ServiceManager(manager_socket.getsockname())
    for _ in range(5_000):
        manager.alive()
    assert heard(manager_socket) == "WATCHDOG=1"


def test_the_environment_names_socket_and_watchdog() -> None:
    manager = ServiceManager.from_environment(
        {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}
    )
    assert manager.watchdog_s == 60


@pytest.mark.parametrize(
    "environment",
    [
        {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"},
        {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "soon"},
        {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "0"},
        {"NOTIFY_SOCKET": "/run/x"},
        {"WATCHDOG_USEC": "60000000"},
    ],
)
def test_no_watchdog_is_owed_when_none_watches_us(environment: dict[str, str]) -> None:
    assert ServiceManager.from_environment(environment, pid=77).watchdog_s is None
