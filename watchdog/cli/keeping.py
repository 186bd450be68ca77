"""Verbs for what is kept: a copy of the state, and the way back. Registered beside those of watchdog.cli.main."""

from pathlib import Path
from typing import Annotated

import typer

from watchdog.cli.line import ConfigOption, StateOption, app, body_of, places


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Left out: a name by the time of day.")] = None,
    *,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Folder; left out: the state's own.")] = None,
    force: Annotated[bool, typer.Option("--force", help="FILE may be there already.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
) -> int:
    """Copy the state while the daemon runs, or while it does not."""
    body = body_of("watchdog.cli.backup", "backup")
    return body(**places(context, config, state), file=file, to=to, force=force)


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` made.")],
    *,
    config: ConfigOption = None,
    state: StateOption = None,
) -> int:
    """Put a copy in the place of the state, while the daemon is stopped."""
    return body_of("watchdog.cli.restore", "restore")(**places(context, config, state), file=file)
