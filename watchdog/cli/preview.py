"""`nigehban notify preview`: the daemon is asked; where none runs, what it has written, else the settings alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from alerts.record import SubjectRecord
from checks.registry import load_registry
from watchdog.api.client import NoAnswerError, NobodyAnswersError, NotAllowedError, Question, ask
from watchdog.assembly import directory_of
from watchdog.billing.foreseen import OnRecord
from watchdog.cli.asking import DONE, say
from watchdog.cli.columns import terminal_width
from watchdog.cli.listing import tell
from watchdog.cli.preview_shown import preview_object, preview_text
from watchdog.clock import Clock, system_clock
from watchdog.explaining import Known
from watchdog.foretelling import preview
from watchdog.settings.load import load
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.listings import Listings

#: A year of many bills is rendered message by message.
_WITHIN_S = 120.0


def foretell(
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    days: int,
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """Sends nothing. Raises SettingsError."""
    shown = {} if as_json else {"width": str(terminal_width() or 0)}
    question = Question(method="GET", path="/v1/preview", query={"days": str(days), **shown}, within_s=_WITHIN_S)
    try:
        answer = ask(question, environ=environ, state=state)
    except NobodyAnswersError:
        say("the daemon is not running: this is by what it saw last, and by the settings", DONE)
    except (NotAllowedError, NoAnswerError) as error:
        say(str(error), DONE)
    else:
        return tell(answer, as_json=as_json)
    settings = load(config, load_registry(), environ)
    directory, now = directory_of(settings, settings.checks), clock()
    with _written(state) as (records, on_record):
        known = Known(settings=settings, directory=directory, now=now, records=records)
        messages = preview(known, days, on_record)
    if as_json:
        print(json.dumps([preview_object(one) for one in messages], indent=2, ensure_ascii=False))
    else:
        print(preview_text(messages, days, settings.estate.time_zone, terminal_width()))
    return DONE


@contextmanager
def _written(state: Path) -> Iterator[tuple[Sequence[SubjectRecord], OnRecord]]:
    """Nothing where nothing can be read, which is said."""
    found: tuple[Sequence[SubjectRecord], OnRecord] = (), OnRecord()
    with ExitStack() as closes:
        try:
            listings = Listings(closes.enter_context(closing(open_listing_database(state / DATABASE_NAME))))
            found = listings.subjects(), OnRecord.of(listings)
        except StoreError as error:
            missing = (
                "certificates and domains are missing, of which only looks know, and bills that are not in the settings"
            )
            say(f"{error}; so {missing}", DONE)
        yield found
