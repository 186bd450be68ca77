"""Whether another distribution has put files into one of our three import packages.

PyPI's (and Debian's) `watchdog` installs a package of the same name and overwrites parts of ours in silence, so
start-up and `doctor` ask here first.
"""

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Final

OURS: Final = "nigehban"
PACKAGES: Final = ("watchdog", "checks", "alerts")


def second_owners(owners: Mapping[str, Sequence[str]]) -> list[str]:
    """One text per import package of ours that someone else owns too, saying what to do; [] when all is well.

    `owners` maps import packages to distributions, as `installed_owners` does.
    """
    return [
        f"the Python package {package!r} of {OURS} is also installed by {', '.join(others)}: one overwrites files of "
        f"the other. Install {OURS} into an environment of its own, or run: "
        f"pip uninstall {' '.join(others)} && pip install --force-reinstall --no-deps {OURS}"
        for package in PACKAGES
        if (others := sorted({name for name in owners.get(package, ()) if _plain(name) != OURS}))
    ]


def installed_owners() -> Mapping[str, Sequence[str]]:
    """Import packages of this environment and who installed them. Takes some 50 ms: it reads every file list."""
    return metadata.packages_distributions()


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
