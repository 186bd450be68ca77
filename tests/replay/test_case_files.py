"""Cases of one's own: a path in place of a name, and what is wrong with a file said so that it can be mended."""

from importlib.resources import files
from pathlib import Path

import pytest

from watchdog.cli.main import execute
from watchdog.replay.case import CASES, CaseError, read_case


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is shipped, to be changed."""
    for name in ("estate-2017.yaml", "kp-2017.yaml"):
        (tmp_path / name).write_text(files(CASES).joinpath(name).read_text("utf-8"), "utf-8")
    return tmp_path


def change(path: Path, before: str, after: str) -> Path:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    return path


def test_a_path_works_in_place_of_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["replay", str(folder / "kp-2017.yaml")]) == 0
    of_path = capsys.readouterr().out
    assert execute(["replay", "kp-2017"]) == 0
    assert capsys.readouterr().out == of_path


def test_an_estate_that_does_not_watch_how_it_pays_fails_the_judgements(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = folder / "estate-2017.yaml"
    text = estate.read_text("utf-8")
    begin, end = text.index("\nbilling:"), text.index("\nmail:")
    estate.write_text(text[:begin] + text[end:], "utf-8")
    assert execute(["replay", str(folder / "kp-2017.yaml")]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_a_block_that_nobody_wrote_down_is_no_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = folder / "kp-2017.yaml"
    text = case.read_text("utf-8")
    begin, end = text.index("  - day: 2017-09-25"), text.index("  - day: 2017-10-19")
    case.write_text(text[:begin] + text[end:], "utf-8")
    assert execute(["replay", str(case)]) == 0
    assert "nothing was blocked" in capsys.readouterr().out


def test_a_name_that_is_none_lists_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["replay", "kp-2018"]) == 2
    told = capsys.readouterr().err
    assert "kp-2018 is neither a file nor a case" in told
    assert "kp-2017-late-bill" in told


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("basis: reported\n    turn: cut-off", "basis: perhaps\n    turn: cut-off", "happenings.3.basis"),
        ("    turn: cut-off\n", "", "one happening is the cut-off"),
        ("begins: 2017-07-20", "begins: 2017-08-20", "begins and ends lie around all happenings"),
        ("ends: 2017-11-03", "ends: 2027-11-03", "days at most"),
        ("day: 2017-08-23", "day: 2017-12-23", "happenings stand in the order of time"),
        ("what: It is due", "hwat: It is due", "happenings.1"),
    ],
)
def test_what_is_wrong_with_a_case_is_said(folder: Path, before: str, after: str, why: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(str(change(folder / "kp-2017.yaml", before, after)))
    assert why in str(refused.value)


@pytest.mark.parametrize("text", ["{", "- 1\n", "\x00", "a: &a [*a]\n", "[" * 5000])
def test_what_is_no_case_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text)
    with pytest.raises(CaseError):
        read_case(str(path))


def test_a_happening_that_cannot_go_on_record_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder / "kp-2017.yaml", "block: account-attached", "block: attached")
    assert execute(["replay", str(folder / "kp-2017.yaml")]) == 2
    assert "block: no block is called so" in capsys.readouterr().err
