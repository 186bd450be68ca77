"""What the kind `http` is told: which page, and what is well there."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from checks.family import FamilyChoice
from checks.json_pointer import JsonPointer
from checks.network.values import HttpRequest
from checks.plugin import OptionsBase
from checks.suspension.page import suspended_paths
from checks.units import Duration
from checks.web.patterns import check_pattern
from checks.web.status_set import parse_status_set
from checks.web_address import check_web_address


class Options(OptionsBase):
    url: str = Field(description="http:// or https:// address of the page")
    method: Literal["GET", "HEAD", "POST", "OPTIONS"] = "GET"
    status: str = Field("200-399", description='status codes that are well, like "200" or "200-299,404"')
    body_regex: str | None = Field(None, description="a pattern that must be found in the body")
    json_pointer: JsonPointer | None = Field(None, description="a place in the JSON answer that must exist (RFC 6901)")
    equals: JsonValue = Field(None, description="what must stand at json_pointer; left out: anything")
    max_redirects: int = Field(5, ge=0, le=5)
    family: FamilyChoice = Field("any", description="any, 4, 6, or both: one finding per family")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    max_latency: Duration | None = Field(None, description='slower than this is a warning, like "2s"')

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        return check_web_address(url)

    @field_validator("status", mode="before")
    @classmethod
    def _is_text(cls, status: object) -> object:
        """YAML reads 200 as a number."""
        return str(status) if isinstance(status, int) and not isinstance(status, bool) else status

    @field_validator("status")
    @classmethod
    def _is_status_set(cls, status: str) -> str:
        parse_status_set(status)
        return status

    @field_validator("body_regex")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            check_pattern(pattern)
        return pattern

    @field_validator("max_latency")
    @classmethod
    def _takes_time(cls, latency: timedelta | None) -> timedelta | None:
        if latency is not None and not latency:
            raise ValueError('no answer takes no time; write how long is too long, like "2s"')
        return latency

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if "equals" in self.model_fields_set and self.json_pointer is None:
            raise ValueError('equals needs json_pointer, the place to compare, like "/status"')
        if self.method == "HEAD" and self.wants_body:
            raise ValueError("HEAD brings no body to look into; use GET")
        return self

    @property
    def wants_body(self) -> bool:
        return self.body_regex is not None or self.json_pointer is not None

    @cached_property
    def request(self) -> HttpRequest:
        """What every look asks, built once; "both" asks it over each family."""
        return HttpRequest(
            url=self.url,
            method=self.method,
            family="any" if self.family == "both" else self.family,
            ca_file=self.ca_file,
            max_redirects=self.max_redirects,
            want_body=self.wants_body,
            stops_at=suspended_paths(),
        )
