"""Opens the store of a state folder once, to be killed on the way: the migration is all it does.

Usage: migrate_script.py FOLDER
"""

import sys
from pathlib import Path

from watchdog.store.store import open_store

if __name__ == "__main__":
    open_store(Path(sys.argv[1])).close()
