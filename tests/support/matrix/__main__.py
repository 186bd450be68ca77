"""`python -m tests.support.matrix` writes the table in docs/checks.md anew: read the difference, it is what changed."""

import sys
import tempfile
from pathlib import Path

from tests.support.matrix.looks import onlookers
from tests.support.matrix.table import GRIDS, table, write

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, onlookers(Path(folder)) as eyes:
        pairs = eyes.look(GRIDS)
    write(table(pairs))
    sys.stdout.writelines(f"{pair.cell}: {pair.excess}\n" for pair in pairs if pair.excess)
