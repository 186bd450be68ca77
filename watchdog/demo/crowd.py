"""The second half of the story: the e-office fills, throws everybody out, and bears them again."""

import asyncio
from collections.abc import Sequence

from watchdog.demo.eoffice import SEATS
from watchdog.demo.settings_file import ON_CALL
from watchdog.demo.stage import Scene, Stage
from watchdog.demo.web_page import metrics_page, series

_BACK = 60
_TOLD_AT = frozenset({60, 80, 90})
#: Between two officers, and between two waves of those who are thrown out.
_PACE_S, _WAVE_S = 0.12, 0.8

_METRICS = ("nigehban_eoffice_sessions", "nigehban_eoffice_sessions_capacity", "nigehban_incidents_open")


async def the_eoffice_fills(stage: Stage) -> None:
    stage.terminal.title("4  The officers log in, one by one")
    eoffice = stage.estate.eoffice
    stage.say(f"{eoffice.sessions} are in. The e-office bears {SEATS}; nobody is told of one that is merely busy.")
    while eoffice.log_in() and eoffice.sessions < SEATS:
        stage.terminal.live(stage.clock(), f"{eoffice.sessions} of {SEATS} officers")
        if eoffice.sessions in _TOLD_AT:
            stage.say(f"{eoffice.sessions} officers")
        await asyncio.sleep(_PACE_S)
    stage.say(f"{SEATS} officers: every seat is taken.")
    await stage.tell(ON_CALL, "DOWN", "E-office", "Cause over_capacity")
    await stage.let_read()
    stage.say("The same as a dashboard reads it:")
    stage.terminal.quote(series(await metrics_page(stage.daemon.address), _METRICS))
    while not eoffice.known_full.is_set():
        stage.terminal.live(stage.clock(), f"{SEATS} of {SEATS} officers, and the next one at the door")
        await asyncio.sleep(_PACE_S)
    stage.estate.inbox.require_empty()


async def everybody_is_thrown_out(stage: Stage) -> None:
    stage.terminal.title(f"5  Officer {SEATS + 1} logs in, and everybody is thrown out")
    eoffice = stage.estate.eoffice
    while not eoffice.is_empty:
        eoffice.throw_out()
        stage.say(f"{eoffice.sessions} officers")
        await asyncio.sleep(_WAVE_S)
    stage.say("A counter at 3 looks like a calm morning. The daemon knows what it was a moment ago:")
    await stage.tell(ON_CALL, "NOW", "E-office", "Cause mass_logout")
    await stage.let_read()
    while eoffice.sessions < _BACK:
        eoffice.log_in()
        stage.terminal.live(stage.clock(), f"{eoffice.sessions} of {SEATS} officers")
        await asyncio.sleep(_PACE_S / 4)
    stage.say(f"The e-office is back, and {_BACK} officers with it.")
    await stage.tell(ON_CALL, "RESOLVED", "E-office")
    await stage.let_read()


SCENES: Sequence[Scene] = (the_eoffice_fills, everybody_is_thrown_out)
