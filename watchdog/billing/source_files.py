"""A folder that bills are put into: finished files are read, then moved away, so that none is read twice."""

import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from checks.billing.intake.limits import MAX_FILE_BYTES
from checks.regular_file import open_regular

#: A file that nobody has written to for so long is finished, and one that is as it was at the last look.
FINISHED_AFTER_S: Final = 10.0
DONE, REFUSED = "done", "refused"
#: Of one look; the others come at the next.
MAX_FILES: Final = 100
_UNFINISHED: Final = (".", "~$")
_PARTIAL: Final = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(slots=True)
class WatchedFolder:
    """What is done in the folder itself; every verb blocks, and raises OSError."""

    folder: Path
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def finished(self, now: datetime) -> Sequence[str]:
        """Names of the files that can be read, the oldest first."""
        found: list[tuple[int, str]] = []
        seen: dict[str, tuple[int, int]] = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                about = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(about.st_mode) or _is_partial(entry.name):
                    continue
                seen[entry.name] = (about.st_size, about.st_mtime_ns)
                is_old = about.st_mtime <= now.timestamp() - FINISHED_AFTER_S
                if is_old or self._seen.get(entry.name) == seen[entry.name]:
                    found.append((about.st_mtime_ns, entry.name))
        self._seen = seen
        return [name for _, name in sorted(found)[:MAX_FILES]]

    def copied(self, name: str) -> IO[bytes]:
        """As it is now, whatever is done to the file meanwhile; at most one byte more than a list may have."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115  # handed out
        try:
            with open_regular(self.folder / name) as handle:
                copy.write(handle.read(MAX_FILE_BYTES + 1))
            copy.flush()
        except BaseException:
            copy.close()
            raise
        return copy

    def put_away(self, name: str, where: str, now: datetime, reasons: Sequence[str] = ()) -> None:
        """Into `done` or `refused`, with the reasons beside it."""
        place = self.folder / where
        place.mkdir(exist_ok=True)
        stamped = f"{now:%Y%m%dT%H%M%S}-{name}"
        if reasons:
            (place / f"{stamped}.reasons.txt").write_text("\n".join((*reasons, "")), "utf-8")
        (self.folder / name).rename(place / stamped)
        self._seen.pop(name, None)


def _is_partial(name: str) -> bool:
    return name.startswith(_UNFINISHED) or name.lower().endswith(_PARTIAL)
