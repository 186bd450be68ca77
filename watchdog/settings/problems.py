"""What is wrong with a settings file: where, what, and what would be right. Never a value."""

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

#: Steps from the root of a settings file to one of its values: keys and list indexes.
TreePath: TypeAlias = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[\w./:-]{1,60}", re.ASCII)
_SHOWN_KEY_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, counted from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    place: Place
    path: TreePath
    text: str

    def __str__(self) -> str:
        where = f" {shown_path(self.path)}:" if self.path else ""
        return f"{self.place}:{where} {self.text}"


class SettingsError(Exception):
    """Settings that cannot be used. `problems` holds all that was found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(dict.fromkeys(problems), key=lambda one: (one.place.file, one.place.line, one.place.column))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown_path(path: TreePath) -> str:
    """A path as people read it: "checks[3].port"."""
    text = ""
    for step in path:
        match step:
            case int():
                text += f"[{step}]"
            case str():
                text += f".{_shown_key(step)}" if text else _shown_key(step)
    return text


def _shown_key(key: str) -> str:
    """A key may hold anything; control characters must not reach a terminal or a log."""
    return key if _PLAIN_KEY.fullmatch(key) else json.dumps(key[:_SHOWN_KEY_LENGTH])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What would be right instead of `word`, as the end of a sentence; names only what is `known`."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6) if len(word) <= _SHOWN_KEY_LENGTH * 2 else []
    if near:
        return f"did you mean {_shown_key(near[0])}?"
    if not names:
        return "none is defined"
    few = 12
    rest = f" and {len(names) - few} more" if len(names) > few else ""
    return f"known: {', '.join(_shown_key(name) for name in names[:few])}{rest}"
