"""The real `nigehban run` as a child process: started, signalled, scraped, read, and never left behind."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.peer import wait_for_port, wait_until
from watchdog.store.lock import LOCK_NAME

ROOT = Path(__file__).parents[2]
NIGEHBAN = Path(sys.executable).with_name("nigehban")

#: A busy machine takes its time to import everything.
READY_WITHIN_S = 60.0

_SERIES = re.compile(r"(?P<name>[a-z_:]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")


@dataclass(frozen=True, slots=True)
class Home:
    """Where one estate's settings, state and logs lie."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "nigehban.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def database(self) -> Path:
        return self.state / "nigehban.sqlite3"

    def write(self, text: str) -> None:
        """Take `text` as the settings; metrics go to a free port unless it says where."""
        listen = "" if "\nlisten:" in f"\n{text}" else "listen: 127.0.0.1:0\n"
        self.settings.write_text(text + listen, "utf-8")

    def arguments(self, *verb: str) -> list[str]:
        where = ["--config", str(self.settings)]
        return [str(NIGEHBAN), *verb, *where, *([] if verb[0] == "config" else ["--state", str(self.state)])]

    def call(self, *verb: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """One verb of the command line, from beginning to end."""
        return subprocess.run(
            self.arguments(*verb), env=clean_environ(environ), capture_output=True, text=True, timeout=60, check=False
        )


def clean_environ(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the developer's own settings reaches a daemon under test, and its code is that of this checkout."""
    own = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(more or {})}
    return {**own, "PYTHONPATH": os.pathsep.join([str(ROOT), own.get("PYTHONPATH", "")]).rstrip(os.pathsep)}


@dataclass(slots=True)
class DaemonProcess:
    """One life of one daemon."""

    home: Home
    log_file: Path
    process: subprocess.Popen[bytes]
    _address: str | None = field(default=None)

    # Life -----------------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The daemon's own number, also where something stands between it and us (strace)."""
        lock = self.home.state / LOCK_NAME
        text = lock.read_text().strip() if lock.exists() else ""
        # A daemon that was killed has left its number there.
        with contextlib.suppress(ProcessLookupError):
            if text and os.getpgid(int(text)) == self.process.pid:
                return int(text)
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        return self.process.poll()

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return once its metrics answer; AssertionError with its log where it ended instead."""
        self.wait_log("watching", within_s)
        self.scrape()

    def wait_end(self, within_s: float = 60.0) -> int:
        """Its exit code; negative for the signal that killed it."""
        return self.process.wait(within_s)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """As the kernel or a power cut would: nothing of it is told."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, within_s: float = 60.0) -> int:
        """Ask it to stop, and answer its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait_end(within_s)

    # Log ------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All it has written to standard error."""
        return self.log_file.read_text("utf-8", "replace")

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The fields of each whole line of this event, oldest first."""
        whole = (line for line in self.text.splitlines(keepends=True) if line.endswith("}\n") and line[0] == "{")
        return [fields for line in whole if (fields := json.loads(line))["event"] == event]

    def wait_log(self, event: str, within_s: float = 60.0, *, count: int = 1) -> dict[str, Any]:
        """The `count`-th line of this event, once it is there."""

        def is_there() -> bool:
            assert self.exit_code is None or len(self.logged(event)) >= count, f"it ended:\n{self.text}"
            return len(self.logged(event)) >= count

        wait_until(is_there, within_s, f"no {event!r} in the log:\n{self.text}")
        return self.logged(event)[count - 1]

    # Metrics --------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Where metrics are, as the log says."""
        if self._address is None:
            self._address = str(self.wait_log("watching")["metrics"])
        return self._address

    def use_address(self, address: str, within_s: float = READY_WITHIN_S) -> None:
        """Where the settings put metrics, for a daemon whose log cannot be read; returns once they answer."""
        self._address = address
        wait_for_port(int(address.rpartition(":")[2]), within_s=within_s)

    def scrape(self) -> str:
        host, _, port = self.address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.read().decode()
        finally:
            connection.close()

    def series(self, name: str, **labels: str) -> list[float]:
        """Values of nigehban_`name` whose labels include `labels`."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return [
            float(found["value"])
            for line in self.scrape().splitlines()
            if (found := _SERIES.fullmatch(line)) is not None
            and found["name"] == f"nigehban_{name}"
            and all(label in (found["labels"] or "") for label in wanted)
        ]

    def wait_series(self, name: str, value: float, within_s: float = 60.0, *, count: int = 1, **labels: str) -> None:
        """Return once at least `count` such series have this value."""
        wait_until(
            lambda: self.series(name, **labels).count(value) >= count,
            within_s,
            f"fewer than {count} of {name} {labels} became {value}; the log:\n{self.text}",
        )


def start(
    home: Home,
    *,
    environ: Mapping[str, str] | None = None,
    under: Sequence[str] = (),
    stderr: int | None = None,
    log_name: str = "",
    debug: bool = False,
) -> DaemonProcess:
    """Start it and return at once; whoever calls must end it. `under` is a command to run it with (strace …).

    Its log goes to a file of its own in the folder, or to the descriptor `stderr`.
    """
    number = len(list(home.folder.glob("daemon-*.log")))
    log_file = home.folder / (log_name or f"daemon-{number}.log")
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [*under, *home.arguments("run"), *(["--debug"] if debug else [])],
            env=clean_environ(environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log if stderr is None else stderr,
            # A group of its own, so that it can be ended together with whatever it runs under.
            start_new_session=True,
        )
    return DaemonProcess(home, log_file, process)


@contextlib.contextmanager
def running_daemon(
    home: Home,
    *,
    environ: Mapping[str, str] | None = None,
    under: Sequence[str] = (),
    stderr: int | None = None,
    log_name: str = "",
    debug: bool = False,
    ready: bool = True,
) -> Iterator[DaemonProcess]:
    """A daemon that is ready, unless not asked for, and that is gone at the end whatever happens."""
    daemon = start(home, environ=environ, under=under, stderr=stderr, log_name=log_name, debug=debug)
    try:
        if ready:
            daemon.wait_ready()
        yield daemon
    finally:
        daemon.kill()
