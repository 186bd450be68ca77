"""The routes for lists of bills: what each takes and answers (docs/api.md). Nothing is decided here."""

from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.words.wording import count
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.import_desk import ImportDesk
from watchdog.billing.exporting import exported_bills
from watchdog.billing.importing import Imported
from watchdog.billing.reading_apart import problem_objects

#: Ids of proposals that the sentence names.
_NAMED: Final = 5

ImportId = Annotated[str, Path(pattern=r"^[0-9A-Za-z._-]{1,100}$")]
Word = Annotated[str, Field(max_length=300)]


class PieceBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    data: str


class TakeBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Word = ""
    dry_run: bool = False
    layout: Word | None = None
    mapping: Annotated[dict[Word, Word], Field(max_length=100)] = {}
    dates: Word | None = None
    mark: Word | None = None
    encoding: Word | None = None
    currency: Word | None = None
    sheet: Word | None = None
    vendor: Word | None = None
    due: Word | None = None

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.model_dump(exclude={"name", "dry_run"}).items() if value}


def import_routes(app: FastAPI, desk: Desk, imports: ImportDesk) -> None:
    @app.post("/v1/imports")
    async def begin(by: Author) -> Answer:
        return {"import": imports.begin(by)}

    @app.post("/v1/imports/{id_}/pieces")
    async def add(id_: ImportId, body: PieceBody, by: Author) -> Answer:
        return {"bytes": imports.add(id_, body.data, by)}

    @app.post("/v1/imports/{id_}")
    async def take(id_: ImportId, body: TakeBody, by: Author) -> Answer:
        return _said(await imports.take(id_, body.name, body.said(), by, is_dry=body.dry_run))

    @app.delete("/v1/imports/{id_}")
    async def forget(id_: ImportId, by: Author) -> Answer:
        imports.forget(id_, by)
        return {}

    @app.get("/v1/exports")
    async def export(*, every: bool = False, width: Width = None) -> Response:
        del width  # it is written to a file
        return await listed(desk, lambda view: exported_bills(view, every=every), None)


def _said(came: Imported) -> Answer:
    return {
        "text": words_of(came),
        "is_dry": came.is_dry,
        "new": came.bills,
        "same": came.same,
        "settled": came.settled,
        "payments_waiting": came.unpaid,
        "stages": came.waiting,
        "proposals": list(came.proposals),
        "unread": list(came.unread),
        "ignored": list(problem_objects(tuple(came.ignored))),
        "notes": [*(f"not taken: {one}" for one in came.ignored), *(f"not read: {one}" for one in came.unread)],
    }


def words_of(came: Imported) -> str:
    """What came of it, in one sentence."""
    would = "would be " if came.is_dry else ""
    stand = "it stands" if came.same == 1 else "they stand"
    parts = [f"{count(came.bills, 'new bill')} {would}put on record", f"{came.same:,} on record already as {stand}"]
    if came.settled:
        parts.append(f"{came.settled:,} {would}recorded as paid")
    if came.unpaid:
        waits = _waits(came.unpaid, "payment", is_dry=came.is_dry)
        parts.append(f"{waits} for a second person, not on record yet: nigehban invoices proposals")
    if came.waiting:
        waits = _waits(came.waiting, "changed stage", is_dry=came.is_dry)
        parts.append(f"{waits} for a person: nigehban invoices proposals")
    if came.proposals:
        more = len(came.proposals) - _NAMED
        named = ", ".join(came.proposals[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        parts.append(f"{'proposal' if len(came.proposals) == 1 else 'proposals'}: {named}")
    return "; ".join(parts)


def _waits(number: int, noun: str, *, is_dry: bool) -> str:
    return f"{count(number, noun)} {'would wait' if is_dry else 'waits' if number == 1 else 'wait'}"
