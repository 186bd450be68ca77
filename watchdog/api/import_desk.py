"""Lists of bills on their way in: their bytes are gathered, then all of a list is taken or nothing of it."""

import base64
import binascii
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, Final

from alerts.words.escape import one_line
from checks.billing.intake.limits import MAX_FILE_BYTES
from checks.billing.intake.request import Layout, layout_of
from checks.billing.refusal import BillsRefusedError
from watchdog.api.refusal import Refusal
from watchdog.billing.importing import Imported, Importer
from watchdog.clock import Clock, Ids

#: Lists that are being handed in at once.
MAX_STAGED: Final = 4
#: Who began to hand a list in and went away has no claim on its place after this long.
STALE_AFTER: Final = timedelta(minutes=10)
_NAME_CHARS: Final = 100


@dataclass(slots=True, weakref_slot=True, kw_only=True)
class _Staged:
    author: str
    began_at: datetime
    file: IO[bytes]
    size: int = 0


@dataclass(slots=True, kw_only=True)
class ImportDesk:
    """Between the API and the importer. Raises Refusal and StoreError."""

    importer: Importer
    clock: Clock
    ids: Ids
    _staged: dict[str, _Staged] = field(default_factory=dict)

    def begin(self, author: str) -> str:
        self._forget_stale()
        if len(self._staged) >= MAX_STAGED:
            raise Refusal(409, "several lists are being handed in already; try again in a minute")
        id_ = self.ids()
        file = tempfile.TemporaryFile()  # noqa: SIM115  # it lasts over many requests
        staged = self._staged[id_] = _Staged(author=author, began_at=self.clock(), file=file)
        weakref.finalize(staged, file.close)  # whoever went away in the middle leaves it to the end of the desk
        return id_

    def add(self, id_: str, piece: str, author: str) -> int:
        """The bytes of it so far; `piece` is base64."""
        staged = self._of(id_, author)
        try:
            raw = base64.b64decode(piece, validate=True)
        except (binascii.Error, ValueError):
            raise Refusal(400, "this cannot be understood", ["data: is no base64"]) from None
        if staged.size + len(raw) > MAX_FILE_BYTES:
            self.forget(id_, author)
            raise Refusal(413, f"the list is larger than {MAX_FILE_BYTES // 2**20} MiB; split it")
        staged.file.write(raw)
        staged.size += len(raw)
        return staged.size

    async def take(self, id_: str, name: str, said: Mapping[str, Any], author: str, *, is_dry: bool) -> Imported:
        """What came of it; it is gone from here then, whatever came."""
        staged = self._of(id_, author)
        try:
            layout = self._layout(said)
            staged.file.flush()
            name = one_line(name, _NAME_CHARS) or "a list"
            return await self.importer.take(staged.file, layout, name=name, author=author, is_dry=is_dry)
        except BillsRefusedError as error:
            problems = [one_line(str(problem), 500) for problem in error.problems]
            raise Refusal(409, "nothing of this list was taken", problems) from None
        finally:
            self.forget(id_, author)

    def forget(self, id_: str, author: str) -> None:
        self._of(id_, author).file.close()
        del self._staged[id_]

    def _layout(self, said: Mapping[str, Any]) -> Layout:
        """What is said of this list, over the saved layout that is named."""
        named = said.get("layout")
        layouts = self.importer.layouts
        if named is not None and named not in layouts:
            known = ", ".join(sorted(layouts)) or "none"
            text = f"layout: the settings have none so called; there are: {known}"
            raise Refusal(400, "this cannot be understood", [text])
        try:
            return layout_of(said, base=layouts[named] if named is not None else Layout())
        except ValueError as error:
            raise Refusal(400, "this cannot be understood", [str(error)]) from None

    def _of(self, id_: str, author: str) -> _Staged:
        staged = self._staged.get(id_)
        if staged is None or staged.author != author:
            raise Refusal(404, "no list is being handed in under this id; begin anew")
        return staged

    def _forget_stale(self) -> None:
        now = self.clock()
        for id_, staged in list(self._staged.items()):
            if not timedelta(0) <= now - staged.began_at < STALE_AFTER:
                self.forget(id_, staged.author)
