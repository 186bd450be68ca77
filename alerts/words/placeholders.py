"""Words that users write, with places for ours: a closed set, replaced once, no language.

No str.format: its fields reach into attributes (`{service.__class__}`), and a brace in a name would break it.
"""

import re
from collections.abc import Mapping
from typing import Final

from alerts.words.escape import one_line
from alerts.words.scene import Scene

PLACEHOLDERS: Final = ("service", "since", "vendor", "departments", "users", "estate")

_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def unknown_places(text: str) -> list[str]:
    """Placeholders in `text` that there are not, and braces that belong to none; [] where all is well."""
    named = [f"{{{name}}}" for name in _PLACE.findall(text) if name not in PLACEHOLDERS]
    return named + [brace for brace in "{}" if brace in _PLACE.sub("", text)]


def filled(text: str, scene: Scene) -> str:
    """What stands in a place is never looked through for further places."""
    return replaced(text, values(scene))


def replaced(text: str, said: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: said.get(place[1], place[0]), text)


def values(scene: Scene) -> Mapping[str, str]:
    vendor = scene.vendor
    return {
        "service": scene.title,
        "since": scene.moment(scene.incident.since),
        "vendor": one_line(vendor.name, 80) if vendor else "its provider",
        "departments": scene.departments or "nobody known",
        "users": f"{scene.users:,}",
        "estate": one_line(scene.directory.estate.name, 80),
    }
