"""Python's cycle collector, told what kind of program this is."""

import gc

#: Objects made and not yet dropped before the collector looks at the young ones. Looks make hardly any cycles, but
#: thousands of observations wait for their second's transaction: with Python's 700 it walks them for nothing.
YOUNG_OBJECTS = 10_000


def settle() -> None:
    """Call when settings have taken force: what stands now stays, and is not walked at every collection.

    Ten thousand checks are some 200,000 objects; walking them cost a sixth of all CPU time, and held the loop for
    60 ms each time. What former settings left behind is let go first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20)
