"""The checks of the settings: expanded, each validated by its kind's own options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from pydantic import create_model

from checks.model import CheckId
from checks.plugin import AnyKind, OptionsBase
from checks.spec import CheckSpec
from watchdog.own_checks import OWN_ID
from watchdog.settings.check_entries import CheckEntry, DefaultsEntry
from watchdog.settings.problems import TreePath, did_you_mean
from watchdog.settings.reader import Composed, Reader
from watchdog.settings.values import ConfiguredCheck
from watchdog.settings.yaml_tree import Tree

#: Keys of an entry that every kind takes; the rest are its options.
COMMON_KEYS: Final = frozenset(CheckEntry.model_fields)
#: Options that, whatever the kind, name something of the estate: option to section and word.
_REFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    "vendor": ("vendors", "vendor"),
    "office": ("offices", "office"),
}


class KnownKinds(Protocol):
    """What of checks.registry.Registry is used."""

    @property
    def kinds(self) -> Mapping[str, AnyKind]: ...

    @property
    def broken(self) -> Mapping[str, str]: ...


@dataclass(slots=True)
class ChecksSection:
    reader: Reader
    known: KnownKinds
    defaults: DefaultsEntry
    checks: list[ConfiguredCheck] = field(default_factory=list)
    places: dict[str, TreePath] = field(default_factory=dict)
    """Check id to the path of its entry."""
    ids: dict[str, TreePath] = field(default_factory=dict)
    """Ids as written, before targets are put behind them."""
    former_ids: list[tuple[str, TreePath]] = field(default_factory=list)

    def read(self) -> None:
        self._check_default_ladders()
        value = self.reader.sources.sections.get("checks")
        if value is not None and not isinstance(value, list):
            self.reader.refuse(("checks",), "must be a list: begin each item with a dash")
            return
        for index, item in enumerate(value or ()):
            path: TreePath = ("checks", index)
            before = self._outcome()
            if isinstance(item, dict):
                self._read_check(path, item)
            else:
                self.reader.refuse(path, "must be a mapping of keys to values")
            if self._outcome() == before:
                self.reader.refuse(path, "nothing would be watched by this entry; give it a kind and what to look at")
        self._check_former_ids()

    def _check_former_ids(self) -> None:
        """Two checks cannot go on with what is open of one, nor one with what is another's."""
        claimed: dict[str, TreePath] = {}
        for former, path in self.former_ids:
            if former in self.ids:
                place = self.reader.sources.place(self.ids[former])
                self.reader.refuse((*path, "formerly"), f"the check at {place} has this id now; remove one of them")
            elif claimed.setdefault(former, path) != path:
                place = self.reader.sources.place(claimed[former])
                self.reader.refuse((*path, "formerly"), f"the check at {place} says the same; remove one of them")

    def _outcome(self) -> tuple[int, int]:
        """Grows with every entry: one that made neither a check nor a problem would be unwatched in silence."""
        return len(self.checks), len(self.reader.problems)

    def _read_check(self, path: TreePath, item: dict[str, Tree]) -> None:
        entry = self.reader.entry(path, {key: item[key] for key in item if key in COMMON_KEYS}, CheckEntry)
        kind = self._kind(path, item.get("kind"))
        if entry is not None:
            self._check_entry(path, entry, kind)
        if kind is None:
            return
        targets = entry.targets if entry is not None else None
        for target, options in self._options(path, item, kind, targets):
            if entry is not None:
                self._add(path, entry, kind, target, options)

    def _kind(self, path: TreePath, name: Tree) -> AnyKind | None:
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)  # as the entry takes it
        if not isinstance(name, str):
            return None  # the entry's own validation tells
        if kind := self.known.kinds.get(name):
            return kind
        broken = next((why for entry, why in self.known.broken.items() if entry.startswith(f"{name} (")), None)
        hint = did_you_mean(name, self.known.kinds)
        self.reader.refuse((*path, "kind"), f"its plugin {broken}" if broken else f"no such kind; {hint}")
        return None

    def options_alone(
        self, path: TreePath, kind: AnyKind, more: Mapping[str, Tree] | None = None
    ) -> OptionsBase | None:
        """Of a check of which nothing is written but `defaults` and `more`; `path` is where its problems are told."""
        return next((options for _, options in self._options(path, dict(more or {}), kind, None)), None)

    def _options(
        self, path: TreePath, item: dict[str, Tree], kind: AnyKind, targets: tuple[str, ...] | None
    ) -> Iterator[tuple[str | None, OptionsBase]]:
        """Target and options of every check that an entry makes; problems of one entry are told once."""
        own: dict[str, Tree] = {key: value for key, value in item.items() if key not in COMMON_KEYS}
        elsewhere: dict[str, TreePath] = {}
        if "ladder" in kind.options.model_fields and "ladder" not in own and kind.name in self.defaults.ladder:
            own["ladder"] = self.defaults.ladder[kind.name]
            elsewhere["ladder"] = ("defaults", "ladder", kind.name)
        if "targets" in item and kind.target in own:
            self.reader.refuse((*path, kind.target), f"give targets or {kind.target}, not both", at_key=True)
            return
        if targets is None:
            if "targets" in item and item["targets"] is None:
                self.reader.refuse((*path, "targets"), "must not be empty; name what to look at, or leave targets out")
            elif "targets" not in item and (one := self._valid(path, own, kind, elsewhere)) is not None:
                yield None, one
            return
        for number, target in enumerate(targets):
            places = {**elsewhere, kind.target: (*path, "targets", number)}
            if (one := self._valid(path, {**own, kind.target: target}, kind, places)) is not None:
                yield target, one

    def _valid(
        self, path: TreePath, options: dict[str, Tree], kind: AnyKind, elsewhere: Mapping[str, TreePath]
    ) -> OptionsBase | None:
        composed = Composed(elsewhere, also=COMMON_KEYS)
        valid: OptionsBase | None = self.reader.entry(path, options, kind.options, composed)
        for option, (section, what) in _REFERENCES.items():
            word = options.get(option)
            known = self.reader.keys(section)
            if option in kind.options.model_fields and isinstance(word, str) and word not in known:
                self.reader.refuse_reference((*path, option), what, word, known)
                return None
        return valid

    def _check_entry(self, path: TreePath, entry: CheckEntry, kind: AnyKind | None) -> None:
        services = self.reader.keys("services")
        if entry.service is not None and entry.service not in services:
            self.reader.refuse_reference((*path, "service"), "service", entry.service, services)
        if entry.site is not None and entry.site not in self.reader.keys("sites"):
            self.reader.refuse_reference((*path, "site"), "site", entry.site, self.reader.keys("sites"))
        if entry.timeout and entry.timeout.total_seconds() > entry.interval_s(kind, self.defaults):
            self.reader.refuse((*path, "timeout"), "longer than the interval; a run must end before the next begins")
        if entry.id == OWN_ID:
            self.reader.refuse((*path, "id"), "the daemon's own checks begin with this word; take another")
        if entry.formerly is not None:
            self.former_ids.append((entry.formerly, path))
        if other := self.ids.setdefault(entry.id, path):
            self._refuse_twin((*path, "id"), other, path)

    def _refuse_twin(self, path: TreePath, other: TreePath, own: TreePath) -> None:
        if other != own:
            self.reader.refuse(path, f"this id is taken by the check at {self.reader.sources.place(other)}")

    def _add(self, path: TreePath, entry: CheckEntry, kind: AnyKind, target: str | None, options: OptionsBase) -> None:
        check_id = entry.id if target is None else f"{entry.id}/{target}"
        if check_id in self.places and target is not None and self.places[check_id] == path:
            self.reader.refuse((*path, "targets"), "a target stands here twice; remove one")
            return
        self.places.setdefault(check_id, path)
        spec = CheckSpec(
            id=CheckId(check_id),
            kind=kind,
            options=options,
            service=entry.service,
            interval_s=entry.interval_s(kind, self.defaults),
            timeout_s=entry.timeout_s(kind, self.defaults),
            retry_every_s=entry.retry_every_s(kind, self.defaults),
            labels=entry.labels if entry.site is None else {**entry.labels, "site": entry.site},
            runbook=entry.runbook,
        )
        former = entry.formerly if target is None or entry.formerly is None else f"{entry.formerly}/{target}"
        formerly = None if former is None else CheckId(former)
        self.checks.append(
            ConfiguredCheck(
                spec=spec,
                threshold=entry.threshold(kind, self.defaults),
                formerly=formerly,
                site=entry.site,
                depends_on=entry.depends_on,
            )
        )

    def _check_default_ladders(self) -> None:
        for name, ladder in self.defaults.ladder.items():
            path: TreePath = ("defaults", "ladder", name)
            kind = self.known.kinds.get(name)
            if kind is None:
                self.reader.refuse(path, f"no such kind; {did_you_mean(name, self.known.kinds)}", at_key=True)
            elif (option := kind.options.model_fields.get("ladder")) is None:
                self.reader.refuse(path, "checks of this kind have no deadlines, so no ladder", at_key=True)
            else:
                alone = create_model(
                    "DefaultLadder",
                    __base__=OptionsBase,
                    __module__=kind.options.__module__,
                    ladder=(option.annotation, option),
                )
                self.reader.entry(path, {"ladder": ladder}, alone, Composed({"ladder": path}))
