"""`nigehban silence` and `nigehban maintenance`: the daemon is told, and asked; listings go on without it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from alerts.mutes.mute import MuteKind
from watchdog.api.client import Answer, Question
from watchdog.cli.asking import DONE, TELL_WITHIN_S, USAGE, put, refused, say, show
from watchdog.cli.listing import Asked, Whence, list_
from watchdog.clock import Clock, system_clock

#: Keys of the API's body, as they are given here.
_OPTIONS: Final = {"until": "--until", "lasts": "--for", "starts": "--from", "reason": "--reason"}
_KINDS: Final = {"silences": MuteKind.SILENCE, "maintenance": MuteKind.MAINTENANCE}
_ID_CHARS: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-")
_LONGEST_ID: Final = 100


def add(
    path: str, said: Mapping[str, object], *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool
) -> int:
    """0 in force, or in force already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    ends = [_OPTIONS[key] for key in ("until", "lasts") if said.get(key) is not None]
    if len(ends) + bool(said.get("until_ok")) != 1:
        other = " or --until-ok" if "until_ok" in said else ""
        return say(f"say when it ends, by one of --for, --until{other}; the longest is 30 days", USAGE)
    question = Question(method="POST", path=f"/v1/{path}", body=dict(said), within_s=TELL_WITHIN_S)
    return _told(put(question, environ, state), as_json=as_json)


def end(path: str, word: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 ended, or ended already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    if not 0 < len(word) <= _LONGEST_ID or not set(word) <= _ID_CHARS:
        return say("it is named by its id, or the first characters of it; `list` shows them", USAGE)
    question = Question(method="DELETE", path=f"/v1/{path}/{quote(word)}", within_s=TELL_WITHIN_S)
    return _told(put(question, environ, state), as_json=as_json)


def _told(answer: Answer | None, *, as_json: bool) -> int:
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_OPTIONS)
    for note in answer.body.get("notes", ()):
        say(str(note), DONE)
    return show(answer, as_json=as_json)


def shown(
    path: str,
    *,
    over: bool,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """As the daemon has them; where none answers, as they were written."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    with_ = {"kind": _KINDS[path], "over": over}
    query = {"over": "true"} if over else {}
    return list_(Asked(path=f"/v1/{path}", look="mutes", with_=with_, query=query), whence, as_json=as_json)
