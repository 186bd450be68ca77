"""A process that looks at targets on demand and says what that cost: time, memory, and a neighbour's patience.

One JSON object a line in, one out; `Looker` is the parent's side.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import uvloop

from checks.network.network import Transport
from checks.network.resolver import Resolver
from tests.support.own_time import OwnTime
from tests.support.real_look import spec_of, surroundings
from watchdog.clock import system_clock
from watchdog.engine.runner import Surroundings, run_check

#: FAULTS rows 20 and 22.
LATE_S = 0.5
GROWTH_MIB = 20.0
#: What a busy machine may add to a healthy look beside the hostile one.
HEALTHY_S = 0.5

_ROOT = Path(__file__).parents[2]
_HEALTHY_EVERY_S = 0.05
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a look saw and what it cost, in time of the looker's own.

    `healthy_worst_s`: from the due time of a healthy check beside to its end.
    """

    status: str
    cause: str
    subject: str
    duration_s: float
    growth_mib: float
    healthy_worst_s: float
    healthy_all_ok: bool
    timeout_s: float
    others: tuple[tuple[str, str], ...] = ()
    """Status and cause of each finding but the first."""

    @property
    def excess(self) -> str:
        """By what the look went over its bounds; "" where it kept them."""
        over = {
            f"took {self.duration_s:.2f} s": self.duration_s > self.timeout_s + LATE_S,
            f"grew by {self.growth_mib:.1f} MiB": self.growth_mib >= GROWTH_MIB,
            "a healthy check beside it failed": not self.healthy_all_ok,
            f"a healthy check beside it took {self.healthy_worst_s:.2f} s": self.healthy_worst_s >= HEALTHY_S,
        }
        return ", ".join(text for text, is_over in over.items() if is_over)


class Looker:
    """The parent's side."""

    def __init__(self, healthy_port: int) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.look_child", str(healthy_port)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def look(self, kind: str, options: Mapping[str, object], timeout_s: float) -> Cost:
        """The first of three looks that keeps its bounds, or the last.

        What is wrong with a look is wrong each time; a machine that halts for a moment is not.
        """
        cost = self._look(kind, options, timeout_s)
        for _ in range(2):
            if cost.excess:
                cost = self._look(kind, options, timeout_s)
        return cost

    def _look(self, kind: str, options: Mapping[str, object], timeout_s: float) -> Cost:
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"kind": kind, "options": dict(options), "timeout_s": timeout_s}) + "\n")
        child.stdin.flush()
        said = json.loads(child.stdout.readline())
        return Cost(**{**said, "others": tuple(map(tuple, said["others"]))})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._child.communicate(timeout=60)


async def _serve(healthy_port: int) -> None:
    around = surroundings(Transport(Resolver(servers=()), system_clock))
    loop = asyncio.get_running_loop()
    # Everything is imported and built once before memory is measured.
    await _look(around, "http", {"url": f"http://127.0.0.1:{healthy_port}/"}, 5)
    await _look(around, "tls_certificate", {"host": "127.0.0.1", "port": healthy_port}, 5)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        cost = await _measured(around, healthy_port, order["kind"], order["options"], order["timeout_s"])
        sys.stdout.write(json.dumps(cost) + "\n")
        sys.stdout.flush()


async def _measured(
    around: Surroundings, healthy_port: int, kind: str, options: Mapping[str, object], timeout_s: float
) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    before = _reset_peak_bytes()
    healthy = loop.create_task(_look_on_time(around, healthy_port))
    own_time = OwnTime()
    started_s = own_time()
    finding, *others = await _look(around, kind, options, timeout_s)
    duration_s = own_time() - started_s
    own_time.close()
    await asyncio.sleep(0.1)
    healthy.cancel()
    worst_s, all_ok = await healthy
    return {
        "status": finding[0],
        "cause": finding[1],
        "subject": finding[2],
        "timeout_s": timeout_s,
        "duration_s": duration_s,
        "growth_mib": (_peak_bytes() - before) / _MIB,
        "healthy_worst_s": worst_s,
        "healthy_all_ok": all_ok,
        "others": [seen[:2] for seen in others],
    }


async def _look_on_time(around: Surroundings, healthy_port: int) -> tuple[float, bool]:
    """The healthy check again and again until cancelled; how late its worst answer was, and whether all were well."""
    own_time = OwnTime()
    worst_s, all_ok = 0.0, True
    try:
        while True:
            due_s = own_time() + _HEALTHY_EVERY_S
            await asyncio.sleep(_HEALTHY_EVERY_S)
            ((status, _, _),) = await _look(around, "http", {"url": f"http://127.0.0.1:{healthy_port}/"}, 60)
            worst_s, all_ok = max(worst_s, own_time() - due_s), all_ok and status == "ok"
    except asyncio.CancelledError:
        return worst_s, all_ok
    finally:
        own_time.close()


async def _look(
    around: Surroundings, kind: str, options: Mapping[str, object], timeout_s: float
) -> list[tuple[str, str, str]]:
    """Status, cause and subject of each finding."""
    spec = spec_of(kind, options, timeout_s)
    run = await run_check(spec, around, now=system_clock(), kept={}, timeout_s=timeout_s)
    findings = [seen.finding for seen in run.observations]
    return [(finding.status.value, finding.cause.value, finding.subject) for finding in findings]


def _reset_peak_bytes() -> int:
    """Set the high-water mark of resident memory to what it is now (proc(5)), and answer it."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_bytes()


def _peak_bytes() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(int(sys.argv[1])))
