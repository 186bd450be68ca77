"""What copies are called: by the second they were made in, so that names sort like time."""

import re
from datetime import UTC, datetime
from pathlib import Path

#: Where copies lie that nobody gave another place, inside the state folder.
FOLDER_NAME = "backups"

_FORM = "nigehban-%Y%m%dT%H%M%SZ.sqlite3"
_NAME = re.compile(r"nigehban-[0-9]{8}T[0-9]{6}Z\.sqlite3")


def copy_name(at: datetime) -> str:
    """`at` in UTC."""
    return at.strftime(_FORM)


def made_at(path: Path) -> datetime:
    """When the copy at `path` was begun, by its name. Raises ValueError for another name."""
    return datetime.strptime(path.name, _FORM).replace(tzinfo=UTC)


def copies_in(folder: Path) -> list[Path]:
    """The copies in `folder` that have our names, the newest first; none where there is no such folder."""
    if not folder.is_dir():
        return []
    named = (one for one in folder.iterdir() if _NAME.fullmatch(one.name))
    return sorted(named, key=lambda one: one.name, reverse=True)
