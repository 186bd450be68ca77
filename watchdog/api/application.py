"""The routes of the daemon's API: what each takes and answers (docs/api.md). Nothing is decided here."""

from datetime import datetime
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import FastAPI, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.incident import Acknowledgement
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.bounded import Bounded
from watchdog.api.desk import Desk, Said
from watchdog.api.drill_routes import drill_routes
from watchdog.api.ends import end_after, end_at
from watchdog.api.import_routes import import_routes
from watchdog.api.ledger_routes import ledger_routes
from watchdog.api.letter_routes import letter_routes
from watchdog.api.mute_routes import mute_routes
from watchdog.api.notice_routes import notice_routes
from watchdog.api.payee_routes import payee_routes
from watchdog.api.proof import proof_routes
from watchdog.api.refusal import Refusal, answer_errors, error_answer
from watchdog.api.standing import standing
from watchdog.cli import looks
from watchdog.cli.listing_json import history_object, instant
from watchdog.cli.timeline import acknowledged_text
from watchdog.web.server import Asgi

MAX_NOTE_CHARS = 1000

IncidentId: TypeAlias = Annotated[str, Path(pattern="^[0-9a-z-]{1,64}$")]


Span: TypeAlias = Annotated[str, Query(pattern="^([0-9]{1,3}[dh])?$")]
Kind: TypeAlias = Annotated[str, Query(max_length=100)]


class AcknowledgeBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    note: str = Field("", max_length=MAX_NOTE_CHARS)
    until: str | None = Field(None, max_length=40)
    lasts: str | None = Field(None, max_length=40)
    until_ok: bool = False

    @field_validator("note")
    @classmethod
    def _one_line(cls, note: str) -> str:
        return " ".join(note.split())


def application(desk: Desk) -> Asgi:
    """The whole API as an ASGI application; each request's `state.peer` is who asks."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    answer_errors(app)
    _reading(app, desk)
    _incidents(app, desk)
    proof_routes(app, desk)
    _commands(app, desk)
    mute_routes(app, desk, desk.mutes)
    payee_routes(app, desk, desk.payees)
    ledger_routes(app, desk, desk.ledger)
    notice_routes(app, desk, desk.ledger)
    letter_routes(app, desk)
    import_routes(app, desk, desk.imports)
    drill_routes(app, desk.drills)
    return Bounded(app)


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/health")
    async def health() -> Answer:
        return standing(desk)

    @app.get("/v1/status")
    async def status(width: Width = None) -> Response:
        return await listed(desk, looks.statuses, width)

    @app.get("/v1/deadlines")
    async def deadlines(within: Span = "", kind: Kind = "", width: Width = None) -> Response:
        return await listed(desk, partial(looks.deadlines, within=within, kind=kind), width)


def _incidents(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/incidents")
    async def incidents(*, closed: bool = False, width: Width = None) -> Response:
        return await listed(desk, partial(looks.incidents, closed=closed), width)

    @app.get("/v1/incidents/{incident}")
    async def one(incident: IncidentId, width: Width = None) -> Response:
        return await listed(desk, partial(looks.named, word=incident), width)


def _commands(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/incidents/{incident}/acknowledgement")
    async def acknowledge(incident: IncidentId, body: AcknowledgeBody, by: Author) -> Answer:
        return _said(desk, await desk.acknowledge(incident, _acknowledgement(desk, body, by)))

    @app.delete("/v1/incidents/{incident}/acknowledgement")
    async def take_back(incident: IncidentId, by: Author) -> Answer:
        return _said(desk, await desk.take_back(incident, by))

    @app.post("/v1/backup")
    async def backup(by: Author) -> Answer:
        made = await desk.back_up(by)
        newest = None if made.held.newest is None else instant(made.held.newest)
        return {"file": str(made.path), "bytes": made.held.size_b, "newest": newest, "schema": made.held.revision}

    @app.post("/v1/reload")
    async def reload(by: Author) -> JSONResponse:
        came = await desk.reload(by)
        if came.is_refused:
            return error_answer(409, "the settings are refused, the former ones stay in force", came.problems)
        return JSONResponse(
            {
                "at": instant(came.at),
                "checks": came.checks,
                "at_next_start": list(came.at_next_start),
                "closed": [{"incident": one.id, "check": one.check_id, "subject": one.subject} for one in came.closed],
                "warnings": list(came.warnings),
            }
        )


def _acknowledgement(desk: Desk, body: AcknowledgeBody, by: str) -> Acknowledgement:
    if (body.until is not None) + (body.lasts is not None) + body.until_ok != 1:
        raise Refusal(400, "say how long you are at it: give one of until, lasts, or until_ok")
    now = desk.clock()
    try:
        until = _end(desk, body, now)
    except ValueError as error:
        field = "until" if body.lasts is None else "lasts"
        raise Refusal(400, "this cannot be understood", [f"{field}: {error}"]) from None
    return Acknowledgement(by=by, at=now, note=body.note, until=until)


def _end(desk: Desk, body: AcknowledgeBody, now: datetime) -> datetime | None:
    """None lasts until it is well."""
    if body.until is not None:
        return end_at(body.until, now, desk.daemon.directory.calendars.of(None))
    return None if body.lasts is None else end_after(body.lasts, now)


def _said(desk: Desk, said: Said) -> Answer:
    incident, zone = said.history.incident, desk.daemon.settings.estate.time_zone
    already = "" if said.is_new else "already "
    if incident.acknowledged is None:
        text = f"incident {incident.id} is {already}nobody's: not acknowledged"
    else:
        text = f"incident {incident.id} is {already}{acknowledged_text(incident.acknowledged, zone)}"
    return {"is_new": said.is_new, "text": text, "incident": history_object(said.history)}
