"""What the command line would say of the demo's daemon, read from what it has written, by the demo's own clock."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from operator import itemgetter

from checks.registry import load_registry
from checks.wording import moment
from watchdog.cli import looks
from watchdog.cli.looks import View
from watchdog.demo.stage import Stage
from watchdog.demo.terminal import QUOTE_COLUMNS
from watchdog.settings.load import load
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.listings import Listings


def of_check(stage: Stage, check: str) -> list[str]:
    """`nigehban incidents --closed`, as far as it is about one check."""
    with _view(stage) as view:
        parts = looks.incidents(view, closed=True).text.split("\n\n")
    return next((part.splitlines() for part in parts if f"check {check}," in part), [])


def standing(stage: Stage) -> list[str]:
    """What `nigehban deadlines` lists, soonest first: when, and what."""
    with _view(stage) as view:
        said = [
            (record.deadline.at, record.deadline_words.summary)
            for record in view.records()
            if record.deadline is not None and record.deadline_words is not None
        ]
        soonest = sorted(said, key=itemgetter(0))
        return [f"{moment(at, view.estate.time_zone)}  {summary}" for at, summary in soonest]


@contextmanager
def _view(stage: Stage) -> Iterator[View]:
    estate = load(stage.estate.settings_path, load_registry(), stage.environ, clock=stage.clock).estate
    with closing(open_listing_database(stage.estate.state_dir / DATABASE_NAME)) as database:
        yield View(listings=Listings(database), estate=estate, now=stage.clock(), width=QUOTE_COLUMNS)
