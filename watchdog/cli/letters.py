"""`nigehban invoices letter` and `calendar`: registered beside those of watchdog.cli.main."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from watchdog.cli.invoices import BillArgument
from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, invoices_app, places

Lang: TypeAlias = Annotated[str, typer.Option("--lang", help="en or ur.")]


@invoices_app.command("letter")
def letter(
    context: typer.Context,
    bill: BillArgument,
    *,
    kind: Annotated[str, typer.Option("--kind", help="grace, notice, or alternate-account.")] = "grace",
    lang: Lang = "en",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Draft a letter to the vendor: asking for grace, or about a payment that cannot land."""
    body = body_of("watchdog.cli.letter_asking", "letter")
    return body(bill, kind=kind, lang=lang, **places(context, config, state), as_json=as_json)


@invoices_app.command("calendar")
def calendar(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE.ics", help="Where to write it; - prints it.")] = None,
    *,
    address: Annotated[
        str, typer.Option("--address", metavar="RECEIVER", help="Print the address of that receiver's feed.")
    ] = "",
    lang: Lang = "en",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write the act-by, due and cut-off days of open bills for a calendar."""
    body = body_of("watchdog.cli.letter_asking", "calendar")
    return body(file, address=address, lang=lang, **places(context, config, state), as_json=as_json)
