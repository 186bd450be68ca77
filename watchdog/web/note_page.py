"""The daily note as a page: a sheet of A4, black on white, without scripts."""

from typing import Final

from alerts.digests.note_sheet import Sheet
from alerts.route import Language
from watchdog.web import templating

_LINK: Final = b'<link rel="stylesheet" href="/static/note.css">'
_ICON: Final = b'<link rel="icon" href="/static/icon.svg" type="image/svg+xml">\n'


def note_html(sheet: Sheet, *, stands_alone: bool = False) -> bytes:
    """The whole document. One that stands alone carries its style, to be sent and kept; a page of the site links to
    it, since its answers allow nothing inline.
    """
    direction = "rtl" if sheet.language is Language.URDU else "ltr"
    page = templating.page("note.html", view=sheet, direction=direction)
    if not stands_alone:
        return page
    style = templating.static_files()["note.css"]
    return page.replace(_ICON, b"", 1).replace(_LINK, b"<style>\n" + style + b"</style>", 1)
