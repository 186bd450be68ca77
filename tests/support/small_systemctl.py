"""As much of systemctl as the notes of installation need, over the unit as installed: `small_systemctl.py ROOT …`.

Everything lies under ROOT. A start returns when the daemon has said READY=1, as `Type=notify` has it, a reload runs
ExecReload= and passes its exit code on, credentials are copied at the start. Sandboxing is for others to try.
"""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN_S = 60.0
GONE_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Service:
    """The unit `nigehban` of a root file system that is a folder."""

    root: Path

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def pid_file(self) -> Path:
        return self.root / "pid"

    def values(self, key: str) -> Iterator[str]:
        """Of the unit and its drop-ins, in order."""
        unit = self.root / "etc/systemd/system/nigehban.service"
        for path in (unit, *sorted(unit.with_name("nigehban.service.d").glob("*.conf"))):
            for line in path.read_text("utf-8").splitlines():
                if line.partition("=")[0] == key:
                    yield line.partition("=")[2]

    def command(self, key: str) -> list[str]:
        (line,) = self.values(key)
        words = shlex.split(line.replace("$MAINPID", str(self.pid or "")))
        return [str(self.root / words[0][1:]) if words[0].startswith("/opt/") else words[0], *words[1:]]

    @property
    def pid(self) -> int | None:
        """Of the daemon, while it lives."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.pid_file.read_text())
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return None if state == "Z" else pid
        return None

    def environment(self) -> dict[str, str]:
        state, runtime, credentials = (self.root / path for path in ("var/lib/nigehban", "run/nigehban", "credentials"))
        for folder in (state, runtime):
            folder.mkdir(0o750, parents=True, exist_ok=True)
        state.chmod(0o700)
        own = {
            "PATH": "/usr/bin:/bin",
            "NIGEHBAN_CONFIG": str(self.root / "etc/nigehban"),
            "STATE_DIRECTORY": str(state),
            "RUNTIME_DIRECTORY": str(runtime),
        }
        shutil.rmtree(credentials, ignore_errors=True)
        for name, _, path in (value.partition(":") for value in self.values("LoadCredential")):
            credentials.mkdir(0o700, exist_ok=True)
            shutil.copy(path, credentials / name)
            (credentials / name).chmod(0o400)
            own["CREDENTIALS_DIRECTORY"] = str(credentials)
        return own

    def start(self) -> int:
        if self.pid is not None:
            return 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, self.journal.open("ab") as journal:
            place = self.root / "notify"
            place.unlink(missing_ok=True)
            manager.bind(str(place))
            manager.settimeout(READY_WITHIN_S)
            environment = {**self.environment(), "NOTIFY_SOCKET": str(place)}
            started = subprocess.Popen(
                self.command("ExecStart"), env=environment, stdout=journal, stderr=journal, start_new_session=True
            )
            self.pid_file.write_text(str(started.pid))
            try:
                while b"READY=1" not in manager.recv(4096).split(b"\n"):
                    pass
            except TimeoutError:
                started.kill()
                return 1
        return 0

    def stop(self) -> int:
        if (pid := self.pid) is None:
            return 0
        os.kill(pid, signal.SIGTERM)
        give_up_s = time.monotonic() + GONE_WITHIN_S
        while self.pid is not None:
            if time.monotonic() > give_up_s:
                os.kill(pid, signal.SIGKILL)
                return 1
            time.sleep(0.05)
        return 0

    def reload(self) -> int:
        with self.journal.open("ab") as journal:
            ended = subprocess.run(
                self.command("ExecReload"), env=self.environment(), stdout=journal, stderr=journal, check=False
            )
        return ended.returncode


def main(root: Path, words: list[str]) -> int:
    service, verb = Service(root), words[0]
    if verb in {"enable", "disable"}:
        assert "--now" in words, "not as the notes have it"
    acts: dict[str, Callable[[], int]] = {
        "start": service.start,
        "enable": service.start,
        "disable": service.stop,
        "stop": service.stop,
        "restart": lambda: service.stop() or service.start(),
        "reload": service.reload,
        "daemon-reload": int,
    }
    return acts[verb]()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
