"""The part of the API that proves: who would hear of what, and why."""

from typing import Annotated, TypeAlias

from fastapi import FastAPI, Query, Response

from watchdog.api.answers import answered
from watchdog.api.desk import Desk
from watchdog.api.standing import notes
from watchdog.billing.foreseen import OnRecord
from watchdog.cli.looks import Listing
from watchdog.cli.preview_shown import preview_object, preview_text
from watchdog.cli.why_json import why_object
from watchdog.cli.why_text import why_text
from watchdog.explaining import Known, explained
from watchdog.foretelling import MOST_DAYS, preview
from watchdog.store.listings import Listings

Answer: TypeAlias = dict[str, object]

CheckWord: TypeAlias = Annotated[str, Query(min_length=1, max_length=200)]
SubjectWord: TypeAlias = Annotated[str | None, Query(max_length=500)]
Days: TypeAlias = Annotated[int, Query(ge=1, le=MOST_DAYS)]
Width: TypeAlias = Annotated[int | None, Query(ge=0, le=1000)]


def proof_routes(app: FastAPI, desk: Desk) -> None:
    """Reading only; made off the loop."""

    @app.get("/v1/why")
    async def why(check: CheckWord, subject: SubjectWord = None, width: Width = None) -> Answer:
        shown = await desk.reading.call(_why, check, subject, width, await desk.known())
        return {**shown, "notes": notes(desk)}

    @app.get("/v1/preview")
    async def foretold(days: Days = 90, width: Width = None) -> Response:
        shown = await desk.reading.call(_preview, days, width or None, await desk.known(), desk.listings)
        return await answered(desk, shown, width)


def _why(check: str, subject: str | None, width: int | None, known: Known) -> Answer:
    found = explained(check, subject, known)
    if width is None:
        return {"items": [why_object(one) for one in found]}
    return {"text": "\n\n".join(why_text(one, known.directory.estate, known.now) for one in found)}


def _preview(days: int, width: int | None, known: Known, listings: Listings) -> Listing:
    messages, zone = preview(known, days, OnRecord.of(listings)), known.settings.estate.time_zone
    return Listing(lambda: [preview_object(one) for one in messages], lambda: preview_text(messages, days, zone, width))
