"""Validates the merged tree entry by entry, gathering every problem with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from watchdog.settings.explain import explained, lax
from watchdog.settings.fields import parse_id
from watchdog.settings.problems import Problem, TreePath, did_you_mean
from watchdog.settings.sources import Sources
from watchdog.settings.yaml_tree import Tree

ModelT = TypeVar("ModelT", bound=BaseModel)

#: Suggestions cost a search over all ids; after so many problems nobody reads them.
_MAX_SUGGESTIONS = 100


@dataclass(frozen=True, slots=True)
class Composed:
    """How a value was put together that does not stand in one place as it is."""

    elsewhere: Mapping[str, TreePath] = field(default_factory=dict)
    """Keys that came from another place, and which."""
    also: frozenset[str] = frozenset()
    """Keys that may stand beside its own."""

    def place(self, path: TreePath, inner: TreePath) -> TreePath:
        if inner and (other := self.elsewhere.get(str(inner[0]))):
            return (*other, *inner[1:])
        return (*path, *inner)


PLAIN = Composed()


@dataclass(slots=True)
class Reader:
    sources: Sources
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: TreePath, text: str, *, at_key: bool = False) -> None:
        """Note a problem, unless its place was complained of already."""
        if not self.sources.is_broken(path):
            place = self.sources.key_place(path) if at_key else self.sources.place(path)
            self.problems.append(Problem(place, path, text))

    def refuse_reference(self, path: TreePath, what: str, word: str, known: Mapping[str, Any]) -> None:
        if not self.sources.is_whole:
            return  # it may be defined in what could not be read
        hint = f"; {did_you_mean(word, known)}" if len(self.problems) < _MAX_SUGGESTIONS else ""
        self.refuse(path, f"no such {what}{hint}")

    def keys(self, section: str) -> Mapping[str, Tree]:
        """The entries of a section of named things, valid or not."""
        value = self.sources.sections.get(section)
        return value if isinstance(value, dict) else {}

    def mapping(self, section: str, model: type[ModelT]) -> dict[str, ModelT]:
        """The valid entries of a section of named things."""
        value = self.sources.sections.get(section)
        if value is not None and not isinstance(value, dict):
            self.refuse((section,), "must map ids to entries")
        found: dict[str, ModelT] = {}
        for key, entry in self.keys(section).items():
            try:
                parse_id(key)
            except ValueError as error:
                self.refuse((section, key), str(error), at_key=True)
            if (valid := self.entry((section, key), entry, model)) is not None:
                found[key] = valid
        return found

    def listing(self, section: str, model: type[ModelT]) -> Iterator[tuple[int, ModelT]]:
        """The valid items of a section that is a list, with their index."""
        value = self.sources.sections.get(section)
        if value is None:
            return
        if not isinstance(value, list):
            self.refuse((section,), "must be a list: begin each item with a dash")
            return
        for index, item in enumerate(value):
            if (valid := self.entry((section, index), item, model)) is not None:
                yield index, valid

    def section(self, name: str, model: type[ModelT]) -> ModelT | None:
        """A section that is one entry; None where it is missing, empty or wrong."""
        value = self.sources.sections.get(name)
        return None if value is None else self.entry((name,), value, model)

    def entry(self, path: TreePath, value: Tree, model: type[ModelT], composed: Composed = PLAIN) -> ModelT | None:
        """`value` as `model`, or None with its problems noted."""
        found: ModelT | None = None
        try:
            found = model.model_validate(with_absolute_paths(value, model, self.sources.file_of(path).parent))
        except ValidationError as error:
            complaints = list(explained(error, model, value, composed.also))
        else:
            complaints = list(lax(model, value))
        for complaint in complaints:
            self.refuse(composed.place(path, complaint.path), complaint.text, at_key=complaint.at_key)
        return None if complaints else found


def with_absolute_paths(value: Tree, model: type[BaseModel], folder: Path) -> Tree:
    """`value` with its paths taken from the settings' folder: a daemon's working directory is no place to start.

    Done before validation, so that kinds and plugins need nothing but a field that is a Path.
    """
    names = [name for name in path_keys(model) if isinstance(value, dict) and isinstance(value.get(name), str)]
    if not names or not isinstance(value, dict):
        return value
    return value | {name: str(folder.absolute() / str(value[name])) for name in names}


@cache
def path_keys(model: type[BaseModel]) -> list[str]:
    return [one.alias or name for name, one in model.model_fields.items() if _holds_a_path(one)]


def _holds_a_path(one: FieldInfo) -> bool:
    return one.annotation is Path or Path in get_args(one.annotation)
