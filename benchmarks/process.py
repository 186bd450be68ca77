"""Processes on cores of their own, and the CPU time they use."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")

#: Of /proc/PID/stat, counted behind the name in brackets: utime and stime of the whole process (proc(5)).
_UTIME, _STIME = 11, 12


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for the prober under measurement, the others for everything else."""

    prober: int
    others: frozenset[int]

    @staticmethod
    def split() -> "Cores":
        allowed = sorted(os.sched_getaffinity(0))
        return Cores(allowed[-1], frozenset(allowed[:-1] or allowed))


@contextmanager
def running(
    command: Sequence[str | Path], cores: Sequence[int], log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`command` on `cores` from its very start (a Go program counts its cores then), ended with SIGTERM."""
    pinned = ["taskset", "--cpu-list", ",".join(map(str, cores)), *map(str, command)]
    with log.open("wb") as out:
        process = subprocess.Popen(pinned, stdout=out, stderr=out, env={**os.environ, **(environ or {})})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def cpu_s(pid: int) -> float:
    """User + system time of a process, all its threads included, those that ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) * _TICK_S


def family_cpu_s(pid: int) -> float:
    """The same of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_s(pid) + sum(cpu_s(int(child)) for child in children)


def resident_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"/proc/{pid}/status has no VmRSS")


def child_cpu_s(command: Sequence[str | Path], core: int) -> float:
    """User + system time of one short command on `core`; it must succeed."""
    words = [str(word) for word in command]
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
        pid = os.posix_spawn(words[0], words, os.environ, file_actions=silent)
    finally:
        os.sched_setaffinity(0, before)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime
