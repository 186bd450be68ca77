"""`nigehban config validate|schema|show|example`."""

import contextlib
import json
import pwd
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TextIO

from alerts.channels.apprise_channel import ALLOWED_SCHEMAS
from checks.registry import Registry, load_registry
from checks.secret import Secret, SecretUnavailableError
from watchdog.settings.load import load
from watchdog.settings.needs import secrets_of
from watchdog.settings.problems import Problem, SettingsError, shown_path
from watchdog.settings.schema import settings_schema
from watchdog.settings.shown import as_yaml, shown_settings
from watchdog.settings.unused import unused_rotas
from watchdog.settings.values import Settings

EXIT_DONE: Final = 0
EXIT_REFUSED: Final = 1
EXIT_SETTINGS: Final = 2
#: The file that is printed where no folder is named.
_FIRST_EXAMPLE: Final = "nigehban.yaml"


def validate(
    *,
    config: Path,
    environ: Mapping[str, str],
    as_json: bool = False,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Print every problem (2), or one line of what there is and what should be looked after (0)."""
    out = out or sys.stdout
    registry = load_registry()
    try:
        settings = load(config, registry, environ)
    except SettingsError as error:
        if as_json:
            _print_json({"valid": False, "problems": [_as_object(one) for one in error.problems]}, out)
        else:
            print(error, file=err or sys.stderr)
        return EXIT_SETTINGS
    warnings = list(warnings_of(settings, registry))
    if as_json:
        _print_json({"valid": True, "problems": [], "warnings": warnings, **counts_of(settings)}, out)
        return EXIT_DONE
    print(f"{config}: valid: {_summary(settings)}", file=out)
    for warning in warnings:
        print(f"warning: {warning}", file=out)
    return EXIT_DONE


def schema(*, out: TextIO | None = None) -> int:
    _print_json(settings_schema(load_registry().kinds), out or sys.stdout)
    return EXIT_DONE


def show(*, config: Path, environ: Mapping[str, str], as_json: bool = False, out: TextIO | None = None) -> int:
    """Print the settings as they take effect. Raises SettingsError."""
    tree = shown_settings(load(config, load_registry(), environ))
    if as_json:
        _print_json(tree, out or sys.stdout)
    else:
        print(as_yaml(tree), end="", file=out or sys.stdout)
    return EXIT_DONE


def example(folder: Path | None, *, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Write what users copy into `folder`, or print the example. What stands there already is not touched."""
    out = out or sys.stdout
    if folder is None:
        print(examples().joinpath(_FIRST_EXAMPLE).read_text("utf-8"), end="", file=out)
        return EXIT_DONE
    taken = [str(path) for path, _ in _files(examples()) if (folder / path).exists()]
    if taken:
        more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
        told = f"{folder / taken[0]} exists already{more}; nothing is written: name an empty directory"
        print(f"nigehban: {told}", file=err or sys.stderr)
        return EXIT_REFUSED
    for path, source in _files(examples()):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(source.read_bytes())
        print(folder / path, file=out)
    return EXIT_DONE


def examples() -> Traversable:
    """What users copy: packaged beside the code, or `config/` of a checkout."""
    packaged = files("watchdog") / "examples"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "config"


def _files(folder: Traversable, below: Path = Path()) -> Iterator[tuple[Path, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        path = below / entry.name
        if entry.is_dir():
            yield from _files(entry, path)
        else:
            yield path, entry


def warnings_of(settings: Settings, registry: Registry) -> Iterator[str]:
    """What is allowed but should be looked after."""
    if not settings.checks:
        yield "no checks: nothing is watched"
    if not settings.anchors:
        yield "no anchors: when our own network is down, every check fails at once and pages"
    for secret in secrets_of(settings):
        if (problem := secret.problem()) is not None:
            yield problem
    yield from _unusable_channels(settings)
    yield from unused_rotas(settings)
    yield from _unknown_confirmers(settings)
    for plugin, reason in registry.broken.items():
        yield f"plugin {plugin}: {reason}"


def _unknown_confirmers(settings: Settings) -> Iterator[str]:
    """Where nobody is who they name, no bill can ever be closed."""
    for name in sorted(settings.estate.billing.confirmers - settings.receivers.keys()):
        try:
            pwd.getpwnam(name)
        except KeyError:
            yield f"billing.confirmers: {name} is no receiver, and no account of this machine"


def _unusable_channels(settings: Settings) -> Iterator[str]:
    """Apprise channels whose secret, readable now, names a service that is not used here."""
    for receiver in settings.receivers.values():
        for channel in receiver.channels:
            if channel.kind == "apprise" and isinstance(channel.url, Secret):
                with contextlib.suppress(SecretUnavailableError):  # told already
                    if channel.url.reveal().partition("://")[0].lower() not in ALLOWED_SCHEMAS:
                        yield f"channel {channel.name}: {channel.url} is no URL of an Apprise service used here"


def counts_of(settings: Settings) -> dict[str, Any]:
    kinds = Counter(check.spec.kind.name for check in settings.checks)
    return {
        "checks": dict(sorted(kinds.items())),
        "receivers": len(settings.receivers),
        "invoices": len(settings.invoices),
    }


def _summary(settings: Settings) -> str:
    counts = counts_of(settings)
    kinds = ", ".join(f"{number} {kind}" for kind, number in counts["checks"].items())
    checks = f"{_counted(len(settings.checks), 'check')} ({kinds})" if kinds else "no checks"
    return f"{checks}, {_counted(counts['receivers'], 'receiver')}, {_counted(counts['invoices'], 'bill')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _as_object(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "file": str(place.file),
        "line": place.line,
        "column": place.column,
        "path": shown_path(problem.path),
        "text": problem.text,
    }


def _print_json(tree: Mapping[str, Any], out: TextIO) -> None:
    # A secret is the only thing in these trees that is no JSON; its text is its name.
    print(json.dumps(tree, indent=2, ensure_ascii=False, default=str), file=out)
