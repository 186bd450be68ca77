"""The part of the API that proves: who would hear of what, and why."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from fastapi import FastAPI, Query, Response

from alerts.outlook.preview import Foretold, GivenUpError
from alerts.words.wording import count
from watchdog.api.answers import answered
from watchdog.api.desk import Desk
from watchdog.api.refusal import Refusal
from watchdog.api.standing import notes
from watchdog.cli.looks import Listing
from watchdog.cli.preview_shown import preview_object, preview_text
from watchdog.cli.why_json import why_object
from watchdog.cli.why_text import why_text
from watchdog.explaining import Known, explained
from watchdog.foretelling import MOST_DAYS

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
        known = await desk.known()
        try:
            messages = await desk.plays.preview(known, days, desk.listings)
        except GivenUpError as error:
            text = f"to foretell {count(days, 'day')} takes too long, it came as far as {error}: ask for fewer (--days)"
            raise Refusal(503, text) from None
        return await answered(desk, _shown(messages, days, width or None, known), width)


def _why(check: str, subject: str | None, width: int | None, known: Known) -> Answer:
    found = explained(check, subject, known)
    if width is None:
        return {"items": [why_object(one) for one in found]}
    return {"text": "\n\n".join(why_text(one, known.directory.estate, known.now) for one in found)}


def _shown(messages: Sequence[Foretold], days: int, width: int | None, known: Known) -> Listing:
    zone = known.settings.estate.time_zone
    return Listing(lambda: [preview_object(one) for one in messages], lambda: preview_text(messages, days, zone, width))
