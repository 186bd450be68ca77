"""What the command line says of the demo's daemon, as a person would ask it."""

import contextlib
import io
from collections.abc import Callable

from watchdog.cli.listing import deadlines, incidents
from watchdog.demo.stage import Stage


def of_check(stage: Stage, check: str) -> list[str]:
    """`nigehban incidents --closed`, as far as it is about one check."""
    said = _said(
        lambda: incidents(
            config=stage.estate.settings_path,
            state=stage.estate.state_dir,
            environ=stage.environ,
            closed=True,
            as_json=False,
            clock=stage.clock,
        )
    )
    return next((part.splitlines() for part in said.split("\n\n") if f"check {check}," in part), [])


def standing(stage: Stage) -> list[str]:
    """`nigehban deadlines`."""
    return _said(
        lambda: deadlines(
            config=stage.estate.settings_path,
            state=stage.estate.state_dir,
            environ=stage.environ,
            as_json=False,
            clock=stage.clock,
        )
    ).splitlines()


def _said(verb: Callable[[], int]) -> str:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        verb()
    return shown.getvalue()
