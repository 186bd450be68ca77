"""How the daemon ends: one budget of time, which the service manager's patience (TimeoutStopSec) exceeds.

Whom it kills at work repeats what it was sending, as after a crash.
"""

import asyncio
from typing import Final

#: What waits is written within this time, else it is said and lost.
WRITE_OUT_WITHIN_S: Final = 20.0

#: Then sends under way and distress, side by side; what takes longer is cut off and will repeat.
FINISH_WITHIN_S: Final = 15.0

#: Then what is noted last, behind a commit that somebody's lock holds up for the busy timeout.
LAST_CALLS_WITHIN_S: Final = 20.0

END_WITHIN_S: Final = WRITE_OUT_WITHIN_S + FINISH_WITHIN_S + LAST_CALLS_WITHIN_S


async def ended(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    """Cancel `tasks`, and return once none of them runs any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
