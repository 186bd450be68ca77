"""Verbs for what is not to be told for now: `silence`, `maintenance`. Registered beside those of watchdog.cli.main."""

from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, maintenance_app, places, silence_app

Matchers: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="LABEL=VALUE", help="What: label=value, label!=value, or label=~pattern.")
]
Reason: TypeAlias = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why, for the others.")]
From: TypeAlias = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help='"22:00", "2026-12-01 22:00". Left out: now.')
]
Until: TypeAlias = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help='"17:00", "2026-12-01", or both.')
]
Lasts: TypeAlias = Annotated[str | None, typer.Option("--for", metavar="DURATION", help='"2h", "3d"; 30 days at most.')]
UntilOk: TypeAlias = Annotated[bool, typer.Option("--until-ok", help="Until nothing that it matches is open.")]
Over: TypeAlias = Annotated[bool, typer.Option("--all", help="Those that were over in the last 30 days, too.")]
MuteArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="As `list` shows it, or as much of it as is needed.")
]


@silence_app.command("add")
def silence_add(
    context: typer.Context,
    matchers: Matchers,
    *,
    reason: Reason,
    until: Until = None,
    lasts: Lasts = None,
    until_ok: UntilOk = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Have nothing told of what matches, for a time; its end is told all the same."""
    said = {"matchers": matchers, "reason": reason, "until": until, "lasts": lasts, "until_ok": until_ok}
    return body_of("watchdog.cli.mute_asking", "add")(
        "silences", said, **places(context, config, state), as_json=as_json
    )


@silence_app.command("list")
def silence_list(
    context: typer.Context,
    *,
    over: Over = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Silences in force, with what they match."""
    body = body_of("watchdog.cli.mute_asking", "shown")
    return body("silences", over=over, **places(context, config, state), as_json=as_json)


@silence_app.command("end")
def silence_end(
    context: typer.Context,
    mute: MuteArgument,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """End one before its time; people are told again of what is still bad."""
    body = body_of("watchdog.cli.mute_asking", "end")
    return body("silences", mute, **places(context, config, state), as_json=as_json)


@maintenance_app.command("add")
def maintenance_add(
    context: typer.Context,
    matchers: Matchers,
    *,
    reason: Reason,
    starts: From = None,
    until: Until = None,
    lasts: Lasts = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Announce one window of maintenance; those that recur stand in the settings."""
    said = {"matchers": matchers, "reason": reason, "starts": starts, "until": until, "lasts": lasts}
    return body_of("watchdog.cli.mute_asking", "add")(
        "maintenance", said, **places(context, config, state), as_json=as_json
    )


@maintenance_app.command("list")
def maintenance_list(
    context: typer.Context,
    *,
    over: Over = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Windows in force and to come, with what they match."""
    body = body_of("watchdog.cli.mute_asking", "shown")
    return body("maintenance", over=over, **places(context, config, state), as_json=as_json)


@maintenance_app.command("end")
def maintenance_end(
    context: typer.Context,
    mute: MuteArgument,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """End one before its time, or call off one to come; people are told again of what is still bad."""
    body = body_of("watchdog.cli.mute_asking", "end")
    return body("maintenance", mute, **places(context, config, state), as_json=as_json)
