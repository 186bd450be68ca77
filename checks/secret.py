"""A password or token that is read when used and never shown."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from checks.regular_file import open_regular

#: A credential is a line, not a document (systemd's own limit is 1 MiB).
MAX_SECRET_BYTES = 64 * 1024


class SecretUnavailableError(Exception):
    """A credential cannot be read. The message names the credential and its place, never its value."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential by name. `reveal` reads it each time, so that a rotated file needs no restart."""

    name: str
    read: Callable[[], str] = field(repr=False, compare=False)

    def reveal(self) -> str:
        """The value: one line, not empty, without its line break. Raises SecretUnavailableError."""
        return self.read()

    def problem(self) -> str | None:
        """Why the value cannot be read now; None when it can."""
        try:
            self.read()
        except SecretUnavailableError as error:
            return str(error)
        return None

    def __str__(self) -> str:
        return f"!secret {self.name}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """As a field only a Secret will do; text in its place is refused and never repeated."""
        return core_schema.no_info_plain_validator_function(
            _only_a_secret,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )


def _only_a_secret(value: object) -> Secret:
    if not isinstance(value, Secret):
        raise ValueError("passwords never stand in settings: use !secret name")  # noqa: TRY004  # pydantic reports no TypeError
    return value


def secret_from_file(path: Path, name: str | None = None) -> Secret:
    """A secret kept in a file that only its owner (or root and a group) may read."""
    return Secret(name or str(path), lambda: _read_private(path))


def _read_private(path: Path) -> str:
    try:
        with open_regular(path) as handle:
            if os.fstat(handle.fileno()).st_mode & stat.S_IRWXO:
                raise SecretUnavailableError(f"secret {path}: readable by everyone; chmod 0600 it")
            raw = handle.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise SecretUnavailableError(f"secret {path}: {error.strerror or error}") from None
    if len(raw) > MAX_SECRET_BYTES:
        raise SecretUnavailableError(f"secret {path}: larger than {MAX_SECRET_BYTES} bytes")
    try:
        value = _without_line_break(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise SecretUnavailableError(f"secret {path}: not UTF-8 text") from None
    if problem := _no_credential(value):
        raise SecretUnavailableError(f"secret {path}: {problem}")
    return value


def _no_credential(value: str) -> str | None:
    """Why no password, token or URL can be `value`."""
    if not value.strip():
        return "empty; write the password or token into it"
    if "\n" in value or "\r" in value:
        return "more than one line; keep one password or token per file"
    if "\0" in value:
        return "holds a NUL byte, which no password or token can; write it anew"
    return None


def _without_line_break(text: str) -> str:
    """`text` without the one line break that editors end a file with."""
    return text.removesuffix("\r\n") if text.endswith("\r\n") else text.removesuffix("\n")
