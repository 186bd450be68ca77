"""The verb `replay`: registered beside those of watchdog.cli.main."""

import os
from typing import Annotated

import typer

from watchdog.cli.line import JsonOption, app, body_of


@app.command()
def replay(
    case: Annotated[str, typer.Argument(metavar="CASE", help="kp-2017, another that is shipped, or a file.")],
    *,
    as_json: JsonOption = False,
) -> int:
    """Play a case of the past: who would have been told on which day."""
    return body_of("watchdog.cli.replay", "replay")(case, environ=os.environ, as_json=as_json)
