"""The copy of IANA's bootstrap that an administrator keeps fresh, instead of the shipped one."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from checks.domains.bootstrap import MAX_BYTES, BadBootstrapError, Bootstrap, parse_bootstrap, shipped
from checks.regular_file import open_regular

_KEPT_FILES = 4


class _Stamp(NamedTuple):
    """What changes when a file does."""

    inode: int
    bytes: int
    written_ns: int


def bootstrap_in(path: Path | None) -> tuple[Bootstrap, str]:
    """The copy at `path`, read again when it has changed; or the shipped one and why. None: the shipped one."""
    if path is None:
        return shipped(), ""
    try:
        status = path.stat()
        return _read(path, _Stamp(status.st_ino, status.st_size, status.st_mtime_ns)), ""
    except OSError as error:
        why = error.strerror or type(error).__name__
    except BadBootstrapError as error:
        why = str(error)
    return shipped(), f"{path.name} cannot be used ({why}), so the shipped list of servers was"


@lru_cache(_KEPT_FILES)
def _read(path: Path, stamp: _Stamp) -> Bootstrap:
    """Raises OSError and BadBootstrapError, which are not kept."""
    del stamp
    with open_regular(path) as file:
        return parse_bootstrap(file.read(MAX_BYTES + 1))
