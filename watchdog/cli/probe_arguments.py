"""From the words of a command line to a kind and its options, with help where they are wrong."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, get_args

from pydantic import JsonValue, ValidationError
from pydantic.fields import FieldInfo

from checks.deadline import Ladder
from checks.plugin import AnyKind, Json, OptionsBase
from checks.registry import Registry
from checks.secret import Secret, secret_from_file

#: What an option may be before its kind validates it.
Value: TypeAlias = Json | Secret


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
    values: dict[str, Value] = {}
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
        raise UsageError("; ".join(_complaints(error)) + f". {_overview(kind)}") from None
    return options


def _split(argument: str, kind: AnyKind) -> tuple[str, str]:
    name, equals, text = argument.partition("=")
    if not equals or not name:
        target = kind.target
        raise UsageError(
            f"expected option=value, like {target}=…, where an argument without '=' stands. {_overview(kind)}"
        )
    return name.strip(), text


def _value(name: str, text: str, field: FieldInfo) -> Value:
    types = set(_types(field.annotation))
    if Secret in types:
        return _secret(name, text)
    if JsonValue in types:
        return _json_or_text(text)
    if Ladder in types:
        return [part.strip() for part in text.split(",")]
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
    return secret_from_file(Path(text[1:]))


def _json_or_text(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _complaints(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, one['loc'])) or 'options'}: {_plain(one['type'], one['msg'])}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]


def _plain(error_type: str, message: str) -> str:
    return "is needed" if error_type == "missing" else message.removeprefix("Value error, ")


def _overview(kind: AnyKind) -> str:
    names = [f"{name} (needed)" if one.is_required() else name for name, one in kind.options.model_fields.items()]
    return f"Options of {kind.name}: {', '.join(names)}"


def _meant(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."
