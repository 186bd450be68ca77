"""Python's cycle collector, told what kind of program this is."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects made and not yet dropped before the collector looks at the young ones. Looks make hardly any cycles, but
#: thousands of observations wait for their second's transaction: with Python's 700 it walks them for nothing.
YOUNG_OBJECTS = 10_000

#: The same for one verb: imports and the rows of a listing stay until its end, and to walk them over and over took an
#: eighth of its time, of ten thousand bills a fifth. Cycles come to some 20 MiB at most.
YOUNG_OBJECTS_OF_A_VERB = 50_000


def expect_little() -> None:
    """Call where a program begins that soon ends; one that goes on calls `settle` later."""
    gc.set_threshold(YOUNG_OBJECTS_OF_A_VERB, 50)


def expect_nothing() -> None:
    """Call where only the end is left, which else walks all there is once more."""
    gc.disable()


def keep() -> None:
    """Call when other settings have taken force, in a loop that has work to do: costs nothing.

    What the former ones left behind was let go as it was dropped: settings hold no cycles (a test reloads and counts).
    """
    gc.freeze()


def settle() -> None:
    """Call when the first settings have taken force: what stands now stays, and is not walked at every collection.

    Ten thousand checks are some 200,000 objects; walking them cost a sixth of all CPU time, and held the loop for
    60 ms each time. Garbage is let go first, which takes a tenth of a second or more.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20)


@contextmanager
def paused() -> Iterator[None]:
    """While much is made at once that stays: walking it over and over takes as long as making it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
