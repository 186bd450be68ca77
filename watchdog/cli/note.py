"""`nigehban note`: registered beside those of watchdog.cli.main."""

from typing import Annotated

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, app, body_of, places


@app.command()
def note(
    context: typer.Context,
    *,
    day: Annotated[str, typer.Option("--date", metavar="DAY", help="Today, or a day to come. [today]")] = "",
    office: Annotated[str, typer.Option("--office", metavar="ID", help="Its bills, by its working days.")] = "",
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="en or ur.")] = "en",
    as_html: Annotated[bool, typer.Option("--html", help="A page to print: one sheet of A4.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """The daily note for paper: what is wrong, what must be paid, who is on duty."""
    body = body_of("watchdog.cli.note_asking", "note")
    where = places(context, config, state)
    return body(day=day, office=office, language=language, as_html=as_html, **where, as_json=as_json)
