"""The command line: verbs and their options. What a verb does is imported when it is called, so that help is quick.

Every verb is a function of (config, state, environ, …) that answers an exit code: 0 done, 1 refused or failed,
2 wrong usage or settings. `probe` alone follows the monitoring plugins: 3 is unknown and wrong usage.
"""

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from watchdog import collector
from watchdog.cli import drills, invoices, keeping, letters, lists, muting, note, notices, operating, replaying, vendors
from watchdog.cli.line import (
    ConfigOption,
    JsonOption,
    StateOption,
    app,
    body_of,
    config_app,
    incidents_app,
    places,
    settings_place,
)

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_PROBE_USAGE: Final = 3

#: Importing them is what registers their verbs.
_REGISTERED: Final = (drills, invoices, keeping, letters, lists, muting, note, notices, operating, replaying, vendors)

__all__ = ["app", "execute", "main"]


@app.command()
def run(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step, of libraries too.")] = False,
) -> int:
    """Watch, until told to stop."""
    return body_of("watchdog.cli.run", "run")(**places(context, config, state), debug=debug)


@app.command()
def probe(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What to do: tcp, http, smtp, …; a wrong one lists them all.")
    ],
    options: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Its options; none of them lists them all.")
    ] = None,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Show the dialogue, with times.")] = False,
    timeout: Annotated[str, typer.Option("--timeout", help="Total time of the look.")] = "10s",
    as_json: JsonOption = False,
) -> int:
    """Look at one target once, without settings."""
    body = body_of("watchdog.cli.probe", "probe")
    return body(kind, options or [], as_json=as_json, explain=explain, timeout=timeout)


@app.command()
def status(
    context: typer.Context, *, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> int:
    """How everything stands, worst first."""
    return body_of("watchdog.cli.listing", "status")(**places(context, config, state), as_json=as_json)


@incidents_app.callback(invoke_without_command=True)
def incidents(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    state: StateOption = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are over, too.")] = False,
    as_json: JsonOption = False,
) -> int:
    """What is wrong, and who was told."""
    if context.invoked_subcommand is not None:
        if closed or as_json or config or state:
            word = context.invoked_subcommand
            raise typer.BadParameter(f"what belongs to {word} stands behind {word}, or before incidents", ctx=context)
        return 0
    return body_of("watchdog.cli.listing", "incidents")(
        **places(context, config, state), closed=closed, as_json=as_json
    )


@app.command()
def deadlines(
    context: typer.Context,
    *,
    within: Annotated[str, typer.Option("--within", metavar="DURATION", help='Only what is nearer: "60d".')] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of checks of one kind: invoice_due, …")] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> int:
    """What must be done by when: what must be begun first, first."""
    body = body_of("watchdog.cli.listing", "deadlines")
    return body(**places(context, config, state), within=within, kind=kind, as_json=as_json)


@app.command()
def demo(
    *, once: Annotated[bool, typer.Option("--once", help="Wait for nobody: short pauses, and end by itself.")] = False
) -> int:
    """A small live estate on loopback, told on the terminal."""
    return body_of("watchdog.demo.main", "demo")(once=once)


@app.command()
def version() -> int:
    """Which version this is."""
    from importlib.metadata import version as installed_version  # noqa: PLC0415  # not for --help

    typer.echo(f"nigehban {installed_version('nigehban')}")
    return 0


@config_app.command("validate")
def config_validate(context: typer.Context, *, config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """Say everything that is wrong with the settings."""
    return body_of("watchdog.cli.config", "validate")(**settings_place(context, config), as_json=as_json)


@config_app.command("schema")
def config_schema() -> int:
    """Print the JSON Schema of the settings, for editors."""
    return body_of("watchdog.cli.config", "schema")()


@config_app.command("show")
def config_show(context: typer.Context, *, config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """Print the settings as they take effect; secrets only by name."""
    return body_of("watchdog.cli.config", "show")(**settings_place(context, config), as_json=as_json)


@config_app.command("example")
def config_example(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Where to; left out: print it.")] = None,
) -> int:
    """Write an example that explains itself."""
    return body_of("watchdog.cli.config", "example")(folder)


#: What every wrong use of the command line is derived from; Typer has no name of its own for it.
_WrongUse: type[Exception] = typer.BadParameter.__bases__[0]


def execute(arguments: Sequence[str]) -> int:
    """The exit code of one command line. What a user can mend is one line on standard error, never a traceback."""
    try:
        code: object = app(list(arguments), prog_name="nigehban", standalone_mode=False)
        sys.stdout.flush()
    except _WrongUse as error:
        return _tell_wrong_use(error)
    except typer.Abort:
        return EXIT_FAILED
    except BrokenPipeError:
        # The reader (head, less) has gone; the interpreter must not complain of that when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        return _tell(f"{error.filename or 'the system'}: {error.strerror or error}", EXIT_FAILED)
    except Exception as error:
        from watchdog.settings.problems import SettingsError  # noqa: PLC0415  # not for --help

        if isinstance(error, SettingsError):
            print(error, file=sys.stderr)  # this is the command line
            return EXIT_USAGE
        raise
    return code if isinstance(code, int) else 0


def _tell_wrong_use(error: Any) -> int:  # noqa: ANN401  # a class that Typer does not name
    path: str = error.ctx.command_path if error.ctx else "nigehban"
    message: str = error.format_message()
    if "\n" in message:  # nothing stood behind the verb: the message is its help
        print(message, file=sys.stderr)  # this is the command line
        return EXIT_USAGE
    code = EXIT_PROBE_USAGE if path.split()[1:2] == ["probe"] else EXIT_USAGE
    end = "" if message.endswith((".", "?")) else "."
    return _tell(f"{message}{end} Try: {path} --help", code)


def _tell(text: str, code: int) -> int:
    print(f"nigehban: {text}", file=sys.stderr)  # this is the command line
    return code


def main() -> None:
    collector.expect_little()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names and texts of targets are of any script; a terminal that knows only Latin shows escapes, not a traceback.
        sys.stdout.reconfigure(errors="backslashreplace")
    code = execute(sys.argv[1:])
    # All is done: a second Ctrl-C would only put a traceback behind it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collector.expect_nothing()
    sys.exit(code)
