"""A folder that bills are put into: finished files are read, then moved away, so that none is read twice."""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, Final

from checks.billing.intake.limits import MAX_FILE_BYTES
from checks.regular_file import open_regular

DONE, REFUSED = "done", "refused"
#: Of one look; the others come at the next.
MAX_FILES: Final = 100
#: Of one name, as file systems have it.
MAX_NAME_BYTES: Final = 255
_REASONS: Final = ".reasons.txt"
_UNFINISHED: Final = (".", "~$")
_PARTIAL: Final = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(slots=True)
class WatchedFolder:
    """What is done in the folder itself; every verb blocks, and raises OSError."""

    folder: Path
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _read: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """What was copied, by name: another file may have the name by now."""
    _stuck: set[str] = field(default_factory=set)

    def finished(self) -> Sequence[str]:
        """Names of the files that can be read, the oldest first; those that stood in the way last."""
        found: list[tuple[bool, int, str]] = []
        seen: dict[str, tuple[int, int]] = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                about = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(about.st_mode) or _is_partial(entry.name):
                    continue
                seen[entry.name] = (about.st_size, about.st_mtime_ns)
                if self._seen.get(entry.name) == seen[entry.name]:
                    found.append((entry.name in self._stuck, about.st_mtime_ns, entry.name))
        self._seen = seen
        self._stuck &= seen.keys()
        return [name for *_, name in sorted(found)[:MAX_FILES]]

    def keep_last(self, stuck: Collection[str]) -> Sequence[str]:
        """Those of `stuck` that were not so before; they keep no other file waiting from now on."""
        news = [name for name in stuck if name not in self._stuck]
        self._stuck.update(news)
        return news

    def copied(self, name: str) -> IO[bytes]:
        """As it is now, whatever is done to the file meanwhile; at most one byte more than a list may have."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115  # handed out
        try:
            with _opened(self.folder) as inside, open_regular(Path(name), inside=inside) as handle:
                self._read[name] = _identity(os.fstat(handle.fileno()))
                copy.write(handle.read(MAX_FILE_BYTES + 1))
            copy.flush()
        except BaseException:
            copy.close()
            raise
        return copy

    def put_away(self, name: str, where: str, now: datetime, reasons: Sequence[str] = ()) -> None:
        """Into `done` or `refused`, with the reasons beside it; never through a link that somebody made of these.

        A file that was replaced or went on growing since it was copied stays, and is read at a later look.
        """
        with _opened(self.folder) as inside:
            with contextlib.suppress(FileExistsError):
                os.mkdir(where, dir_fd=inside)
            with _opened(Path(where), inside) as place:
                stamped = _stamped(name, now, place)
                if reasons:
                    _write(f"{stamped}{_REASONS}", place, "\n".join((*reasons, "")))
                if _identity(os.stat(name, dir_fd=inside, follow_symlinks=False)) == self._read.pop(name, None):
                    os.rename(name, stamped, src_dir_fd=inside, dst_dir_fd=place)
        self._seen.pop(name, None)
        self._stuck.discard(name)


def _identity(about: os.stat_result) -> tuple[int, ...]:
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns


@contextlib.contextmanager
def _opened(folder: Path, inside: int | None = None) -> Iterator[int]:
    """A folder of the settings may be a link; one in a folder that others write to (`inside`) may not."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (0 if inside is None else os.O_NOFOLLOW)
    try:
        number = os.open(folder, flags, dir_fd=inside)
    except NotADirectoryError:
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is a link or a file; make it a folder") from None
    try:
        yield number
    finally:
        os.close(number)


def _write(name: str, place: int, text: str) -> None:
    number = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=place)
    with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


def _stamped(name: str, now: datetime, place: int) -> str:
    """A name of a moment that nothing in `place` has, short enough for a file system, its ending kept."""
    stem, ending = os.path.splitext(os.fsencode(name))  # noqa: PTH122  # bytes
    for number in count(1):
        stamp = f"{now:%Y%m%dT%H%M%S}-{'' if number == 1 else f'{number}-'}".encode()
        left = MAX_NAME_BYTES - len(stamp) - len(_REASONS) - len(ending)
        kept = stem[:left] + ending if left > 0 else os.fsencode(name)[: MAX_NAME_BYTES - len(stamp) - len(_REASONS)]
        stamped = os.fsdecode(stamp + kept)
        if not any(_is_there(one, place) for one in (stamped, f"{stamped}{_REASONS}")):
            return stamped
    raise AssertionError


def _is_there(name: str, place: int) -> bool:
    try:
        os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _is_partial(name: str) -> bool:
    return name.startswith(_UNFINISHED) or name.lower().endswith(_PARTIAL)
