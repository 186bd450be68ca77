"""The tracked files of the repository, parsed once."""

import ast
import builtins
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
STOREYS = ("watchdog/", "alerts/", "checks/")


@dataclass(frozen=True)
class Source:
    """A Python file: where it stands in the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """Local names to the dotted names they stand for."""
        return dict(_imports(self.tree))

    @property
    def in_storeys(self) -> bool:
        return self.path.startswith(STOREYS)

    def dotted(self, node: ast.AST) -> str:
        """`a.b.c` with the first part replaced by what was imported under it; "" for other expressions.

        Whatever is neither imported nor built in becomes "?": a variable called `secrets` is not the module, and
        `self._loop.getaddrinfo` and `loop().getaddrinfo` keep their last part.
        """
        match node:
            case ast.Name(id=name):
                return self.imported.get(name) or (name if hasattr(builtins, name) else "?")
            case ast.Attribute(value=value, attr=attr):
                return f"{self.dotted(value) or '?'}.{attr}"
            case _:
                return ""

    def complain(self, node: ast.AST, text: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {text}"

    def uses(self) -> Iterator[tuple[ast.AST, str]]:
        """Every imported or used dotted name, with its place."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    yield from ((node, alias.name) for alias in names)
                case ast.ImportFrom(module=module, names=names):
                    yield from ((node, f"{module or ''}.{alias.name}") for alias in names)
                case ast.Attribute() | ast.Name():
                    yield node, self.dotted(node)
                case _:
                    continue


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    first = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (first, first)
            case ast.ImportFrom(module=module, names=names):
                yield from ((alias.asname or alias.name, f"{module or ''}.{alias.name}") for alias in names)
            case _:
                continue


@cache
def tracked() -> tuple[str, ...]:
    """Paths that git knows and that are there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))


@cache
def sources() -> tuple[Source, ...]:
    """Tracked Python files."""
    return tuple(Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in tracked() if path.endswith(".py"))
