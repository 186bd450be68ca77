"""The routes for vendors and lists of active taxpayers: what each takes and answers (docs/api.md)."""

from functools import partial
from typing import Annotated, Final, Literal

from fastapi import FastAPI, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from checks.ledger.event import MAX_TEXT_CHARS
from checks.ledger.taxpayers import ListKind
from checks.wording import day_of
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.payee_desk import PayeeDesk
from watchdog.billing.spoken import Word
from watchdog.cli import vendor_looks

#: More than a body of 64 KiB holds.
MAX_ROWS: Final = 4_000

ListId = Annotated[str, Path(pattern="^[0-9A-Za-z._-]{1,100}$")]
VendorWord = Annotated[str, Query(max_length=300)]


class ListBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: ListKind
    listed_on: str = Field(max_length=40)
    source: str = Field(max_length=300)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    force: bool = False


class EndBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    force: bool = False


class VendorBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    vendor: str = Field(max_length=300)
    event: Literal["blocked", "unblocked", "noted"]
    block: str = Field("", max_length=100)
    reason: str = Field("", max_length=MAX_TEXT_CHARS)
    evidence: str = Field("", max_length=MAX_TEXT_CHARS)
    at: str = Field("", max_length=40)


class RowsBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    rows: list[tuple[str, str]] = Field(max_length=MAX_ROWS)


def payee_routes(app: FastAPI, desk: Desk, payees: PayeeDesk) -> None:
    @app.get("/v1/vendors")
    async def vendors(vendor: VendorWord = "", width: Width = None) -> Response:
        return await listed(desk, partial(vendor_looks.vendors, vendor=vendor), width)

    @app.get("/v1/vendor")
    async def one(vendor: VendorWord, width: Width = None) -> Response:
        return await listed(desk, partial(vendor_looks.vendor, word=vendor), width)

    @app.post("/v1/vendors/events")
    async def say(body: VendorBody, by: Author) -> Answer:
        said = body.model_dump()
        vendor = payees.known(said.pop("vendor"))
        recorded = await desk.ledger.say_of_vendor(vendor, Word(**said), by)
        return {"is_new": bool(recorded.events), "text": desk.ledger.words_of(recorded)}

    @app.post("/v1/taxpayers")
    async def begin(body: ListBody, by: Author) -> Answer:
        said = body.model_dump(exclude={"kind", "listed_on"})
        id_ = await payees.begin(body.kind, body.listed_on, author=by, **said)
        return {"id": id_}

    @app.post("/v1/taxpayers/{list_id}/rows")
    async def rows(list_id: ListId, body: RowsBody, by: Author) -> Answer:
        del by  # who began it is on record
        await payees.add(list_id, body.rows)
        return {}

    @app.post("/v1/taxpayers/{list_id}/end")
    async def end(list_id: ListId, by: Author, body: EndBody | None = None) -> Answer:
        found = await payees.end(list_id, by, force=body is not None and body.force)
        text = f"the {found.kind.value} list of {day_of(found.listed_on)} counts now: {found.rows:,} numbers"
        if payees.is_stale(found):
            text += "; it is too old to say anything, though: download a new one"
        return {"text": text, "list": vendor_looks.list_object(found)}
