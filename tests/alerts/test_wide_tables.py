"""A table wider than a phone is no table there: as HTML, too, each row is a small list of its own."""

from alerts.route import Language
from alerts.words.blocks import Grid
from alerts.words.html import html

_HEAD = ("Bill", "Vendor", "Amount", "Due", "Lies", "State")
_ROWS = (
    ("INV-7", "Acme <Mail>", "Rs 134,000", "Tue 26 Sep 2017", "", "overdue"),
    ("INV-8", "Zeta", "Rs 2", "Thu 2 Nov 2017", "pre-audit", "due"),
)


def page(grid: Grid) -> str:
    return html("DIGEST", [grid], Language.ENGLISH)


def test_a_narrow_table_stays_a_table() -> None:
    told = page(Grid(_HEAD[:5], tuple(row[:5] for row in _ROWS)))
    assert told.count('scope="col"') == 5
    assert told.count("<table") == 1


def test_each_row_of_a_wide_one_has_its_labels_beside_it() -> None:
    told = page(Grid(_HEAD, _ROWS))
    assert told.count("<table") == 2
    assert 'scope="col"' not in told
    assert "<strong>1. INV-7</strong>" in told
    assert "<strong>2. INV-8</strong>" in told


def test_nothing_is_said_of_what_is_empty() -> None:
    first, second = page(Grid(_HEAD, _ROWS)).split("<strong>2.")
    assert ">Lies<" not in first
    assert ">Lies<" in second


def test_what_presses_most_has_a_bar_as_dark_as_letters() -> None:
    first, second = page(Grid(_HEAD, _ROWS, frozenset({0}))).split("<strong>2.")
    assert "solid currentColor" in first
    assert "solid currentColor" not in second


def test_links_stand_under_their_row() -> None:
    told = page(Grid(_HEAD, _ROWS, links={1: (("Received", "https://nigehban.example/answer/x"),)}))
    assert told.index("2. INV-8") < told.index("https://nigehban.example/answer/x")
    assert told.count("<a ") == 1


def test_markup_in_a_cell_is_shown() -> None:
    assert "Acme &lt;Mail&gt;" in page(Grid(_HEAD, _ROWS))
