"""Verbs about vendors' notices and what waits for a word: registered beside those of watchdog.cli.main."""

from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, invoices_app, places

Vendor: TypeAlias = Annotated[str, typer.Option("--vendor", metavar="ID", help="Whose it is, as the settings call it.")]
Number: TypeAlias = Annotated[str, typer.Option("--number", metavar="NUMBER", help="Of the bill that is meant.")]
Amount: TypeAlias = Annotated[str, typer.Option("--amount", help='"134000", "1,34,000.00", "1200.50 USD".')]
Due: TypeAlias = Annotated[str, typer.Option("--due", metavar="DAY", help='The last day to pay: "2026-12-01".')]
Suspends: TypeAlias = Annotated[str, typer.Option("--suspends", metavar="DAY", help="The day the vendor cuts off.")]
DayOrNone: TypeAlias = Annotated[
    str, typer.Option("--suspends", metavar="DAY|none", help="The day the vendor cuts off; none: the paper names none.")
]
Service: TypeAlias = Annotated[str, typer.Option("--service", metavar="ID", help="Of a new bill: what goes dark.")]
ProposalArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="As `invoices proposals` shows it.")]


@invoices_app.command("notice")
def notice(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Text, an e-mail (.eml) or a PDF; - reads a pipe.")],
    *,
    vendor: Vendor = "",
    number: Number = "",
    amount: Amount = "",
    due: Due = "",
    suspends: Suspends = "",
    service: Service = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read a vendor's notice, and propose what it says for the record."""
    given = _given(vendor, number, amount, due, suspends, service)
    body = body_of("watchdog.cli.notice_asking", "notice")
    return body(file, given, **places(context, config, state), as_json=as_json)


@invoices_app.command("proposals")
def proposals(
    context: typer.Context,
    proposal: Annotated[str, typer.Argument(metavar="[ID]", help="That one whole. Left out: all that wait.")] = "",
    *,
    is_all: Annotated[bool, typer.Option("--all", help="Also what was decided or overtaken, and why.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """What waits for somebody's word."""
    body = body_of("watchdog.cli.notice_asking", "proposals")
    return body(proposal, is_all=is_all, **places(context, config, state), as_json=as_json)


@invoices_app.command("confirm")
def confirm(
    context: typer.Context,
    proposal: ProposalArgument,
    *,
    vendor: Vendor = "",
    number: Number = "",
    amount: Amount = "",
    due: Due = "",
    suspends: DayOrNone = "",
    service: Service = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put on record what waits, as it stands or as you put it right."""
    given = _given(vendor, number, amount, due, suspends, service)
    body = body_of("watchdog.cli.notice_asking", "confirm")
    return body(proposal, given, **places(context, config, state), as_json=as_json)


@invoices_app.command("refuse")
def refuse(
    context: typer.Context,
    proposal: ProposalArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why, in words.")] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put away what waits: it is not so."""
    body = body_of("watchdog.cli.notice_asking", "refuse")
    return body(proposal, reason=reason, **places(context, config, state), as_json=as_json)


def _given(vendor: str, number: str, amount: str, due: str, suspends: str, service: str) -> dict[str, str]:  # noqa: PLR0917  # as they are given
    return {
        "vendor": vendor,
        "number": number,
        "amount": amount,
        "due": due,
        "suspends": suspends,
        "service": service,
    }
