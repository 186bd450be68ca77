"""Verbs for whoever operates an installation: registered beside those of watchdog.cli.main."""

from typing import Annotated

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, app, body_of, notify_app, places, settings_place


@app.command()
def doctor(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """What keeps this installation from doing its work."""
    return body_of("watchdog.cli.doctor", "doctor")(**places(context, config, state), as_json=as_json)


@notify_app.command("test")
def notify_test(
    context: typer.Context,
    receivers: Annotated[list[str] | None, typer.Argument(metavar="RECEIVER", help="Left out: all of them.")] = None,
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send a marked test message over every channel of the receivers."""
    return body_of("watchdog.cli.notify", "test")(
        **settings_place(context, config), receivers=receivers or [], as_json=as_json
    )
