"""Templates of this package, and nothing else: escaped by default, strict about names, never from outside."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from watchdog.web.words import language

_FOLDER = files("watchdog.web") / "templates"


@cache
def environment() -> Environment:
    """Compiled from package data at the first page; no compiled form is written anywhere."""
    sources = {entry.name: entry.read_text("utf-8") for entry in _FOLDER.iterdir() if entry.name.endswith(".html")}
    made = Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["language"] = language
    return made


def page(template: str, **values: object) -> bytes:
    """The page that `template` makes of `values`."""
    return environment().get_template(template).render(values).encode()


@cache
def static_files() -> Mapping[str, bytes]:
    """What lies beside the pages, by name."""
    return {entry.name: entry.read_bytes() for entry in (files("watchdog.web") / "static").iterdir()}
