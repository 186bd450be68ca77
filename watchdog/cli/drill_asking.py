"""`nigehban drill`: the daemon is told, and asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alerts.drills.drill import DrillKind
from watchdog.api.client import Answer, Question
from watchdog.cli.asking import DONE, TELL_WITHIN_S, USAGE, is_id, put, refused, say, show
from watchdog.cli.columns import terminal_width
from watchdog.cli.listing import tell

#: Keys of the API's body, as they are given here.
_OPTIONS: Final = {
    "kind": "WHAT",
    "service": "--service",
    "minutes": "--minutes",
    "receivers": "--receiver",
    "report_to": "--report-to",
}


def start(said: Mapping[str, object], *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 it runs; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    kinds = [one.value for one in DrillKind]
    if said.get("kind") not in kinds:
        return say(f"say what is to be played: {' or '.join(kinds)}", USAGE)
    question = Question(method="POST", path="/v1/drills", body=dict(said), within_s=TELL_WITHIN_S)
    return _told(put(question, environ, state), as_json=as_json)


def stop(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 it is over; 1 none runs."""
    del config  # the daemon has its own
    question = Question(method="DELETE", path="/v1/drills/running", within_s=TELL_WITHIN_S)
    return _told(put(question, environ, state), as_json=as_json)


def _told(answer: Answer | None, *, as_json: bool) -> int:
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_OPTIONS)
    for note in answer.body.get("notes", ()):
        say(str(note), DONE)
    return show(answer, as_json=as_json)


def shown(drill: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 shown; 1 there is no such drill; 2 wrong usage."""
    del config  # the daemon has its own
    if drill and not is_id(drill):
        return say("a drill is named by its id, or the first characters of it; `drill start` said it", USAGE)
    query = {} if as_json else {"width": str(terminal_width() or 0)}
    answer = put(Question(method="GET", path=f"/v1/drills/{drill or 'last'}", query=query), environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_OPTIONS)
    return tell(answer, as_json=as_json)
