"""`nigehban demo` as a person starts it: a child process whose terminal and temporary files a test can read."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.daemon_process import NIGEHBAN, clean_environ
from tests.support.peer import wait_until


@dataclass(frozen=True, slots=True)
class DemoChild:
    """One showing that has begun."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def shown(self) -> str:
        """All it has written to its terminal so far."""
        return (self.folder / "shown.txt").read_text("utf-8")

    @property
    def complained(self) -> str:
        """All it has written to standard error so far."""
        return (self.folder / "complained.txt").read_text("utf-8")

    def wait_shown(self, text: str, within_s: float = 200.0) -> None:
        """Return once `text` has been shown."""

        def is_shown() -> bool:
            assert self.process.poll() is None or text in self.shown, f"it ended:\n{self.shown}\n{self.complained}"
            return text in self.shown

        wait_until(is_shown, within_s, f"{text!r} was not shown:\n{self.shown}\n{self.complained}")

    def wait_end(self, within_s: float = 590.0) -> int:
        return self.process.wait(within_s)

    def interrupt(self) -> None:
        """Ctrl-C: the terminal signals the whole group in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def settings(self) -> str:
        """What its daemon reads."""
        (file,) = self.temporary.glob("*/nigehban.yaml")
        return file.read_text("utf-8")

    def daemons(self) -> list[int]:
        """Processes that run on this showing's folder."""
        return [int(place.name) for place in Path("/proc").glob("[0-9]*") if self._is_ours(place)]

    def _is_ours(self, place: Path) -> bool:
        try:
            command = (place / "cmdline").read_bytes()
        except OSError:
            return False  # it has just ended
        return os.fsencode(self.temporary) in command

    def left_behind(self) -> list[str]:
        """Processes and files that outlive it."""
        return [f"process {pid}" for pid in self.daemons()] + [path.name for path in self.temporary.iterdir()]


@contextlib.contextmanager
def running_demo(folder: Path, *, reading_s: float | None = None, under: Sequence[str] = ()) -> Iterator[DemoChild]:
    """The demo, gone at the end whatever happens; as `nigehban demo --once` does it, or at another reader's pace.

    `under` is a command to run it with (faketime …).
    """
    (folder / "tmp").mkdir()
    paced = f"import sys; from watchdog.demo.main import demo; sys.exit(demo(reading_s={reading_s}))"
    command = [*under, *([str(NIGEHBAN), "demo", "--once"] if reading_s is None else [sys.executable, "-c", paced])]
    with (folder / "shown.txt").open("wb") as shown, (folder / "complained.txt").open("wb") as complained:
        process = subprocess.Popen(
            command,
            env=clean_environ({"TMPDIR": str(folder / "tmp")}),
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=complained,
            start_new_session=True,
        )
    demo = DemoChild(process, folder)
    try:
        yield demo
    finally:
        for pid in (*demo.daemons(), process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
