"""`nigehban replay`: a case of the past, played through the code that decides. Sends nothing, keeps nothing."""

import asyncio
import json
from collections.abc import Mapping

from checks.registry import load_registry
from watchdog.billing.spoken_values import SpokenError
from watchdog.cli.asking import DONE, REFUSED, USAGE, say
from watchdog.cli.columns import terminal_width
from watchdog.replay.case import CaseError, read_case
from watchdog.replay.judging import judgements
from watchdog.replay.playing import play
from watchdog.replay.shown import case_object, case_text
from watchdog.settings.load import load


def replay(name: str, *, environ: Mapping[str, str], as_json: bool) -> int:
    """0 where every judgement holds, 1 where one does not, 2 where there is no such case. Raises SettingsError."""
    try:
        found = read_case(name)
        settings = load(found.settings, load_registry(), environ)
        played = asyncio.run(play(found.case, settings))
    except CaseError as error:
        return say(str(error), USAGE)
    except SpokenError as error:
        return say(f"{name}: a happening cannot be put on record: {error}", USAGE)
    if as_json:
        print(json.dumps(case_object(played), indent=2, ensure_ascii=False))
    else:
        print(case_text(played, terminal_width()))
    return DONE if all(one.holds for one in judgements(played)) else REFUSED
