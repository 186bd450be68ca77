"""Verbs for drills: `drill start`, `drill show`, `drill stop`. Registered beside those of watchdog.cli.main."""

from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, app, body_of, places

drill_app = typer.Typer(help="Play an outage or an unpaid bill.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(drill_app, name="drill")

ServiceOption: TypeAlias = Annotated[str, typer.Option("--service", metavar="ID", help="Which service is hit.")]
ReceiverOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--receiver", metavar="ID", help="Tell these alone, and nobody after them; may be repeated."),
]
ReportOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--report-to", metavar="ID", help="Who reads how it went. [the receiver called like you]"),
]
MinutesOption: TypeAlias = Annotated[int, typer.Option("--minutes", help="How long it runs; 480 at most.")]


@drill_app.command("start")
def drill_start(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="bill (unpaid, overdue) or outage.")],
    *,
    service: ServiceOption,
    receiver: ReceiverOption = None,
    minutes: MinutesOption = 30,
    report_to: ReportOption = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Begin one: whoever would hear of the real thing gets a message that begins with DRILL."""
    said = {
        "kind": what,
        "service": service,
        "minutes": minutes,
        "receivers": receiver or [],
        "report_to": report_to or [],
    }
    return body_of("watchdog.cli.drill_asking", "start")(said, **places(context, config, state), as_json=as_json)


@drill_app.command("show")
def drill_show(
    context: typer.Context,
    drill: Annotated[str, typer.Argument(metavar="[ID]", help="Left out: the one that runs, else the last.")] = "",
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Who was told when and by which way, who answered and how fast."""
    return body_of("watchdog.cli.drill_asking", "shown")(drill, **places(context, config, state), as_json=as_json)


@drill_app.command("stop")
def drill_stop(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """End the one that runs; whoever was told hears that it is over."""
    return body_of("watchdog.cli.drill_asking", "stop")(**places(context, config, state), as_json=as_json)
