"""The routes for silences and maintenance: what each takes and answers (docs/api.md)."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final

from fastapi import FastAPI, Path, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.mutes.matcher import MAX_MATCHERS, MatcherError, matchers_of
from alerts.mutes.mute import LONGEST, MuteKind
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.ends import end_after, end_at
from watchdog.api.mute_desk import Muted, MuteDesk, Wish
from watchdog.api.refusal import Refusal
from watchdog.cli import looks
from watchdog.cli.mute_looks import mute_object

MAX_REASON_CHARS: Final = 500

MuteId = Annotated[str, Path(pattern=r"^[0-9A-Za-z._-]{1,100}$")]


class MuteBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    matchers: list[Annotated[str, Field(max_length=200)]] = Field(min_length=1, max_length=MAX_MATCHERS)
    reason: str = Field(max_length=MAX_REASON_CHARS)
    starts: str | None = Field(None, max_length=40)
    until: str | None = Field(None, max_length=40)
    lasts: str | None = Field(None, max_length=40)
    until_ok: bool = False

    @field_validator("reason")
    @classmethod
    def _one_line(cls, reason: str) -> str:
        line = " ".join(reason.split())
        if not line:
            raise ValueError("say why, for those who wonder at the silence")
        return line


def mute_routes(app: FastAPI, desk: Desk, mutes: MuteDesk) -> None:
    """Both kinds the same."""
    for kind, path in ((MuteKind.SILENCE, "/v1/silences"), (MuteKind.MAINTENANCE, "/v1/maintenance")):
        _routes(app, path, kind, desk, mutes)


def _routes(app: FastAPI, path: str, kind: MuteKind, desk: Desk, mutes: MuteDesk) -> None:
    async def listing(*, over: bool = False, width: Width = None) -> Response:
        return await listed(desk, partial(looks.mutes, kind=kind, over=over), width)

    async def add(body: MuteBody, by: Author) -> Answer:
        return _said(mutes, await mutes.add(_wish(kind, body, by, desk)))

    async def end(mute: MuteId, by: Author) -> Answer:
        return _said(mutes, await mutes.end(kind, mute, by))

    app.get(path)(listing)
    app.post(path)(add)
    app.delete(f"{path}/{{mute}}")(end)


def _wish(kind: MuteKind, body: MuteBody, by: str, desk: Desk) -> Wish:
    now = desk.clock()
    try:
        matchers = matchers_of(body.matchers)
    except MatcherError as error:
        raise Refusal(400, "this cannot be understood", [f"matchers: {error}"]) from None
    starts = now if body.starts is None else _moment("starts", body.starts, now, desk)
    return Wish(
        kind=kind,
        matchers=matchers,
        author=by,
        reason=body.reason,
        starts_at=starts,
        ends_at=_end(body, starts, now, desk),
        until_ok=body.until_ok,
    )


def _end(body: MuteBody, starts: datetime, now: datetime, desk: Desk) -> datetime:
    said = [name for name in ("until", "lasts") if getattr(body, name) is not None]
    if len(said) + body.until_ok != 1:
        raise Refusal(400, "it needs one end: until, lasts or until_ok; the longest is 30 days")
    if body.until_ok:
        return starts + LONGEST
    if body.until is not None:
        return _moment("until", body.until, max(starts, now), desk)
    try:
        return end_after(body.lasts or "", starts)
    except ValueError as error:
        raise Refusal(400, "this cannot be understood", [f"lasts: {error}"]) from None


def _moment(field: str, text: str, after: datetime, desk: Desk) -> datetime:
    try:
        return end_at(text, after, desk.daemon.directory.calendars.of(None))
    except ValueError as error:
        raise Refusal(400, "this cannot be understood", [f"{field}: {error}"]) from None


def _said(mutes: MuteDesk, muted: Muted) -> Answer:
    shown = mute_object(muted.mute, mutes.clock())
    return {"is_new": muted.is_new, "text": mutes.words_of(muted), "mute": shown, "notes": list(muted.notes)}
