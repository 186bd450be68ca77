"""The routes for bills: what each takes and answers (docs/api.md). Nothing is decided here."""

from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from checks.ledger.event import MAX_TEXT_CHARS
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.ledger_desk import MAX_BILLS, LedgerDesk, Recorded
from watchdog.billing.spoken import NewBill, Word
from watchdog.cli import bill_looks, forecast_looks
from watchdog.cli.bill_json import event_object

_WORD_CHARS = 300

Text = Annotated[str, Field(max_length=MAX_TEXT_CHARS)]
BillWord = Annotated[str, Query(min_length=1, max_length=_WORD_CHARS)]
VendorWord = Annotated[str, Query(max_length=_WORD_CHARS)]
When = Annotated[str, Query(max_length=40)]


class BillBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    vendor: Text
    number: Text
    amount: Text
    due: Text
    suspends: Text = ""
    service: Text = ""
    office: Text = ""
    contract: Text = ""
    received: Text = ""
    evidence: Text = ""


class EventBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    bills: list[Annotated[str, Field(min_length=1, max_length=_WORD_CHARS)]] = Field(min_length=1, max_length=MAX_BILLS)
    whole: Annotated[str, Field(max_length=_WORD_CHARS)] = ""
    event: Text
    amount: Text = ""
    due: Text = ""
    suspends: Text = ""
    service: Text = ""
    office: Text = ""
    contract: Text = ""
    received: Text = ""
    stage: Text = ""
    reason: Text = ""
    block: Text = ""
    until: Text = ""
    payment: Text = ""
    at: Text = ""
    evidence: Text = ""


def ledger_routes(app: FastAPI, desk: Desk, ledger: LedgerDesk) -> None:
    _reading(app, desk)
    _writing(app, ledger)


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/bills")
    async def bills(
        which: Literal["open", "all", "blocked", "late"] = "open", vendor: VendorWord = "", width: Width = None
    ) -> Response:
        return await listed(desk, partial(bill_looks.bills, which=which, vendor=vendor), width)

    @app.get("/v1/bill")
    async def bill(word: BillWord, known_at: When = "", width: Width = None) -> Response:
        return await listed(desk, partial(bill_looks.bill, word=word, known_at=known_at), width)

    @app.get("/v1/bills/forecast")
    async def forecast(word: VendorWord = "", width: Width = None) -> Response:
        return await listed(desk, partial(forecast_looks.forecast, word=word), width)

    @app.get("/v1/bills/digest")
    async def digest(width: Width = None) -> Response:
        return await listed(desk, bill_looks.digest, width)


def _writing(app: FastAPI, ledger: LedgerDesk) -> None:
    @app.post("/v1/bills")
    async def add(body: BillBody, by: Author) -> Answer:
        return _said(ledger, await ledger.add(NewBill(**body.model_dump()), by))

    @app.post("/v1/bills/events")
    async def say(body: EventBody, by: Author) -> Answer:
        said = body.model_dump()
        bills = await ledger.named(said.pop("bills"), said.pop("whole"))
        return _said(ledger, await ledger.say(bills, Word(**said), by))

    @app.get("/v1/bills/head")
    async def head() -> Answer:
        found = await ledger.head()
        return {"head": found.hash, "events": found.events}


def _said(ledger: LedgerDesk, recorded: Recorded) -> Answer:
    return {
        "is_new": bool(recorded.events),
        "text": ledger.words_of(recorded),
        "proposal": None if recorded.waiting is None else recorded.waiting.id,
        "events": [event_object(event) for event in recorded.events],
    }
