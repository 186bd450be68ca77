"""Links in the settings: a key that is a secret, an address to lead to, a time that makes sense."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, load_text, problems_of
from watchdog.links import links_of

PUBLIC = HEAD.replace("time_zone: Asia/Karachi", "time_zone: Asia/Karachi, public_url: https://status.example.gov.pk")


def key(folder: Path, text: str) -> str:
    """The line of settings that names a key of `text`."""
    file = folder / "key"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    return f"links: {{key: !secret-file {file}}}\n"


def test_links_are_made_by_the_key_for_the_public_address(tmp_path: Path) -> None:
    links = links_of(load_text(tmp_path, PUBLIC + key(tmp_path, "k" * 32)))
    assert links is not None
    assert (links.base_url, links.key, links.valid) == ("https://status.example.gov.pk", b"k" * 32, timedelta(hours=48))


def test_without_the_section_there_are_none(tmp_path: Path) -> None:
    assert links_of(load_text(tmp_path, PUBLIC)) is None


def test_links_need_an_address_to_lead_to(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, HEAD + key(tmp_path, "k" * 32))
    assert "links lead to the pages; say under which address" in problem


def test_a_key_in_clear_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, f"{PUBLIC}links: {{key: {'z' * 40}}}\n")
    assert "!secret" in problem
    assert "zzz" not in problem


@pytest.mark.parametrize("valid", ["1m", "15d", "soon"])
def test_a_time_that_makes_no_sense_is_refused(tmp_path: Path, valid: str) -> None:
    line = key(tmp_path, "k" * 32).replace("}", f", valid: {valid}}}")
    assert len(problems_of(tmp_path, PUBLIC + line)) == 1


@pytest.mark.parametrize("text", ["short", ""])
def test_a_key_of_no_use_leaves_messages_without_links(tmp_path: Path, text: str) -> None:
    assert links_of(load_text(tmp_path, PUBLIC + key(tmp_path, text))) is None
