"""What is released: two builds of one commit are the same bytes, and the wheel holds what it must."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.tree import ROOT, tracked

pytestmark = pytest.mark.slow

#: Some moment after 1980, the first year a zip archive knows.
EPOCH = "1700000000"


def copy_of_tree(folder: Path) -> Path:
    for path in tracked():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    (folder / "config").mkdir(exist_ok=True)
    return folder


def built(folder: Path) -> dict[str, Path]:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "out"), str(folder)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONWARNINGS": ""}
    subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=True)
    return {path.name: path for path in (folder / "out").iterdir()}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_builds_are_equal_and_the_wheel_holds_the_three_packages(tmp_path: Path) -> None:
    first, second = (built(copy_of_tree(tmp_path / name)) for name in ("first", "elsewhere"))
    assert {name: digest(path) for name, path in first.items()} == {name: digest(path) for name, path in second.items()}
    (wheel,) = (path for name, path in first.items() if name.endswith(".whl"))
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert {f"{package}/__init__.py" for package in ("watchdog", "checks", "alerts")} <= held
    expected = {path for path in tracked() if path.startswith(("watchdog/", "checks/", "alerts/"))}
    examples = {f"watchdog/examples/{path.removeprefix('config/')}" for path in tracked() if path.startswith("config/")}
    assert expected | examples <= held
    assert not {name for name in held if name.startswith(("tests/", "benchmarks/", "docs/"))}


def test_the_bill_of_materials_names_every_locked_package(tmp_path: Path) -> None:
    target = tmp_path / "bom.json"
    tool = Path(sys.executable).parent / "cyclonedx-py"
    command = [
        str(tool),
        "requirements",
        "requirements/core.txt",
        "--output-reproducible",
        "--output-file",
        str(target),
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=True)
    named = {component["name"] for component in json.loads(target.read_text(encoding="utf-8"))["components"]}
    locked = (ROOT / "requirements" / "core.txt").read_text(encoding="utf-8")
    assert named == {line.partition("==")[0] for line in locked.splitlines() if "==" in line and line[0].isalnum()}
