"""Root at work in a folder of somebody else: as its owner, and shut up in it, so that no name there leads out of it.

Whoever owns a folder may put a link in the place of any name in it, at any moment. What root wrote, made or gave away
through such a name would be the owner's choice of a file.
"""

import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from watchdog.store.errors import BackupRefusedError, StoreError

#: Where SQLite works instead, for it follows names: on a disk, while /tmp may be memory. TMPDIR names another.
_WORKSHOPS = "/var/tmp"  # noqa: S108  # only for folders that mkdtemp makes, for us alone

_AT_ONCE_B = 1024 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def is_strange(folder: Path) -> bool:
    """Whether we are root and `folder` belongs to somebody else."""
    return os.geteuid() == 0 and folder.is_dir() and folder.stat().st_uid != 0


def refuse_strange(folder: Path) -> None:
    """For whoever cannot change its identity. Raises StoreError."""
    if is_strange(folder):
        uid = folder.stat().st_uid
        raise StoreError(f"{folder}: belongs to user {uid}, and this is root: run it as that user, or let root own it")


@contextmanager
def entered(folder: Path) -> Iterator[Path]:
    """The path by which to work on the files of `folder` meanwhile.

    As root where it belongs to somebody else, the process is that somebody until the end, in no group but the folder's,
    and sees nothing but the folder, as "/": import nothing there, and let SQLite open only what lies there. It is the
    whole process. Raises StoreError where that has other threads, or where a third could put another folder there.
    """
    if os.geteuid() != 0 or not folder.is_dir():
        yield folder
        return
    with ExitStack() as stack:
        inside, root, before = (stack.enter_context(_opened(one)) for one in (folder, Path("/"), Path()))
        owner = os.fstat(inside)
        _refuse_strange_way(folder, owner.st_uid)
        if owner.st_uid == 0:
            yield folder
            return
        if threading.active_count() > 1:
            refuse_strange(folder)
        stack.enter_context(_as_root_again(root, before))
        try:
            os.fchdir(inside)
            os.chroot(".")
            os.setgroups([])
            os.setegid(owner.st_gid)
            os.seteuid(owner.st_uid)
        except PermissionError as error:
            text = f"belongs to user {owner.st_uid}, and root may not act as that user here; run it as that user"
            raise StoreError(f"{folder}: {text}") from error
        yield Path("/")


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A new folder of nobody but us, for what is to lie in `folder` later; beside it only where that is ours, too."""
    place = os.environ.get("TMPDIR", _WORKSHOPS) if is_strange(folder) else folder
    with tempfile.TemporaryDirectory(dir=place, prefix=".nigehban-", suffix=".part") as made:
        yield Path(made)


def hand_over(file: Path, target: Path) -> None:
    """Moves `file`, of a workshop, to `target`, in one step; it belongs to whom the folder there belongs to."""
    with open(file, "rb") as made, entered(target.parent) as here:  # noqa: PTH123  # opened by us, copied by the owner
        if here == target.parent:
            file.replace(target)
        else:
            _write(made.fileno(), here / f".{target.name}.{os.getpid()}.part", here / target.name)
        sync_folder(here)


def fetched(file: Path, into: Path) -> Path:
    """`file` itself; where it lies in a strange folder, what its owner may read of it, copied to the folder `into`."""
    if not is_strange(file.parent):
        return file
    for name in (file.name, f"{file.name}-wal"):
        with entered(file.parent) as here:
            read = _readable(here / name, file.with_name(name))
        if read is None:
            continue
        try:
            _pour(read, into / name)
        finally:
            os.close(read)
    return into / file.name


def sync_folder(folder: Path) -> None:
    """What was renamed in `folder` stays renamed over a power cut."""
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


def _readable(path: Path, named: Path) -> int | None:
    try:
        read = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        text = f"{named}: cannot be read by the owner of its folder ({error.strerror}); move it to a folder of root's"
        raise BackupRefusedError(text) from error
    if stat.S_ISREG(os.fstat(read).st_mode):
        return read
    os.close(read)
    raise BackupRefusedError(f"{named}: is no file")


def _write(read: int, part: Path, target: Path) -> None:
    part.unlink(missing_ok=True)
    try:
        _pour(read, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _pour(read: int, target: Path) -> None:
    """All that `read` has, into the new file `target`, down to the disk."""
    written = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(written, "wb") as file:  # noqa: PTH123  # a descriptor
        while piece := os.read(read, _AT_ONCE_B):
            file.write(piece)
        file.flush()
        os.fsync(written)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _as_root_again(root: int, before: int) -> Iterator[None]:
    """Afterwards root, with the groups of now, in the working folder `before`."""
    groups, gid = os.getgroups(), os.getegid()
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)
        os.fchdir(root)
        os.chroot(".")
        os.fchdir(before)


def _refuse_strange_way(folder: Path, owner: int) -> None:
    """Who owns a folder on the way, or may write to it, decides what `folder` is."""
    for one in {*folder.absolute().parents, *folder.resolve().parents}:
        seen = one.lstat()
        if seen.st_uid not in (0, owner) or (seen.st_mode & stat.S_IWOTH and not seen.st_mode & stat.S_ISVTX):
            text = f"{one}, on the way to it, is not root's alone: others could exchange it; choose another folder"
            raise StoreError(f"{folder}: {text}")
