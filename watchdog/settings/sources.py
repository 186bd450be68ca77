"""The files of one configuration as one tree that still knows where each value stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from watchdog.settings.problems import Place, Problem, SettingsError, TreePath, did_you_mean
from watchdog.settings.yaml_tree import ReadTree, SecretMaker, Tree, read_tree

#: What files of settings are called.
SUFFIXES: Final = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a section that one file brings: items from `first` on of a list, or one key of a mapping."""

    read: ReadTree
    first: int = 0


@dataclass(slots=True)
class Sources:
    """All files, merged: lists of a section follow each other, mappings join, a key in two files is a problem."""

    files: Sequence[ReadTree]
    sections: dict[str, Tree] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _pieces: dict[str, list[_Piece]] = field(default_factory=dict)
    _keys: dict[tuple[str, str], ReadTree] = field(default_factory=dict)

    def place(self, path: TreePath) -> Place:
        """Where the value at `path` stands, or the nearest thing around it that does."""
        read, own = self._local(path)
        while True:
            position = read.values.get(own)
            if position or not own:
                return Place(read.file, *(position or (1, 1)))
            own = own[:-1]

    def key_place(self, path: TreePath) -> Place:
        """Where the key at the end of `path` stands."""
        read, own = self._local(path)
        position = read.keys.get(own)
        return Place(read.file, *position) if position else self.place(path)

    def file_of(self, path: TreePath) -> Path:
        return self._local(path)[0].file

    def is_broken(self, path: TreePath) -> bool:
        """Whether a problem of form at, above or below `path` has been told already."""
        read, own = self._local(path)
        return any(own[: len(broken)] == broken[: len(own)] for broken in read.broken)

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read to its end."""
        return all(read.is_whole for read in self.files)

    def _local(self, path: TreePath) -> tuple[ReadTree, TreePath]:
        """The file that holds `path`, and the path within that file."""
        if not path or path[0] not in self._pieces:
            return self.files[0], path
        section = str(path[0])
        if len(path) > 1 and isinstance(path[1], int):
            index = path[1]
            piece = next(one for one in reversed(self._pieces[section]) if one.first <= index)
            return piece.read, (section, index - piece.first, *path[2:])
        if len(path) > 1 and (owner := self._keys.get((section, str(path[1])))):
            return owner, path
        return self._pieces[section][0].read, path

    def add(self, read: ReadTree) -> None:
        """Merge one file in."""
        match read.value:
            case dict() as tree:
                for section, value in tree.items():
                    self._add_section(read, section, value)
            case None:
                pass
            case _:
                place = Place(read.file, *read.values[()])
                self.problems.append(Problem(place, (), "must be a mapping of sections, say estate: {...}"))
                read.is_whole = False

    def _add_section(self, read: ReadTree, section: str, value: Tree) -> None:
        present = self.sections.get(section)
        match present, value:
            case _, None if section in self.sections:
                return
            case None, dict():
                self.sections[section] = dict(value)
                self._own(read, section, value)
            case None, list():
                self.sections[section] = list(value)
            case None, _:
                self.sections[section] = value
            case list(), list():
                self._pieces[section].append(_Piece(read, len(present)))
                present.extend(value)
                return
            case dict(), dict():
                for key in [key for key in value if key in present]:
                    self._clash(read, (section, key), self._keys[section, key])
                fresh = {key: held for key, held in value.items() if key not in present}
                present.update(fresh)
                self._own(read, section, fresh)
            case _:
                self._clash(read, (section,), self._pieces[section][0].read)
                return
        if present is None:
            self._pieces[section] = []  # empty in a file before
        self._pieces[section].append(_Piece(read))

    def _own(self, read: ReadTree, section: str, keys: Mapping[str, Tree]) -> None:
        self._keys.update({(section, key): read for key in keys})

    def _clash(self, read: ReadTree, path: TreePath, other: ReadTree) -> None:
        line, column = read.keys.get(path, (1, 1))
        elsewhere = Place(other.file, *other.keys.get(path, (1, 1)))
        text = f"this stands already at {elsewhere}; keep one of the two"
        self.problems.append(Problem(Place(read.file, line, column), path, text))


def read_sources(path: Path, tags: Mapping[str, SecretMaker]) -> Sources:
    """All settings under `path`, a file or a directory of *.yaml and *.yml in the order of their names.

    Raises SettingsError where nothing can be read; problems of form are in the result.
    """
    files = [_read_file(file, tags) for file in _files(path)]
    sources = Sources(files)
    for read in files:
        sources.problems.extend(read.problems)
        sources.add(read)
    return sources


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.glob("*.y*ml") if one.suffix in SUFFIXES and not one.name.startswith("."))
    if not found:
        raise SettingsError(
            [_whole_file(path, "no *.yaml or *.yml file in this directory; `nigehban config example` writes one")]
        )
    return found


def _read_file(file: Path, tags: Mapping[str, SecretMaker]) -> ReadTree:
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        text = "no such file; name another with --config, or write one with `nigehban config example`"
        raise SettingsError([_whole_file(file, text)]) from None
    except OSError as error:
        raise SettingsError([_whole_file(file, f"cannot be read: {error.strerror}")]) from None
    return read_tree(file, raw, tags)


def _whole_file(file: Path, text: str) -> Problem:
    return Problem(Place(file, 1, 1), (), text)


def unknown_sections(sources: Sources, known: frozenset[str]) -> Iterator[Problem]:
    for section in sources.sections:
        if section not in known:
            path = (section,)
            yield Problem(sources.key_place(path), path, f"unknown key; {did_you_mean(section, known)}")
