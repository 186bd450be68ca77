"""Verbs that ask or tell the running daemon: `reload`, `ack`, `unack`. What it answers is said, never judged, here."""

import json
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from alerts.words.escape import one_line
from watchdog.api.client import (
    Answer,
    Body,
    NoAnswerError,
    NobodyAnswersError,
    NotAllowedError,
    Question,
    ask,
)
from watchdog.api.place import SOCKET_NAME
from watchdog.cli.line import body_of

DONE, REFUSED, USAGE = 0, 1, 2

#: Longer than the daemon itself waits for its store.
TELL_WITHIN_S = 40.0
_RELOAD_WITHIN_S = 330.0

#: Keys of an acknowledgement, as they are given here.
_OPTIONS = {"note": "--note", "until": "--until", "lasts": "--for"}

_ID_CHARS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-")
_LONGEST_ID = 64
_MAX_LINE_CHARS = 2000


def reload(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """Have the settings read anew, and wait for what comes of it."""
    del config  # the daemon reads its own
    question = Question(method="POST", path="/v1/reload", within_s=_RELOAD_WITHIN_S)
    answer = put(question, environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json)
    if as_json:
        return print_json(answer.body)
    print(f"the settings are in force: watching {answer.body['checks']} checks")
    for section in answer.body["at_next_start"]:
        say(f"`{section}` takes force only at the next start", DONE)
    for one in answer.body.get("closed", ()):
        what = f"incident {one['incident']} of check {one['check']}, {one['subject']}"
        say(f"{what}, is closed: its check was taken out, or looks at something else now", DONE)
    for warning in answer.body.get("warnings", ()):
        say(f"warning: {warning}", DONE)
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
    until_ok: bool,
    as_json: bool,
) -> int:
    """Say that somebody is at it."""
    del config  # the daemon has its own
    if (until is not None) + (lasts is not None) + until_ok != 1:
        return say("say how long you are at it, by one of --for 4h, --until 17:00 or --until-ok", USAGE)
    body = {"note": note, "until": until, "lasts": lasts, "until_ok": until_ok}
    answer = _tell("POST", incident, body, environ, state, as_json=as_json)
    if not isinstance(answer, Answer):
        return answer
    show(answer, as_json=as_json)
    return _kept(answer, incident, note, has_end=bool(until or lasts))


def take_back(incident: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """Say that nobody is at it any more."""
    del config  # the daemon has its own
    answer = _tell("DELETE", incident, None, environ, state, as_json=as_json)
    return show(answer, as_json=as_json) if isinstance(answer, Answer) else answer


def _tell(
    method: str, incident: str, body: Body | None, environ: Mapping[str, str], state: Path, *, as_json: bool
) -> Answer | int:
    """What was answered, or the exit code where it is no answer."""
    if not is_id(incident):
        return say(
            "an incident is named by its id, or the first characters of it; `nigehban incidents` lists them", USAGE
        )
    path = f"/v1/incidents/{incident}/acknowledgement"
    answer = put(Question(method=method, path=path, body=body, within_s=TELL_WITHIN_S), environ, state)
    return refused(answer, as_json=as_json) if answer is None or not answer.is_ok else answer


def show(answer: Answer, *, as_json: bool) -> int:
    """What was answered, whole or in its one sentence."""
    if as_json:
        return print_json(answer.body)
    print(one_line(str(answer.body["text"]), _MAX_LINE_CHARS))
    return DONE


def _kept(answer: Answer, incident: str, note: str, *, has_end: bool) -> int:
    """Who comes second changes nothing: what they had to say must not be lost without a word."""
    standing = answer.body["incident"]["acknowledged"] or {}
    lost = []
    if " ".join(note.split()) not in {"", standing.get("note")}:
        lost.append("note")
    if has_end and standing.get("until") is None:
        lost.append("end")
    if answer.body["is_new"] or not lost:
        return DONE
    verb = "were" if len(lost) > 1 else "was"
    return say(f"your {' and '.join(lost)} {verb} not kept; take it back first: nigehban unack {incident}", REFUSED)


def is_id(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_ID and set(word) <= _ID_CHARS


def say(text: str, code: int) -> int:
    print(f"nigehban: {one_line(text, _MAX_LINE_CHARS)}", file=sys.stderr)
    return code


def put(question: Question, environ: Mapping[str, str], state: Path) -> Answer | None:
    """None where there is nobody to ask, which is said."""
    try:
        return ask(question, environ=environ, state=state)
    except NobodyAnswersError as error:
        say(_nobody(state) or f"{error}; this needs it, start it first", REFUSED)
    except (NotAllowedError, NoAnswerError) as error:
        say(str(error), REFUSED)
    return None


def _nobody(state: Path) -> str | None:
    """What is amiss with a daemon that runs all the same; None where none does."""
    if not body_of("watchdog.store.lock", "is_held")(state):  # costs a while, so only here
        return None
    return (
        f"the daemon runs, but nobody answers at {state / SOCKET_NAME}: its log says why it has no socket; "
        "name another place in the settings with api: {socket: PATH}, and start it anew"
    )


def refused(answer: Answer | None, *, as_json: bool, options: Mapping[str, str] = _OPTIONS) -> int:
    """What cannot be understood was wrong usage."""
    if answer is None:
        return REFUSED
    code = USAGE if answer.status == HTTPStatus.BAD_REQUEST else REFUSED
    if as_json:
        print_json(answer.body)
        return code
    for problem in answer.problems:
        say(_as_options(problem, options), code)
    return code


def _as_options(problem: str, options: Mapping[str, str]) -> str:
    """The API's names of what is wrong are those of its body."""
    key, colon, rest = problem.partition(": ")
    return f"{options[key]}: {rest}" if colon and key in options else problem


def print_json(body: Body) -> int:
    print(json.dumps(body, indent=2, ensure_ascii=False))
    return DONE
