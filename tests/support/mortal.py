"""A script of the store that is killed at any system call: one program has read it, and each life is a child's."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.support import mortal_child
from tests.support.mortal_child import LAST, Asked
from tests.support.peer import installed

KILLED: Final = 137
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a life ended, and the lines said before."""

    code: int
    said: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.code == 0


def ran_to(code: int, said: str, error: str) -> Ran:
    """To its end, to an error of the store that the script told of, or to its kill; to nothing else."""
    code = KILLED if code in {KILLED, -9} else code
    assert code in {0, 3, KILLED}, error
    return Ran(code, tuple(said.split("\n")[:-1]))


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Mortal:
    """A script, ready to live any number of lives."""

    process: subprocess.Popen[str]
    call: str

    def run(self, folder: Path, *arguments: str, dies_at: int = LAST) -> Ran:
        """Its `main` in that folder, killed as it makes the call for the `dies_at`th time."""
        assert 0 < dies_at <= LAST
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = Asked(str(folder), arguments, self.call, dies_at)
        self.process.stdin.write(f"{json.dumps(asdict(asked))}\n")
        self.process.stdin.flush()
        return ran_to(**json.loads(self.process.stdout.readline()))


def killing(call: str) -> list[str]:
    """Not with --seccomp-bpf: strace cannot send a signal from where that stops a process."""
    only, inject = f"trace={call}", f"inject={call}:signal=KILL:when={LAST}"
    return [installed("strace"), "-f", "-o", "/dev/null", "-e", only, "-e", inject]


@contextmanager
def mortal(script: ModuleType, call: str = "") -> Iterator[Mortal]:
    """Without a call, nothing kills it."""
    command = [*(killing(call) if call else []), sys.executable, mortal_child.__file__, script.__name__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), process_group=0
    ) as process:
        try:
            yield Mortal(process, call)
        except BaseException:  # a life that hangs would be waited for without end
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0
