"""The parts of a workbook beside its rows: sheets and shared texts."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.billing.intake.limits import MAX_SHARED_CHARS, MAX_SHARED_STRINGS
from checks.billing.intake.sheet_xml import Handler, feed
from checks.billing.intake.sheet_zip import SheetZip
from checks.billing.refusal import WHOLE_FILE, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Workbook:
    """xl/workbook.xml: its sheets in their order, and from when its days count."""

    found: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.found.append((attributes.get("name", ""), relation, is_hidden))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def end(self, name: str) -> None:
        """Nothing closes here."""

    def text(self, text: str) -> None:
        """Nor is there text."""

    def sheets(self, archive: SheetZip) -> Sequence[Sheet]:
        relations = _Relations()
        fed(archive.part("xl/_rels/workbook.xml.rels"), relations)
        named = [(name, relations.targets.get(relation, ""), is_hidden) for name, relation, is_hidden in self.found]
        return [
            Sheet(name=name, part=part, is_hidden=is_hidden)
            for name, target, is_hidden in named
            if (part := target.removeprefix("/") if target.startswith("/") else f"xl/{target}") in archive.names
        ]


def workbook_of(archive: SheetZip) -> Workbook:
    book = Workbook()
    fed(archive.part("xl/workbook.xml"), book)
    return book


@dataclass(slots=True)
class _Relations:
    targets: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        if attributes.get("TargetMode") == "External":
            raise refused(1, WHOLE_FILE, "holds links to somewhere else; paste the values alone, then save it anew")
        self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """Nothing closes here."""

    def text(self, text: str) -> None:
        """Nor is there text."""


@dataclass(slots=True)
class _SharedTexts:
    found: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _is_text: bool = False
    _is_spoken: bool = False
    _chars: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name == "si":
            self._pieces = []
        elif name == "rPh":  # how a text is pronounced
            self._is_spoken = True
        elif name == "t":
            self._is_text = not self._is_spoken

    def end(self, name: str) -> None:
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_spoken = False
        elif name == "si":
            self.found.append("".join(self._pieces))
            if len(self.found) > MAX_SHARED_STRINGS:
                raise refused(1, WHOLE_FILE, f"more than {MAX_SHARED_STRINGS:,} texts; split it")

    def text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)
            self._chars += len(text)
            if self._chars > MAX_SHARED_CHARS:
                raise refused(1, WHOLE_FILE, f"more than {MAX_SHARED_CHARS // 2**20} MiB of text; split it")


def shared_texts(archive: SheetZip) -> Sequence[str]:
    texts = _SharedTexts()
    if "xl/sharedStrings.xml" in archive.names:
        with archive.opened("xl/sharedStrings.xml") as handle:
            for _ in feed(handle, texts):
                pass
    return texts.found


def fed(raw: bytes, handler: Handler) -> None:
    """A small part, whole; nothing comes of one that is not there."""
    if raw:
        for _ in feed(io.BytesIO(raw), handler):
            pass
