"""The notes of installation, followed to the letter in an empty folder: they lead to a daemon that watches.

The commands are the document's own. Paths are moved into the folder, and systemctl and journalctl are stood in for,
since no service manager runs here; all else is what an administrator has.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import small_systemctl
from tests.support.certificates import Authority
from tests.support.peer import free_port, wait_until
from tests.support.small_estate import prompt, small_estate
from tests.support.small_systemctl import Service
from tests.support.smtp_sink import SmtpSink, server_tls
from tests.support.tree import ROOT, tracked

NOTES = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")

_MOVED = re.compile(r"(?<![\w./])/(?=(?:opt|etc|var|usr/local|run)/)")


def commands(heading: str) -> str:
    """What stands in the shell blocks of one section."""
    _, found, rest = NOTES.partition(f"\n## {heading}\n")
    assert found, f"no section {heading}"
    section = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return "".join(re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


@dataclass(frozen=True)
class FreshRoot:
    """An empty root file system that is a folder, and an administrator at work in it."""

    folder: Path

    @property
    def service(self) -> Service:
        return Service(self.folder)

    @property
    def settings(self) -> Path:
        return self.folder / "etc" / "nigehban" / "nigehban.yaml"

    def moved(self, text: str) -> str:
        return _MOVED.sub(f"{self.folder}/", text)

    def make(self) -> None:
        for path in ("etc/systemd/system", "usr/local/bin", "var/lib", "var/backups", "opt", "bin"):
            (self.folder / path).mkdir(parents=True)
        self.stand_in("systemctl", f'exec "{sys.executable}" "{small_systemctl.__file__}" "{self.folder}" "$@"')
        self.stand_in("journalctl", f'exec cat "{self.folder}/journal"')
        self.stand_in("systemd-sysusers", f'PATH=/usr/bin:/bin; exec systemd-sysusers "--root={self.folder}"')

    def stand_in(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, script: str, pasted: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """As root types it, in the folder of a release."""
        places = [self.folder / "usr/local/bin", self.folder / "bin", Path(sys.executable).resolve().parent]
        environment = {
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "LANG"))},
            "PATH": os.pathsep.join([*map(str, places), "/usr/bin", "/bin", "/usr/sbin", "/sbin"]),
            "NIGEHBAN_CONFIG": str(self.settings.parent),
            "NIGEHBAN_STATE": str(self.folder / "var/lib/nigehban"),
        }
        command = ["bash", "-euc", self.with_pasted(self.moved(script), pasted)]
        release = self.folder / "release"
        return subprocess.run(
            command, cwd=release, env=environment, capture_output=True, text=True, timeout=240, check=False
        )

    def with_pasted(self, script: str, pasted: Sequence[str]) -> str:
        """What is pasted at a terminal comes from files here, one for each /dev/stdin."""
        for number, text in enumerate(pasted):
            path = self.folder / f"pasted-{number}"
            path.write_text(f"{text}\n")
            script = script.replace("/dev/stdin", str(path), 1)
        return script

    def follow(self, heading: str, pasted: Sequence[str] = ()) -> str:
        """Do what a section says; its output. AssertionError where a command fails."""
        ended = self.run(commands(heading), pasted)
        assert ended.returncode == 0, f"{heading}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def python(self, code: str) -> str:
        """Run in the installed environment, which sees nothing of this checkout."""
        command = [str(self.folder / "opt/nigehban/bin/python"), "-I", "-c", code]
        ended = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[FreshRoot]:
    root = FreshRoot(tmp_path)
    root.make()
    release = tmp_path / "release"
    for path in tracked():
        if path.startswith(("systemd/", "requirements/")):
            (release / path).parent.mkdir(parents=True, exist_ok=True)
            (release / path).write_bytes((ROOT / path).read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(release / "dist"), str(ROOT)]
    subprocess.run(build, capture_output=True, timeout=120, check=True)
    try:
        yield root
    finally:
        root.service.stop()


#: Every module but those of the demo, whose own requirements are an extra, and of migrations, which Alembic runs.
IMPORT_ALL = """
import importlib, pkgutil
for package in ("checks", "alerts", "watchdog"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.startswith(("watchdog.demo", "watchdog.store.migrations")):
            importlib.import_module(found.name)
import watchdog
print(watchdog.__path__[0])
"""

SETTINGS = """\
estate: {{name: Office of A, time_zone: Asia/Karachi}}
receivers: {{ops: {{channels: [{{kind: mail, to: [noc@office.example]}}, {{kind: webhook, url: !secret oncall_url}}]}}}}
mail: {{relay: 127.0.0.1, port: {mail}, ca_file: {ca}, user: nigehban, password: !secret relay_password,
  from: nigehban@office.example}}
routes: [{{match: {{}}, to: [ops]}}]
checks: [{{id: "{check}", kind: http, url: "{url}", interval: 1s}}]
listen: 127.0.0.1:{port}
"""


@pytest.mark.peer
@pytest.mark.slow
def test_the_notes_lead_from_an_empty_folder_to_a_daemon_that_watches_and_away_again(
    fresh: FreshRoot, tmp_path: Path
) -> None:
    fresh.follow("The program")
    assert_whole(fresh)
    fresh.follow("First settings")
    fresh.follow("The service")
    fresh.follow("A time service")
    assert "nigehban:" in (fresh.folder / "etc/group").read_text()
    authority = Authority.root(tmp_path)
    sink, (path,) = SmtpSink({"nigehban": "s3cret"}), prompt(1)
    with small_estate(tmp_path, sink, tls=server_tls(authority.leaf("127.0.0.1"))) as here:
        port = free_port()
        fresh.settings.write_text(
            SETTINGS.format(mail=sink.port, ca=authority.ca_file, check=path[1:], url=here.pages.url(path), port=port)
        )
        fresh.follow("Credentials", ["s3cret", here.hook.url("/t0ken")])
        fresh.follow("Start")
        assert [posted.path for posted in here.hook.posted] == ["/t0ken"]
        assert sink.logged_in
        wait_until(lambda: here.pages.looks > 2, 60, "it does not look")
        told = fresh.follow("Day by day")
        assert {"watching", "settings reloaded"} <= set(logged(fresh))
        assert "answers 200" in told
        assert_refuses_what_is_wrong(fresh)
        before = fresh.service.pid
        fresh.follow("Backup, upgrade, going back")
        assert fresh.service.pid not in {None, before}
        looks = here.pages.looks
        wait_until(lambda: here.pages.looks > looks + 2, 60, "it looks no more")
        fresh.follow("Removal")
    assert fresh.service.pid is None
    assert not (fresh.folder / "opt/nigehban").exists()
    assert (fresh.folder / "var/lib/nigehban/nigehban.sqlite3").exists()
    assert "s3cret" not in fresh.service.journal.read_text()


def assert_refuses_what_is_wrong(fresh: FreshRoot) -> None:
    """A reload that is refused fails for whoever asked, with the reason and its place."""
    good = fresh.settings.read_text()
    fresh.settings.write_text(good.replace("kind: http", "kind: htpt"))
    assert fresh.run("systemctl reload nigehban").returncode == 1
    assert f"{fresh.settings}:6:" in fresh.service.journal.read_text().partition("no such kind; did you mean http")[0]
    fresh.settings.write_text(good)
    assert fresh.run("systemctl reload nigehban").returncode == 0


def logged(fresh: FreshRoot) -> list[str]:
    lines = fresh.service.journal.read_text().splitlines()
    return [json.loads(line)["event"] for line in lines if line.startswith("{")]


def assert_whole(fresh: FreshRoot) -> None:
    """What is installed needs nothing but its requirements, and has all that it reads."""
    site = Path(fresh.python(IMPORT_ALL).strip()).parent
    assert site.is_relative_to(fresh.folder)
    packages = ("watchdog/", "checks/", "alerts/")
    for path in tracked():
        if path.startswith(packages):
            assert (site / path).read_bytes() == (ROOT / path).read_bytes(), path
    for path in tracked():
        if path.startswith("config/"):
            assert (site / "watchdog/examples" / path.removeprefix("config/")).is_file(), path
