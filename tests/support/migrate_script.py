"""Opens the store of a state folder once, to be killed on the way: the migration is all it does.

Usage: migrate_script.py FOLDER
"""

import sys
from pathlib import Path

from watchdog.store.store import open_store


def main(folder: Path) -> None:
    open_store(folder).close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
