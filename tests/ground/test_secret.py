"""A credential in a file: read when used, never waited for, and never shown where it cannot be read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.secret import MAX_SECRET_BYTES, Secret, SecretUnavailableError, secret_from_file

VALUE = "hunter2"
OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay_password"


def kept(path: Path, raw: bytes, *, mode: int = 0o600) -> Secret:
    path.write_bytes(raw)
    path.chmod(mode)
    return secret_from_file(path)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" hunter2 \n", " hunter2 "),
    ],
)
def test_one_line_break_at_the_end_is_not_part_of_the_value(path: Path, raw: bytes, value: str) -> None:
    assert kept(path, raw).reveal() == value


def test_a_rotated_file_is_read_anew(path: Path) -> None:
    secret = kept(path, b"old\n")
    assert secret.reveal() == "old"
    path.write_text(VALUE)
    assert secret.reveal() == VALUE


def make_pipe(path: Path) -> None:
    os.mkfifo(path, mode=0o600)


def make_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def make_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("make", [make_pipe, make_folder, make_link_to_a_device])
def test_what_is_no_regular_file_is_refused_without_waiting(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    with pytest.raises(SecretUnavailableError, match="relay_password: not a regular file"):
        secret_from_file(path).reveal()


@pytest.mark.parametrize(
    ("raw", "mode", "reason"),
    [
        (b"hunter2\n", 0o604, "readable by everyone; chmod 0600 it"),
        (b"hunter2" + b"\xff", 0o600, "not UTF-8 text"),
        (b"", 0o600, "empty; write the password or token into it"),
        (b" \n", 0o600, "empty; write the password or token into it"),
        (b"hunter2\0", 0o600, "holds a NUL byte, which no password or token can; write it anew"),
        (b"hunter2\n\n", 0o600, "more than one line; keep one password or token per file"),
        (b"hunter2\r", 0o600, "more than one line; keep one password or token per file"),
        (b"hunter2\nhunter3\n", 0o600, "more than one line; keep one password or token per file"),
        (b"hunter2" * MAX_SECRET_BYTES, 0o600, f"larger than {MAX_SECRET_BYTES} bytes"),
    ],
)
def test_a_file_that_will_not_do_is_named_without_its_value(path: Path, raw: bytes, mode: int, reason: str) -> None:
    problem = kept(path, raw, mode=mode).problem()
    assert problem == f"secret {path}: {reason}"
    assert VALUE not in problem


def test_a_folder_in_place_of_a_file_costs_no_file_descriptor(path: Path) -> None:
    path.mkdir()
    before = set(OPEN_FILES.iterdir())
    assert secret_from_file(path).problem() is not None
    assert set(OPEN_FILES.iterdir()) <= before


def test_a_missing_file_says_so(path: Path) -> None:
    assert secret_from_file(path).problem() == f"secret {path}: No such file or directory"


def test_a_secret_never_shows_its_value(path: Path) -> None:
    secret = kept(path, VALUE.encode())
    assert VALUE not in f"{secret} {secret!r}"
