"""What checks were called before: a note among their memories, so that it is on record with the rename itself."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from alerts.mutes.former import FormerId, FormerIds
from checks.model import CheckId
from checks.plugin import Json
from watchdog.store.tables import memories

#: The key under which stands what a check is about, whether its kind remembers anything or not: its primary subject.
ABOUT: Final = "/about"

#: The key under which stands the kind of a check that tells of what is on record, and goes on over other options.
KIND: Final = "/kind"

#: The key of the note: when the check was renamed, by each id that it had.
FORMERLY: Final = "/formerly"

_NOTED = select(memories.c.check_id, memories.c.value).where(memories.c.key == FORMERLY)
_ABOUT = select(memories.c.check_id, memories.c.value).where(memories.c.key == ABOUT)


def with_former(noted: Json, former: CheckId, check_id: CheckId, at: datetime) -> Json:
    """The note of `check_id` once it was renamed; `noted` is that of the former id, None where it had none."""
    earlier = noted if isinstance(noted, dict) else {}
    return {id_: then for id_, then in {**earlier, former: at.isoformat()}.items() if id_ != check_id}


def former_ids(noted: Mapping[CheckId, Json], present: Collection[CheckId]) -> FormerIds:
    """`present` are all checks there are: an id that one of them has is no other's any more."""
    return {check_id: [one for one in _read(note) if one.id not in present] for check_id, note in noted.items()}


def load_former_ids(connection: Connection) -> FormerIds:
    noted = {CheckId(row.check_id): row.value for row in connection.execute(_NOTED)}
    present = {CheckId(row.check_id) for row in connection.execute(_ABOUT) if row.value is not None} if noted else ()
    return former_ids(noted, present)


def _read(note: Json) -> list[FormerId]:
    renamed = note if isinstance(note, dict) else {}
    return [FormerId(CheckId(id_), datetime.fromisoformat(str(at))) for id_, at in renamed.items()]
