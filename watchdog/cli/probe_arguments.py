"""From the words of a command line to a kind and its options, with help where they are wrong."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic.fields import FieldInfo

from checks.deadline import Ladder
from checks.plugin import AnyKind, OptionsBase
from checks.registry import Registry
from checks.secret import Secret, secret_from_file
from watchdog.settings.explain import explained
from watchdog.settings.problems import shown_path
from watchdog.settings.yaml_tree import Tree


class UsageError(Exception):
    """The command line is wrong; the message says what would be right."""


def read_kind(name: str, registry: Registry) -> AnyKind:
    """Raises UsageError."""
    if name in registry.kinds:
        return registry.kinds[name]
    for place, reason in registry.broken.items():
        if place.split(" ", 1)[0] == name:
            raise UsageError(f"kind {name!r} is broken: {place} {reason}")
    raise UsageError(f"no kind {name!r}{_meant(name, registry.kinds)} Kinds: {', '.join(sorted(registry.kinds))}")


def read_options(kind: AnyKind, arguments: Sequence[str]) -> OptionsBase:
    """Validated options of `kind` from words like "port=25". Raises UsageError, never repeating a value."""
    fields = kind.options.model_fields
    values: dict[str, Tree] = {}
    for argument in arguments:
        name, text = _split(argument, kind)
        if name not in fields:
            raise UsageError(f"{kind.name} has no option {name!r}{_meant(name, fields)} {_overview(kind)}")
        if name in values:
            raise UsageError(f"{name}: given twice")
        values[name] = _value(name, text, fields[name])
    try:
        options: OptionsBase = kind.options.model_validate(values)
    except ValidationError as error:
        raise UsageError(_complaints(error, kind, values)) from None
    return options


def _split(argument: str, kind: AnyKind) -> tuple[str, str]:
    name, equals, text = argument.partition("=")
    name = name.strip()
    if not equals or not name.isidentifier():  # "https://…/?page=1" has its "=" elsewhere
        raise UsageError(
            f"expected option=value, like {kind.target}=…, where an argument without an option's name stands. "
            f"{_overview(kind)}"
        )
    return name, text


def _value(name: str, text: str, field: FieldInfo) -> Tree:
    types = set(_types(field.annotation))
    if Secret in types:
        return _secret(name, text)
    if JsonValue in types or any(isinstance(one, type) and issubclass(one, BaseModel) for one in types):
        return _json_or_text(text)
    if Ladder in types:
        written = _json_or_text(text)
        return written if isinstance(written, list) else [part.strip() for part in text.split(",")]
    return text


def _types(annotation: Any) -> Iterable[Any]:  # noqa: ANN401  # annotations are of any type
    yield annotation
    for part in get_args(annotation):
        yield from _types(part)


def _secret(name: str, text: str) -> Secret:
    if not text.startswith("@") or text == "@":
        raise UsageError(
            f"{name}: a secret on the command line is seen by everybody on this machine; write {name}=@FILE"
        )
    secret = secret_from_file(Path(text[1:]))
    if (problem := secret.problem()) is not None:
        raise UsageError(f"{name}: {problem}")
    return secret


def _json_or_text(text: str) -> Tree:
    try:
        value: Tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _complaints(error: ValidationError, kind: AnyKind, values: Mapping[str, Tree]) -> str:
    """In the words of settings; with all options where one is missing, since then their names are not known."""
    told = list(explained(error, kind.options, dict(values)))
    text = "; ".join(f"{shown_path(one.path)}: {one.text}" if one.path else one.text for one in told)
    is_short = any(str(one.path[0]) not in values for one in told if one.path)
    return f"{text}. {_overview(kind)}" if is_short else text


def _overview(kind: AnyKind) -> str:
    names = [f"{name} (needed)" if one.is_required() else name for name, one in kind.options.model_fields.items()]
    return f"Options of {kind.name}: {', '.join(names)}"


def _meant(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."
