"""Errors of the API: one shape, in words a person can act on, and never what was sent."""

from collections.abc import Sequence

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from watchdog.cli.looks import NotFoundError, SeveralError
from watchdog.settings.problems import shown_path
from watchdog.store.errors import StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_IN_WORDS = {
    404: "there is no such thing here; docs/api.md lists what there is",
    405: "this is not done by this method; docs/api.md lists what there is",
}


class Refusal(Exception):  # noqa: N818  # an answer, not a failure
    """An answer that says no: an HTTP status, and why."""

    def __init__(self, status: int, error: str, problems: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.status, self.error, self.problems = status, error, tuple(problems)


def error_answer(status: int, error: str, problems: Sequence[str] = ()) -> JSONResponse:
    return JSONResponse({"error": error, "problems": list(problems)}, status)


def answer_errors(app: FastAPI) -> None:
    """Make every error of `app` one of ours."""

    @app.exception_handler(Refusal)
    async def _refused(_request: Request, refusal: Refusal) -> JSONResponse:
        return error_answer(refusal.status, refusal.error, refusal.problems)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [_problem(one) for one in error.errors()]
        return error_answer(400, "this cannot be understood", problems)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        return error_answer(error.status_code, _IN_WORDS.get(error.status_code, "this cannot be understood"))

    @app.exception_handler(NotFoundError)
    async def _not_found(_request: Request, error: NotFoundError) -> JSONResponse:
        return error_answer(404, str(error))

    @app.exception_handler(SeveralError)
    async def _several(_request: Request, error: SeveralError) -> JSONResponse:
        return error_answer(409, str(error))

    @app.exception_handler(StoreError)
    async def _store(_request: Request, error: StoreError) -> JSONResponse:
        return error_answer(503, str(error))

    @app.exception_handler(Exception)
    async def _bug(_request: Request, error: Exception) -> JSONResponse:
        log.error("the api failed", error=type(error).__name__, exc_info=error)
        return error_answer(500, f"the daemon failed at this ({type(error).__name__}); its log says where")


def _problem(one: dict[str, object]) -> str:
    """Where and what, without the value: pydantic's own words hold none but for errors of ours."""
    place = one.get("loc", ())
    path = tuple(step for step in place if isinstance(step, str | int))[1:] if isinstance(place, tuple) else ()
    kind = one.get("type")
    text = _KINDS.get(str(kind), "is not what is expected here")
    if kind == "value_error":
        text = str(one.get("msg", "")).removeprefix("Value error, ")
    text += _limit(one.get("ctx"))
    return f"{shown_path(path)}: {text}" if path else f"the body {text}"


def _limit(context: object) -> str:
    """The limit that was passed: ours, and no part of what was sent."""
    limits = context if isinstance(context, dict) else {}
    return next((f", {words} {limits[name]}" for name, words in _LIMITS.items() if name in limits), "")


_LIMITS = {"ge": "at least", "le": "at most"}

_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is no key here",
    "string_type": "must be text",
    "string_too_long": "is too long",
    "string_unicode": "is no text that can be written",
    "json_invalid": "is no JSON",
    "model_attributes_type": "must be a JSON object",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
}
