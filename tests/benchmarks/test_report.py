from benchmarks.facts import Fact
from benchmarks.figures import Row, Window
from benchmarks.report import BY_HAND, by_hand, page, table


def window(us_per_probe: float) -> Window:
    return Window(probes=1000, cpu_s=us_per_probe / 1000, wall_s=2.0, target_cpu_s=0.5)


ROWS = [
    Row(work="a look", peer="peer", peer_windows=[window(600.0)], our_windows=[window(120.0)], bar=0.25),
    Row(work="a slow look", peer="peer", peer_windows=[window(600.0)], our_windows=[window(300.0)], bar=0.25),
    Row(work="reported", peer="peer", peer_windows=[window(600.0)], our_windows=[window(900.0)], bar=None),
]
FACTS = [Fact(what="start-up", figure="60 ms", bar="≤ 2.5x", holds=False), Fact(what="a scrape", figure="62 ms")]


def test_a_row_shows_both_sides_its_ratio_and_whether_the_bar_holds() -> None:
    lines = page([("Kernel", "Linux 6")], ROWS, FACTS, 1).splitlines()
    assert "| a look | peer | 600 | 120 | **0.20** (0.20) | ≤ 0.25 | holds |" in lines
    assert "| a slow look | peer | 600 | 300 | **0.50** (0.50) | ≤ 0.25 | missed |" in lines
    assert "| reported | peer | 600 | 900 | **1.50** (1.50) |  |  |" in lines
    assert "| a look | 30%, 25%, 500/s | 6%, 25%, 500/s |" in lines
    assert "| start-up | 60 ms | ≤ 2.5x | missed |" in lines
    assert "| a scrape | 62 ms |  |  |" in lines
    assert "| Kernel | Linux 6 |" in lines


def test_the_terminal_says_the_same_in_short() -> None:
    first, second, third, fourth, fifth = table(ROWS, FACTS).splitlines()
    assert first.split()[-2:] == ["0.20x", "holds"]
    assert second.split()[-2:] == ["0.50x", "missed"]
    assert third.split()[-1] == "1.50x"
    assert fourth.split()[-1] == "missed"
    assert fifth.strip().endswith("62 ms")


def test_what_people_wrote_below_stays() -> None:
    assert by_hand(f"# Performance\n\nfigures\n\n{BY_HAND}\nTarpits: 15 ms.\n") == f"{BY_HAND}\nTarpits: 15 ms.\n"
    assert by_hand("# Performance\n") == ""
