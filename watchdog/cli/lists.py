"""`nigehban invoices import` and `export`: registered beside those of watchdog.cli.main."""

from pathlib import Path
from typing import Annotated

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, invoices_app, places


@invoices_app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, .xlsx, or digital invoices as JSON.")],
    *,
    mapping: Annotated[
        str, typer.Option("--map", metavar="H=COLUMN,…", help='Your headings: "Bill No=number,Firm=vendor,S.No=-".')
    ] = "",
    layout: Annotated[str, typer.Option("--layout", metavar="NAME", help="A layout saved in the settings.")] = "",
    dates: Annotated[
        str, typer.Option("--dates", metavar="ORDER", help="How days in figures are written: dmy, mdy, ymd, excel.")
    ] = "",
    mark: Annotated[str, typer.Option("--mark", help="Before the paisa: point, or comma for 1.234,56.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="windows-1256, windows-1252, utf-16. [UTF-8]")] = "",
    currency: Annotated[str, typer.Option("--currency", help="Of amounts that name none. [PKR]")] = "",
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="Of a workbook. Left out: the first.")] = "",
    vendor: Annotated[str, typer.Option("--vendor", metavar="ID", help="Of bills that name none.")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DAY", help="Of bills that name none: 2026-12-01.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Take a list of bills in: all of it, or nothing and why."""
    said = {
        "layout": layout,
        "dates": dates,
        "mark": mark,
        "encoding": encoding,
        "currency": currency,
        "sheet": sheet,
        "vendor": vendor,
        "due": due,
    }
    body = body_of("watchdog.cli.list_asking", "import_")
    return body(file, mapping, said, dry_run=dry_run, **places(context, config, state), as_json=as_json)


@invoices_app.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Its name ends in .xlsx, .csv or .json.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Paid and cancelled ones, too.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write open bills to a file; an .xlsx whose stages somebody changes can be imported again."""
    body = body_of("watchdog.cli.list_asking", "export")
    return body(file, every=every, **places(context, config, state), as_json=as_json)
