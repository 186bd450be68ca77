"""A second owner of our import packages is named, with the way out."""

import sys
from pathlib import Path

import pytest

from watchdog.ownership import installed_owners, second_owners


def install(site: Path, distribution: str, package: str) -> None:
    """What a wheel leaves behind, as far as the metadata tells who owns what."""
    info = site / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", encoding="utf-8")
    (info / "RECORD").write_text(f"{package}/__init__.py,,\n{info.name}/METADATA,,\n", encoding="utf-8")


def test_nobody_else_owns_our_packages_here() -> None:
    assert second_owners(installed_owners()) == []


def test_a_namesake_that_is_installed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "watchdog", "watchdog")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (text,) = second_owners(installed_owners())
    assert "'watchdog' of nigehban is also installed by watchdog" in text
    assert "pip uninstall watchdog && pip install --force-reinstall --no-deps nigehban" in text


def test_being_listed_ourselves_is_no_clash() -> None:
    assert second_owners({"watchdog": ["nigehban"], "checks": ["Nigehban"], "yaml": ["PyYAML"]}) == []


def test_every_package_with_a_second_owner_has_its_text() -> None:
    texts = second_owners({"checks": ["nigehban", "checks", "other"], "alerts": ["alerts"]})
    assert [("checks, other" in text, "by alerts" in text) for text in texts] == [(True, False), (False, True)]
