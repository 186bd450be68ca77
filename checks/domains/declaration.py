"""An expiry that an administrator declares, where no registry states one that can be read."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from checks.model import Cause, Deadline, Finding, Rung, Status
from checks.plugin import CheckContext, OptionsBase
from checks.wording import day_of

#: How long ahead people are asked to confirm a declaration anew: a letter to a registry and its answer.
ASK_AHEAD = timedelta(days=14)

_TO_DO = "look at the registry's bill or ask the registry, then change expires, evidence and confirm_by in the settings"

_YEARS = range(1990, 2200)


def _only_written(value: object) -> object:
    """A number would be read as seconds since 1970."""
    if isinstance(value, str | date):
        return value
    raise ValueError("write a date like 2027-01-02")


_Day = Annotated[date, BeforeValidator(_only_written)]


class Declared(OptionsBase):
    expires: _Day = Field(description="the last day of the registration, like 2027-01-02")
    evidence: str = Field(description="what says so: a bill's number, a letter, who looked where")
    confirm_by: _Day = Field(description="when somebody has to look again, like 2026-12-01")

    @field_validator("evidence")
    @classmethod
    def _says_something(cls, evidence: str) -> str:
        if not evidence.strip():
            raise ValueError("must say how the date is known, like 'PKNIC bill 4711 of 2025-01-03'")
        return evidence.strip()

    @model_validator(mode="after")
    def _is_of_our_time(self) -> Self:
        if self.expires.year not in _YEARS or self.confirm_by.year not in _YEARS:
            raise ValueError("has a year that is none of a registration; write dates like 2027-01-02")
        if self.confirm_by > self.expires:
            raise ValueError("confirm_by is later than expires; somebody has to look before the registration ends")
        return self

    @property
    def text(self) -> str:
        """The same for the same declaration: what changes it was written by a person."""
        return f"{self.expires} {self.confirm_by} {self.evidence}"[:300]

    def facts(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Declared", f"{day_of(self.expires)}, by {self.evidence}"),
            ("Confirm by", day_of(self.confirm_by)),
        )


def declaration_finding(declared: Declared, domain: str, ctx: CheckContext, *, disagrees: str = "") -> Finding:
    """That the declaration has to be confirmed anew is a deadline of its own: nobody else would notice."""
    at = ctx.calendars.of(None).end_of_day(declared.confirm_by)
    rungs = (
        Rung(name="14d", at=at - ASK_AHEAD, status=Status.WARNING),
        Rung(name="0d", at=at, status=Status.WARNING),
    )
    cause = Cause.NONE
    if at <= ctx.now:
        cause = Cause.STALE
    elif disagrees:
        cause = Cause.MISMATCH
    elif rungs[0].at <= ctx.now:
        cause = Cause.DUE
    return Finding(
        subject=f"{domain} declaration",
        status=Status.OK if cause is Cause.NONE else Status.WARNING,
        cause=cause,
        summary=f"declared date of {domain}, to be confirmed",
        deadline=Deadline(at=at, rungs=rungs, is_to_confirm=True),
        facts=(*declared.facts(), ("What to do", _TO_DO), *((("Disagreement", disagrees),) if disagrees else ())),
    )
