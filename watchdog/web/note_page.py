"""The daily note as a page: a sheet of A4, black on white, without scripts."""

import re
from collections.abc import Sequence
from typing import Final

from alerts.digests.note_sheet import Sheet
from alerts.route import Language
from alerts.words.bidi import FIRST_STRONG, LEFT_TO_RIGHT, POP, is_urdu
from watchdog.web import templating

_LINK: Final = b'<link rel="stylesheet" href="/static/note.css">'
_ICON: Final = b'<link rel="icon" href="/static/icon.svg" type="image/svg+xml">\n'
_ISOLATED: Final = re.compile(f"([{LEFT_TO_RIGHT}{FIRST_STRONG}][^\u2066-\u2069]*{POP})")
_DIRECTIONS: Final = {LEFT_TO_RIGHT: "ltr", FIRST_STRONG: "auto"}


def note_html(sheet: Sheet, *, stands_alone: bool = False) -> bytes:
    """The whole document. One that stands alone carries its style, to be sent and kept; a page of the site links to
    it, since its answers allow nothing inline.
    """
    direction = "rtl" if sheet.language is Language.URDU else "ltr"
    page = templating.page("note.html", view=sheet, direction=direction, pieces=pieces, is_foreign=is_foreign)
    if not stands_alone:
        return page
    style = templating.static_files()["note.css"]
    return page.replace(_ICON, b"", 1).replace(_LINK, b"<style>\n" + style + b"</style>", 1)


def pieces(text: str) -> Sequence[tuple[str, str]]:
    """`text` with the directions of what is isolated in it, "" of the rest: elements take the place of hidden marks."""
    parts = enumerate(_ISOLATED.split(text))
    return [(_DIRECTIONS[part[0]], part[1:-1]) if place % 2 else ("", part) for place, part in parts if part]


def is_foreign(text: str, direction: str) -> bool:
    """Whether a whole cell runs against its sheet, so that it begins, and is shortened, at the other side."""
    return direction == "rtl" and any(mark.isalpha() for mark in text) and not is_urdu(text)
