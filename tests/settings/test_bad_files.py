"""One tiny file per mistake, with exactly what is said about it beside it."""

from pathlib import Path

import pytest

from tests.support.settings_files import own_registry
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    with pytest.raises(SettingsError) as caught:
        load(Path(file.name), own_registry(), {})
    assert f"{caught.value}\n" == file.with_suffix(".expected").read_text("utf-8")


def test_no_mistake_makes_a_value_public() -> None:
    for file in BAD:
        assert "canary" not in file.with_suffix(".expected").read_text("utf-8"), file.stem
