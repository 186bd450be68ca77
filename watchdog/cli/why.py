"""`nigehban notify why`: the daemon is asked, which knows what is open and muted; else the settings alone say it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from checks.registry import load_registry
from watchdog.api.client import NoAnswerError, NobodyAnswersError, NotAllowedError, Question, ask
from watchdog.assembly import directory_of
from watchdog.cli.asking import DONE, REFUSED, say
from watchdog.cli.columns import terminal_width
from watchdog.cli.listing import tell
from watchdog.cli.why_json import why_object
from watchdog.cli.why_text import why_text
from watchdog.clock import Clock, system_clock
from watchdog.explaining import Known, NoSuchCheckError, explained
from watchdog.settings.load import load


def why(
    check: str,
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    subject: str | None,
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """0 explained, 1 it cannot be: there is no such check. Raises SettingsError."""
    query = {"check": check, **({} if subject is None else {"subject": subject})}
    shown = {} if as_json else {"width": str(terminal_width() or 0)}
    try:
        answer = ask(Question(method="GET", path="/v1/why", query={**query, **shown}), environ=environ, state=state)
    except NobodyAnswersError:
        say("the daemon is not running: this is by the settings alone, what is open or muted is not known", DONE)
    except (NotAllowedError, NoAnswerError) as error:
        say(f"{error}; this is by the settings alone", DONE)
    else:
        return tell(answer, as_json=as_json)
    return _by_settings(check, config, environ, clock(), as_json=as_json)


def _by_settings(check: str, config: Path, environ: Mapping[str, str], now: datetime, *, as_json: bool) -> int:
    settings = load(config, load_registry(), environ)
    known = Known(settings=settings, directory=directory_of(settings, settings.checks), now=now)
    try:
        found = explained(check, None, known)
    except NoSuchCheckError as error:
        return say(str(error), REFUSED)
    if as_json:
        print(json.dumps([why_object(one) for one in found], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(why_text(one, known.directory.estate, now) for one in found))
    return DONE
