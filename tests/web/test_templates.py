"""Templates keep to what makes texts from targets harmless (FAULTS, security lines 13 to 15)."""

import re
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, UndefinedError

from watchdog.web import templating

FOLDER = Path(templating.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").iterdir())
FILES = sorted((FOLDER / "static").iterdir())

#: What would take a text for markup, run it, or load it from elsewhere.
FORBIDDEN = (
    r"\|\s*safe",
    r"autoescape",
    r"Markup",
    r"\bstyle=",
    r"<style",
    r"\bon[a-z]+=",
    r"javascript:",
    r"<script(?! src=\"/static/)",
    r"(src|href)=\"(?!/static/|/metrics\"|/telling\"|/note\"|/note/ur\"|/\"|\{\{ |#)",
    r"(src|href|class|id|aria-label)=[^\"]",
    r"{%\s*include",
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_lets_a_text_become_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [found.group() for rule in FORBIDDEN for found in re.finditer(rule, text)] == []


@pytest.mark.parametrize("text", ["{{ x|safe }}", "<p style=x>", "<a href='{{ x }}'>", '<img src="//evil.example/x">'])
def test_a_breach_would_be_found(text: str) -> None:
    assert any(re.search(rule, text) for rule in FORBIDDEN)


def test_texts_are_escaped_and_a_missing_one_is_an_error() -> None:
    environment = templating.environment()
    assert environment.autoescape is True
    assert environment.undefined is StrictUndefined
    page = environment.get_template("problem.html")
    assert "&lt;b&gt;" in page.render(status=1, phrase="<b>", words="x")
    with pytest.raises(UndefinedError):
        page.render(status=1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_static_files_load_nothing_and_are_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)|eval|innerHTML|document\.write", text)
    assert len(text) < 12_000
