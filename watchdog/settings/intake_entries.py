"""How lists of bills come in, as written: `billing: {layouts: ..., sources: ...}`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from checks.billing.intake.amounts import DecimalMark
from checks.billing.intake.columns import check_mapping
from checks.billing.intake.days import DayOrder
from checks.billing.intake.request import Layout
from checks.secret import Secret
from checks.units import Duration, duration_text
from watchdog.settings.fields import Entry, Id, Line
from watchdog.settings.intake_values import ApiSource, FolderSource, IntakeSettings, Place, Source, SqlSource
from watchdog.settings.reader import Reader
from watchdog.settings.telling_entries import hidden_path, webhook_url

_SELECT: Final = re.compile(r"\s*(?:select|with)\b[^;]*;?\s*", re.IGNORECASE)
#: Texts and quoted names of a query, which may hold any word.
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]")
#: What makes more of a query than a reading: WITH ... DELETE, SELECT ... INTO, FOR UPDATE.
_CHANGES: Final = re.compile(r"\b(?:insert|update|delete|merge|into)\b", re.IGNORECASE)
#: RFC 6901, section 3.
_POINTER: Final = re.compile(r"(?:/(?:[^/~]|~[01])*)+")


def _known(mapping: dict[str, str]) -> dict[str, str]:
    check_mapping(mapping)
    return mapping


Mapped: TypeAlias = Annotated[dict[Line, Line], AfterValidator(_known)]

_URL_SCHEMA: Final = WithJsonSchema({"type": "string", "description": "!secret NAME, or a URL without credentials"})


class LayoutEntry(Entry):
    mapping: Mapped = Field({}, description='headings of the list to columns of ours; "-" leaves one unread')
    dates: DayOrder | None = Field(None, description="how days in figures are written")
    mark: DecimalMark | None = Field(None, description="what stands before the paisa")
    encoding: Literal["utf-8", "utf-16", "windows-1252", "windows-1256"] | None = Field(
        None, description="left out: UTF-8, or UTF-16 with its mark"
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field("PKR", description="of amounts that name none")
    sheet: Line | None = Field(None, description="of a workbook; left out: the first that is shown")
    vendor: Id | None = Field(None, description="of bills that name none")

    def layout(self) -> Layout:
        return Layout(**{name: getattr(self, name) for name in type(self).model_fields})


def _seldom(every: timedelta) -> timedelta:
    if every < timedelta(seconds=10):
        raise ValueError("must be 10s or more")
    return every


def _selects(query: str) -> str:
    if not _SELECT.fullmatch(query):
        raise ValueError("must be one SELECT (or WITH ... SELECT), with no semicolon but at its end")
    if (found := _CHANGES.search(_QUOTED.sub("''", query))) is not None:
        raise ValueError(f'must only read; it says {found[0].upper()} (a name of that kind stands in quotes: "update")')
    return query


def _api_url(value: Any) -> Secret | str:  # noqa: ANN401  # whatever stands in the file
    """Unlike other URLs it may have a query, which says which bills are meant."""
    if isinstance(value, str) and value.count("?") == 1 and "#" not in value:
        place, _, query = value.partition("?")
        if not query.isprintable() or " " in query or "@" in query:
            raise ValueError("a query holds no spaces and nothing secret; write %20 for a space, or use !secret name")
        return f"{webhook_url(place)}?{query}"
    return webhook_url(value)


def _points(pointer: str) -> str:
    if not _POINTER.fullmatch(pointer):
        raise ValueError(
            "must be a JSON pointer, each step after a slash: /data/bills (a slash in a name is ~1, a ~ is ~0)"
        )
    return pointer


def _from_the_root(folder: Path) -> Path:
    if not folder.is_absolute():
        raise ValueError("must be a whole path, say /srv/finance/bills")
    return folder


class SourceEntry(Entry):
    kind: Literal["folder", "sql", "api"] = Field(description="where the bills are")
    layout: Id | None = Field(None, description="one of layouts; left out: what is clear in itself")
    every: Annotated[Duration, AfterValidator(_seldom)] = Field(
        "15m", validate_default=True, description="how often it is looked at, at least 10s"
    )
    folder: Annotated[Path, AfterValidator(_from_the_root)] | None = Field(
        None, description="of a folder: where finished files are put"
    )
    database: Secret | None = Field(None, description="of sql: the URL of the database, !secret name")
    query: Annotated[Line, AfterValidator(_selects)] | None = Field(
        None, description="of sql: one SELECT; its columns are the headings"
    )
    url: Annotated[Secret | str, BeforeValidator(_api_url), _URL_SCHEMA] | None = Field(
        None, description="of api: where the rows are, https, or !secret name"
    )
    token: Secret | None = Field(None, description="of api: sent as a bearer token, !secret name")
    rows: Annotated[Line, AfterValidator(_points)] | None = Field(
        None, description='of api: JSON pointer to the list of rows, say "/data/bills"'
    )

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        needed = {"folder": ("folder",), "sql": ("database", "query"), "api": ("url",)}[self.kind]
        allowed = {*needed, *(("token", "rows") if self.kind == "api" else ())}
        if missing := [name for name in needed if getattr(self, name) is None]:
            raise ValueError(f"a source of kind {self.kind} needs {' and '.join(missing)}")
        every = ("folder", "database", "query", "url", "token", "rows")
        if strange := [name for name in every if getattr(self, name) is not None and name not in allowed]:
            raise ValueError(f"a source of kind {self.kind} has no {' and no '.join(strange)}")
        return self

    @property
    def place(self) -> Place:
        if self.folder is not None:
            return FolderSource(folder=self.folder)
        if self.database is not None and self.query is not None:
            return SqlSource(database=self.database, query=self.query.rstrip("; "))
        return ApiSource(url=self.url or "", token=self.token, rows=self.rows or "")

    def source(self, source_id: str) -> Source:
        return Source(id=source_id, place=self.place, every=self.every, layout=self.layout)


def intake_of(reader: Reader, layouts: Mapping[str, LayoutEntry], sources: Mapping[str, SourceEntry]) -> IntakeSettings:
    """What `billing:` says of lists; references are looked up."""
    vendors = reader.keys("vendors")
    for name, layout in layouts.items():
        if layout.vendor is not None and layout.vendor not in vendors:
            reader.refuse_reference(("billing", "layouts", name, "vendor"), "vendor", layout.vendor, vendors)
    for name, source in sources.items():
        if source.layout is not None and source.layout not in layouts:
            reader.refuse_reference(("billing", "sources", name, "layout"), "layout", source.layout, layouts)
    return IntakeSettings(
        layouts={name: layout.layout() for name, layout in layouts.items()},
        sources=tuple(source.source(name) for name, source in sources.items()),
    )


def intake_shown(intake: IntakeSettings) -> dict[str, Any]:
    """As in a settings file; secrets by name."""
    return {
        "layouts": {name: _layout_shown(layout) for name, layout in intake.layouts.items()},
        "sources": {source.id: _source_shown(source) for source in intake.sources},
    }


def _layout_shown(layout: Layout) -> dict[str, Any]:
    said = {name: getattr(layout, name) for name in LayoutEntry.model_fields}
    return {name: getattr(value, "value", value) for name, value in said.items() if value}


def _source_shown(source: Source) -> dict[str, Any]:
    place = source.place
    shown: dict[str, Any] = {"layout": source.layout} if source.layout else {}
    match place:
        case FolderSource():
            return {"kind": "folder", "folder": str(place.folder), "every": duration_text(source.every), **shown}
        case SqlSource():
            what = {"database": place.database, "query": place.query}
            return {"kind": "sql", **what, "every": duration_text(source.every), **shown}
        case ApiSource():
            what = {"url": hidden_path(place.url), "token": place.token, "rows": place.rows}
            said = {name: value for name, value in what.items() if value}
            return {"kind": "api", **said, "every": duration_text(source.every), **shown}
