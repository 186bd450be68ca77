"""Blocks as an HTML mail: one quiet column, no picture, no script, no colour that a dark screen would swallow."""

from collections.abc import Iterable
from html import escape
from typing import Final, assert_never

from alerts.route import Language
from alerts.words.bidi import FIRST_STRONG, LEFT_TO_RIGHT, POP, shown
from alerts.words.blocks import Block, Choices, Grid, Quote, Rows, Text, Titled
from alerts.words.escape import masked, visible
from alerts.words.plain import quoted

_FONT: Final = {
    Language.ENGLISH: "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif",
    Language.URDU: "'Noto Nastaliq Urdu','Jameel Noori Nastaleeq','Urdu Typesetting',system-ui,sans-serif",
}
_LINE_HEIGHT: Final = {Language.ENGLISH: "1.45", Language.URDU: "2"}
# Greys that are half see-through show on white and on black alike.
_RULE: Final = "border-bottom:1px solid rgba(128,128,128,.35)"
_CELL: Final = f"padding:.3em .8em .3em 0;padding-inline:0 .8em;text-align:start;vertical-align:top;{_RULE}"
# Beside a label that does not break, a phone has no room for what it says.
_LABEL: Final = "font-weight:normal;opacity:.7;width:30%"
_BREAKS: Final = "overflow-wrap:anywhere"
_QUIET: Final = "opacity:.7;font-size:.85em"
_BUTTON: Final = "display:inline-block;margin:.35em 0;padding:.4em .8em;border:1px solid rgba(128,128,128,.6)"
#: More columns than that are wider than a phone.
_MOST_COLUMNS: Final = 5
_BAR: Final = "border-inline-start:3px solid {};padding-inline-start:.8em;margin:0 0 1.4em"
_MONO: Final = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em"


def html(subject: str, blocks: Iterable[Block], language: Language) -> str:
    """The whole document. Urdu stands right to left, what a machine said left to right."""
    page = _Page(language)
    head = f'<p style="font-size:1.15em;font-weight:600;margin:0 0 1em">{page.safe(subject)}</p>'
    parts = "\n".join([head, *(page.block(block) for block in blocks)])
    direction = "rtl" if language is Language.URDU else "ltr"
    style = f"font-family:{_FONT[language]};line-height:{_LINE_HEIGHT[language]};max-width:44em;margin:1em"
    return (
        f'<!DOCTYPE html>\n<html lang="{language.value}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_bare(page.safe(subject))}</title>\n</head>\n"
        f'<body style="{style}">\n{parts}\n</body>\n</html>\n'
    )


class _Page:
    def __init__(self, language: Language) -> None:
        self._keeps_isolates = language is Language.URDU

    def safe(self, text: str) -> str:
        """Nothing in it is markup any more; isolates of ours have become elements."""
        if not self._keeps_isolates:
            return escape(visible(masked(text)))
        marked = escape(shown(text)).replace(FIRST_STRONG, "<bdi>").replace(LEFT_TO_RIGHT, '<bdi dir="ltr">')
        return marked.replace(POP, "</bdi>")

    def block(self, block: Block) -> str:
        match block:
            case Text(paragraphs):
                return _paragraph("<br>\n".join(map(self.safe, paragraphs)))
            case Titled(title, texts):
                lines = [line for one in texts for line in one.strip("\n").split("\n")]
                return _paragraph("<br>\n".join([f"<strong>{self.safe(title)}</strong>", *map(self.safe, lines)]))
            case Rows():
                return self._rows(block)
            case Quote(title, said):
                inner = "\n".join(escape(line) for line in quoted(said))
                rule = "border-inline-start:3px solid rgba(128,128,128,.35);padding-inline-start:.8em"
                pre = f'<pre dir="ltr" style="{_MONO};white-space:pre-wrap;margin:.3em 0 1em;{rule}">{inner}</pre>'
                return f'<p style="margin:0"><strong>{self.safe(title)}</strong></p>\n{pre}'
            case Grid():
                return self._grid(block)
            case Choices(title, links):
                anchors = (f'<a href="{escape(url)}" style="{_BUTTON}">{self.safe(words)}</a>' for words, url in links)
                return _paragraph("<br>\n".join([f"<strong>{self.safe(title)}</strong>", *anchors]))
            case _:
                assert_never(block)

    def _rows(self, block: Rows) -> str:
        cells = (
            f'<tr><th scope="row" style="{_CELL};{_LABEL}">{self.safe(label)}'
            f'</th><td style="{_CELL};{_BREAKS}">{self._value(value, block.link)}</td></tr>'
            for label, value in block.rows
        )
        return _table(cells, f";{_QUIET}" if block.is_footnote else "")

    def _value(self, value: str, link: str) -> str:
        safe = self.safe(value)
        return f'<a href="{escape(link)}" style="color:inherit">{safe}</a>' if link and link in value else safe

    def _grid(self, block: Grid) -> str:
        if len(block.head) > _MOST_COLUMNS:
            return "\n".join(self._card(block, place) for place in range(len(block.rows)))
        head = "".join(f'<th scope="col" style="{_CELL}">{self.safe(one)}</th>' for one in block.head)
        rows = [f"<tr>{head}</tr>"]
        for place, row in enumerate(block.rows):
            stress = ";font-weight:600" if place in block.stressed else ""
            cells = (f'<td style="{_CELL}{stress}">{self.safe(cell)}</td>' for cell in row)
            rows.append(f"<tr>{''.join(cells)}</tr>")
            if pressed := self._pressed(block, place):
                rows.append(f'<tr><td colspan="{len(block.head)}" style="{_CELL}">{pressed}</td></tr>')
        return _table(rows)

    def _card(self, block: Grid, place: int) -> str:
        """A row of a wide table as a small list of its own, as in plain text; a dark bar at what presses most."""
        first, *rest = block.rows[place]
        labelled = tuple((label, cell) for label, cell in zip(block.head[1:], rest, strict=True) if cell)
        bar = _BAR.format("currentColor" if place in block.stressed else "rgba(128,128,128,.35)")
        head = f'<p style="margin:0"><strong>{place + 1}. {self.safe(first)}</strong></p>'
        pressed = self._pressed(block, place)
        parts = (head, self._rows(Rows(labelled)), f'<p style="margin:0">{pressed}</p>' if pressed else "")
        return f'<div style="{bar}">\n{"".join(parts)}\n</div>'

    def _pressed(self, block: Grid, place: int) -> str:
        return " ".join(
            f'<a href="{escape(url)}" style="{_BUTTON}">{self.safe(words)}</a>'
            for words, url in block.links.get(place, ())
        )


def _paragraph(inner: str) -> str:
    return f'<p style="margin:0 0 1em">{inner}</p>'


def _table(rows: Iterable[str], style: str = "") -> str:
    inner = "\n".join(rows)
    return f'<table style="border-collapse:collapse;margin:0 0 1em{style}">\n{inner}\n</table>'


def _bare(marked: str) -> str:
    return marked.replace('<bdi dir="ltr">', "").replace("<bdi>", "").replace("</bdi>", "")
