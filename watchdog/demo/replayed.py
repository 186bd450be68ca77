"""A case of the past for the demo's second half. Raises DemoError where it does not go as it should."""

import asyncio
from collections.abc import Sequence

from checks.registry import load_registry
from watchdog.demo.errors import DemoError
from watchdog.replay.case import read_case
from watchdog.replay.judging import judgements
from watchdog.replay.playing import play
from watchdog.replay.shown import case_in_short
from watchdog.settings.load import load


def replayed(name: str) -> Sequence[str]:
    """The shipped case in short. Blocks for a second, in a loop of its own."""
    found = read_case(name)
    played = asyncio.run(play(found.case, load(found.settings, load_registry(), {})))
    if failed := [one for one in judgements(played) if not one.holds]:
        raise DemoError(f"the replay of {name} fails: {failed[0].asked}: {failed[0].was}")
    return case_in_short(played)
