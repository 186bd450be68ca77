"""Signed links in messages, as written."""

from datetime import timedelta
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field

from checks.secret import Secret
from checks.units import Duration
from watchdog.settings.fields import Entry
from watchdog.settings.reader import Reader
from watchdog.settings.values import LinkSettings

_SHORT: Final = timedelta(minutes=10)
_LONG: Final = timedelta(days=14)


def _in_range(valid: timedelta) -> timedelta:
    if not _SHORT <= valid <= _LONG:
        raise ValueError("must be from 10m to 14d")
    return valid


_Valid: TypeAlias = Annotated[Duration, AfterValidator(_in_range)]


class LinksEntry(Entry):
    key: Secret = Field(description="signs them: !secret name, of 32 characters or more")
    valid: _Valid = Field("48h", validate_default=True, description="how long a link works, from 10m to 14d")

    def links(self) -> LinkSettings:
        return LinkSettings(key=self.key, valid=self.valid)


def read_links(reader: Reader, public_url: str | None) -> LinkSettings | None:
    """None where the settings have no links."""
    entry = reader.section("links", LinksEntry)
    if entry is None:
        return None
    if public_url is None:
        reader.refuse(("links",), "links lead to the pages; say under which address: estate: {public_url: https://...}")
    return entry.links()
