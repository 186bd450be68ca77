"""What copies are called: by the second they were made in, so that names sort like time."""

import re
from datetime import UTC, datetime
from pathlib import Path

#: Where copies lie that nobody gave another place, inside the state folder.
FOLDER_NAME = "backups"

_STAMP = "nigehban-%Y%m%dT%H%M%SZ"
_ASKED = "-asked"
_END = ".sqlite3"
_PART = re.compile(r"\.nigehban-.*\.part(-journal|-wal|-shm)?")
_NAME = re.compile(rf"(nigehban-[0-9]{{8}}T[0-9]{{6}}Z)({_ASKED})?{re.escape(_END)}")


def copy_name(at: datetime, *, is_asked: bool = False) -> str:
    """`at` in UTC. One that somebody asked for says so: it is none of those that are made regularly."""
    return at.strftime(_STAMP) + (_ASKED if is_asked else "") + _END


def is_asked(copy: Path) -> bool:
    """Whether the name says that somebody asked for it."""
    return copy.name.endswith(_ASKED + _END)


def made_at(path: Path) -> datetime:
    """When the copy at `path` was begun, by its name. Raises ValueError for another name."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path.name}: no name of a copy")
    return datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)


def copies_in(folder: Path, now: datetime) -> list[Path]:
    """The copies in `folder` that have our names, the newest first; none where there is no such folder.

    Those from the future come last: a clock that was wrong named them. Raises OSError where nobody may look.
    """
    if not folder.is_dir():
        return []
    made = {one: at for one in folder.iterdir() if (at := _read(one)) is not None}
    return sorted(made, key=lambda one: (made[one] <= now, made[one]), reverse=True)


def leftovers_in(folder: Path, before: datetime) -> list[Path]:
    """What copies left that were cut off with their process: files and folders nobody has touched since `before`."""
    parts = (one for one in folder.iterdir() if _PART.fullmatch(one.name))
    return [one for one in parts if one.lstat().st_mtime < before.timestamp()]


def _read(path: Path) -> datetime | None:
    """None for a name that is not ours, and for one that looks like ours and names no day there is."""
    try:
        return made_at(path)
    except ValueError:
        return None
