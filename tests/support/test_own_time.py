import asyncio
import subprocess
import sys
import time
from pathlib import Path

from tests.support.own_time import OwnTime, OwnTimeLoop

ROOT = Path(__file__).parents[2]


def test_sleep_is_time_of_ours() -> None:
    own = OwnTime()
    began_s, began_wall_s = own(), time.monotonic()
    time.sleep(0.2)
    assert own() - began_s <= time.monotonic() - began_wall_s
    own.close()


def test_waiting_for_a_core_is_no_time_of_ours() -> None:
    """Two processes on one core: each has about half of it."""
    program = (
        "import os, time\n"
        "from tests.support.own_time import OwnTime\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "own = OwnTime()\n"
        "began_s, began_wall_s, end_s = own(), time.monotonic(), own() + 0.5\n"
        "while own() < end_s: pass\n"
        "print(time.monotonic() - began_wall_s, own() - began_s)\n"
    )
    pair = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = [list(map(float, one.communicate(timeout=60)[0].split())) for one in pair]
    assert max(wall_s - own_s for wall_s, own_s in told) > 0.05


def test_a_loop_sleeps_in_own_time() -> None:
    async def scene() -> float:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        await asyncio.sleep(0.1)
        return loop.time() - began_s

    with asyncio.Runner(loop_factory=OwnTimeLoop) as runner:
        assert runner.run(scene()) >= 0.099
