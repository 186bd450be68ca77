"""Verbs about bills: registered beside those of watchdog.cli.main."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from watchdog.cli.line import ConfigOption, JsonOption, StateOption, body_of, invoices_app, places

BillArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="BILL", help="VENDOR/NUMBER, or its number where one vendor alone has it.")
]
Evidence: TypeAlias = Annotated[
    str, typer.Option("--evidence", metavar="TEXT", help="What proves it: a receipt number, the reference of a letter.")
]
EvidenceFile: TypeAlias = Annotated[
    Path | None, typer.Option("--evidence-file", metavar="FILE", help="A scan of the proof: its hash is put on record.")
]
EventArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="EVENT", help="verified, submitted, blocked, …; a wrong one lists them all.")
]
Blocked: TypeAlias = Annotated[
    str, typer.Option("--block", metavar="WHY", help="Of `blocked`: account-attached, no-budget, …")
]
Until: TypeAlias = Annotated[
    str, typer.Option("--until", metavar="DAY", help="Of `held`, `grace` and `suspension-announced`.")
]
CorrectedReceipt: TypeAlias = Annotated[
    str, typer.Option("--received", metavar="DAY", help="Of `corrected`: the day it came in, in truth.")
]
At: TypeAlias = Annotated[
    str, typer.Option("--at", metavar="TIME", help='When: "2026-11-20", "2026-11-20 14:30". Left out: now.')
]
CorrectedService: TypeAlias = Annotated[
    str, typer.Option("--service", metavar="ID", help="Of `corrected`: what goes dark when it is not paid.")
]
CorrectedOffice: TypeAlias = Annotated[
    str, typer.Option("--office", metavar="ID", help="Of `corrected`: whose working days count.")
]
CorrectedContract: TypeAlias = Annotated[
    str, typer.Option("--contract", metavar="ID", help="Of `corrected`: the contract it belongs to.")
]
Suspends: TypeAlias = Annotated[
    str, typer.Option("--suspends", metavar="DAY", help="The day the vendor has named to cut off.")
]


@invoices_app.command("add")
def add(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="Its id in the settings.")],
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As printed on the bill.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help='"134000", "1,34,000.00", "1200.50 USD".')],
    *,
    due: Annotated[str, typer.Option("--due", metavar="DAY", help='The last day to pay: "2026-12-01".')],
    suspends: Suspends = "",
    service: Annotated[str, typer.Option("--service", metavar="ID", help="What goes dark if it is not paid.")] = "",
    office: Annotated[str, typer.Option("--office", metavar="ID", help="Who pays. Left out: the first office.")] = "",
    contract: Annotated[str, typer.Option("--contract", metavar="ID", help="Under which contract.")] = "",
    received: Annotated[str, typer.Option("--received", metavar="DAY", help="Left out: now.")] = "",
    evidence: Evidence = "",
    evidence_file: EvidenceFile = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write down a bill that came in."""
    said = {
        "vendor": vendor,
        "number": number,
        "amount": amount,
        "due": due,
        "suspends": suspends,
        "service": service,
        "office": office,
        "contract": contract,
        "received": received,
        "evidence": evidence,
    }
    body = body_of("watchdog.cli.invoice_asking", "add")
    return body(said, evidence_file=evidence_file, **places(context, config, state), as_json=as_json)


@invoices_app.command("record")
def record(
    context: typer.Context,
    bills: Annotated[
        str, typer.Argument(metavar="BILL[,BILL…]", help="VENDOR/NUMBER; several, with commas between; or a vendor.")
    ],
    event: EventArgument,
    *,
    amount: Annotated[str, typer.Option("--amount", help="How much; left out: all that is left.")] = "",
    stage: Annotated[str, typer.Option("--stage", metavar="ID", help="Of `moved` and `returned`.")] = "",
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why, in words.")] = "",
    block: Blocked = "",
    until: Until = "",
    payment: Annotated[str, typer.Option("--payment", metavar="REF", help="Reference of the payment.")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DAY", help="Of `corrected`: the due day that is right.")] = "",
    suspends: Suspends = "",
    service: CorrectedService = "",
    office: CorrectedOffice = "",
    contract: CorrectedContract = "",
    received: CorrectedReceipt = "",
    at: At = "",
    evidence: Evidence = "",
    evidence_file: EvidenceFile = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write down what happened to a bill, or to a vendor."""
    terms = {"due": due, "suspends": suspends, "service": service, "office": office, "contract": contract}
    why = {"stage": stage, "reason": reason, "block": block, "until": until}
    when = {"received": received, "at": at, "evidence": evidence}
    said = {"event": event, "amount": amount, "payment": payment, **why, **when, **terms}
    body = body_of("watchdog.cli.invoice_asking", "record")
    return body(bills, said, evidence_file=evidence_file, **places(context, config, state), as_json=as_json)


@invoices_app.command("list")
def list_(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Paid and cancelled ones, too.")] = False,
    blocked: Annotated[bool, typer.Option("--blocked", help="Those that cannot be paid now.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Those whose due day has passed.")] = False,
    vendor: Annotated[str, typer.Option("--vendor", metavar="ID", help="Of one vendor alone.")] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Open bills, most lost per rupee first, and what is at risk."""
    body = body_of("watchdog.cli.invoice_asking", "list_")
    return body(
        every=every, blocked=blocked, late=late, vendor=vendor, **places(context, config, state), as_json=as_json
    )


@invoices_app.command("show")
def show(
    context: typer.Context,
    bill: BillArgument,
    *,
    known_at: Annotated[
        str, typer.Option("--as-known-at", metavar="DATE", help='As it was on record then: "2026-11-20".')
    ] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """One bill: terms, state, and who wrote down what, when."""
    body = body_of("watchdog.cli.invoice_asking", "show")
    return body(bill, known_at=known_at, **places(context, config, state), as_json=as_json)


@invoices_app.command("forecast")
def forecast(
    context: typer.Context,
    bill: Annotated[str, typer.Argument(metavar="[BILL]", help="Left out: all that are open.")] = "",
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """When the money arrives, by when each stage must be over, how much room is left."""
    body = body_of("watchdog.cli.invoice_asking", "forecast")
    return body(bill, **places(context, config, state), as_json=as_json)


@invoices_app.command("digest")
def digest(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """The morning list as it would go out now."""
    return body_of("watchdog.cli.invoice_asking", "digest")(**places(context, config, state), as_json=as_json)


@invoices_app.command("audit")
def audit(
    context: typer.Context,
    *,
    head: Annotated[
        str, typer.Option("--head", metavar="HASH", help="The end of the ledger as a list or a heartbeat told it.")
    ] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Whether the ledger is what was recorded; names the first broken row."""
    body = body_of("watchdog.cli.auditing", "audit")
    return body(head, **places(context, config, state), as_json=as_json)
