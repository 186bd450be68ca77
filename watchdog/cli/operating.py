"""Verbs for whoever operates an installation: registered beside those of watchdog.cli.main."""

from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import (
    ConfigOption,
    JsonOption,
    StateOption,
    app,
    body_of,
    incidents_app,
    notify_app,
    places,
    settings_place,
)

IncidentArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its id, or as much of it as is needed.")
]


@app.command()
def doctor(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """What keeps this installation from doing its work."""
    return body_of("watchdog.cli.doctor", "doctor")(**places(context, config, state), as_json=as_json)


@app.command()
def history(
    context: typer.Context,
    check: Annotated[str, typer.Argument(metavar="CHECK", help="Its id, as `status` shows it.")],
    subject: Annotated[str | None, typer.Argument(metavar="SUBJECT", help="Left out: all it ever had.")] = None,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back.")] = 7,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """What a check saw: how much of the time it was up, its outages, its numbers."""
    body = body_of("watchdog.cli.history", "history")
    return body(check, subject, days=days, **places(context, config, state), as_json=as_json)


@incidents_app.command("show")
def incidents_show(
    context: typer.Context,
    incident: IncidentArgument,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """One incident: what happened, who was told by which way, who is at it."""
    return body_of("watchdog.cli.listing", "incident")(incident, **places(context, config, state), as_json=as_json)


@app.command()
def ack(
    context: typer.Context,
    incident: IncidentArgument,
    *,
    note: Annotated[str, typer.Option("--note", "-m", metavar="TEXT", help="What you do about it.")] = "",
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help='"17:00", "2026-12-01", or both.')
    ] = None,
    lasts: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help='"4h", "3d". One of the three must be given.')
    ] = None,
    until_ok: Annotated[bool, typer.Option("--until-ok", help="Until it is well.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that you have seen an incident and are at it."""
    body = body_of("watchdog.cli.asking", "acknowledge")
    said = {"note": note, "until": until, "lasts": lasts, "until_ok": until_ok}
    return body(incident, **places(context, config, state), **said, as_json=as_json)


@app.command()
def unack(
    context: typer.Context,
    incident: IncidentArgument,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that nobody is at it any more."""
    return body_of("watchdog.cli.asking", "take_back")(incident, **places(context, config, state), as_json=as_json)


@app.command()
def reload(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """Have the running daemon read its settings anew, and wait for what comes of it."""
    return body_of("watchdog.cli.asking", "reload")(**places(context, config, state), as_json=as_json)


@app.command()
def oncall(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """Who is on duty, and who is next."""
    return body_of("watchdog.cli.oncall", "oncall")(**places(context, config, state), as_json=as_json)


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


@notify_app.command("preview")
def notify_preview(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far ahead.")] = 90,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Every message that will go out if nothing changes. Sends nothing."""
    body = body_of("watchdog.cli.preview", "foretell")
    return body(**places(context, config, state), days=days, as_json=as_json)


@notify_app.command("why")
def notify_why(
    context: typer.Context,
    check: Annotated[str, typer.Argument(metavar="CHECK", help="Its id, as `status` shows it.")],
    *,
    subject: Annotated[str | None, typer.Option("--subject", "-s", help="One subject of it. Left out: all.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Who hears of a check, how soon, by which way, and what keeps them from it now."""
    body = body_of("watchdog.cli.why", "why")
    return body(check, **places(context, config, state), subject=subject, as_json=as_json)
