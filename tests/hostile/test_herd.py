import json
import subprocess
import sys
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.dns_peers import dns_host, silent
from tests.support.herd_child import CHECKS_PER_SIDE, TIMEOUT_S, Herd
from tests.support.hostile import HEALTHY, HostileHost, tarpit

ROOT = Path(__file__).parents[2]

TRIES = 3

#: A port that accepts is well to `tcp`; kinds of bills ask nobody.
WITHOUT_TARPIT = {"tcp", *(name for name, kind in load_registry(()).kinds.items() if kind.is_local)}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_hundred_tarpits_of_every_kind_among_a_thousand_checks_make_nobody_late(
    host: HostileHost, tmp_path: Path
) -> None:
    """FAULTS row 21."""
    herd = least_late(host, tmp_path)
    assert len(herd.healthy_s) >= 2 * CHECKS_PER_SIDE
    assert len(herd.tarpit_s) >= CHECKS_PER_SIDE
    assert set(herd.tarpit_kinds) == set(load_registry(()).kinds) - WITHOUT_TARPIT
    assert (herd.healthy_bad, herd.tarpit_ok) == (0, 0)
    assert max(herd.tarpit_s) <= TIMEOUT_S + 0.5
    assert percentile_99(herd.healthy_late_s) <= 0.25


def least_late(host: HostileHost, tmp_path: Path) -> Herd:
    """The first of three that keeps its bounds: what is wrong with us is wrong each time, a machine's halt is not."""
    herds: list[Herd] = []
    while len(herds) < TRIES and not (herds and keeps_bounds(herds[-1])):
        herds.append(kept(host, tmp_path))
        sys.stdout.write(told(herds[-1]))
    return herds[-1]


def keeps_bounds(herd: Herd) -> bool:
    return max(herd.tarpit_s) <= TIMEOUT_S + 0.5 and percentile_99(herd.healthy_late_s) <= 0.25


def kept(host: HostileHost, tmp_path: Path) -> Herd:
    """What a herd in a process of its own reports."""
    hosts_file = tmp_path / "hosts"
    names = [f"{side}{number}.test" for side in ("ok", "pit") for number in range(CHECKS_PER_SIDE)]
    hosts_file.write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    with dns_host() as servers:
        pit = servers.serve(silent, tarpit).rpartition(":")[2]  # says nothing over UDP nor over TCP
        command = [sys.executable, "-m", "tests.support.herd_child", str(host.serve(HEALTHY)), pit, str(hosts_file)]
        reported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=280).stdout
    return Herd(**json.loads(reported))


def told(herd: Herd) -> str:
    lines = [
        f"{side}: {len(took_s)} runs, lateness p99 {1000 * percentile_99(late_s):.0f} ms, longest {max(took_s):.2f} s\n"
        for side, late_s, took_s in (
            ("healthy", herd.healthy_late_s, herd.healthy_s),
            ("tarpits", herd.tarpit_late_s, herd.tarpit_s),
        )
    ]
    return "".join(lines) + f"tarpits by kind: {herd.tarpit_kinds}\n"


def percentile_99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
