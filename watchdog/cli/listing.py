"""`nigehban status`, `incidents`, `deadlines`: the daemon is asked; where none answers, its database is read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from watchdog.api.client import (
    Answer,
    NoAnswerError,
    NobodyAnswersError,
    NotAllowedError,
    Question,
    ask,
)
from watchdog.cli.asking import DONE, REFUSED, USAGE, is_id, say
from watchdog.cli.columns import terminal_width
from watchdog.cli.line import body_of
from watchdog.clock import Clock, system_clock

#: The same in the daemon's API.
_SPAN: Final = re.compile("[0-9]{1,3}[dh]", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One listing: as the daemon is asked for it, and the function of `module` that looks for it."""

    path: str
    look: str
    module: str = "watchdog.cli.looks"
    with_: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whence:
    """Where there may be an answer."""

    config: Path
    state: Path
    environ: Mapping[str, str]
    clock: Clock


def status(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """Every subject, worst first."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    return list_(Asked(path="/v1/status", look="statuses"), whence, as_json=as_json)


def incidents(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    closed: bool,
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """The open ones, worst first; or open and closed, the newest first, and what the watchdog said of itself."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    query = {"closed": "true"} if closed else {}
    asked = Asked(path="/v1/incidents", look="incidents", with_={"closed": closed}, query=query)
    return list_(asked, whence, as_json=as_json)


def incident(
    word: str,
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """The one whose id begins with `word`, with all that happened to it."""
    if not is_id(word):
        return say("an incident is named by its id, or the first characters of it", USAGE)
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    return list_(Asked(path=f"/v1/incidents/{word}", look="named", with_={"word": word}), whence, as_json=as_json)


def deadlines(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    within: str = "",
    kind: str = "",
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """What must be begun first, first."""
    if within and not _SPAN.fullmatch(within):
        return say('--within: must be days or hours, such as "60d" or "12h"', USAGE)
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    query = {name: said for name, said in {"within": within, "kind": kind}.items() if said}
    asked = Asked(path="/v1/deadlines", look="deadlines", with_={"within": within, "kind": kind}, query=query)
    return list_(asked, whence, as_json=as_json)


def list_(asked: Asked, whence: Whence, *, as_json: bool) -> int:
    shown = {} if as_json else {"width": str(terminal_width() or 0)}
    question = Question(method="GET", path=asked.path, query={**asked.query, **shown})
    try:
        answer = ask(question, environ=whence.environ, state=whence.state)
    except NobodyAnswersError:
        return _read(asked, whence, as_json=as_json)
    except (NotAllowedError, NoAnswerError) as error:
        say(str(error), REFUSED)
        return _read(asked, whence, as_json=as_json)
    return tell(answer, as_json=as_json)


def tell(answer: Answer, *, as_json: bool) -> int:
    for told in answer.body.get("notes", ()) if answer.is_ok else answer.problems:
        say(str(told), REFUSED)
    if not answer.is_ok:
        return REFUSED
    print(json.dumps(answer.body["items"], indent=2, ensure_ascii=False) if as_json else answer.body["text"])
    return DONE


def _read(asked: Asked, whence: Whence, *, as_json: bool) -> int:
    read = body_of("watchdog.cli.reading", "read")  # costs half a second, so not where the daemon answers
    return read(
        asked.module,
        asked.look,
        asked.with_,
        config=whence.config,
        state=whence.state,
        environ=whence.environ,
        clock=whence.clock,
        as_json=as_json,
    )
