"""All pairs of a kind and a peer, as docs/checks.md shows them."""

from collections.abc import Sequence
from pathlib import Path

from tests.support.matrix.bills import BILLS
from tests.support.matrix.grid import Grid
from tests.support.matrix.listeners import PLAIN, STARTTLS, WRAPPED
from tests.support.matrix.looks import Pair
from tests.support.matrix.mailboxes import IMAP, POP3
from tests.support.matrix.name_servers import OVER_TCP, OVER_UDP
from tests.support.matrix.pages import PAGES
from tests.support.matrix.registries import REGISTRIES

PAGE = Path(__file__).parents[3] / "docs" / "checks.md"

GRIDS: Sequence[Grid] = (PLAIN, WRAPPED, STARTTLS, PAGES, IMAP, POP3, OVER_UDP, OVER_TCP, REGISTRIES, BILLS)

_BEGIN, _END = "<!-- matrix: begins -->\n", "<!-- matrix: ends -->\n"


def table(pairs: Sequence[Pair]) -> str:
    """As Markdown, a table for each grid."""
    verdicts: dict[str, dict[tuple[str, str], str]] = {}
    for pair in pairs:
        of_grid = verdicts.setdefault(pair.cell.grid.title, {})
        of_grid[pair.cell.peer, pair.cell.face.title] = pair.verdict
    return "\n".join(grid.shown(verdicts.get(grid.title, {})) for grid in GRIDS)


def written() -> str:
    """The table as the page has it."""
    return PAGE.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]


def peers_told_otherwise(text: str) -> set[str]:
    """Those of whose rows the page says something else than `text`."""
    return {row[2:].partition(" |")[0] for row in {*text.splitlines()} - {*written().splitlines()} if row[:2] == "| "}


def write(text: str) -> None:
    """Put `text` in its place on the page."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    PAGE.write_text(before + begin + text + end + after, encoding="utf-8")
