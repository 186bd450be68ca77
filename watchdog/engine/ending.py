"""How long the parts of an ending may take: one budget, which the service manager's patience (TimeoutStopSec) exceeds.

Whom it kills at work repeats what it was sending, as after a crash.
"""

from typing import Final

#: What waits is written within this time, else it is said and lost.
WRITE_OUT_WITHIN_S: Final = 20.0

#: Then sends under way and distress, side by side; what takes longer is cut off and will repeat.
FINISH_WITHIN_S: Final = 15.0

#: Then what is noted last, behind a commit that somebody's lock holds up for the busy timeout.
LAST_CALLS_WITHIN_S: Final = 20.0

END_WITHIN_S: Final = WRITE_OUT_WITHIN_S + FINISH_WITHIN_S + LAST_CALLS_WITHIN_S
