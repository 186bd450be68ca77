"""The socket: for its group, in the place of a dead daemon's, never in that of a live one."""

import grp
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from watchdog.api.place import MAX_PATH_BYTES, NoSocketError, default_place, opened_socket

OWN_GROUP = grp.getgrgid(os.getgid()).gr_name


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: those of pytest are near the limit of a socket's."""
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


def left_by_a_dead_daemon(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def test_owner_and_group_may_use_it_and_nobody_else(folder: Path) -> None:
    place = folder / "nigehban.sock"
    with opened_socket(place, OWN_GROUP, beside_state=place):
        found = place.stat()
        assert stat.filemode(found.st_mode) == "srw-rw----"
        assert found.st_gid == os.getgid()
    assert not place.exists()


def test_without_the_group_the_log_says_who_may_use_it(folder: Path) -> None:
    place = folder / "nigehban.sock"
    with capture_logs() as logs, opened_socket(place, "no-such-group", beside_state=place):
        assert stat.S_IMODE(place.stat().st_mode) == 0o660
    (said,) = logs
    assert said["event"] == "there is no such group, so only the daemon's own user and group may use the socket"


def test_what_a_dead_daemon_left_is_replaced(folder: Path) -> None:
    place = folder / "nigehban.sock"
    left_by_a_dead_daemon(place)
    with opened_socket(place, OWN_GROUP, beside_state=place), socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(place))


def test_a_live_daemon_keeps_its_socket(folder: Path) -> None:
    place = folder / "nigehban.sock"
    with opened_socket(place, OWN_GROUP, beside_state=place):
        with (
            pytest.raises(NoSocketError, match="another daemon answers there"),
            opened_socket(place, OWN_GROUP, beside_state=place),
        ):
            pass
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(place))


def test_what_is_no_socket_is_left_alone(folder: Path) -> None:
    place = folder / "nigehban.sock"
    place.write_text("notes")
    with (
        pytest.raises(NoSocketError, match="something else stands there; remove it"),
        opened_socket(place, OWN_GROUP, beside_state=place),
    ):
        pass
    assert place.read_text() == "notes"


def test_a_path_that_is_too_long_is_refused_in_words(folder: Path) -> None:
    place = folder / ("x" * MAX_PATH_BYTES)
    with (
        pytest.raises(NoSocketError, match=r"too long for a socket's path, which has at most 107; name a shorter"),
        opened_socket(place, OWN_GROUP, beside_state=place),
    ):
        pass


def test_a_folder_that_is_missing_is_named(folder: Path) -> None:
    place = folder / "missing" / "nigehban.sock"
    with (
        pytest.raises(NoSocketError, match="No such file or directory; name another place with api:"),
        opened_socket(place, OWN_GROUP, beside_state=place),
    ):
        pass


def test_beside_the_state_there_is_a_link_while_the_socket_is_elsewhere(folder: Path) -> None:
    place, link = folder / "elsewhere.sock", folder / "nigehban.sock"
    link.symlink_to(folder / "of-a-dead-daemon")
    with opened_socket(place, OWN_GROUP, beside_state=link), socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(link))
    assert not os.path.lexists(link)


def test_a_socket_that_took_its_place_is_not_removed(folder: Path) -> None:
    place = folder / "nigehban.sock"
    with opened_socket(place, OWN_GROUP, beside_state=place):
        (folder / "kept").touch()  # so that the number of the file is not given out again at once
        place.rename(folder / "moved")
        left_by_a_dead_daemon(place)
    assert place.is_socket()


def test_the_runtime_directory_comes_before_the_state(folder: Path) -> None:
    assert default_place({"RUNTIME_DIRECTORY": "/run/a:/run/b"}, folder) == Path("/run/a/nigehban.sock")
    assert default_place({}, folder) == folder / "nigehban.sock"
