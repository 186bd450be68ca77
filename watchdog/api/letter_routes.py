"""The routes for letters and calendars: what each takes and answers (docs/api.md). Nothing is decided here."""

from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Response

from alerts.calendar_links import feed_url
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.refusal import Refusal
from watchdog.cli import letter_looks

Lang = Literal["en", "ur"]


def letter_routes(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/letter")
    async def letter(
        word: Annotated[str, Query(min_length=1, max_length=300)],
        kind: Literal["grace", "notice", "alternate-account"] = "grace",
        lang: Lang = "en",
        width: Width = None,
    ) -> Response:
        return await listed(desk, partial(letter_looks.draft_letter, word=word, kind=kind, lang=lang), width)

    @app.get("/v1/calendar")
    async def calendar(lang: Lang = "en") -> Response:
        return await listed(desk, partial(letter_looks.calendar, lang=lang), None)

    @app.get("/v1/calendar/address")
    async def address(receiver: Annotated[str, Query(max_length=300)], by: Author) -> Answer:
        """A secret: whoever has it reads the calendar. So it is given to whoever may use the socket."""
        del by
        links = desk.daemon.directory.links
        if links is None:
            raise Refusal(409, "there are no addresses without `links` and `public_url` in the settings")
        if receiver not in desk.daemon.settings.receivers:
            known = ", ".join(sorted(desk.daemon.settings.receivers))
            raise Refusal(404, f"the settings have no receiver of that name; there are {known}")
        return {"text": feed_url(links, receiver), "receiver": receiver}
