"""Verbs about vendors: can they be paid. Registered beside those of watchdog.cli.main."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, places, vendors_app

VendorArgument: TypeAlias = Annotated[str, typer.Argument(metavar="VENDOR", help="Its id in the settings.")]
ReasonArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="REASON",
        help="account-attached, not-active-taxpayer, iban-mismatch, no-budget, court-order or freeze.",
    ),
]
Evidence: TypeAlias = Annotated[str, typer.Option("--evidence", metavar="TEXT", help="What proves it.")]
Words: TypeAlias = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="More about it, for the others.")]
At: TypeAlias = Annotated[
    str, typer.Option("--at", metavar="TIME", help='When it happened: "2026-11-20". Left out: now.')
]

_ASKING = "watchdog.cli.vendor_asking"


@vendors_app.command("list")
def list_(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Whether each can be paid, what it is owed, what hangs on it; who cannot be paid first."""
    return body_of(_ASKING, "list_")(**places(context, config, state), as_json=as_json)


@vendors_app.command("show")
def show(
    context: typer.Context,
    vendor: VendorArgument,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """One vendor: what stands in the way of paying it, and what to do."""
    return body_of(_ASKING, "show")(vendor, **places(context, config, state), as_json=as_json)


@vendors_app.command("check")
def check(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(metavar="[VENDOR]", help="Its id. Left out: all.")] = "",
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """For scripts, before a payment: 0 payable, 1 somebody is not, or nobody can say."""
    return body_of(_ASKING, "check")(vendor, **places(context, config, state), as_json=as_json)


@vendors_app.command("block")
def block(
    context: typer.Context,
    vendor: VendorArgument,
    reason: ReasonArgument,
    *,
    evidence: Evidence = "",
    words: Words = "",
    at: At = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put on record that it cannot be paid. Everybody concerned is told at once."""
    said = {"event": "blocked", "block": reason, "evidence": evidence, "reason": words, "at": at}
    return body_of(_ASKING, "said")(vendor, said, **places(context, config, state), as_json=as_json)


@vendors_app.command("unblock")
def unblock(
    context: typer.Context,
    vendor: VendorArgument,
    reason: Annotated[str, typer.Argument(metavar="[REASON]", help="Which block is over. Left out: all of them.")] = "",
    *,
    evidence: Evidence = "",
    words: Words = "",
    at: At = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put on record that it can be paid again."""
    said = {"event": "unblocked", "block": reason, "evidence": evidence, "reason": words, "at": at}
    return body_of(_ASKING, "said")(vendor, said, **places(context, config, state), as_json=as_json)


@vendors_app.command("import-list")
def import_list(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The downloaded list: CSV or XLSX.")],
    *,
    list_date: Annotated[
        str, typer.Option("--list-date", metavar="DAY", help='The day the authority dates it: "2026-11-20".')
    ],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="income-tax or sales-tax.")] = "income-tax",
    force: Annotated[bool, typer.Option("--force", help="Also in the place of a list of a later day.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Replace the list of active taxpayers as a whole, or not at all."""
    body = body_of("watchdog.cli.taxpayer_list", "import_list")
    return body(file, list_date, kind, force=force, **places(context, config, state), as_json=as_json)
