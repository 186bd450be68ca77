"""The routes for drills: what each takes and answers (docs/api.md)."""

from datetime import timedelta
from typing import Annotated, TypeAlias

from fastapi import FastAPI, Path
from pydantic import BaseModel, ConfigDict, Field

from alerts.drills.drill import LONGEST, USUAL_MINUTES, DrillKind
from checks.wording import moment
from watchdog.api.answers import Answer, Author, Width
from watchdog.api.drill_desk import DrillDesk, DrillWish
from watchdog.drills.report import DrillReport
from watchdog.drills.shown import report_object, report_text

_MOST_RECEIVERS = 100

DrillWord: TypeAlias = Annotated[str, Path(pattern="^[0-9a-z-]{1,64}$")]
Id: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]


class DrillBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: DrillKind
    service: Id
    minutes: Annotated[int, Field(ge=1, le=LONGEST // timedelta(minutes=1))] = USUAL_MINUTES
    receivers: list[Id] = Field(default_factory=list, max_length=_MOST_RECEIVERS)
    report_to: list[Id] = Field(default_factory=list, max_length=_MOST_RECEIVERS)


def drill_routes(app: FastAPI, drills: DrillDesk) -> None:
    @app.post("/v1/drills")
    async def start(body: DrillBody, by: Author) -> Answer:
        wish = DrillWish(
            kind=body.kind,
            service=body.service,
            by=by,
            lasts=timedelta(minutes=body.minutes),
            receivers=tuple(body.receivers),
            report_to=tuple(body.report_to),
        )
        begun = await drills.start(wish)
        report = await drills.report(begun.id)
        return {"text": _begun(report, drills), "drill": report_object(report), "notes": _notes(report)}

    @app.delete("/v1/drills/running")
    async def stop(by: Author) -> Answer:
        stopped = await drills.stop(by)
        report = await drills.report(stopped.id)
        return {
            "text": f"drill {stopped.id} is over; nigehban drill show tells how it went",
            "drill": report_object(report),
        }

    @app.get("/v1/drills/last")
    async def last(width: Width = None) -> Answer:
        return _shown(await drills.report(""), drills, width)

    @app.get("/v1/drills/{drill}")
    async def one(drill: DrillWord, width: Width = None) -> Answer:
        return _shown(await drills.report(drill), drills, width)


def _shown(report: DrillReport, drills: DrillDesk, width: int | None) -> Answer:
    if width is None:
        return {"items": [report_object(report)], "notes": []}
    return {"text": report_text(report, drills.daemon.settings.estate, drills.clock(), width or None), "notes": []}


def _begun(report: DrillReport, drills: DrillDesk) -> str:
    until = moment(report.drill.ends_at, drills.daemon.settings.estate.time_zone)
    told = ", ".join(one.receiver for one in report.heard) or "nobody"
    return f"drill {report.incident.id} runs until {until}; told: {told}. How it goes: nigehban drill show"


def _notes(report: DrillReport) -> list[str]:
    notes = []
    if not report.heard:
        notes.append("no route names anybody for it, so nobody is told: that is what the drill found out")
    if not report.drill.report_to:
        notes.append(f"no receiver is called {report.drill.by}, so nobody is sent the report; --report-to names one")
    return notes
