import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.herd_child import CHECKS_PER_SIDE, TIMEOUT_S, Herd
from tests.support.hostile import HEALTHY, HostileHost, tarpit

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_five_hundred_tarpits_among_a_thousand_checks_make_nobody_late(host: HostileHost, tmp_path: Path) -> None:
    """FAULTS row 21."""
    hosts_file = tmp_path / "hosts"
    names = [f"{side}{number}.test" for side in ("ok", "pit") for number in range(CHECKS_PER_SIDE)]
    hosts_file.write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    ports = [str(host.serve(HEALTHY)), str(host.serve(tarpit))]
    command = [sys.executable, "-m", "tests.support.herd_child", *ports, str(hosts_file)]
    herd = Herd(**json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=90).stdout))

    assert len(herd.healthy_s) >= 2 * CHECKS_PER_SIDE
    assert len(herd.tarpit_s) >= CHECKS_PER_SIDE
    assert (herd.healthy_bad, herd.tarpit_ok) == (0, 0)
    assert max(herd.tarpit_s) <= TIMEOUT_S + 0.5
    assert percentile_99(herd.lateness_s) <= 0.25


def percentile_99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
