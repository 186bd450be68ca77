"""Where the daemon's socket is: the way in for people and their programs on this machine."""

import grp
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger()

SOCKET_NAME = "nigehban.sock"

#: A socket's path ends with a zero byte within 108 (unix(7), sockaddr_un).
MAX_PATH_BYTES = 107

MODE = 0o660

#: A daemon that stopped taking connections is a live one all the same.
_ASK_WITHIN_S = 1.0
_BACKLOG = 64


class NoSocketError(OSError):
    """The socket cannot be made; the words say what would be right."""


def default_place(environ: Mapping[str, str], state_dir: Path) -> Path:
    """In systemd's runtime directory, else beside the state."""
    if given := environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0], SOCKET_NAME)  # several are separated by colons: systemd.exec(5)
    return state_dir / SOCKET_NAME


@contextmanager
def opened_socket(path: Path, group: str, *, beside_state: Path) -> Iterator[socket.socket]:
    """A listening socket at `path`, mode 0660, of `group` where it can be given; gone at the end.

    `beside_state` is where verbs that know the state look: a link there, where `path` is elsewhere. A socket that a
    dead daemon left is replaced. Raises NoSocketError, also where a live daemon answers at `path`.
    """
    _require_short(path)
    _make_way(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        # Nobody can connect before the call to listen: until then owner and mode are set at leisure.
        _give(path, group)
        sock.listen(_BACKLOG)
        sock.setblocking(False)  # noqa: FBT003  # the standard library's own signature
        mark = os.lstat(path).st_ino
    except OSError as error:
        sock.close()
        raise _unusable(path, error) from error
    link = _linked(beside_state, path)
    try:
        yield sock
    finally:
        sock.close()
        _remove(path, mark)
        if link:
            _unlink_link(beside_state, path)


def _unusable(path: Path, error: OSError) -> NoSocketError:
    return NoSocketError(f"{path}: {error.strerror or error}; name another place with api: in the settings")


def _require_short(path: Path) -> None:
    size = len(os.fsencode(path))
    if size > MAX_PATH_BYTES:
        raise NoSocketError(
            f"{path}: {size} bytes are too long for a socket's path, which has at most {MAX_PATH_BYTES}; "
            "name a shorter one with api: {socket: PATH} in the settings"
        )


def _make_way(path: Path) -> None:
    """Remove what a dead daemon left. Whatever else stands there is not ours to remove."""
    try:
        standing = os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unusable(path, error) from error
    if stat.S_ISLNK(standing.st_mode) and path.name == SOCKET_NAME:
        path.unlink()  # a former daemon's link to a socket elsewhere
        return
    if not stat.S_ISSOCK(standing.st_mode):
        raise NoSocketError(f"{path}: something else stands there; remove it, or name another place with api:")
    if _is_answered(path):
        raise NoSocketError(f"{path}: another daemon answers there; name another place with api: in the settings")
    with suppress(FileNotFoundError):
        path.unlink()


def _is_answered(path: Path) -> bool:
    """Whether somebody listens; a full queue is a sign of life, a refusal is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_ASK_WITHIN_S)
        try:
            asking.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def _give(path: Path, group: str) -> None:
    """To whoever may use it. Without the group, only to the daemon's own user and group, and the log says so."""
    os.chmod(path, MODE)  # noqa: PTH101  # beside chown, which pathlib lacks
    try:
        gid = grp.getgrnam(group).gr_gid
        if path.stat().st_gid != gid:  # as a service we are in the group, and may give nothing away
            os.chown(path, -1, gid)
    except KeyError:
        log.warning("there is no such group, so only the daemon's own user and group may use the socket", group=group)
    except OSError as error:
        log.warning("the socket cannot be given to its group", group=group, error=error.strerror)


def _linked(place: Path, path: Path) -> bool:
    """Whether `place` now leads to `path`. It only helps to find the socket, so its failure is none of the daemon's."""
    if place == path:
        return False
    aside = place.with_name(f".{place.name}.new")
    try:
        with suppress(FileNotFoundError):
            aside.unlink()
        aside.symlink_to(path.absolute())
        aside.replace(place)
    except OSError as error:
        log.warning("no link to the socket beside the state", place=str(place), error=error.strerror)
        return False
    return True


def _remove(path: Path, mark: int) -> None:
    """What stands there now may belong to somebody else by now."""
    with suppress(OSError):
        if os.lstat(path).st_ino == mark:
            path.unlink()


def _unlink_link(place: Path, path: Path) -> None:
    with suppress(OSError):
        if place.readlink() == path.absolute():
            place.unlink()
