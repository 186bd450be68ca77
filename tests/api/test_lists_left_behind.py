"""Lists that somebody began to hand in and left."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tests.support.virtual_loop import EPOCH
from watchdog.api.import_desk import MAX_STAGED, ImportDesk

if TYPE_CHECKING:
    from watchdog.billing.importing import Importer


def unnamed_files() -> int:
    """Open files of ours that have no name."""
    links = list(Path("/proc/self/fd").iterdir())
    return sum(link.is_symlink() and str(link.readlink()).endswith(" (deleted)") for link in links)


def test_a_list_that_nobody_hands_in_to_its_end_is_closed_with_the_desk() -> None:
    """It is in no circle that the collector may take apart in any order."""
    gc.collect()
    before = unnamed_files()
    desk = ImportDesk(importer=cast("Importer", None), clock=lambda: EPOCH, ids=map(str, range(9)).__next__)
    for _ in range(MAX_STAGED):
        desk.begin("so.finance")
    assert unnamed_files() == before + MAX_STAGED
    del desk
    gc.collect()
    assert unnamed_files() == before
