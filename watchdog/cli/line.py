"""What the verbs of the command line share: the application, their common options, and where things are."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer
from typer.core import TyperGroup

ConfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings: a file or a directory. [NIGEHBAN_CONFIG, /etc/nigehban]"),
]
StateOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--state", help="Directory of what is kept. [NIGEHBAN_STATE, the service's, XDG's]"),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]

#: As help shows them: what is done first or most, first. A verb that is not named here comes last.
_ORDER: Final = (
    *("run", "probe", "status", "incidents", "deadlines", "history", "ack", "unack", "silence", "maintenance"),
    *("invoices", "vendors", "note", "replay"),
    *("reload", "config", "notify", "drill"),
    *("doctor", "backup", "restore", "demo", "version"),
)


class _InOrder(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401  # a class that Typer does not name
        rank = {name: number for number, name in enumerate(_ORDER)}
        return sorted(super().list_commands(ctx), key=lambda name: rank.get(name, len(rank)))


app = typer.Typer(
    name="nigehban",
    cls=_InOrder,
    help="Warns, in time, of everything that can black out a public office.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Look at settings.", no_args_is_help=True, rich_markup_mode=None)
incidents_app = typer.Typer(help="What is wrong, and who was told.", rich_markup_mode=None)
notify_app = typer.Typer(help="Try the ways out.", no_args_is_help=True, rich_markup_mode=None)
silence_app = typer.Typer(help="What is not to be told for a time.", no_args_is_help=True, rich_markup_mode=None)
maintenance_app = typer.Typer(help="Windows of planned work.", no_args_is_help=True, rich_markup_mode=None)
invoices_app = typer.Typer(
    help="Bills on record: what is owed, by when, and where it lies.", no_args_is_help=True, rich_markup_mode=None
)
vendors_app = typer.Typer(help="Whether vendors can be paid.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(config_app, name="config")
app.add_typer(incidents_app, name="incidents")
app.add_typer(notify_app, name="notify")
app.add_typer(silence_app, name="silence")
app.add_typer(maintenance_app, name="maintenance")
app.add_typer(invoices_app, name="invoices")
app.add_typer(vendors_app, name="vendors")


@dataclass(frozen=True, slots=True)
class _Given:
    """What stood before the verb."""

    config: Path | None
    state: Path | None


@app.callback()
def _nigehban(context: typer.Context, config: ConfigOption = None, state: StateOption = None) -> None:
    context.obj = _Given(config, state)


def body_of(module: str, function: str) -> Callable[..., int]:
    found: Callable[..., int] = getattr(import_module(module), function)
    return found


def settings_place(context: typer.Context, config: Path | None) -> dict[str, Any]:
    """Settings and environment, as every verb takes them; what stands behind the verb wins."""
    from watchdog.settings.places import default_path  # noqa: PLC0415  # not for --help

    given: _Given = context.obj
    return {"config": default_path(os.environ, config or given.config), "environ": os.environ}


def places(context: typer.Context, config: Path | None, state: Path | None) -> dict[str, Any]:
    """Settings, environment and where state is kept."""
    from watchdog.settings.places import default_state_dir  # noqa: PLC0415  # not for --help

    given: _Given = context.obj
    return {**settings_place(context, config), "state": default_state_dir(os.environ, state or given.state)}
