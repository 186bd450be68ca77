"""Opening a file by a name from the settings: what is no file is refused, and keeps nobody waiting."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

# Without O_NONBLOCK a named pipe would keep the reader until somebody writes; without O_NOCTTY a terminal would
# become ours.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def open_regular(path: Path, *, inside: int | None = None) -> BinaryIO:
    """The file at `path`, open for reading; `inside` an open folder that others write to, it may be no link. Raises
    OSError, also for a pipe, a device or a folder.
    """
    number = os.open(path, _FLAGS if inside is None else _FLAGS | os.O_NOFOLLOW, dir_fd=inside)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(number, "rb")
