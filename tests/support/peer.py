"""What real peers have in common: is it installed, which port is free, is it up."""

import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_LOWEST_PORT = 12_000


def installed(program: str) -> str:
    """The path of a peer's program. Skips the test where it is missing; in CI that is a failure."""
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if path is not None:
        return path
    text = f"{program} is not installed (Debian: apt-get install {program})"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """A folder for a server whose daemons give up root and must still reach their files: pytest's only root enters."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    """A port that was free on both families of loopback a moment ago.

    It is below those that the kernel gives to whoever asks for any (ip(7), ip_local_port_range), so that no other test
    is given it meanwhile.
    """
    any_from = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = _LOWEST_PORT + secrets.randbelow(any_from - _LOWEST_PORT)
        with socket.socket(socket.AF_INET) as four, socket.socket(socket.AF_INET6) as six:
            try:
                four.bind(("127.0.0.1", port))
                six.bind(("::1", port))
            except OSError:
                continue
            return port


def wait_for_port(port: int, host: str = "127.0.0.1", within_s: float = 60.0) -> None:
    """Return once something listens there; TimeoutError otherwise."""
    wait_until(lambda: _listens(host, port), within_s, f"nothing listens on {host}:{port}")


def wait_until(done: Callable[[], bool], within_s: float, otherwise: str) -> None:
    give_up_s = time.monotonic() + within_s
    while not done():
        if time.monotonic() > give_up_s:
            raise TimeoutError(f"{otherwise} after {within_s:g} s")
        time.sleep(0.02)


def _listens(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one:
        one.settimeout(1)
        return one.connect_ex((host, port)) == 0
