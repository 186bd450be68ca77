"""Small settings for tests: written to a file, loaded with the kinds of this house."""

from pathlib import Path

from checks.registry import Registry, load_registry
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings

HEAD = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
receivers: {ops: {channels: [{kind: webhook, url: https://hooks.example.org/x}]}}
routes: [{match: {}, to: [ops]}]
"""


def own_registry() -> Registry:
    return load_registry(())


def load_text(folder: Path, text: str, registry: Registry | None = None) -> Settings:
    """The settings that `text` means, written into `folder`; with our own kinds unless told otherwise."""
    file = folder / "nigehban.yaml"
    file.write_text(text, "utf-8")
    return load(file, registry or own_registry(), {})


def problems_of(folder: Path, text: str) -> list[str]:
    """Path and text of every problem; none where the settings load."""
    try:
        load_text(folder, text)
    except SettingsError as error:
        return [str(problem).removeprefix(f"{folder}/nigehban.yaml:") for problem in error.problems]
    return []
