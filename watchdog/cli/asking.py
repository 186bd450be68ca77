"""Verbs that ask or tell the running daemon: `reload`, `ack`, `unack`. What it answers is said, never judged, here."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from alerts.escape import one_line
from watchdog.api.client import (
    Answer,
    Body,
    NoAnswerError,
    NobodyAnswersError,
    NotAllowedError,
    Question,
    ask,
)

DONE, REFUSED, USAGE = 0, 1, 2

#: Longer than the daemon itself waits for its store.
_TELL_WITHIN_S = 40.0
_RELOAD_WITHIN_S = 330.0

_ID_CHARS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-")
_LONGEST_ID = 64
_MAX_LINE_CHARS = 2000


def reload(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """Have the settings read anew, and wait for what comes of it."""
    del config  # the daemon reads its own
    question = Question(method="POST", path="/v1/reload", within_s=_RELOAD_WITHIN_S)
    answer = _put(question, environ, state)
    if answer is None or not answer.is_ok:
        return _refused(answer, as_json=as_json)
    if as_json:
        return _print_json(answer.body)
    print(f"the settings are in force: watching {answer.body['checks']} checks")
    for section in answer.body["at_next_start"]:
        print(f"nigehban: `{one_line(str(section))}` takes force only at the next start", file=sys.stderr)
    return DONE


def acknowledge(
    incident: str,
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    note: str,
    until: str | None,
    lasts: str | None,
    as_json: bool,
) -> int:
    """Say that somebody is at it."""
    del config  # the daemon has its own
    body = {"note": note, "until": until, "lasts": lasts}
    return _tell("POST", incident, body, environ, state, as_json=as_json)


def take_back(incident: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """Say that nobody is at it any more."""
    del config  # the daemon has its own
    return _tell("DELETE", incident, None, environ, state, as_json=as_json)


def _tell(
    method: str, incident: str, body: Body | None, environ: Mapping[str, str], state: Path, *, as_json: bool
) -> int:
    if not is_id(incident):
        return say(
            "an incident is named by its id, or the first characters of it; `nigehban incidents` lists them", USAGE
        )
    path = f"/v1/incidents/{incident}/acknowledgement"
    answer = _put(Question(method=method, path=path, body=body, within_s=_TELL_WITHIN_S), environ, state)
    if answer is None or not answer.is_ok:
        return _refused(answer, as_json=as_json)
    if as_json:
        return _print_json(answer.body)
    print(one_line(str(answer.body["text"]), _MAX_LINE_CHARS))
    return DONE


def is_id(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_ID and set(word) <= _ID_CHARS


def say(text: str, code: int) -> int:
    print(f"nigehban: {one_line(text, _MAX_LINE_CHARS)}", file=sys.stderr)
    return code


def _put(question: Question, environ: Mapping[str, str], state: Path) -> Answer | None:
    """None where there is nobody to ask, which is said."""
    try:
        return ask(question, environ=environ, state=state)
    except NobodyAnswersError as error:
        say(f"{error}; this needs it, start it first", REFUSED)
    except (NotAllowedError, NoAnswerError) as error:
        say(str(error), REFUSED)
    return None


def _refused(answer: Answer | None, *, as_json: bool) -> int:
    if answer is None:
        return REFUSED
    if as_json:
        _print_json(answer.body)
        return REFUSED
    for problem in answer.problems:
        say(problem, REFUSED)
    return REFUSED


def _print_json(body: Body) -> int:
    print(json.dumps(body, indent=2, ensure_ascii=False))
    return DONE
