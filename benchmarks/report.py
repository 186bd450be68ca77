"""docs/performance.md, and the same table for the terminal."""

from collections.abc import Sequence

from benchmarks.facts import Fact
from benchmarks.figures import Row, Window, median_us
from benchmarks.ours import SATURATING_CHECKS

#: From here on the page is people's.
BY_HAND = "## Measured by hand\n"

_HEAD = """\
# Performance

Written by `make bench`, all but the last section. Ratios count: absolute times are those of one machine on one day.

## How it is measured

- Peer and ours run in turn, round by round, on the same core; everything else runs on the others. A ratio is the
  median of the rounds' ratios, below 1 ours is cheaper.
- CPU is user + system of the prober's process alone, all its threads, divided by the probes that arrived at the
  target: every probe is a fresh connection or a query, counted by the server itself. A window in which one probe
  fails is refused.
- Ours is the whole daemon as it ships, with {checks:,} checks due every second, more than a core can run: schedule,
  probe, judge, history in SQLite with `synchronous=FULL`, one scrape of `/metrics` per window.
- Targets: nginx for web and mail (its mail module offers STARTTLS and IMAP over TLS cheaply), BIND for names.
- Monitoring plugins are a process per look; what starts the process is left out, in their favour.
- blackbox_exporter is asked over kept connections, 16 at once, so that it never waits; its answer carries its
  metrics. It keeps no state, has no schedule and tells nobody. HTTP/1.1, IPv4, a new connection per probe.
- The target has a core of its own and sleeps between probes. The kernel charges whoever dials for waking it: some
  20 µs a probe on a virtual machine. The row "target woken once" shows plain HTTP with nginx told to wait for the
  request before it wakes (`listen ... deferred`); the bar is held against the row with nginx as it comes.
- TLS: a leaf and an intermediate under a root of our own, verified and read. Every check of ours sees the same chain,
  so its verdict comes from the cache, as it does in use for all looks of an hour but the first.

Repeat it: `make bench` (it says which Debian packages are missing), or `python -m benchmarks --help`. How good the
alerts are, beside those of others, is measured in [alert-quality.md](alert-quality.md).
"""


def page(machine: Sequence[tuple[str, str]], rows: Sequence[Row], facts: Sequence[Fact], rounds: int) -> str:
    parts = [
        _HEAD.format(checks=SATURATING_CHECKS),
        "## Where\n",
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in machine)]),
        f"\n## At saturation, medians of {rounds} rounds\n",
        "\n".join(
            [
                "| work | peer | peer µs | ours µs | ratio (rounds) | bar | |",
                "|---|---|---|---|---|---|---|",
                *map(_row, rows),
            ]
        ),
        "\nHow busy the cores were (prober, target), and probes a second:\n",
        "\n".join(
            ["| work | peer | ours |", "|---|---|---|"]
            + [f"| {row.work} | {_load(row.peer_windows)} | {_load(row.our_windows)} |" for row in rows]
        ),
        "\n## By itself\n",
        "\n".join(["| what | figure | bar | |", "|---|---|---|---|", *map(_fact, facts)]),
        "",
    ]
    return "\n".join(parts)


def by_hand(former: str) -> str:
    """What people wrote below the figures of the former page, to be kept; "" where there is none."""
    _, mark, rest = former.partition(BY_HAND)
    return mark + rest


def table(rows: Sequence[Row], facts: Sequence[Fact]) -> str:
    """For the terminal."""
    lines = [
        f"{row.work:34} {row.peer} {median_us(row.peer_windows):7.0f} µs  ours {median_us(row.our_windows):6.0f} µs"
        f"  {row.ratio:5.2f}x  {_verdict(row)}"
        for row in rows
    ]
    return "\n".join([*lines, *(f"{fact.what}: {fact.figure}  {_held(fact)}" for fact in facts)])


def _row(row: Row) -> str:
    rounds = ", ".join(f"{ratio:.2f}" for ratio in row.ratios)
    bar = "" if row.bar is None else f"≤ {row.bar:.2f}"
    cells = (
        row.work,
        row.peer,
        f"{median_us(row.peer_windows):.0f}",
        f"{median_us(row.our_windows):.0f}",
        f"**{row.ratio:.2f}** ({rounds})",
        bar,
        _verdict(row),
    )
    return f"| {' | '.join(cells)} |"


def _verdict(row: Row) -> str:
    if row.bar is None:
        return ""
    return "holds" if row.is_within_bar else "missed"


def _load(windows: Sequence[Window]) -> str:
    return "; ".join(f"{window.busy:.0%}, {window.target_busy:.0%}, {window.rate:.0f}/s" for window in windows)


def _fact(fact: Fact) -> str:
    return f"| {fact.what} | {fact.figure} | {fact.bar} | {_held(fact)} |"


def _held(fact: Fact) -> str:
    if not fact.bar:
        return ""
    return "holds" if fact.holds else "missed"
