"""Where settings and state are, when nobody says otherwise."""

import os
from collections.abc import Mapping
from pathlib import Path

SYSTEM_SETTINGS = Path("/etc/nigehban")
#: Where the unit's StateDirectory= is: a link into what only root and the daemon may enter.
SYSTEM_STATE = Path("/var/lib/nigehban")


def default_path(environ: Mapping[str, str], cli_option: Path | None) -> Path:
    """The file or directory of settings: as told, else NIGEHBAN_CONFIG, else /etc/nigehban."""
    if cli_option is not None:
        return cli_option
    told = environ.get("NIGEHBAN_CONFIG")
    return Path(told) if told else SYSTEM_SETTINGS


def default_state_dir(
    environ: Mapping[str, str], cli_option: Path | None = None, system_state: Path = SYSTEM_STATE
) -> Path:
    """As told, else NIGEHBAN_STATE, else systemd's state directory, else the service's, else the XDG state folder.

    Whoever asks on a machine where the service was started means the service.
    """
    if cli_option is not None:
        return cli_option
    if told := environ.get("NIGEHBAN_STATE"):
        return Path(told)
    if given := environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])  # several are separated by colons: systemd.exec(5)
    if os.path.lexists(system_state):  # pathlib's exists follows the link, and is refused to others
        return system_state
    base = environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path(environ.get("HOME", "/"), ".local", "state")) / "nigehban"
